"""The output canvas: where it lies in the source frame, how large it may be.

Knows boxes and edges, not layers. Boxes are (x0, y0, x1, y1) whole pixels, end exclusive.
"""

from typing import Literal

import numpy as np
from numpy.typing import NDArray

from pose.errors import InvalidKeypoints

Framing = Literal["fit", "source", "exact"]
Box = tuple[int, int, int, int]

LARGEST = 4.0
MARGIN = 0.02
CUT_BELOW = 0.02
CUT_BESIDE = 0.1


def cut_edges(alpha: NDArray[np.uint8]) -> tuple[bool, bool, bool, bool]:
    """Whether the figure is cut by the picture's left, top, right and bottom edge.

    The bottom cuts it on 2% of its length; the others, which a hand or a hat may merely touch, on 10%.
    """
    left, top, right, bottom = (
        float((side.max(axis) > 127).mean())
        for side, axis in ((alpha[:, :2], 1), (alpha[:2], 0), (alpha[:, -2:], 1), (alpha[-2:], 0))
    )
    return left > CUT_BESIDE, top > CUT_BESIDE, right > CUT_BESIDE, bottom > CUT_BELOW


def drawing_box(points: NDArray[np.float64], width: int, height: int, size: float, cuts: tuple[bool, ...]) -> Box:
    """The canvas on which a fitted figure is drawn before it is trimmed: `points` (n, 2), a margin, and the source's.

    Raises InvalidKeypoints where that is out of proportion to the source.
    """
    if not np.isfinite(points).all():
        raise InvalidKeypoints("the target pose sends the figure to no finite place; check its joints.")
    margin = np.ceil(MARGIN * size) + 2
    low, high = np.floor(points.min(0)) - margin, np.ceil(points.max(0)) + margin
    box = _bounded((int(low[0]), int(low[1]), int(high[0]), int(high[1])), width, height, cuts)
    _check(box, width, height, 2 * LARGEST)
    return box


def fitted_box(covered: Box, width: int, height: int, size: float, cuts: tuple[bool, ...]) -> Box:
    """The final canvas: the source's and the figure's together, 2% of the figure's size around what was added.

    An edge that cuts the source's figure stays where it is. Raises InvalidKeypoints beyond 4 times the source's area.
    """
    margin = int(np.ceil(MARGIN * size))
    grown = (covered[0] - margin, covered[1] - margin, covered[2] + margin, covered[3] + margin)
    inside = covered[0] >= 0 and covered[1] >= 0 and covered[2] <= width and covered[3] <= height
    box = _bounded(covered if inside else grown, width, height, cuts)
    box = (
        0 if covered[0] >= 0 else box[0], 0 if covered[1] >= 0 else box[1],
        width if covered[2] <= width else box[2], height if covered[3] <= height else box[3],
    )  # fmt: skip
    _check(box, width, height, LARGEST)
    return box


def _bounded(box: Box, width: int, height: int, cuts: tuple[bool, ...]) -> Box:
    left, top, right, bottom = cuts
    return (
        0 if left else min(box[0], 0), 0 if top else min(box[1], 0),
        width if right else max(box[2], width), height if bottom else max(box[3], height),
    )  # fmt: skip


def _check(box: Box, width: int, height: int, limit: float) -> None:
    area, own = (box[2] - box[0]) * (box[3] - box[1]), width * height
    if area > limit * own:
        raise InvalidKeypoints(
            f"the pose needs a canvas of {box[2] - box[0]} x {box[3] - box[1]}, more than {LARGEST:g} times the "
            f"source's {width} x {height}; bring the joints nearer to the figure, or use framing 'source'."
        )
