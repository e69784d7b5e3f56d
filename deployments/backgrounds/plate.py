"""The plate: the background with the figure taken out, on a canvas that may be larger than the picture.

Smooth where the background is smooth (paper, flat, gradient), copied where it has texture; which of the two is
decided by what a smooth fit leaves over. Filled from unmasked pixels only. Knows nothing of the new figure.
"""

import cv2
import numpy as np
from numpy.typing import NDArray

from deployments.backgrounds.exemplar import exemplar_fill
from deployments.backgrounds.hole import hole_mask
from deployments.backgrounds.smooth import fit_polynomial, membrane, reduced, smooth_fill

TEXTURE_LEVEL = 5.0


def fill_plate(
    rgb: NDArray[np.uint8],
    alpha: NDArray[np.uint8],
    origin: tuple[int, int] = (0, 0),
    size: tuple[int, int] | None = None,
    seed: int = 0,
) -> NDArray[np.uint8]:
    """Returns the plate (size[0], size[1], 3): canvas pixel = source pixel - origin.

    rgb (H, W, 3) the source, alpha (H, W) its matte, origin (x, y) of the canvas's corner in the source frame, size
    (height, width) of the canvas, the source's by default.
    """
    size = size or (rgb.shape[0], rgb.shape[1])
    known = ~hole_mask(rgb, alpha)
    if known.sum() < 16:
        return np.full((*size, 3), 255, np.uint8)
    rng = np.random.default_rng(seed)
    if is_smooth(rgb, known):
        canvas, inside = _on_canvas(rgb, known, origin, size)
        return smooth_fill(canvas, inside, rng)
    filled = exemplar_fill(rgb, known, _soft_fill(rgb, known))
    return _reflected(filled, origin, size)


def is_smooth(rgb: NDArray[np.uint8], known: NDArray[np.bool_]) -> bool:
    """Whether a quadratic surface leaves little but grain: the blurred residual stays under 5 levels (85th centile)."""
    height, width = known.shape
    scale = 128 / max(height, width, 128)
    small = (max(8, round(width * scale)), max(8, round(height * scale)))
    picture, share = reduced(rgb, known, small)
    solid = share > 0.95
    if solid.sum() < 16:
        return True
    residual = np.abs(picture - fit_polynomial(picture, solid)).max(-1)
    return float(np.percentile(residual[solid], 85)) < TEXTURE_LEVEL


def _soft_fill(rgb: NDArray[np.uint8], known: NDArray[np.bool_]) -> NDArray[np.uint8]:
    """A first guess from the hole's surroundings, made at 256 px."""
    scale = min(1.0, 256 / max(known.shape))
    small = (max(2, round(known.shape[1] * scale)), max(2, round(known.shape[0] * scale)))
    picture, share = reduced(rgb, known, small)
    filled = membrane(picture, share > 0.5)
    large = cv2.resize(filled, (known.shape[1], known.shape[0]), interpolation=cv2.INTER_LINEAR)
    return np.where(known[..., None], rgb, np.clip(large, 0, 255)).astype(np.uint8)


def _reflected(picture: NDArray[np.uint8], origin: tuple[int, int], size: tuple[int, int]) -> NDArray[np.uint8]:
    """The canvas cut from the picture and, beyond its borders, from its reflections."""
    rows = _mirror_index(np.arange(size[0]) + origin[1], picture.shape[0])
    cols = _mirror_index(np.arange(size[1]) + origin[0], picture.shape[1])
    return picture[rows[:, None], cols[None]]


def _mirror_index(index: NDArray[np.int64], length: int) -> NDArray[np.int64]:
    folded = np.mod(index, 2 * length)
    return np.minimum(folded, 2 * length - 1 - folded)


def _on_canvas(
    rgb: NDArray[np.uint8], known: NDArray[np.bool_], origin: tuple[int, int], size: tuple[int, int]
) -> tuple[NDArray[np.uint8], NDArray[np.bool_]]:
    canvas = np.zeros((*size, 3), np.uint8)
    inside = np.zeros(size, bool)
    left, top = max(0, -origin[0]), max(0, -origin[1])
    from_left, from_top = max(0, origin[0]), max(0, origin[1])
    height = min(size[0] - top, rgb.shape[0] - from_top)
    width = min(size[1] - left, rgb.shape[1] - from_left)
    if height > 0 and width > 0:
        source = np.s_[from_top : from_top + height, from_left : from_left + width]
        canvas[top : top + height, left : left + width] = rgb[source]
        inside[top : top + height, left : left + width] = known[source]
    return canvas, inside
