"""Which bones run through which part, and simple shapes around them: capsules, discs, hulls, half-widths.

Knows joints and masks; knows nothing of colours, of mattes or of what hides what.
Convention: masks are (H, W) bool; points are (x, y) pixels with centres at .5; lengths and radii are in pixels.
"""

import itertools
from collections.abc import Iterable, Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from pose.pose import Pose

Mask = NDArray[np.bool_]
Point = NDArray[np.float32]
Segment = tuple[Point, Point]

LIMBS: dict[str, tuple[str, ...]] = {
    "r_arm": ("r_shoulder", "r_elbow", "r_wrist", "r_hand"),
    "l_arm": ("l_shoulder", "l_elbow", "l_wrist", "l_hand"),
    "r_leg": ("r_hip", "r_knee", "r_ankle", "r_toe"),
    "l_leg": ("l_hip", "l_knee", "l_ankle", "l_toe"),
}
TORSO = ("r_shoulder", "l_shoulder", "l_hip", "r_hip", "neck")
HEAD = ("nose", "r_eye", "l_eye", "r_ear", "l_ear", "head_top")
ROOTS = {
    "torso": "neck", "head": "neck", "hair": "neck", "skirt": "r_hip", "held": "r_wrist",
    "r_arm": "r_shoulder", "l_arm": "l_shoulder", "r_leg": "r_hip", "l_leg": "l_hip",
}  # fmt: skip


def limb_segments(pose: Pose, part: str) -> list[Segment]:
    """The limb's bones whose two ends are present, from the body outwards."""
    chain = LIMBS[part]
    pairs = itertools.pairwise(chain)
    return [(pose[a], pose[b]) for a, b in pairs if pose.has(a, b)]


def root_joint(pose: Pose, part: str, mask: Mask) -> str:
    """The joint to which a part is attached: a held thing to the nearer wrist, a skirt to a hip that is present."""
    if part == "held":
        options = [name for name in ("r_wrist", "l_wrist") if pose.has(name)]
        return min(options, key=lambda name: _distance_to(mask, pose[name]), default="r_wrist")
    if part == "skirt":
        return next((name for name in ("r_hip", "l_hip") if pose.has(name)), "neck")
    return ROOTS[part]


def points_of(pose: Pose, names: Iterable[str]) -> NDArray[np.float32]:
    """(n, 2) positions of the named joints that are present."""
    rows = [pose[name] for name in names if pose.has(name)]
    return np.array(rows, np.float32).reshape(-1, 2)


def capsules(segments: Sequence[Segment], radius: float, shape: tuple[int, int]) -> Mask:
    """(H, W) everything within `radius` of any segment."""
    canvas = np.zeros(shape, np.uint8)
    thickness = max(1, round(2 * radius))
    for start, end in segments:
        cv2.line(canvas, _pixel(start), _pixel(end), 1, thickness)
    return canvas.astype(bool)


def disc(centre: Point, radius: float, shape: tuple[int, int]) -> Mask:
    """(H, W) everything within `radius` of `centre`."""
    canvas = np.zeros(shape, np.uint8)
    cv2.circle(canvas, _pixel(centre), max(1, round(radius)), 1, -1)
    return canvas.astype(bool)


def hull(mask: Mask, points: NDArray[np.float32] | None = None) -> Mask:
    """(H, W) the convex hull of a mask's pixels and of further points."""
    rows, columns = np.nonzero(mask)
    cloud = np.stack([columns, rows], 1).astype(np.int32)
    if points is not None and len(points):
        cloud = np.concatenate([cloud, np.clip(np.floor(points), -32000, 32000).astype(np.int32)])
    canvas = np.zeros(mask.shape, np.uint8)
    if len(cloud):
        cv2.fillConvexPoly(canvas, cv2.convexHull(cloud), 1)
    return canvas.astype(bool)


def half_width(mask: Mask, segments: Sequence[Segment], fallback: float, share: float = 75) -> float:
    """The part's usual half-width: a percentile of its distance transform along the given bones."""
    if not segments or not mask.any():
        return fallback
    x0, y0, x1, y1 = box_of(mask)
    framed = np.pad(mask[y0:y1, x0:x1], 1).astype(np.uint8)
    inner = cv2.distanceTransform(framed, cv2.DIST_L2, 3)
    steps = np.linspace(0, 1, 24, dtype=np.float32)[:, None]
    track = np.concatenate([start + (end - start) * steps for start, end in segments])
    columns = np.clip(track[:, 0], 0, mask.shape[1] - 1).astype(int) - x0 + 1
    rows = np.clip(track[:, 1], 0, mask.shape[0] - 1).astype(int) - y0 + 1
    samples = inner[np.clip(rows, 0, len(inner) - 1), np.clip(columns, 0, inner.shape[1] - 1)]
    samples = samples[samples > 0]
    return float(np.percentile(samples, share)) if len(samples) > 2 else fallback


def grown(mask: Mask, radius: float) -> Mask:
    """(H, W) everything within `radius` pixels of the mask (a dilation by a disc, at any radius in the same time)."""
    result = np.zeros_like(mask)
    if mask.any():
        near = around(box_of(mask), int(radius) + 1)
        away = cv2.distanceTransform((~mask[near]).astype(np.uint8), cv2.DIST_L2, 5)
        result[near] = away <= radius
    return result


def shrunk(mask: Mask, radius: float) -> Mask:
    """(H, W) the mask less what lies within `radius` pixels of its outside; the canvas's border is no outside."""
    if mask.all():
        return mask.copy()
    result = np.zeros_like(mask)
    if mask.any():
        near = around(box_of(mask), 2)  # a way out of the box crosses this ring, all of which is outside
        result[near] = cv2.distanceTransform(mask[near].astype(np.uint8), cv2.DIST_L2, 5) > radius
    return result


def closed(mask: Mask, radius: float) -> Mask:
    """(H, W) the mask with gaps up to twice the radius bridged; the canvas's border closes nothing."""
    pad = int(radius) + 2
    return shrunk(grown(np.pad(mask, pad), radius), radius)[pad:-pad, pad:-pad]


def area(mask: Mask) -> int:
    """How many pixels a mask has (its sum takes ten times as long)."""
    return int(np.count_nonzero(mask))


def box_of(mask: Mask) -> tuple[int, int, int, int]:
    """(x0, y0, x1, y1) bounds of a mask, end exclusive; all zero where it is empty."""
    x, y, width, height = cv2.boundingRect(mask.astype(np.uint8))
    return x, y, x + width, y + height


def around(box: tuple[int, int, int, int], margin: int = 0) -> tuple[slice, slice]:
    """Rows and columns of a box and `margin` pixels around it, as far as the canvas goes."""
    x0, y0, x1, y1 = box
    return slice(max(0, y0 - margin), y1 + margin), slice(max(0, x0 - margin), x1 + margin)


def _distance_to(mask: Mask, point: Point) -> float:
    rows, columns = np.nonzero(mask)
    if not len(rows):
        return float("inf")
    return float(np.hypot(columns + 0.5 - point[0], rows + 0.5 - point[1]).min())


def _pixel(point: Point) -> tuple[int, int]:
    x, y = np.clip(np.floor(point), -30000, 30000)
    return int(x), int(y)
