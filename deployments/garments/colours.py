"""Tells by colour alone which of two regions a pixel is more like. Knows pixels and masks."""

import cv2
import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from deployments.garments.anatomy import Mask

BINS = 20  # a Lab axis
KERNEL = np.einsum("i,j,k->ijk", *[np.array([0.25, 0.5, 0.25], np.float32)] * 3)
RARE = 1e-4  # a share this small on both sides tells nothing for the first


def likeness(rgb: NDArray[np.uint8], first: Mask, second: Mask) -> NDArray[np.float32]:
    """(H, W) 0..1: how much more often a pixel's colour is found in the first region than in the second.

    rgb (H, W, 3). By smoothed Lab histograms, both regions weighed alike; 0 for colours that neither has.
    """
    lab = cv2.cvtColor(rgb, cv2.COLOR_RGB2LAB).astype(np.int64) * BINS // 256
    index = (lab[..., 0] * BINS + lab[..., 1]) * BINS + lab[..., 2]
    shares = [_histogram(index[mask]) for mask in (first, second)]
    table = shares[0] / (shares[0] + shares[1] + RARE)
    return np.asarray(table.ravel()[index], np.float32)


def _histogram(index: NDArray[np.int64]) -> NDArray[np.float32]:
    counts = np.bincount(index, minlength=BINS**3).reshape(BINS, BINS, BINS).astype(np.float32)
    return np.asarray(ndimage.convolve(counts / max(1, len(index)), KERNEL, mode="constant"), np.float32)
