"""Smooth plates: paper, flat colours, gradients. A robust polynomial, a membrane over its residual, matched grain.

Knows pixels and a mask of what is known. Raises nothing; any mask with at least one known pixel will do.
"""

import cv2
import numpy as np
from numpy.typing import NDArray

Plane = NDArray[np.float32]
ROUNDS = 4
WORK = 96


def reduced(rgb: NDArray[np.uint8], known: NDArray[np.bool_], size: tuple[int, int]) -> tuple[Plane, Plane]:
    """The picture at `size` (width, height), averaged over known pixels only, and the share of them in each pixel."""
    share = cv2.resize(known.astype(np.float32), size, interpolation=cv2.INTER_AREA)
    summed = cv2.resize(rgb * known[..., None].astype(np.float32), size, interpolation=cv2.INTER_AREA)
    return (summed / np.maximum(share, 1e-3)[..., None]).astype(np.float32), np.asarray(share, np.float32)


def fit_polynomial(rgb: Plane, known: NDArray[np.bool_]) -> Plane:
    """(H, W, 3) quadratic surface, fitted by iteratively reweighted least squares, held in the known range.

    The fit is made on a grid of at most 96 px; coordinates run over -1..1 on the longer side.
    """
    height, width = known.shape
    step = max(1, max(height, width) // WORK)
    rows, cols = np.nonzero(known[::step, ::step])
    if len(rows) < 12:
        rows, cols = (index // step for index in np.nonzero(known))
    values = rgb[rows * step, cols * step]
    terms = _terms(rows * step, cols * step, height, width)
    weights = np.ones(len(values), np.float32)
    for _ in range(ROUNDS):
        scaled = terms * weights[:, None]
        gram = scaled.T @ terms + 1e-3 * np.eye(terms.shape[1], dtype=np.float32)
        solution = np.linalg.solve(gram, scaled.T @ values)
        residual = np.abs(values - terms @ solution).max(1)
        scale = 1.4826 * np.median(residual) + 0.5
        weights = (1 / (1 + (residual / (2 * scale)) ** 2)).astype(np.float32)
    surface = _terms(np.arange(height)[:, None], np.arange(width)[None], height, width).reshape(-1, 6) @ solution
    low, high = np.percentile(values, [1, 99], axis=0)
    return np.clip(surface, low, high).reshape(height, width, 3).astype(np.float32)


def membrane(values: Plane, known: NDArray[np.bool_]) -> Plane:
    """Fills unknown pixels from known ones by pull and push over a pyramid; known ones come back smoothed out.

    values (H, W, C). Source of the method: Gortler et al., The Lumigraph, 1996 (scattered data interpolation).
    """
    weight = known.astype(np.float32)
    pyramid = [(values * weight[..., None], weight)]
    while min(pyramid[-1][0].shape[:2]) > 2:
        summed, total = pyramid[-1]
        size = ((summed.shape[1] + 1) // 2, (summed.shape[0] + 1) // 2)
        small = cv2.resize(summed, size, interpolation=cv2.INTER_AREA)
        mass = cv2.resize(total, size, interpolation=cv2.INTER_AREA)
        full = np.minimum(mass * 4, 1)
        pyramid.append((small.reshape(*mass.shape, -1) * (full / np.maximum(mass, 1e-6))[..., None], full))
    filled = pyramid[-1][0] / np.maximum(pyramid[-1][1], 1e-6)[..., None]
    for summed, total in reversed(pyramid[:-1]):
        larger = cv2.resize(filled, (total.shape[1], total.shape[0]), interpolation=cv2.INTER_CUBIC)
        larger = cv2.GaussianBlur(larger, (0, 0), 1.0).reshape(summed.shape)
        filled = summed + (1 - np.minimum(total, 1))[..., None] * larger
    return np.asarray(filled, np.float32)


def smooth_fill(rgb: NDArray[np.uint8], known: NDArray[np.bool_], rng: np.random.Generator) -> NDArray[np.uint8]:
    """The plate for backgrounds without texture: surface + membrane of what it misses + the picture's own grain.

    Surface and membrane are made at 768 px at most and enlarged; grain is at full resolution.
    """
    picture, unknown = rgb.astype(np.float32), ~known
    noise = grain(picture - _masked_blur(picture, known, 2.0), known, rng)
    result = rgb.copy()
    result[unknown] = np.rint(np.clip(_base(rgb, known)[unknown] + noise[unknown], 0, 255))
    return result


def _base(rgb: NDArray[np.uint8], known: NDArray[np.bool_]) -> Plane:
    size = (known.shape[1], known.shape[0])
    scale = min(1.0, 768 / max(size))
    small = (max(2, round(size[0] * scale)), max(2, round(size[1] * scale)))
    picture, share = reduced(rgb, known, small)
    solid = share > 0.98 if (share > 0.98).sum() >= 16 else share > 0.5
    surface = fit_polynomial(picture, solid)
    base = surface + membrane(_masked_blur(picture - surface, solid, 2.0 * scale + 0.5), solid)
    return np.asarray(cv2.resize(base, size, interpolation=cv2.INTER_LINEAR), np.float32)


def grain(noise: Plane, known: NDArray[np.bool_], rng: np.random.Generator) -> Plane:
    """(H, W, 3) noise where the canvas is unknown: blocks of the known noise, shuffled, so its grain size survives."""
    height, width = known.shape
    block = 16 if max(height, width) <= 1024 else 48
    solid = cv2.erode(known.astype(np.uint8), np.ones((block, block), np.uint8), anchor=(0, 0), borderValue=0)
    rows, cols = np.nonzero(solid)
    if len(rows) < 4:
        return np.zeros_like(noise)
    most = 4 * (1.4826 * np.median(np.abs(noise[known])) + 0.25)
    result = np.zeros((height + block, width + block, 3), np.float32)
    for top in range(0, height, block):
        for left in range(0, width, block):
            pick = rng.integers(len(rows))
            if known[top : top + block, left : left + block].all():
                continue
            patch = np.clip(noise[rows[pick] : rows[pick] + block, cols[pick] : cols[pick] + block], -most, most)
            result[top : top + block, left : left + block] = patch - patch.mean((0, 1))
    return result[:height, :width]


def _masked_blur(values: Plane, known: NDArray[np.bool_], sigma: float) -> Plane:
    weight = cv2.GaussianBlur(known.astype(np.float32), (0, 0), sigma)
    summed = cv2.GaussianBlur(values * known[..., None], (0, 0), sigma)
    return np.asarray(summed / np.maximum(weight, 1e-3)[..., None], np.float32)


def _terms(rows: NDArray[np.int64], cols: NDArray[np.int64], height: int, width: int) -> Plane:
    span = max(height, width) / 2
    y, x = (rows - height / 2) / span, (cols - width / 2) / span
    result = np.empty((*np.broadcast_shapes(rows.shape, cols.shape), 6), np.float32)
    for column, term in enumerate((1, x, y, x * x, x * y, y * y)):
        result[..., column] = term
    return result
