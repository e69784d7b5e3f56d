"""Draws poses over a picture, for people to look at. Knows nothing of how they were read.

Colours are those of coloured OpenPose pictures (palette.py); joints without a place there (toes, hands, the top of
the head) are white. The less certain a joint, the fainter its dot.
"""

import cv2
import numpy as np
from numpy.typing import NDArray

from deployments.openpose.palette import JOINT_COLOURS, LIMBS
from pose.pose import Pose

FIXED_POINT = 4


def draw_overlay(picture: NDArray[np.uint8], poses: list[Pose]) -> NDArray[np.uint8]:
    """(H, W, 3) with every pose drawn on a faded copy of `picture` (H, W, 3 or 4), in the picture's pixels."""
    canvas = _faded(picture)
    thickness = max(2, round(min(canvas.shape[:2]) / 160))
    for pose in poses:
        _draw_bones(canvas, pose, thickness)
        _draw_joints(canvas, pose, thickness)
    return canvas


def _faded(picture: NDArray[np.uint8]) -> NDArray[np.uint8]:
    colours = picture[..., :3].astype(np.float32)
    if picture.shape[2] == 4:
        alpha = picture[..., 3:].astype(np.float32) / np.float32(255)
        colours = colours * alpha + np.float32(255) * (1 - alpha)
    return np.ascontiguousarray((0.6 * colours + 0.4 * 160).astype(np.uint8))


def _draw_bones(canvas: NDArray[np.uint8], pose: Pose, thickness: int) -> None:
    colours = dict(LIMBS)
    for names in pose.skeleton.bones:
        if pose.has(*names):
            start, end = (_fixed(pose[name]) for name in names)
            colour = colours.get(names, (255, 255, 255))
            cv2.line(canvas, start, end, (0, 0, 0), thickness + 2, cv2.LINE_AA, FIXED_POINT)
            cv2.line(canvas, start, end, colour, thickness, cv2.LINE_AA, FIXED_POINT)


def _draw_joints(canvas: NDArray[np.uint8], pose: Pose, thickness: int) -> None:
    radius = int(1.3 * thickness) << FIXED_POINT
    for name, score in zip(pose.skeleton.joints, pose.scores, strict=True):
        if score > 0:
            colour = np.array(JOINT_COLOURS.get(name, (255, 255, 255))) * (0.3 + 0.7 * float(score))
            cv2.circle(canvas, _fixed(pose[name]), radius, (0, 0, 0), 2, cv2.LINE_AA, FIXED_POINT)
            cv2.circle(canvas, _fixed(pose[name]), radius, tuple(colour.tolist()), -1, cv2.LINE_AA, FIXED_POINT)


def _fixed(point: NDArray[np.float32]) -> tuple[int, int]:
    """Our pixel centres are at .5, OpenCV's at whole numbers; clipped, since OpenCV overflows far outside."""
    x, y = np.clip(np.round((point - 0.5) * (1 << FIXED_POINT)), -(1 << 24), 1 << 24)
    return int(x), int(y)
