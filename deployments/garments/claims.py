"""What each part claims of each pixel: by its bones, and by what the parse network sees.

Claims are costs, in nats: lower is stronger. Limbs, head and torso claim by bones and network together; hair, skirts
and held things have no bones and are taken only where the network is sure of them, near what they hang on. A network
that is not sure (flat probabilities) so leaves the word to the bones.
"""

import cv2
import numpy as np
from numpy.typing import NDArray

from deployments.garments import anatomy
from deployments.garments.anatomy import Mask, grown
from deployments.garments.bones import WIDTHS, body_unit
from deployments.garments.geodesic import geodesic_distances
from pose.figure import PART_INDEX, PARTS
from pose.pose import Pose

BONE_SAY = 1.0  # nats that a half-width's distance from the bones is worth
MOST = 3.0  # half-widths behind the nearest part's beyond which distance says no more
UNSURE = 1.5  # nats between head and torso below which the neck line decides
SURE, SURE_PIECE = 0.5, 0.65  # probability of a pixel, and mean over a piece, from which a boneless part is taken
LEAST_PIECE = 0.003  # of the figure's area
HOSTS = {  # boneless part -> the parts it hangs on, and how many of their half-widths it reaches
    "hair": (("head",), 6.0),
    "skirt": (("torso", "r_leg", "l_leg"), 4.0),
    "held": (("r_arm", "l_arm"), 8.0),
}


def bone_claims(
    rgb: NDArray[np.uint8], inside: Mask, pose: Pose, bones: dict[str, list[anatomy.Segment]]
) -> NDArray[np.float32]:
    """(10, h, w) distance along the figure to each part's bones in the part's half-widths; infinite without bones."""
    claims = np.full((len(PARTS), *inside.shape), np.inf, np.float32)
    widths = _measured_widths(inside, pose, bones)
    for part, field in geodesic_distances(rgb, inside, bones).items():
        claims[PART_INDEX[part]] = _in_widths(field, widths[part], body_unit(pose))
    return claims


def joined_claims(claims: NDArray[np.float32], network: NDArray[np.float32] | None) -> NDArray[np.float32]:
    """(10, h, w) bones' and network's claims; only parts that have bones. network (10, h, w): log-probabilities."""
    if network is None:
        return claims
    result, nearest = np.full(claims.shape, np.inf, np.float32), claims.min(0)
    for row in np.flatnonzero(np.isfinite(claims).any((1, 2))):
        result[row] = BONE_SAY * np.minimum(claims[row] - nearest, MOST) - network[row]
    return result


def head_or_torso_unsure(network: NDArray[np.float32]) -> Mask:
    """(h, w) where the network does not tell head from torso."""
    return np.asarray(np.abs(network[PART_INDEX["head"]] - network[PART_INDEX["torso"]]) < UNSURE)


def add_boneless(
    parts: NDArray[np.uint8], network: NDArray[np.float32], claims: NDArray[np.float32], pose: Pose
) -> NDArray[np.uint8]:
    """The parts with hair, skirt and held things laid over them where the network is sure of a whole piece."""
    result = parts.copy()
    for name, (hosts, reach) in HOSTS.items():
        share = np.exp(network[PART_INDEX[name]])
        near = claims[[PART_INDEX[host] for host in hosts]].min(0) < reach
        seen = (parts > 0) & near & (share > SURE)
        count, labels, stats, _ = cv2.connectedComponentsWithStats(seen.astype(np.uint8), connectivity=8)
        mean = np.bincount(labels.ravel(), weights=share.ravel(), minlength=count) / np.maximum(1, stats[:, 4])
        taken = (mean > SURE_PIECE) & (stats[:, 4] > LEAST_PIECE * np.count_nonzero(parts))
        hosting = grown(np.isin(parts, [PART_INDEX[host] for host in hosts]) & ~seen, 2)
        taken &= np.bincount(labels[hosting], minlength=count) > 0
        if name == "skirt":
            taken &= _over_crotch(labels, count, pose)
        taken[0] = False
        result[taken[labels]] = PART_INDEX[name]
    return result


def _over_crotch(labels: NDArray[np.int32], count: int, pose: Pose) -> NDArray[np.bool_]:
    """Which pieces hold the place a little below the middle of the hips; a patch on a thigh is no skirt."""
    result = np.zeros(count, bool)
    if pose.has("r_hip", "l_hip", "neck"):
        middle = (pose["r_hip"] + pose["l_hip"]) / 2
        x, y = (middle + 0.2 * (middle - pose["neck"])).astype(int)
        if 0 <= y < labels.shape[0] and 0 <= x < labels.shape[1]:
            result[labels[y, x]] = True
    return result


def _in_widths(field: NDArray[np.float32], width: float, unit: float) -> NDArray[np.float32]:
    """Distance in half-widths up to 1.5 of them, and alike for all parts beyond: far out none is wide."""
    edge = 1.5 * width
    return np.where(field < edge, field / width, 1.5 + (field - edge) / (0.2 * unit)).astype(np.float32)


def _measured_widths(inside: Mask, pose: Pose, bones: dict[str, list[anatomy.Segment]]) -> dict[str, float]:
    """Each part's half-width in pixels: measured along its bones, within sight of what is usual for the body."""
    unit = body_unit(pose)
    result = {}
    for part, segments in bones.items():
        usual = WIDTHS[part] * unit
        measured = anatomy.half_width(inside, segments, usual, 40)
        result[part] = float(np.clip(measured, 0.4 * usual, (1.6 if part in anatomy.LIMBS else 1.2) * usual))
    return result
