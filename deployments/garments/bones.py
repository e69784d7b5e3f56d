"""The bones' territories: which part's bones each pixel is nearest to, and how far out from them the figure may reach.

Knows joints only, no colours. Distances are divided by a width that is usual for the part, so that a torso claims
more than a forearm. Joints off the canvas are tolerated.
"""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from deployments.garments import anatomy
from deployments.garments.anatomy import Mask, Point, Segment
from pose.figure import PART_INDEX
from pose.pose import Pose

WIDTHS = {"torso": 0.3, "head": 0.4, "r_arm": 0.16, "l_arm": 0.16, "r_leg": 0.2, "l_leg": 0.2}  # half, in body units
PAST = 0.6  # what lies past the hand's and the toes' joint, in lengths of hand and foot
HAND, FOOT = 0.45, 0.35  # what lies past the last joint, in lengths of the last bone


@dataclass(frozen=True)
class Territory:
    """segments: all bones; distance (10, H, W) float32: to each part's bones over the part's width, inf where it has
    none; nearness (H, W): the least of these; nearest (H, W) uint8: row of PARTS; reach (H, W) bool: within 1.3 widths
    of a bone; unit: pixels, the length to which widths refer."""

    segments: list[Segment]
    distance: NDArray[np.float32]
    nearness: NDArray[np.float32]
    nearest: NDArray[np.uint8]
    reach: Mask
    unit: float


def territory(pose: Pose, shape: tuple[int, int]) -> Territory:
    """The territories of a pose on a canvas (H, W)."""
    unit = body_unit(pose)
    distance = np.full((len(PART_INDEX), *shape), np.inf, np.float32)
    segments: list[Segment] = []
    for part, bones in part_bones(pose).items():
        if bones:
            distance[PART_INDEX[part]] = segment_distance(bones, shape) / (WIDTHS[part] * unit)
            segments += bones
    nearness = distance.min(0)
    nearest = np.where(np.isfinite(nearness), distance.argmin(0), 0).astype(np.uint8)
    return Territory(segments, distance, nearness, nearest, nearness < 1.3, unit)


def part_bones(pose: Pose) -> dict[str, list[Segment]]:
    """Part -> its bones, with a stub for the hand and the foot where those joints are absent."""
    result = {part: _limb(pose, part) for part in anatomy.LIMBS}
    result["torso"] = _torso(pose)
    result["head"] = _head(pose)
    return result


def above_head(pose: Pose, shape: tuple[int, int], distance: NDArray[np.float32], reach: float) -> Mask:
    """(H, W) what lies past the nose, away from the neck, within `reach` half-widths of the head's bones.

    distance (H, W): to those bones, in half-widths. Empty where neck or nose is absent.
    """
    if not pose.has("neck", "nose"):
        return np.zeros(shape, bool)
    axis = pose["nose"] - pose["neck"]
    y, x = np.mgrid[: shape[0], : shape[1]].astype(np.float32) + np.float32(0.5)
    past = (x - pose["nose"][0]) * axis[0] + (y - pose["nose"][1]) * axis[1] > 0
    return np.asarray(past & (distance < reach))


def body_unit(pose: Pose) -> float:
    """A length that stands for the figure's size: the shoulder-hip distance, else a quarter of the joints' extent."""
    spans = [float(np.linalg.norm(pose[a] - pose[b])) for a, b in _SPANS if pose.has(a, b)]
    points = pose.points[pose.present]
    extent = float(np.ptp(points, axis=0).max()) if len(points) else 1.0
    return max(2.0, 0.1 * extent, max(spans, default=0.25 * extent))


def segment_distance(bones: list[Segment], shape: tuple[int, int]) -> NDArray[np.float32]:
    """(H, W) distance in pixels to the nearest of the segments, exact on and off the canvas."""
    y, x = (np.arange(side, dtype=np.float32) + np.float32(0.5) for side in shape)
    best = np.full(shape, np.inf, np.float32)
    for start, end in bones:
        dx, dy = (end - start).tolist()
        right, down = (x - start[0])[None], (y - start[1])[:, None]
        share = np.clip((right * dx + down * dy) / max(dx * dx + dy * dy, 1e-6), 0, 1)
        np.minimum(best, cv2.magnitude(right - share * dx, down - share * dy), out=best)
    return best


_SPANS = (("r_shoulder", "r_hip"), ("l_shoulder", "l_hip"))


def _limb(pose: Pose, part: str) -> list[Segment]:
    bones = anatomy.limb_segments(pose, part)
    chain = anatomy.LIMBS[part]
    if pose.has(chain[1], chain[2]) and not pose.has(chain[3]):
        share = np.float32(HAND if part.endswith("arm") else FOOT)
        bones.append((pose[chain[2]], pose[chain[2]] + (pose[chain[2]] - pose[chain[1]]) * share))
    elif pose.has(chain[2], chain[3]):
        bones.append((pose[chain[3]], _between(pose[chain[2]], pose[chain[3]], 1 + PAST)))  # fingers, the shoe's tip
    return bones


def _torso(pose: Pose) -> list[Segment]:
    tops = [pose[name] for name in ("r_shoulder", "l_shoulder") if pose.has(name)]
    ends = [pose[name] for name in ("r_hip", "l_hip") if pose.has(name)]
    if not pose.has("neck"):
        return []
    if not ends:
        return [(pose["neck"], top) for top in tops]
    middle = _mean(ends)
    bones = [
        (pose["neck"], middle),
        *[(_between(pose["neck"], top), _between(middle, end)) for top, end in _sides(pose)],
    ]
    return bones + [(middle, _between(middle, end)) for end in ends]


def _sides(pose: Pose) -> list[Segment]:
    return [(pose[a], pose[b]) for a, b in _SPANS if pose.has(a, b)]


def _between(start: Point, end: Point, share: float = 0.65) -> Point:
    return np.asarray(start + (end - start) * np.float32(share), np.float32)


def _mean(points: list[Point]) -> Point:
    return np.asarray(np.mean(points, 0), np.float32)


def _head(pose: Pose) -> list[Segment]:
    """From a little above the neck through the face to the crown (as far again past the nose where it is unseen)."""
    face = [pose[name] for name in anatomy.HEAD if pose.has(name)]
    if not pose.has("neck") or not face:
        centre = _mean(face) if face else None
        return [] if centre is None else [(centre, centre)]
    nose = pose["nose"] if pose.has("nose") else _mean(face)
    low = _between(pose["neck"], nose, 0.6)
    crown = pose["head_top"] if pose.has("head_top") else _between(pose["neck"], nose, 1.5)
    return [(low, nose), (nose, crown)]
