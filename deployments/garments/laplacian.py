"""The closed-form matting Laplacian's rows for the unknown pixels of a band: nothing is computed elsewhere.

Levin, Lischinski, Weiss, PAMI 2008, eq. 12: over every 3 x 3 window w that holds pixels i and j,
L_ij = sum_w [i = j] - (1 + (c_i - m_w)^T (S_w + e / 9)^-1 (c_j - m_w)) / 9. Knows colours and a mask; solves nothing.
"""

from typing import Any

import numpy as np
from numba import njit
from numpy.typing import NDArray
from scipy import sparse

NEIGHBOURS = 25  # pixels that share a window with a pixel, itself included


def band_rows(
    rgb: NDArray[np.float64], unknown: NDArray[np.bool_], alpha: NDArray[np.float64], epsilon: float
) -> tuple[Any, NDArray[np.float64]]:
    """(n, n) sparse Laplacian among the n unknown pixels, in reading order, and (n,) its known columns times alpha.

    rgb (H, W, 3) in 0..1; alpha (H, W), of which the unknown pixels are ignored.
    """
    number = np.full(unknown.shape, -1, np.int32)
    number[unknown] = np.arange(np.count_nonzero(unknown), dtype=np.int32)
    means, inverses = _windows(rgb, np.ascontiguousarray(unknown), epsilon)
    values, columns, ends, pulled = _rows(rgb, number, alpha, means, inverses)
    count = len(pulled)
    return sparse.csr_matrix((values[: ends[-1]], columns[: ends[-1]], ends), shape=(count, count)), pulled


@njit(cache=True, nogil=True)
def _windows(
    rgb: NDArray[np.float64], unknown: NDArray[np.bool_], epsilon: float
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """(H, W, 3) mean colours and (H, W, 6) inverse covariances (00, 01, 02, 11, 12, 22) of windows by their centres."""
    height, width = unknown.shape
    means, inverses = np.zeros((height, width, 3)), np.zeros((height, width, 6))
    spread = np.zeros((3, 3))
    for y in range(1, height - 1):
        for x in range(1, width - 1):
            if not unknown[y - 1 : y + 2, x - 1 : x + 2].any():
                continue
            mean = means[y, x]
            for v in range(y - 1, y + 2):
                for u in range(x - 1, x + 2):
                    for a in range(3):
                        mean[a] += rgb[v, u, a] / 9
            for a in range(3):
                for b in range(a, 3):
                    spread[a, b] = epsilon / 9 if a == b else 0.0
                    for v in range(y - 1, y + 2):
                        for u in range(x - 1, x + 2):
                            spread[a, b] += (rgb[v, u, a] - mean[a]) * (rgb[v, u, b] - mean[b]) / 9
            _invert(spread, inverses[y, x])
    return means, inverses


@njit(cache=True, nogil=True)
def _invert(s: NDArray[np.float64], out: NDArray[np.float64]) -> None:
    """The inverse of a symmetric matrix (3, 3), of which the upper half is read, by cofactors."""
    out[0] = s[1, 1] * s[2, 2] - s[1, 2] * s[1, 2]
    out[1] = s[0, 2] * s[1, 2] - s[0, 1] * s[2, 2]
    out[2] = s[0, 1] * s[1, 2] - s[0, 2] * s[1, 1]
    out[3] = s[0, 0] * s[2, 2] - s[0, 2] * s[0, 2]
    out[4] = s[0, 1] * s[0, 2] - s[0, 0] * s[1, 2]
    out[5] = s[0, 0] * s[1, 1] - s[0, 1] * s[0, 1]
    out /= s[0, 0] * out[0] + s[0, 1] * out[1] + s[0, 2] * out[2]


@njit(cache=True, nogil=True)
def _rows(
    rgb: NDArray[np.float64],
    number: NDArray[np.int32],
    alpha: NDArray[np.float64],
    means: NDArray[np.float64],
    inverses: NDArray[np.float64],
) -> tuple[NDArray[np.float64], NDArray[np.int32], NDArray[np.int32], NDArray[np.float64]]:
    """The rows as CSR (values, columns, ends), columns ascending; and what the known pixels add to each."""
    height, width = number.shape
    count = number.max() + 1
    values, columns = np.zeros(count * NEIGHBOURS), np.zeros(count * NEIGHBOURS, np.int32)
    ends, pulled = np.zeros(count + 1, np.int32), np.zeros(count)
    row = np.zeros((5, 5))
    filled = 0
    for y in range(height):
        for x in range(width):
            if number[y, x] < 0:
                continue
            row[:] = 0.0
            _add_windows(rgb, means, inverses, y, x, row)
            for v in range(max(0, y - 2), min(height, y + 3)):
                for u in range(max(0, x - 2), min(width, x + 3)):
                    share = row[v - y + 2, u - x + 2]
                    if number[v, u] < 0:
                        pulled[number[y, x]] += share * alpha[v, u]
                    else:
                        values[filled], columns[filled] = share, number[v, u]
                        filled += 1
            ends[number[y, x] + 1] = filled
    return values, columns, ends, pulled


@njit(cache=True, nogil=True)
def _add_windows(
    rgb: NDArray[np.float64],
    means: NDArray[np.float64],
    inverses: NDArray[np.float64],
    y: int,
    x: int,
    row: NDArray[np.float64],
) -> None:
    """Adds to row (5, 5), centred on pixel (y, x), what each window that holds the pixel says of its neighbours."""
    for wy in range(max(1, y - 1), min(rgb.shape[0] - 1, y + 2)):
        for wx in range(max(1, x - 1), min(rgb.shape[1] - 1, x + 2)):
            m, k = means[wy, wx], inverses[wy, wx]
            r, g, b = rgb[y, x, 0] - m[0], rgb[y, x, 1] - m[1], rgb[y, x, 2] - m[2]
            p, q, s = k[0] * r + k[1] * g + k[2] * b, k[1] * r + k[3] * g + k[4] * b, k[2] * r + k[4] * g + k[5] * b
            row[2, 2] += 1.0
            for v in range(wy - 1, wy + 2):
                for u in range(wx - 1, wx + 2):
                    along = p * (rgb[v, u, 0] - m[0]) + q * (rgb[v, u, 1] - m[1]) + s * (rgb[v, u, 2] - m[2])
                    row[v - y + 2, u - x + 2] -= (1.0 + along) / 9
