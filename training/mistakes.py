"""Makes true figures as wrong as parsed ones: joints off, parts by the nearest bone, mattes that leak or are eaten.

Knows figures, not networks. The same offset moves a joint in the source and in the target, for a reader that errs on
one drawing of a character errs alike on the next.
"""

from dataclasses import replace
from itertools import pairwise
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from pose.figure import PART_INDEX
from pose.pose import Pose

BONES = (
    ("r_arm", ("r_shoulder", "r_elbow", "r_wrist", "r_hand")),
    ("l_arm", ("l_shoulder", "l_elbow", "l_wrist", "l_hand")),
    ("r_leg", ("r_hip", "r_knee", "r_ankle", "r_toe")),
    ("l_leg", ("l_hip", "l_knee", "l_ankle", "l_toe")),
    ("torso", ("neck", "r_hip", "l_hip", "neck")),
    ("head", ("nose", "head_top")),
)
Array = NDArray[Any]


def shaken(poses: list[Pose], height: float, spread: float, rng: np.random.Generator) -> list[Pose]:
    """The poses with each joint moved by one offset common to all, `spread` of the figure's height (1 sigma)."""
    offset = rng.normal(0, spread * height, poses[0].points.shape).astype(np.float32)
    return [replace(pose, points=pose.points + offset) for pose in poses]


def mislabelled(parts: Array, pose: Pose, rng: np.random.Generator) -> Array:
    """(H, W) uint8: parts as a reader might see them: by the nearest bone, or with borders that wander."""
    if rng.random() < 0.4:
        return _nearest_bone(parts, pose)
    return _wandering(parts, rng)


def leaked(image: Array, backdrop: Array, rng: np.random.Generator) -> Array:
    """(H, W, 4) uint8 straight, (H, W, 3) uint8: a matte that takes in a rim of the backdrop, or loses one."""
    size = 2 * int(rng.integers(1, 3)) + 1
    kernel = np.ones((size, size), np.uint8)
    if rng.random() < 0.5:
        return np.concatenate([image[..., :3], cv2.erode(image[..., 3], kernel)[..., None]], -1)
    patches = cv2.resize(rng.random((6, 6)).astype(np.float32), image.shape[1::-1]) > 0.6
    wide = np.where(patches, cv2.dilate(image[..., 3], kernel), image[..., 3])
    alpha = image[..., 3:] / 255
    shown = np.where(wide[..., None] > image[..., 3:], image[..., :3] * alpha + backdrop * (1 - alpha), image[..., :3])
    return np.concatenate([shown.astype(np.uint8), wide[..., None]], -1)


def _nearest_bone(parts: Array, pose: Pose) -> Array:
    """Limbs, torso and head by the nearest bone; hair, skirts and held things keep their true labels."""
    distances = np.stack([_distance(pose, chain, parts.shape) for _, chain in BONES])
    rows = np.array([PART_INDEX[name] for name, _ in BONES], np.uint8)
    nearest = rows[distances.argmin(0)]
    keep = np.isin(parts, [0, PART_INDEX["hair"], PART_INDEX["skirt"], PART_INDEX["held"]])
    return np.where(keep, parts, nearest)


def _distance(pose: Pose, chain: tuple[str, ...], shape: tuple[int, ...]) -> Array:
    drawn = np.full(shape, 255, np.uint8)
    for start, end in pairwise(chain):
        if pose.has(start, end):
            ends = [tuple(int(v) for v in np.clip(pose[name], -9999, 9999)) for name in (start, end)]
            cv2.line(drawn, ends[0], ends[1], 0)
    if drawn.all():
        return np.full(shape, 1e6, np.float32)
    return np.asarray(cv2.distanceTransform(drawn, cv2.DIST_L2, 5))


def _wandering(parts: Array, rng: np.random.Generator) -> Array:
    """Displaces the part map by a smooth field of about 1.5% of the canvas; nothing outside the figure changes."""
    height, width = parts.shape
    field = cv2.resize(rng.normal(0, 0.015 * height, (8, 8, 2)).astype(np.float32), (width, height))
    y, x = np.mgrid[:height, :width].astype(np.float32)
    moved = cv2.remap(parts, x + field[..., 0], y + field[..., 1], cv2.INTER_NEAREST, borderMode=cv2.BORDER_REPLICATE)
    return np.where((parts > 0) & (moved > 0), moved, parts)
