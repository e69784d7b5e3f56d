"""Draws a pose as a coloured OpenPose picture, as the public renderers do: limbs as ellipses, then joints as discs.

Knows the palette; reads nothing (keypoints does). Convention: pixels, pixel centres at .5.
"""

import cv2
import numpy as np
from numpy.typing import NDArray

from deployments.openpose.palette import JOINT_COLOURS, LIMB_BRIGHTNESS, LIMBS
from pose.pose import Pose

FIXED_POINT = 4


def draw_openpose(pose: Pose, width: int, height: int, stick: float | None = None) -> NDArray[np.uint8]:
    """(height, width, 3): the pose as a coloured OpenPose picture, scaled from its own canvas.

    `stick` is the discs' radius and half the limbs' thickness in pixels; by default 4 on a canvas of 512.
    """
    canvas = np.zeros((height, width, 3), np.uint8)
    radius = stick if stick is not None else max(2.0, 4 * min(width, height) / 512)
    points = pose.points * np.array((width / pose.width, height / pose.height), np.float32)
    row = pose.skeleton.index
    for (start, end), colour in LIMBS:
        if pose.has(start, end):
            polygon = _ellipse(points[row[start]], points[row[end]], radius)
            cv2.fillConvexPoly(canvas, polygon, [int(c * LIMB_BRIGHTNESS) for c in colour], cv2.LINE_8, FIXED_POINT)
    for name, colour in JOINT_COLOURS.items():
        if pose.has(name):
            centre = _fixed(points[row[name]])
            cv2.circle(canvas, centre, round(radius * (1 << FIXED_POINT)), colour, -1, cv2.LINE_8, FIXED_POINT)
    return canvas


def _ellipse(start: NDArray[np.float32], end: NDArray[np.float32], radius: float) -> NDArray[np.int32]:
    """A limb's outline: an ellipse from joint to joint, in OpenCV's fixed point."""
    angles = np.linspace(0, 2 * np.pi, 48, endpoint=False)
    along = (end - start) / 2
    length = max(float(np.hypot(*along)), 1e-6)
    across = np.array((-along[1], along[0])) * (radius / length)
    outline = (start + end) / 2 - 0.5 + np.cos(angles)[:, None] * along + np.sin(angles)[:, None] * across
    return np.round(outline * (1 << FIXED_POINT)).astype(np.int32)


def _fixed(point: NDArray[np.float32]) -> tuple[int, int]:
    x, y = np.round((point - 0.5) * (1 << FIXED_POINT)).astype(int)
    return int(x), int(y)
