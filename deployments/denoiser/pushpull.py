"""Push-pull filling: unknown pixels take the colours around them, coarse to fine. Knows pixels and masks only.

Source: Gortler et al., "The Lumigraph" (1996): average known pixels down a pyramid (pull), then let each level fill
what the finer one does not know (push). The yardstick that every hole filler must beat, and its starting point.
"""

from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray


def fill(picture: NDArray[Any], unknown: NDArray[np.bool_]) -> NDArray[Any]:
    """(H, W, C) float32, (H, W) bool -> the same picture with the unknown pixels filled; known ones are kept exactly.

    Give premultiplied colours where one of the channels is an alpha.
    """
    if not unknown.any() or unknown.all():
        return picture.copy()
    weight = (~unknown).astype(np.float32)
    filled = _fill_level(picture * weight[..., None], weight)
    return np.where(unknown[..., None], filled, picture)


def _fill_level(weighted: NDArray[Any], weight: NDArray[Any]) -> NDArray[Any]:
    height, width = weight.shape
    if min(height, width) > 1 and weight.min() < 1:
        size = ((width + 1) // 2, (height + 1) // 2)
        coarse_weight = cv2.resize(weight, size, interpolation=cv2.INTER_AREA)
        coarse_sum = cv2.resize(weighted, size, interpolation=cv2.INTER_AREA).reshape(*size[::-1], -1)
        scale = np.minimum(coarse_weight, 1) / np.maximum(coarse_weight, 1e-6)
        coarse = _fill_level(coarse_sum * scale[..., None], np.minimum(coarse_weight, 1))
        below = cv2.resize(coarse, (width, height), interpolation=cv2.INTER_LINEAR).reshape(height, width, -1)
    else:
        below = np.broadcast_to(weighted.sum((0, 1)) / max(float(weight.sum()), 1e-6), weighted.shape)
    return np.asarray(weighted + (1 - weight[..., None]) * below, np.float32)
