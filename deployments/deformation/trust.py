"""Where the drawn figure can be kept as it is, and where it has holes.

Knows the canvas and the source picture, not joints. A seam is where neighbouring pixels come from places that were
not neighbours, or where a cut is laid bare; trust falls to nothing there.
"""

import cv2
import numpy as np
from numpy.typing import NDArray

from deployments.deformation.compose import Canvas

Mask = NDArray[np.bool_]

BAND = 0.02
JUMP = 3.0
CLOSING = 0.012


def holes(canvas: Canvas, skinned: NDArray[np.float32], alpha: NDArray[np.uint8], height: float) -> Mask:
    """(h, w) inside the figure where no layer has a texel: unfilled continuations, and slits between parts.

    A slit counts where the skinned geometry (h, w, 2) says that the source's matte `alpha` (H, W) is opaque.
    """
    solid = canvas.colours[..., 3] > 127
    slits = _closed(solid, max(1.0, CLOSING * height)) & (canvas.colours[..., 3] < 32)
    slits &= _looked_up(alpha > 127, skinned)
    return np.asarray((canvas.empty | slits) & ~solid)


def trusted(canvas: Canvas, hole: Mask, alpha: NDArray[np.uint8], height: float, scale: float) -> NDArray[np.float32]:
    """(h, w) 0..1: the texels' own trust, falling to 0 within 2% of the figure's height of a seam or a hole.

    `alpha` (H, W) is the source's matte.
    """
    bad = hole | _jumps(canvas.source, max(JUMP, 0.004 * height) / min(scale, 1.0)) | _bare(canvas, alpha)
    if not bad.any():
        return canvas.trust
    away = cv2.distanceTransform((~bad).astype(np.uint8), cv2.DIST_L2, 3)
    rise = np.clip(away / max(BAND * height * scale, 1.5), 0, 1)
    return np.asarray(canvas.trust * (rise * rise * (3 - 2 * rise)), np.float32)


def _closed(mask: Mask, radius: float) -> Mask:
    """The mask closed by a disc, by distances: as fast for a large disc as for a small one."""
    frame = int(np.ceil(radius)) + 2
    outside = cv2.copyMakeBorder((~mask).astype(np.uint8), *(4 * (frame,)), cv2.BORDER_CONSTANT, value=1)
    grown = cv2.distanceTransform(outside, cv2.DIST_L2, 5) <= radius
    closed = cv2.distanceTransform(grown.astype(np.uint8), cv2.DIST_L2, 5) > radius
    return np.asarray(closed[frame:-frame, frame:-frame])


def _jumps(source: NDArray[np.float32], limit: float) -> Mask:
    """Pixels whose right or lower neighbour comes from more than `limit` pixels away, and that neighbour."""
    jump = np.zeros(source.shape[:2], bool)
    with np.errstate(invalid="ignore"):
        far = [np.abs(np.diff(source, axis=axis)) > limit for axis in (1, 0)]
    across, down = (axis[..., 0] | axis[..., 1] for axis in far)
    jump[:, 1:] |= across
    jump[:, :-1] |= across
    jump[1:] |= down
    jump[:-1] |= down
    return jump


def _bare(canvas: Canvas, alpha: NDArray[np.uint8]) -> Mask:
    """The figure's new edges: pixels at its outline whose texels lay well inside it in the source."""
    there = np.isfinite(canvas.source[..., 0])
    edge = there & ~cv2.erode(there.astype(np.uint8), np.ones((3, 3), np.uint8), borderValue=1).astype(bool)
    inner = cv2.erode((alpha > 200).astype(np.uint8), np.ones((5, 5), np.uint8), borderValue=1).astype(bool)
    return edge & _looked_up(inner, canvas.source)


def _looked_up(mask: Mask, source: NDArray[np.float32]) -> Mask:
    """(h, w) the value of `mask` (H, W) at source positions (h, w, 2); False where there is none."""
    there = np.isfinite(source[..., 0])
    x, y = np.floor(source[there]).astype(np.int32).T
    result = np.zeros(there.shape, bool)
    result[there] = mask[np.clip(y, 0, mask.shape[0] - 1), np.clip(x, 0, mask.shape[1] - 1)]
    return result
