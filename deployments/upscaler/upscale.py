"""Enlarges a picture, tile by tile, alpha too. Knows nothing of figures.

The kernel is an argument (`Upsampler`): Lanczos now, a network in its place later, behind the same signature.
Colours travel premultiplied, so that nothing bleeds in from under transparent pixels.
"""

from collections.abc import Callable
from typing import Literal

import cv2
import numpy as np
from numpy.typing import NDArray

from pose.errors import TooLarge

Scale = Literal[1, 2, 4, "4k"]
Upsampler = Callable[[NDArray[np.float32], int], NDArray[np.float32]]

LONGEST_4K = 3840
MAX_PIXELS = 64_000_000
TILE = 256
OVERLAP = 16


def upscale(rgba: NDArray[np.uint8], scale: Scale, upsample: Upsampler | None = None) -> NDArray[np.uint8]:
    """Returns (H * scale, W * scale, 4); "4k" brings the longest side to 3840, also down.

    rgba (H, W, 4) uint8, straight alpha. Raises TooLarge beyond 64 megapixels.
    """
    height, width = target_size(rgba.shape[0], rgba.shape[1], scale)
    if height * width > MAX_PIXELS:
        raise TooLarge(f"the result would be {width} x {height} pixels, the limit is 64 megapixels; ask for less.")
    kernel = upsample or lanczos
    picture = rgba
    while picture.shape[0] < height or picture.shape[1] < width:
        needed = max(height / picture.shape[0], width / picture.shape[1])
        picture = _tiled(picture, 2 if needed <= 2 else 4, kernel)
    return picture if picture.shape[:2] == (height, width) else _shrink(picture, height, width)


def target_size(height: int, width: int, scale: Scale) -> tuple[int, int]:
    """(height, width) of the result in pixels."""
    if scale == "4k":
        factor = LONGEST_4K / max(height, width)
        return max(1, round(height * factor)), max(1, round(width * factor))
    return height * scale, width * scale


def lanczos(tile: NDArray[np.float32], factor: int) -> NDArray[np.float32]:
    """Lanczos-4, held between the extremes of each pixel's 3 x 3 neighbourhood: flat colours stay flat, no ringing.

    tile (h, w, 4) float32 premultiplied, 0..1.
    """
    size = (tile.shape[1] * factor, tile.shape[0] * factor)
    window = np.ones((3, 3), np.uint8)
    low = cv2.resize(cv2.erode(tile, window), size, interpolation=cv2.INTER_NEAREST)
    high = cv2.resize(cv2.dilate(tile, window), size, interpolation=cv2.INTER_NEAREST)
    return np.clip(cv2.resize(tile, size, interpolation=cv2.INTER_LANCZOS4), low, high).astype(np.float32)


def _tiled(rgba: NDArray[np.uint8], factor: int, kernel: Upsampler) -> NDArray[np.uint8]:
    height, width = rgba.shape[:2]
    padded = np.pad(rgba, ((OVERLAP, OVERLAP), (OVERLAP, OVERLAP), (0, 0)), mode="edge")
    result = np.empty((height * factor, width * factor, 4), np.uint8)
    for top in range(0, height, TILE):
        for left in range(0, width, TILE):
            bottom, right = min(top + TILE, height), min(left + TILE, width)
            tile = padded[top : bottom + 2 * OVERLAP, left : right + 2 * OVERLAP]
            large = kernel(_premultiplied(tile), factor)
            rim = OVERLAP * factor
            inner = large[rim : rim + (bottom - top) * factor, rim : rim + (right - left) * factor]
            result[top * factor : bottom * factor, left * factor : right * factor] = _straight(inner)
    return result


def _shrink(rgba: NDArray[np.uint8], height: int, width: int) -> NDArray[np.uint8]:
    small = cv2.resize(_premultiplied(rgba), (width, height), interpolation=cv2.INTER_AREA)
    return _straight(np.asarray(small, np.float32))


def _premultiplied(rgba: NDArray[np.uint8]) -> NDArray[np.float32]:
    picture = rgba.astype(np.float32) / 255
    picture[..., :3] *= picture[..., 3:]
    return picture.astype(np.float32)


def _straight(picture: NDArray[np.float32]) -> NDArray[np.uint8]:
    alpha = picture[..., 3:]
    colour = picture[..., :3] / np.maximum(alpha, 1 / 512)
    return np.rint(np.clip(np.concatenate([colour, alpha], -1), 0, 1) * 255).astype(np.uint8)
