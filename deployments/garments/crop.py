"""The window in which a figure is worked on: its surroundings, at 512 px or less. Knows boxes and scales only.

Convention: window = (picture - origin) * scale, per axis; boxes are (x0, y0, x1, y1) pixels, end exclusive.
"""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from pose.figure import Reading
from pose.pose import Pose

WORK = 512
MARGIN = 0.22  # of the box's longer side: hair, hats, hands and feet lie outside the joints


@dataclass(frozen=True)
class Window:
    """box in picture pixels; size (width, height) of the window."""

    box: tuple[int, int, int, int]
    size: tuple[int, int]
    picture: tuple[int, int]  # (H, W)

    @property
    def scale(self) -> float:
        return self.size[0] / (self.box[2] - self.box[0])

    @property
    def inner(self) -> NDArray[np.bool_]:
        """(left, top, right, bottom): which of its sides are not the picture's."""
        x0, y0, x1, y1 = self.box
        return np.array([x0 > 0, y0 > 0, x1 < self.picture[1], y1 < self.picture[0]])

    def take(self, picture: NDArray[np.uint8]) -> NDArray[np.uint8]:
        """The window's pixels of a picture (H, W[, C]), reduced by area averaging."""
        x0, y0, x1, y1 = self.box
        return np.asarray(cv2.resize(picture[y0:y1, x0:x1], self.size, interpolation=cv2.INTER_AREA), np.uint8)

    def pose(self, pose: Pose) -> Pose:
        """The pose in window pixels."""
        moved = pose.moved((-self.box[0], -self.box[1]), self.box[2] - self.box[0], self.box[3] - self.box[1])
        return moved.scaled(self.scale)

    def slices(self) -> tuple[slice, slice]:
        """Rows and columns of the box in the picture."""
        return slice(self.box[1], self.box[3]), slice(self.box[0], self.box[2])


def touched_sides(mask: NDArray[np.bool_], window: Window) -> NDArray[np.bool_]:
    """(left, top, right, bottom): where a mask runs into a side of its window that is not the picture's."""
    return window.inner & np.array([mask[:, :2].any(), mask[:2].any(), mask[:, -2:].any(), mask[-2:].any()])


def picture_border(window: Window) -> NDArray[np.bool_]:
    """(h, w) the window's outermost pixels on those sides that are the picture's."""
    border, (left, top, right, bottom) = np.zeros(window.size[::-1], bool), ~window.inner
    border[:1] |= top
    border[-1:] |= bottom
    border[:, :1] |= left
    border[:, -1:] |= right
    return border


def grown(window: Window, sides: NDArray[np.bool_], share: float = 0.4) -> Window:
    """The window with the given sides moved out by a share of its longer side, clipped to the picture."""
    x0, y0, x1, y1 = window.box
    step = round(share * max(x1 - x0, y1 - y0))
    low = np.maximum(0, np.array([x0, y0]) - step * sides[:2])
    high = np.minimum(window.picture[::-1], np.array([x1, y1]) + step * sides[2:])
    return window_at((*low.tolist(), *high.tolist()), window.picture, WORK)


def window_of(reading: Reading, shape: tuple[int, int], work: int = WORK, margin: float = MARGIN) -> Window:
    """The window around a reading's box and joints in a picture (H, W), clipped to it."""
    points = reading.pose.points[reading.pose.present]
    corners = np.concatenate([points.reshape(-1, 2), np.array(reading.box, np.float32).reshape(2, 2)])
    corners = np.clip(corners, 0, np.array(shape[::-1], np.float32))
    low, high = corners.min(0), corners.max(0)
    pad = margin * float((high - low).max()) + 4
    x0, y0 = np.floor(np.maximum(low - pad, 0)).astype(int).tolist()
    x1, y1 = np.ceil(np.minimum(high + pad, shape[::-1])).astype(int).tolist()
    return window_at((x0, y0, x1, y1), shape, work)


def window_at(box: tuple[int, int, int, int], shape: tuple[int, int], work: int = WORK) -> Window:
    """The window of a box in a picture (H, W), clipped to it, at least a pixel large."""
    x0, x1 = np.clip(box[::2], 0, shape[1]).tolist()
    y0, y1 = np.clip(box[1::2], 0, shape[0]).tolist()
    x0, y0 = min(x0, shape[1] - 1), min(y0, shape[0] - 1)
    x1, y1 = max(x1, x0 + 1), max(y1, y0 + 1)
    scale = min(1.0, work / max(x1 - x0, y1 - y0))
    size = (max(1, round((x1 - x0) * scale)), max(1, round((y1 - y0) * scale)))
    return Window((x0, y0, x1, y1), size, shape)
