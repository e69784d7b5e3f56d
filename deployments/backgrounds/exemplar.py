"""Textured plates: copies patches of the known background into the hole.

Exemplar-based inpainting (Criminisi, Perez and Toyama, 2004): the hole is closed from its rim inwards, patch by patch,
where confidence and crossing edges are strongest first, so edges run on before flat areas close. Solved at 192 px at
most; texels are then copied at full resolution, so texture keeps its grain. Knows pixels only.
"""

import cv2
import numpy as np
from numba import njit
from numpy.typing import NDArray

from deployments.backgrounds.smooth import reduced

WORK = 192
HALF = 4
NEARNESS = 900.0


def exemplar_fill(rgb: NDArray[np.uint8], known: NDArray[np.bool_], start: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Returns rgb with every unknown pixel copied from a known one.

    rgb (H, W, 3), known (H, W) bool. `start` (H, W, 3), a smooth fill, is given back in the hole where no whole known
    patch exists.
    """
    picture, solid = _reduced(rgb, known)
    legal = _legal(solid)
    if not legal.any():
        return np.where(known[..., None], rgb, start)
    offsets = _close(picture, solid, legal)
    return _copy(rgb, known, offsets, start)


def _reduced(rgb: NDArray[np.uint8], known: NDArray[np.bool_]) -> tuple[NDArray[np.float32], NDArray[np.bool_]]:
    scale = min(1.0, WORK / max(known.shape))
    size = (max(2 * HALF + 1, round(known.shape[1] * scale)), max(2 * HALF + 1, round(known.shape[0] * scale)))
    picture, share = reduced(rgb, known, size)
    return picture, share > 0.98


def _legal(solid: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Patch centres whose whole patch is known."""
    window = np.ones((2 * HALF + 1, 2 * HALF + 1), np.uint8)
    whole = cv2.erode(solid.astype(np.uint8), window, borderType=cv2.BORDER_CONSTANT, borderValue=0)
    return np.asarray(whole > 0)


@njit(cache=True)
def _close(picture, solid, legal):  # type: ignore[no-untyped-def]
    """(h, w, 2) int32: for each pixel of the hole the step (down, across) to the pixel it was copied from."""
    height, width = solid.shape
    offsets = np.zeros((height, width, 2), np.int32)
    filled = solid.copy()
    confidence = solid.astype(np.float32)
    left = (~solid).sum()
    while left > 0:
        y, x, trust = _next(picture, filled, confidence)
        if y < 0:
            break
        v, u = _best(picture, filled, legal, y, x)
        for dy in range(-HALF, HALF + 1):
            for dx in range(-HALF, HALF + 1):
                yy, xx = y + dy, x + dx
                if 0 <= yy < height and 0 <= xx < width and not filled[yy, xx]:
                    picture[yy, xx] = picture[v + dy, u + dx]
                    offsets[yy, xx, 0], offsets[yy, xx, 1] = v - y, u - x
                    filled[yy, xx] = True
                    confidence[yy, xx] = trust
                    left -= 1
    return offsets


@njit(cache=True)
def _next(picture, filled, confidence):  # type: ignore[no-untyped-def]
    """The rim pixel with the highest priority and its confidence; (-1, -1, 0) where there is no rim."""
    height, width = filled.shape
    best, at_y, at_x, trust = -1.0, -1, -1, 0.0
    for y in range(height):
        for x in range(width):
            if filled[y, x] or not _touches(filled, y, x):
                continue
            total, edge, count = 0.0, 0.0, 0
            for yy in range(max(0, y - HALF), min(height, y + HALF + 1)):
                for xx in range(max(0, x - HALF), min(width, x + HALF + 1)):
                    count += 1
                    total += confidence[yy, xx]
                    inside = yy + 1 < height and xx + 1 < width
                    if inside and filled[yy, xx] and filled[yy + 1, xx] and filled[yy, xx + 1]:
                        down = abs(picture[yy + 1, xx, 1] - picture[yy, xx, 1])
                        across = abs(picture[yy, xx + 1, 1] - picture[yy, xx, 1])
                        edge = max(edge, max(down, across))
            priority = total / count * (0.15 + min(edge, 60.0) / 60.0)
            if priority > best:
                best, at_y, at_x, trust = priority, y, x, total / count
    return at_y, at_x, trust


@njit(cache=True)
def _touches(filled, y, x):  # type: ignore[no-untyped-def]
    height, width = filled.shape
    return (
        (y > 0 and filled[y - 1, x])
        or (y + 1 < height and filled[y + 1, x])
        or (x > 0 and filled[y, x - 1])
        or (x + 1 < width and filled[y, x + 1])
    )


@njit(cache=True)
def _best(picture, filled, legal, y, x):  # type: ignore[no-untyped-def]
    """The whole known patch most like the patch at (y, x) where known; near ones, in the same rows, win ties."""
    height, width = filled.shape
    best, best_v, best_u = 1e18, -1, -1
    for v in range(height):
        for u in range(width):
            if not legal[v, u]:
                continue
            down, across = (v - y) / height, (u - x) / width
            total = NEARNESS * (2 * HALF + 1) * (4 * down * down + across * across)
            for dy in range(-HALF, HALF + 1):
                if total >= best:
                    break
                for dx in range(-HALF, HALF + 1):
                    yy, xx = y + dy, x + dx
                    if 0 <= yy < height and 0 <= xx < width and filled[yy, xx]:
                        for c in range(3):
                            delta = picture[yy, xx, c] - picture[v + dy, u + dx, c]
                            total += delta * delta
            if total < best:
                best, best_v, best_u = total, v, u
    return best_v, best_u


def _copy(
    rgb: NDArray[np.uint8], known: NDArray[np.bool_], offsets: NDArray[np.int32], start: NDArray[np.uint8]
) -> NDArray[np.uint8]:
    height, width = known.shape
    scale = np.array([height / offsets.shape[0], width / offsets.shape[1]], np.float32)
    rows, cols = np.nonzero(~known)
    small_rows = np.minimum((rows / scale[0]).astype(int), offsets.shape[0] - 1)
    small_cols = np.minimum((cols / scale[1]).astype(int), offsets.shape[1] - 1)
    steps = np.rint(offsets[small_rows, small_cols] * scale).astype(int)
    source_rows = np.clip(rows + steps[:, 0], 0, height - 1)
    source_cols = np.clip(cols + steps[:, 1], 0, width - 1)
    good = known[source_rows, source_cols]
    result = rgb.copy()
    result[rows, cols] = np.where(good[:, None], rgb[source_rows, source_cols], start[rows, cols])
    return result
