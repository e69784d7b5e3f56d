"""Moves a shoulder that was read on the arm to where the arm meets the body.

Knows a matte and a pose, no colours. On thin-limbed drawings a reader may put the shoulder part of the way down the
arm; the piece before it would then stay behind as a stump. A shoulder inside the body is left where it is, and so are
joints that a user gave (the caller sees to that).
"""

from dataclasses import replace

import cv2
import numpy as np
from numpy.typing import NDArray

from pose.figure import PART_INDEX
from pose.pose import Pose

Mask = NDArray[np.bool_]

WORK = 256
THIN = 0.45  # of the trunk's half-width: a shoulder in something thinner lies on the arm
CORE = 1.8  # half-widths of the arm: what an opening of this radius leaves is the body
FARTHEST = 0.6  # of the upper arm's length


def rooted(pose: Pose, matte: Mask) -> Pose:
    """The pose with each shoulder in the body. matte (H, W) bool on the pose's canvas."""
    scale, size = _working(matte.shape)
    depth = _depth(cv2.resize(matte.astype(np.uint8), size, interpolation=cv2.INTER_AREA) > 0)
    points = pose.points.copy()
    for side in ("r_", "l_"):
        moved = _root(pose, side, depth, scale)
        if moved is not None:
            points[pose.skeleton.index[side + "shoulder"]] = moved
    return replace(pose, points=points)


def with_roots(parts: NDArray[np.uint8], before: Pose, after: Pose) -> NDArray[np.uint8]:
    """The parts (H, W), where a shoulder moved with the piece of arm that lay before it given from torso to arm."""
    result = parts
    for side in ("r_", "l_"):
        arm, name = PART_INDEX[side + "arm"], side + "shoulder"
        if not before.has(name) or np.array_equal(before[name], after[name]):
            continue
        small = cv2.resize(result, _working(parts.shape)[1], interpolation=cv2.INTER_NEAREST)
        limb, trunk = small == arm, small == PART_INDEX["torso"]
        depth = _depth(limb | trunk)
        width = float(np.median(depth[limb])) if limb.any() else 0.0
        thin = trunk & ~_opened(depth, CORE * max(width, 1.0) + 0.5)
        _, pieces = cv2.connectedComponents(thin.astype(np.uint8), connectivity=8)
        touching = np.unique(pieces[cv2.dilate(limb.astype(np.uint8), np.ones((3, 3), np.uint8)) > 0])
        stub = np.isin(pieces, touching[touching > 0]).astype(np.uint8)
        wide = cv2.resize(stub, parts.shape[::-1], interpolation=cv2.INTER_NEAREST) > 0
        result = np.where(wide & (result == PART_INDEX["torso"]), np.uint8(arm), result)
    return result


def _working(shape: tuple[int, ...]) -> tuple[float, tuple[int, int]]:
    """Scale and (width, height) at which a canvas (H, W) is measured."""
    scale = min(1.0, WORK / max(shape))
    return scale, (max(1, round(shape[1] * scale)), max(1, round(shape[0] * scale)))


def _depth(inside: Mask) -> NDArray[np.float32]:
    """How far each pixel of the figure lies from its outside, the canvas's border counting as outside."""
    framed = cv2.distanceTransform(np.pad(inside.astype(np.uint8), 1), cv2.DIST_L2, 3)
    return np.asarray(framed[1:-1, 1:-1], np.float32)


def _root(pose: Pose, side: str, depth: NDArray[np.float32], scale: float) -> NDArray[np.float32] | None:
    """Where this side's shoulder belongs, source pixels; None where it may stay or nothing better is near."""
    if not pose.has(side + "shoulder", side + "elbow", "neck"):
        return None
    shoulder, elbow = pose[side + "shoulder"] * scale, pose[side + "elbow"] * scale
    arm = _thickness(depth, shoulder, elbow)
    if arm < 0.5 or _local(depth, shoulder) > max(1.5 * arm, THIN * _trunk(pose, depth, scale)):
        return None
    body = _opened(depth, CORE * arm + 0.5)
    rows, columns = np.nonzero(body)
    if not len(rows):
        return None
    away = np.hypot(columns + 0.5 - shoulder[0], rows + 0.5 - shoulder[1])
    nearest = int(away.argmin())
    if away[nearest] < 2 * arm or away[nearest] > FARTHEST * float(np.hypot(*(elbow - shoulder))):
        return None
    return np.array([columns[nearest] + 0.5, rows[nearest] + 0.5], np.float32) / np.float32(scale)


def _thickness(depth: NDArray[np.float32], shoulder: NDArray[np.float32], elbow: NDArray[np.float32]) -> float:
    """Median half-width along the upper arm, where the straight line is on it at all (drawn arms bend)."""
    along = [_local(depth, shoulder + t * (elbow - shoulder)) for t in (0.0, 0.3, 0.5, 0.7, 1.0)]
    return float(np.median([width for width in along if width > 0] or [0.0]))


def _trunk(pose: Pose, depth: NDArray[np.float32], scale: float) -> float:
    hips = [pose[name] for name in ("r_hip", "l_hip") if pose.has(name)]
    if not hips:
        return 0.0
    neck, pelvis = pose["neck"] * scale, np.mean(hips, axis=0) * scale
    return float(np.median([_local(depth, neck + t * (pelvis - neck)) for t in (0.2, 0.4, 0.6, 0.8)]))


def _local(depth: NDArray[np.float32], point: NDArray[np.float32]) -> float:
    """The half-width of what is at a point, give or take two pixels."""
    x, y = int(point[0]), int(point[1])
    window = depth[max(0, y - 2) : max(0, y + 3), max(0, x - 2) : max(0, x + 3)]
    return float(window.max()) if window.size else 0.0


def _opened(depth: NDArray[np.float32], radius: float) -> Mask:
    """What discs of this radius inside the figure cover."""
    core = (depth > radius).astype(np.uint8)
    if not core.any():
        return core.astype(bool)
    return np.asarray(cv2.distanceTransform(1 - core, cv2.DIST_L2, 3) <= radius)
