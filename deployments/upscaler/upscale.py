"""Enlarges a picture of any size, tile by tile, alpha too. Knows nothing of figures, nor of weights.

What enlarges a tile is an argument (`Upsampler`). Colours travel premultiplied, so that nothing bleeds in from under
transparent pixels. Tiles of a single colour are filled, not computed: an upsampler must leave flat colours flat.
"""

import math
from collections.abc import Callable
from typing import Literal

import cv2
import numpy as np
from numpy.typing import NDArray

from deployments.upscaler.network import MARGIN
from pose.errors import TooLarge

Scale = Literal[1, 2, 4, "4k"]
# (h + 2 margin, w + 2 margin, 4) float32 premultiplied 0..1, factor 2 or 4 -> (factor h, factor w, 4), not negative
Upsampler = Callable[[NDArray[np.float32], int], NDArray[np.float32]]

LONGEST_4K = 3840
MAX_PIXELS = 64_000_000
TILE = 256


def upscale(
    rgba: NDArray[np.uint8], scale: Scale, upsample: Upsampler, margin: int = MARGIN, largest: Literal[2, 4] = 4
) -> NDArray[np.uint8]:
    """Returns (H * scale, W * scale, 4); "4k" brings the longest side to 3840, also down.

    rgba (H, W, 4) uint8, straight alpha. margin: pixels of surroundings that `upsample` wants on every side of a tile;
    largest: the factor that it may be asked for at once. Raises TooLarge beyond 64 megapixels.
    """
    height, width = target_size(rgba.shape[0], rgba.shape[1], scale)
    if height * width > MAX_PIXELS:
        raise TooLarge(f"the result would be {width} x {height} pixels, the limit is 64 megapixels; ask for less.")
    steps = factors(max(height / rgba.shape[0], width / rgba.shape[1]), largest)
    if not steps:
        return _shrunk(rgba, height, width)
    picture, left = rgba, math.prod(steps)
    for factor in steps:
        left //= factor
        # What the steps that are left do not need is averaged away: it would be computed for nothing.
        picture = _shrunk(
            _tiled(picture, factor, upsample, margin), -(-height // left), -(-width // left), cut=factor - 1
        )
    return picture


def target_size(height: int, width: int, scale: Scale) -> tuple[int, int]:
    """(height, width) of the result in pixels."""
    if scale == "4k":
        factor = LONGEST_4K / max(height, width)
        return max(1, round(height * factor)), max(1, round(width * factor))
    return height * scale, width * scale


def factors(needed: float, largest: Literal[2, 4] = 4) -> tuple[int, ...]:
    """The steps whose product is the power of two at or above `needed`; the small one first, where it is cheap."""
    doublings = max(0, math.ceil(math.log2(needed) - 1e-9))
    if largest == 2:
        return (2,) * doublings
    return (2,) * (doublings % 2) + (4,) * (doublings // 2)


def _tiled(rgba: NDArray[np.uint8], factor: int, upsample: Upsampler, margin: int) -> NDArray[np.uint8]:
    height, width = rgba.shape[:2]
    padded = np.pad(rgba, ((margin, margin), (margin, margin), (0, 0)), mode="edge")
    result = np.empty((height * factor, width * factor, 4), np.uint8)
    for top in range(0, height, TILE):
        for left in range(0, width, TILE):
            bottom, right = min(top + TILE, height), min(left + TILE, width)
            tile = padded[top : bottom + 2 * margin, left : right + 2 * margin]
            inner = result[top * factor : bottom * factor, left * factor : right * factor]
            flat = (tile == tile[0, 0]).all()
            inner[:] = tile[0, 0] if flat else _straight(upsample(_premultiplied(tile), factor))
    return result


def _shrunk(rgba: NDArray[np.uint8], height: int, width: int, cut: int = 0) -> NDArray[np.uint8]:
    """Averaged down to a size, premultiplied; as few as `cut` rows and columns too many come from rounding: cut off."""
    if max(rgba.shape[0] - height, rgba.shape[1] - width) <= cut:
        return rgba[:height, :width]
    small = cv2.resize(_premultiplied(rgba), (width, height), interpolation=cv2.INTER_AREA)
    return _straight(np.asarray(small, np.float32))


def _premultiplied(rgba: NDArray[np.uint8]) -> NDArray[np.float32]:
    picture = rgba.astype(np.float32) * np.float32(1 / 255)
    if rgba[..., 3].min() < 255:
        picture[..., :3] *= picture[..., 3:]
    return picture


def _straight(picture: NDArray[np.float32]) -> NDArray[np.uint8]:
    """Divides only where that changes anything: at most places alpha is 0 or 1."""
    edge = (picture[..., 3] < 1) & (picture[..., 3] > 0)
    if edge.any():
        picture[edge, :3] /= np.maximum(picture[edge, 3:], 1 / 512)
    return np.asarray(cv2.convertScaleAbs(picture, alpha=255))
