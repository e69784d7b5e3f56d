"""Turns a hard mask into alpha and true foreground colours: solved in a narrow band at working size, then enlarged.

Closed-form matting: Levin, Lischinski, Weiss, PAMI 2008 (laplacian.py, for the band's unknowns only). Enlarging: fast
guided filter, He and Sun 2015. Foreground: multi-level estimation, Germer et al. 2020 (by pymatting).
Knows colours and masks; knows nothing of figures.
"""

import threading
from typing import Any

import cv2
import numba
import numpy as np
from numpy.typing import NDArray
from pymatting.foreground.estimate_foreground_ml import estimate_foreground_ml
from scipy import sparse

from deployments.garments.anatomy import Mask, around, box_of, grown, shrunk
from deployments.garments.laplacian import band_rows

ONE_AT_A_TIME = threading.Lock()  # pymatting's parallel loops end the process if two threads enter them
EPSILON = 1e-5  # closed-form matting's colour-line regularisation
FAINT = 0.02  # enlarged alpha below this is nothing
PRIOR = 2e-3  # weight that draws the band's alpha to the hard mask where colours tell nothing
KNOWN = 5e-2  # the same, to the estimate that a known backdrop gives


def solve_band(
    rgb: NDArray[np.uint8], mask: Mask, hint: NDArray[np.float32] | None = None, radius: int = 3
) -> NDArray[np.float32]:
    """(H, W) float32 alpha 0..1: the mask but for a band of `radius` pixels on each side of its edge.

    hint (H, W): an estimate of alpha 0..1 to which the band is drawn, where the backdrop is known.
    """
    unknown = grown(mask, radius) & ~shrunk(mask, radius)
    alpha = mask.astype(np.float32)
    if not unknown.any():
        return alpha
    pad = around(box_of(unknown), 2)
    guess, weight = (cv2.GaussianBlur(alpha, (0, 0), 1.5), PRIOR) if hint is None else (hint, KNOWN)
    alpha[pad] = _closed_form(rgb[pad].astype(np.float64) / 255, alpha[pad], unknown[pad], guess[pad], weight)
    return alpha


def _closed_form(
    rgb: NDArray[np.float64], alpha: NDArray[np.float32], unknown: Mask, guess: NDArray[Any], weight: float
) -> NDArray[np.float32]:
    """Solves (L + w) a = w * guess - L_known a_known over the unknown pixels, by conjugate gradients."""
    rows = np.flatnonzero(unknown)
    start = guess.ravel()[rows].astype(np.float64)
    laplacian, pulled = band_rows(np.ascontiguousarray(rgb), unknown, alpha.astype(np.float64), EPSILON)
    system = laplacian + sparse.identity(len(rows), format="csr") * weight
    jacobi = sparse.diags(1 / np.maximum(system.diagonal(), 1e-9))
    right = weight * start - pulled
    solved, _ = sparse.linalg.cg(system, right, x0=start, rtol=1e-4, maxiter=120, M=jacobi)
    result = alpha.copy()
    result.ravel()[rows] = np.clip(solved, 0, 1)
    return _contrast(result)


def enlarge(alpha: NDArray[np.float32], small: NDArray[np.uint8], picture: NDArray[np.uint8]) -> NDArray[np.float32]:
    """(H, W) alpha at the picture's size, its edges drawn from the picture: a = gain . rgb + offset, gains enlarged.

    alpha (h, w) and small (h, w, 3): at working size; picture (H, W, 3).
    """
    if alpha.shape == picture.shape[:2]:
        return alpha
    size = picture.shape[1::-1]
    plain = cv2.resize(alpha, size, interpolation=cv2.INTER_CUBIC)
    edge = cv2.dilate(((alpha > 0.02) & (alpha < 0.98)).astype(np.uint8), np.ones((3, 3), np.uint8))
    band = cv2.resize(edge, size, interpolation=cv2.INTER_NEAREST) > 0
    rows, columns = np.nonzero(band)
    if not len(rows):
        return np.clip(plain, 0, 1)
    model = _sampled(_guided_gains(alpha, small.astype(np.float32) / 255, edge), rows, columns, size)
    colours = picture[rows, columns].astype(np.float32) / 255
    plain[rows, columns] = _contrast((model[:, :3] * colours).sum(1) + model[:, 3])
    return np.where(plain < FAINT, 0, np.where(plain > 1 - FAINT, 1, plain)).astype(np.float32)


def true_colours(
    rgb: NDArray[np.uint8], alpha: NDArray[np.float32], small: NDArray[np.uint8], small_alpha: NDArray[np.float32]
) -> NDArray[np.uint8]:
    """(H, W, 3) foreground colours without the background's share: estimated at working size, exact at full size.

    Inside (alpha near 1) the picture's own texels. In the band (I - (1 - a) B) / a with the estimated background,
    drawn to the estimated foreground where a is small.
    """
    mixed, share_of = small.astype(np.float64) / 255, small_alpha.astype(np.float64)
    with ONE_AT_A_TIME:
        numba.set_num_threads(1)
        front, back = estimate_foreground_ml(mixed, share_of, return_background=True)
    rows, columns = np.nonzero((alpha > 0) & (alpha < 0.995))
    result = rgb.copy()
    if not len(rows):
        return result
    fine = [_sampled(plane.astype(np.float32), rows, columns, rgb.shape[1::-1]) for plane in (front, back)]
    share = alpha[rows, columns][:, None]
    unmixed = (rgb[rows, columns].astype(np.float32) / 255 - (1 - share) * fine[1]) / np.maximum(share, 0.2)
    trust = np.clip((share - 0.3) / 0.5, 0, 1) * (np.abs(unmixed - fine[0]).max(1, keepdims=True) < 0.25)
    colours = trust * unmixed + (1 - trust) * fine[0]
    result[rows, columns] = np.clip(colours * 255 + 0.5, 0, 255).astype(np.uint8)
    return result


def _sampled(
    planes: NDArray[np.float32], rows: NDArray[np.intp], columns: NDArray[np.intp], size: tuple[int, int]
) -> NDArray[np.float32]:
    """(n, C) planes (h, w, C) linearly enlarged to `size`, at the given pixels only."""
    height, width = planes.shape[:2]
    if (width, height) == size:
        return planes[rows, columns]
    y = (rows + 0.5) * (height / size[1]) - 0.5
    x = (columns + 0.5) * (width / size[0]) - 0.5
    top, left = np.clip(np.floor(y), 0, height - 1).astype(int), np.clip(np.floor(x), 0, width - 1).astype(int)
    below, right = np.minimum(top + 1, height - 1), np.minimum(left + 1, width - 1)
    down = np.clip(y - top, 0, 1).astype(np.float32)[:, None]
    across = np.clip(x - left, 0, 1).astype(np.float32)[:, None]
    upper = planes[top, left] * (1 - across) + planes[top, right] * across
    lower = planes[below, left] * (1 - across) + planes[below, right] * across
    return np.asarray(upper * (1 - down) + lower * down, np.float32)


def _guided_gains(
    alpha: NDArray[np.float32], rgb: NDArray[Any], edge: NDArray[Any], radius: int = 2
) -> NDArray[np.float32]:
    """(h, w, 4) the colour guided filter's linear model, gains and offset: on the `edge` and a pixel beside it."""
    window = (2 * radius + 1, 2 * radius + 1)

    def mean(plane: Any) -> Any:
        return cv2.blur(plane, window)

    spot = np.nonzero(cv2.dilate(edge, np.ones((2 * radius + 5,) * 2, np.uint8)))
    centre, level = mean(rgb)[spot], mean(alpha)[spot]
    products = mean((rgb[..., :, None] * rgb[..., None, :]).reshape(*alpha.shape, 9))[spot].reshape(-1, 3, 3)
    spread = products - centre[:, :, None] * centre[:, None, :] + 1e-4 * np.eye(3, dtype=np.float32)
    shared = mean(rgb * alpha[..., None])[spot] - centre * level[:, None]
    gain = np.linalg.solve(spread, shared[..., None])[..., 0].astype(np.float32)
    model = np.zeros((*alpha.shape, 4), np.float32)
    model[spot] = np.concatenate([gain, (level - (gain * centre).sum(-1))[:, None]], 1)
    return np.asarray(mean(model), np.float32)


def _contrast(alpha: NDArray[Any]) -> NDArray[np.float32]:
    """Clears the faint veil that least squares leave: 0.04 and less is nothing, 0.96 and more is all."""
    return np.clip((alpha - 0.04) / 0.92, 0, 1).astype(np.float32)
