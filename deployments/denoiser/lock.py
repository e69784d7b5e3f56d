"""The lock: the untouched warp is used exactly, except in a narrow band around seams and holes. Knows masks only.

The band is also what the table of quality calls U: pixels within BAND of the figure's height of a hole or of a
figure's pixel whose texel is not trusted (invented, seam, joint crease, strong stretch). Inside a completed region
texels may be cut away but never recoloured: every pose of a figure shows the same inventions.
"""

from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

BAND = 0.02
TRUSTED = 0.5
SLIVER = 0.02
CUT = 0.25

Picture = NDArray[Any]
Mask = NDArray[np.bool_]


def seeds(trust: Picture, alpha: Picture, hole: Mask) -> Mask:
    """(H, W): holes, and pixels of the figure whose texels are not trusted."""
    return np.asarray(hole | ((alpha > 8 / 255) & (trust < TRUSTED)))


def band(seed: Mask, figure_height: float) -> Picture:
    """(H, W) in 0..1: 1 at and near the seeds, 0 from BAND of the figure's height (2 px at least) on."""
    if not seed.any():
        return np.zeros(seed.shape, np.float32)
    reach = max(BAND * figure_height, 2.0)
    distance = cv2.distanceTransform((~seed).astype(np.uint8), cv2.DIST_L2, 5)
    return np.clip(4 - 4 * distance / reach, 0, 1).astype(np.float32)


def locked(warp: Picture, restored: Picture, share: Picture) -> Picture:
    """(H, W, 4) x 2, (H, W) in 0..1 -> the warp where share is 0 (bit for bit), the restored picture where it is 1."""
    mixed = warp + share[..., None] * (restored - warp)
    return np.where(share[..., None] > 0, mixed, warp)


def without_thick_cuts(warp: Picture, restored: Picture, invented: Mask, figure_height: float) -> Picture:
    """The restored picture (H, W, 4) premultiplied, but the warp wherever more than a sliver of it would vanish.

    What the source shows stays: known texels may be cut away in slivers (torn edges) up to SLIVER of the figure's
    height wide, not in pieces (a lock of hair, a strap).
    """
    cut = (~invented & (warp[..., 3] - restored[..., 3] > CUT)).astype(np.uint8)
    if not cut.any():
        return restored
    radius = max(SLIVER * figure_height / 2, 1.0)
    depth = cv2.distanceTransform(np.pad(cut, 1), cv2.DIST_L2, 5)[1:-1, 1:-1]
    core = depth > radius
    if not core.any():
        return restored
    away = cv2.distanceTransform((~core).astype(np.uint8), cv2.DIST_L2, 5)
    thick = (away <= 2 * radius) & (cut > 0)
    return np.where(thick[..., None], warp, restored).astype(np.float32)


def cut_only(warp: Picture, restored: Picture, invented: Mask) -> Picture:
    """The restored picture (H, W, 4) premultiplied, but inside invented regions the warp's texels, at most thinned."""
    inside = well_inside(invented)
    keep = np.minimum(restored[..., 3:] / np.maximum(warp[..., 3:], 1e-4), 1)
    return np.where(inside[..., None], warp * keep, restored).astype(np.float32)


def well_inside(invented: Mask) -> Mask:
    """(H, W): the invented pixels whose neighbours are invented too; these are kept as they are."""
    return cv2.erode(invented.astype(np.uint8), np.ones((3, 3), np.uint8), borderValue=1) > 0


def crisp(picture: Picture, limits: tuple[float, float]) -> Picture:
    """(..., 4) premultiplied in 0..1 with its soft alpha steepened: an unsure edge becomes an edge, not a fog."""
    alpha = picture[..., 3:]
    low, high = limits
    steep = np.clip((alpha - low) / (high - low), 0, 1)
    return np.asarray(picture * (steep / np.maximum(alpha, 1e-4)), np.float32)
