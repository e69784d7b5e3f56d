"""Draws deformed meshes: for each output pixel the source position it comes from, then its texel.

Knows triangles and pictures, not layers. Compiled by numba on first use and cached. Conventions: output pixel (row y,
column x) has its centre at (x + .5, y + .5); source positions likewise; pictures are premultiplied float32.
"""

import numpy as np
from numba import njit
from numpy.typing import NDArray

Points = NDArray[np.float64]
EXACT = 2e-3
MINIFIED = 1.3
SOLID = 1e4


@njit(cache=True)
def rasterise(
    triangles: NDArray[np.int32],
    placed: Points,
    origin: Points,
    near: NDArray[np.float64],
    width: int,
    height: int,
    solid: NDArray[np.bool_],
    corner_x: int,
    corner_y: int,
) -> tuple[NDArray[np.float32], NDArray[np.int32]]:  # fmt: skip
    """(height, width, 2) float32 source positions (NaN where none) and (height, width) int32 triangles (-1 none).

    placed (n, 2) are vertices in output pixels, origin (n, 2) in the source frame. Where triangles overlap, texels in
    `solid` (h, w), whose corner is at (corner_x, corner_y), go before others, then those whose `near` (n,) is larger.
    """
    source = np.full((height, width, 2), np.nan, np.float32)
    seen = np.full((height, width), -1, np.int32)
    depth = np.full((height, width), -np.inf, np.float32)
    for t in range(len(triangles)):
        i, j, k = triangles[t]
        ax, ay, bx, by, cx, cy = placed[i, 0], placed[i, 1], placed[j, 0], placed[j, 1], placed[k, 0], placed[k, 1]
        area = (bx - ax) * (cy - ay) - (by - ay) * (cx - ax)
        if abs(area) < 1e-9:
            continue
        x0, x1 = max(0, int(np.ceil(min(ax, bx, cx) - 0.5))), min(width - 1, int(np.floor(max(ax, bx, cx) - 0.5)))
        y0, y1 = max(0, int(np.ceil(min(ay, by, cy) - 0.5))), min(height - 1, int(np.floor(max(ay, by, cy) - 0.5)))
        for y in range(y0, y1 + 1):
            py = y + 0.5
            for x in range(x0, x1 + 1):
                px = x + 0.5
                u = ((bx - px) * (cy - py) - (by - py) * (cx - px)) / area
                v = ((cx - px) * (ay - py) - (cy - py) * (ax - px)) / area
                w = 1.0 - u - v
                if u < -1e-9 or v < -1e-9 or w < -1e-9:
                    continue
                z = u * near[i] + v * near[j] + w * near[k]
                sx = u * origin[i, 0] + v * origin[j, 0] + w * origin[k, 0]
                sy = u * origin[i, 1] + v * origin[j, 1] + w * origin[k, 1]
                row, column = int(np.floor(sy)) - corner_y, int(np.floor(sx)) - corner_x
                if 0 <= row < solid.shape[0] and 0 <= column < solid.shape[1] and solid[row, column]:
                    z += SOLID
                if z > depth[y, x]:
                    depth[y, x] = z
                    seen[y, x] = t
                    source[y, x, 0] = sx
                    source[y, x, 1] = sy
    return source, seen


def footprints(triangles: NDArray[np.int32], placed: Points, origin: Points) -> NDArray[np.float64]:
    """(m, 2, 2) d source / d output of each triangle; zero where a triangle has no area."""
    a, b, c = (placed[triangles[:, k]] for k in range(3))
    p, q, r = (origin[triangles[:, k]] for k in range(3))
    out = np.stack([b - a, c - a], 2)
    into = np.stack([q - p, r - p], 2)
    det = np.linalg.det(out)
    sound = np.abs(det) > 1e-6
    out[~sound] = np.eye(2)
    result = into @ np.linalg.inv(out)
    result[~sound] = 0
    return np.asarray(result)


@njit(cache=True)
def sample(
    picture: NDArray[np.float32],
    corner_x: int,
    corner_y: int,
    source: NDArray[np.float32],
    seen: NDArray[np.int32],
    steps: NDArray[np.float64],
) -> NDArray[np.float32]:  # fmt: skip
    """(h, w, c) texels of `picture` (h', w', c), whose corner is at (corner_x, corner_y), at `source` positions.

    c is the colours premultiplied by the alpha, then alpha, then anything. Cubic (Catmull and Rom), four taps of
    it where a pixel covers more than one texel; exact where a position is a texel's centre.
    """
    height, width = seen.shape
    bands = picture.shape[2]
    result = np.zeros((height, width, bands), np.float32)
    for y in range(height):
        for x in range(width):
            t = seen[y, x]
            if t < 0:
                continue
            u, v = source[y, x, 0] - corner_x - 0.5, source[y, x, 1] - corner_y - 0.5
            j = steps[t]
            size = max(j[0, 0] ** 2 + j[1, 0] ** 2, j[0, 1] ** 2 + j[1, 1] ** 2)
            if size > MINIFIED**2:
                taps = 2 if size < 6.25 else 4
                for p in range(taps):
                    for q in range(taps):
                        dx, dy = (p + 0.5) / taps - 0.5, (q + 0.5) / taps - 0.5
                        gx, gy = j[0, 0] * dx + j[0, 1] * dy, j[1, 0] * dx + j[1, 1] * dy
                        _bilinear(picture, u + gx, v + gy, result[y, x], 1.0 / (taps * taps))
            else:
                _cubic(picture, u, v, result[y, x])
    return result


@njit(cache=True)
def straight(colours: NDArray[np.float32]) -> NDArray[np.uint8]:
    """(h, w, 4) premultiplied float32, 0..255 -> straight uint8, rounded; no colour where there is next to no alpha."""
    result = np.zeros(colours.shape, np.uint8)
    for y in range(colours.shape[0]):
        for x in range(colours.shape[1]):
            alpha = colours[y, x, 3]
            if alpha > np.float32(0.5):
                for band in range(3):
                    value = colours[y, x, band] * np.float32(255) / alpha + np.float32(0.5)
                    result[y, x, band] = np.uint8(min(max(value, np.float32(0)), np.float32(255)))
            result[y, x, 3] = np.uint8(min(max(alpha + np.float32(0.5), np.float32(0)), np.float32(255)))
    return result


@njit(cache=True)
def _bilinear(picture: NDArray[np.float32], u: float, v: float, out: NDArray[np.float32], share: float) -> None:
    x, y = int(np.floor(u)), int(np.floor(v))
    fx, fy = u - x, v - y
    for row in range(2):
        if not 0 <= y + row < picture.shape[0]:
            continue
        for column in range(2):
            if not 0 <= x + column < picture.shape[1]:
                continue
            weight = (fx if column else 1 - fx) * (fy if row else 1 - fy) * share
            for band in range(len(out)):
                out[band] += weight * picture[y + row, x + column, band]


@njit(cache=True)
def _cubic(picture: NDArray[np.float32], u: float, v: float, out: NDArray[np.float32]) -> None:
    nearest_x, nearest_y = int(np.round(u)), int(np.round(v))
    if abs(u - nearest_x) < EXACT and abs(v - nearest_y) < EXACT:
        if 0 <= nearest_y < picture.shape[0] and 0 <= nearest_x < picture.shape[1]:
            out[:] = picture[nearest_y, nearest_x]
        return
    x, y = int(np.floor(u)), int(np.floor(v))
    fx, fy = u - x, v - y
    across = (_catmull(fx, 0), _catmull(fx, 1), _catmull(fx, 2), _catmull(fx, 3))
    for row in range(4):
        if not 0 <= y + row - 1 < picture.shape[0]:
            continue
        down = _catmull(fy, row)
        for column in range(4):
            if 0 <= x + column - 1 < picture.shape[1]:
                weight = down * across[column]
                for band in range(len(out)):
                    out[band] += weight * picture[y + row - 1, x + column - 1, band]
    top = min(max(out[3], 0.0), 255.0)
    for band in range(len(out)):
        out[band] = min(max(out[band], 0.0), top)


@njit(cache=True)
def _catmull(t: float, tap: int) -> float:
    """The weight of tap 0 to 3 (at -1 to 2) for a position `t` in 0..1."""
    if tap == 0:
        return ((2.0 - t) * t - 1.0) * t * 0.5
    if tap == 1:
        return (t * t * (3.0 * t - 5.0) + 2.0) * 0.5
    if tap == 2:
        return ((4.0 - 3.0 * t) * t + 1.0) * t * 0.5
    return (t - 1.0) * t * t * 0.5
