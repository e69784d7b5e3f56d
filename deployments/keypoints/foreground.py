"""A quick estimate of what in a picture is figure, as evidence for or against readings. Not a matte.

Alpha, where there is one. Otherwise the colours of the picture's border, as smooth surfaces, are taken for the
background; what differs is figure, outlines filled. The estimate says how far it may be trusted: on a photograph whose
border is full of things it knows nothing. Also tells photographs from drawings, by how much fine texture there is.
"""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

LONGEST = 256
RING = 0.03
NEXT_TO = 0.02
LEAST_DISTANCE, MOST_DISTANCE = 9.0, 20.0
MOST_SPREAD = 8.0
PHOTO_TEXTURE = 4.5


@dataclass(frozen=True, eq=False)
class Foreground:
    """mask (h, w) bool at `scale` times the picture's size; `trust` in 0..1; boxes in the picture's pixels, largest
    first."""

    mask: NDArray[np.bool_]
    scale: float
    trust: float
    boxes: tuple[tuple[float, float, float, float], ...]

    def share_of(self, points: NDArray[np.float32]) -> float:
        """How many of (N, 2) points in the picture's pixels lie on the figure or next to it, 0..1."""
        if not len(points):
            return 0.0
        height, width = self.mask.shape
        reach = 2 * round(NEXT_TO * max(height, width)) + 1
        near = cv2.dilate(self.mask.astype(np.uint8), np.ones((reach, reach), np.uint8)) > 0
        x, y = np.floor(points * self.scale).astype(int).T
        inside = (x >= 0) & (y >= 0) & (x < width) & (y < height)
        return float((near[y.clip(0, height - 1), x.clip(0, width - 1)] & inside).mean())


def estimate_foreground(picture: NDArray[np.uint8]) -> Foreground:
    """For a picture (H, W, 3 or 4)."""
    scale = min(1.0, LONGEST / max(picture.shape[:2]))
    small = cv2.resize(picture, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    if small.shape[2] == 4 and (small[..., 3] < 250).mean() > 0.005:
        mask, trust = small[..., 3] > 127, 1.0
    else:
        mask, trust = _unlike_border(np.ascontiguousarray(small[..., :3]))
    return Foreground(mask, scale, trust, _boxes(mask, scale))


def is_photograph(picture: NDArray[np.uint8]) -> bool:
    """Whether fine texture is everywhere: sensors give it, drawings have flat areas. A crude statistic."""
    scale = LONGEST / max(picture.shape[:2])
    small = cv2.resize(picture[..., :3], None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    grey = cv2.cvtColor(small, cv2.COLOR_RGB2GRAY)
    return bool(np.median(np.abs(cv2.Laplacian(grey, cv2.CV_32F))) >= PHOTO_TEXTURE)


def _unlike_border(rgb: NDArray[np.uint8]) -> tuple[NDArray[np.bool_], float]:
    """The figure, and how far it may be trusted: the border is explained, and without much spread."""
    lab = cv2.cvtColor(rgb.astype(np.float32) / np.float32(255), cv2.COLOR_RGB2LAB).astype(np.float32)
    height, width = lab.shape[:2]
    ring = max(2, round(RING * max(height, width)))
    border = np.ones((height, width), bool)
    border[ring:-ring, ring:-ring] = False
    surface, spread = _background(lab, border)
    far = np.sqrt(((lab - surface) ** 2).sum(2)) > np.clip(3 * spread, LEAST_DISTANCE, MOST_DISTANCE)
    explained = np.clip(((~far[border]).mean() - 0.6) / 0.3, 0, 1)
    return _filled(far), float(explained * np.clip((MOST_SPREAD - spread) / (MOST_SPREAD / 2), 0, 1))


def _background(lab: NDArray[np.float32], border: NDArray[np.bool_]) -> tuple[NDArray[np.float32], float]:
    """A quadratic surface a channel through the border's colours, outliers left out; and their spread."""
    height, width = border.shape
    y, x = np.mgrid[-1 : 1 : height * 1j, -1 : 1 : width * 1j]
    terms = np.stack([np.ones_like(x), x, y, x * y, x**2, y**2], -1)
    rows, colours = terms[border], lab[border]
    keep = np.ones(len(rows), bool)
    solution = np.zeros((6, 3))
    spread = 0.0
    for _ in range(4):
        solution = np.linalg.lstsq(rows[keep], colours[keep], rcond=None)[0]
        errors = np.sqrt(((rows @ solution - colours) ** 2).sum(1))
        spread = float(np.median(errors[keep]))
        keep = errors <= max(3 * spread, 2.0)
    return (terms @ solution).astype(np.float32), spread


def _filled(drawn: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Outlines closed and filled: what the border cannot reach."""
    closed = cv2.morphologyEx(np.pad(drawn, 4).astype(np.uint8), cv2.MORPH_CLOSE, np.ones((5, 5), np.uint8))
    flooded = closed.copy()
    cv2.floodFill(flooded, None, (0, 0), 2)
    return (flooded != 2)[4:-4, 4:-4]


def _boxes(mask: NDArray[np.bool_], scale: float) -> tuple[tuple[float, float, float, float], ...]:
    """Around each piece of at least 2% of the picture."""
    _, _, stats, _ = cv2.connectedComponentsWithStats(mask.astype(np.uint8), connectivity=8)
    pieces = sorted((row for row in stats[1:] if row[4] >= 0.02 * mask.size), key=lambda row: -row[4])
    return tuple((x / scale, y / scale, (x + w) / scale, (y + h) / scale) for x, y, w, h, _ in pieces)
