"""How close one picture is to another: PSNR and SSIM inside a mask, IoU, and paired intervals. Knows arrays only.

Convention: pictures are (H, W, 4) uint8 straight alpha, judged on mid-grey; masks (H, W) bool.
"""

from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

CEILING = 50.0
Array = NDArray[Any]


def on_grey(rgba: Array) -> Array:
    """(H, W, 4) uint8 -> (H, W, 3) float64 in 0..1 on mid-grey."""
    alpha = rgba[..., 3:] / 255
    return np.asarray(rgba[..., :3] / 255 * alpha + 0.5 * (1 - alpha))


def psnr(a: Array, b: Array, mask: Array) -> float:
    """Decibels between two (H, W, 3) pictures inside a mask, CEILING at most; NaN where the mask is empty."""
    if not mask.any():
        return float("nan")
    error = float(np.square(a - b)[mask].mean())
    return CEILING if error <= 10 ** (-CEILING / 10) else float(-10 * np.log10(error))


def ssim_map(a: Array, b: Array) -> Array:
    """(H, W) structural similarity, Gaussian window of sigma 1.5, averaged over channels (Wang et al. 2004)."""

    def mean(x: Array) -> Array:
        return np.asarray(cv2.GaussianBlur(x, (11, 11), 1.5))

    ma, mb = mean(a), mean(b)
    va, vb, cov = mean(a * a) - ma * ma, mean(b * b) - mb * mb, mean(a * b) - ma * mb
    c1, c2 = 0.01**2, 0.03**2
    return np.asarray(((2 * ma * mb + c1) * (2 * cov + c2) / ((ma * ma + mb * mb + c1) * (va + vb + c2))).mean(-1))


def iou(a: Array, b: Array) -> float:
    """Intersection over union of what two pictures (H, W, 4) show at alpha > 0.5; NaN where neither shows anything."""
    x, y = a[..., 3] > 127, b[..., 3] > 127
    union = int((x | y).sum())
    return int((x & y).sum()) / union if union else float("nan")


def interval(differences: Array, seed: int = 0, draws: int = 4000) -> tuple[float, float, float]:
    """Mean of paired differences and its 95% bootstrap interval (percentiles); pairs that are NaN are left out."""
    held = differences[np.isfinite(differences)]
    if not len(held):
        return float("nan"), float("nan"), float("nan")
    rng = np.random.default_rng(seed)
    means = held[rng.integers(len(held), size=(draws, len(held)))].mean(1)
    low, high = np.percentile(means, [2.5, 97.5])
    return float(held.mean()), float(low), float(high)
