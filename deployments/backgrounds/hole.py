"""Where the background is not to be trusted: the figure, its soft edge and its contact shadow.

Knows the picture and the matte, not the pose. Fills nothing.
"""

import cv2
import numpy as np
from numpy.typing import NDArray

EDGE = 0.012
SHADOW_REACH = 0.2


def hole_mask(rgb: NDArray[np.uint8], alpha: NDArray[np.uint8]) -> NDArray[np.bool_]:
    """(H, W) bool: the matte dilated by 1.2% of the figure's height (3 px at least), plus the contact shadow."""
    figure = alpha > 4
    if not figure.any():
        return figure
    height = _height(figure)
    hole = _dilated(figure, max(3, round(EDGE * height)))
    return hole | _contact_shadow(rgb, hole, height)


def _contact_shadow(rgb: NDArray[np.uint8], hole: NDArray[np.bool_], height: int) -> NDArray[np.bool_]:
    """Darker, soft, and touching the figure's lowest seventh: what a foot throws on the ground."""
    near = _dilated(hole, max(4, round(SHADOW_REACH * height))) & ~hole
    rows = np.flatnonzero(hole.any(1))
    near[: max(0, rows[-1] - height // 7)] = False
    if not near.any():
        return near
    luma = cv2.GaussianBlur(cv2.cvtColor(rgb, cv2.COLOR_RGB2GRAY), (0, 0), 1.5).astype(np.float32)
    far = ~_dilated(hole, round(SHADOW_REACH * height) + 4)
    if far.sum() < 50:
        return np.zeros_like(near)
    level = np.median(luma[far])
    spread = 1.4826 * np.median(np.abs(luma[far] - level))
    dark = near & (luma < level - max(4.0, 3.0 * spread))
    count, labels = cv2.connectedComponents((dark | hole).astype(np.uint8))
    touching = np.zeros(count, bool)
    touching[np.unique(labels[hole])] = True
    shadow = dark & touching[labels]
    return _dilated(shadow, max(3, round(0.05 * height))) & ~hole if shadow.any() else shadow


def _height(mask: NDArray[np.bool_]) -> int:
    rows = np.flatnonzero(mask.any(1))
    return int(rows[-1] - rows[0] + 1)


def _dilated(mask: NDArray[np.bool_], radius: int) -> NDArray[np.bool_]:
    distance = cv2.distanceTransform((~mask).astype(np.uint8), cv2.DIST_L2, 3)
    return distance <= radius
