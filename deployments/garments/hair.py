"""Finds hanging hair by colour, where the network names none: what has the crown's colours and hangs from it.

Knows the part map, the picture and the joints. Colours that the face, the trunk and the limbs show as well are no
hair's, so a figure of one colour has none. Only for coloured figures: a line drawing's strokes are all alike.
"""

import cv2
import numpy as np
from numpy.typing import NDArray

from deployments.garments.anatomy import Mask, area, box_of, disc, grown, hull, points_of, shrunk
from deployments.garments.colours import likeness
from pose.figure import PART_INDEX
from pose.pose import Pose

LIKELY = 0.8  # share of the crown's colours in a bin, crown and body weighed alike
LEAST, MOST = 0.05, 0.45  # hanging hair's share of the figure's area
CORE = 1.0  # half-widths from the bones
ON_CORE = 0.2  # share of what is nearer to them than that, above which it is a coat or ink
TIP = 0.02  # of the height, that a thin end or a line may lie from solid hair
NEAR_BONE = 0.5  # half-widths within which a pixel is surely trunk or limb


def add_hanging_hair(
    parts: NDArray[np.uint8], rgb: NDArray[np.uint8], pose: Pose, claims: NDArray[np.float32]
) -> NDArray[np.uint8]:
    """The parts with hair (on the head and hanging) named; unchanged where none hangs.

    parts (h, w); rgb (h, w, 3); claims (10, h, w): distance to each part's bones in half-widths.
    """
    if not pose.has("neck", "nose"):
        return parts
    head, crown = parts == PART_INDEX["head"], _crown(parts, pose)
    if crown.sum() < 20:
        return parts
    nearness = claims.min(0)
    body = (nearness < NEAR_BONE) & (parts > 0) & ~head
    face = disc(pose["nose"], 0.3 * float(np.linalg.norm(pose["nose"] - pose["neck"])), parts.shape) & head
    likely = cv2.blur(likeness(rgb, crown, body | face), (5, 5)) > LIKELY
    hair = _hanging_from(crown, likely & (parts > 0)) & ~_features(pose, parts.shape)
    hanging = area(hair & ~head) / max(1, area(parts > 0))
    core = (nearness < CORE) & (parts > 0) & ~head
    if not LEAST < hanging < MOST or (hair & core).sum() > ON_CORE * core.sum() or _thin(hair & ~head, parts):
        return parts
    if _covers_hip(hair, pose):
        return parts
    hair |= _tips(hair, core, parts)
    return np.where(hair, PART_INDEX["hair"], parts).astype(np.uint8)


def _covers_hip(hair: Mask, pose: Pose) -> bool:
    """Whether a hip lies in it: then it is a coat, or a body of the crown's colour."""
    height, width = hair.shape
    hips = [pose[name].astype(int) for name in ("r_hip", "l_hip") if pose.has(name)]
    return any(bool(hair[y, x]) for x, y in hips if 0 <= x < width and 0 <= y < height)


def _tips(hair: Mask, core: Mask, parts: NDArray[np.uint8]) -> Mask:
    """What lies nearer to the hair than to any bone's surroundings: its thin ends, and the lines drawn around it."""
    arms = np.isin(parts, [PART_INDEX["r_arm"], PART_INDEX["l_arm"]]) & ~core & ~hair
    to_hair, to_core = (cv2.distanceTransform((~mask).astype(np.uint8), cv2.DIST_L2, 3) for mask in (hair, core))
    near = TIP * float(np.flatnonzero((parts > 0).any(1)).size)
    return np.asarray(arms & (to_hair < np.minimum(0.35 * to_core, near)))


def _features(pose: Pose, shape: tuple[int, int]) -> Mask:
    """(h, w) around nose and eyes: lashes and brows have hair's colours and are none."""
    radius = 0.2 * float(np.linalg.norm(pose["nose"] - pose["neck"]))
    points = points_of(pose, ("nose", "r_eye", "l_eye", "r_ear", "l_ear"))
    return grown(hull(np.zeros(shape, bool), points), radius)


def _crown(parts: NDArray[np.uint8], pose: Pose) -> Mask:
    """(h, w) the head's pixels that lie more than half a neck-nose length past the nose."""
    axis = pose["nose"] - pose["neck"]
    y, x = np.mgrid[: parts.shape[0], : parts.shape[1]].astype(np.float32) + np.float32(0.5)
    along = ((x - pose["nose"][0]) * axis[0] + (y - pose["nose"][1]) * axis[1]) / max(1e-3, float(axis @ axis))
    return np.asarray((along > 0.5) & (parts == PART_INDEX["head"]))


def _thin(hanging: Mask, parts: NDArray[np.uint8]) -> bool:
    """Whether it is strokes: next to nothing of it is wider than a thirtieth of the figure."""
    _, y0, _, y1 = box_of(parts > 0)
    return bool(shrunk(hanging, (y1 - y0) / 60).sum() < 0.1 * hanging.sum())


def _hanging_from(crown: Mask, likely: Mask) -> Mask:
    """The pieces of likely hair, less threads, that reach into the crown."""
    solid = cv2.morphologyEx(likely.astype(np.uint8), cv2.MORPH_OPEN, np.ones((5, 5), np.uint8))
    count, labels = cv2.connectedComponents(solid, connectivity=8)
    rooted = np.bincount(labels[crown], minlength=count) > 10
    rooted[0] = False
    return rooted[labels]
