"""Draws a figure's own outline where a pose opens it up. Knows figures, warps and pixels; no network.

Where a part lay on another, or was torn from it, the result's silhouette runs through what was inside the figure, and
a drawn figure's outline has a gap there. The gap gets the line that the part's known silhouette has, in its width and
colour. Where a part has no outline (paintings, photographs, plush) nothing is drawn.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from deployments.denoiser.sample import bounds
from pose.figure import PART_INDEX, Figure, Layer, Warp

SIZE = 512
REACH = 0.05  # of the figure's height: thicker lines are no outlines
CONTRAST = 36.0  # of 255: between an outline and what it encloses
DRAWN, ENDED = 0.6, 0.3  # shares of the silhouette that a line covers, and that its inner side may still cover
SPREAD = 45.0  # of 255: an outline has one colour, up to this median deviation
SAME = 0.1  # enlargements that do not count
FEW = 24  # silhouette pixels from which on a line can be told
INSIDE = 2.0  # widths from the source's silhouette, beyond which a texel is none of the outline's

Array = NDArray[Any]


@dataclass(frozen=True)
class Pen:
    """Width in source pixels, colour (3,) 0..255."""

    width: float
    colour: Array


def pens_of(figure: Figure, height: float) -> dict[str, Pen]:
    """The line along each part's silhouette, of those that have one. `height`: the figure's, in pixels.

    Looked for at a scale at which the figure is at most SIZE high.
    """
    scale = min(1.0, SIZE / height)
    depth = _depth(_shrunk(figure.image[..., 3], scale))
    found = {layer.part: _pen(layer, depth, height, scale) for layer in figure.layers}
    return {part: pen for part, pen in found.items() if pen is not None}


def outlined(rgba: NDArray[np.uint8], warp: Warp, figure: Figure, pens: Mapping[str, Pen]) -> NDArray[np.uint8]:
    """The result (H, W, 4) straight alpha with its outline's gaps closed; what has an outline stays as it is."""
    box = bounds(rgba[..., 3] > 127)
    if not pens or box is None:
        return rgba
    window = np.s_[box[1] : box[3], box[0] : box[2]]
    width, ink = _tables(pens)
    part = warp.part[window]
    depth, widths = _depth(rgba[..., 3])[window], width[part]
    edge = (depth > 0) & (depth < 2) & (widths > 0)
    gap = _gaps(edge, warp.source[window], warp.invented[window], _depth(figure.image[..., 3]), widths)
    if not gap.any():
        return rgba
    widths = widths * _enlargement(warp)
    near = cv2.distanceTransform((~gap).astype(np.uint8), cv2.DIST_L2, 5)
    share = np.clip(widths + 1 - np.maximum(depth, near), 0, 1) * (depth > 0) * (widths > 0)
    rows, columns = np.nonzero(share)
    after = rgba.copy()
    shown = after[window]
    old, weight = shown[rows, columns, :3].astype(np.float32), share[rows, columns, None]
    shown[rows, columns, :3] = np.round(old + weight * (ink[part[rows, columns]] - old))
    return after


def _enlargement(warp: Warp) -> float:
    """Output pixels a source pixel, by the copied texels' stretch; 1 where it is about that."""
    stretch = warp.stretch[(warp.trust > 0.5) & ~warp.invented & np.isfinite(warp.source[..., 0])]
    scale = float(np.sqrt(np.median(stretch))) if len(stretch) else 1.0
    return scale if abs(scale - 1) > SAME else 1.0


def _tables(pens: Mapping[str, Pen]) -> tuple[Array, Array]:
    """Width (0: no outline) and colour by row of PARTS."""
    width, ink = np.zeros(len(PART_INDEX), np.float32), np.zeros((len(PART_INDEX), 3), np.float32)
    for part, pen in pens.items():
        width[PART_INDEX[part]], ink[PART_INDEX[part]] = pen.width, pen.colour
    return width, ink


def _gaps(edge: Array, source: Array, invented: Array, source_depth: Array, widths: Array) -> Array:
    """(h, w) bool: pixels of the silhouette whose texel lay well inside the source's, or was invented; no specks."""
    rows, columns = np.nonzero(edge)
    if not len(rows):
        return edge
    x, y = source[rows, columns].T
    high, wide = source_depth.shape
    at = np.clip(np.nan_to_num(y), 0, high - 1).astype(int), np.clip(np.nan_to_num(x), 0, wide - 1).astype(int)
    own = widths[rows, columns]
    open_ = ~np.isfinite(x) | invented[rows, columns] | (source_depth[at] > INSIDE * own + 1)
    gap = np.zeros(edge.shape, np.uint8)
    gap[rows[open_], columns[open_]] = 1
    return _large(gap, 6 * float(own.mean()))


def _pen(layer: Layer, whole_depth: Array, height: float, scale: float) -> Pen | None:
    known = _shrunk(layer.known.astype(np.uint8), scale) > 0
    x, y = round(layer.box[0] * scale), round(layer.box[1] * scale)
    depth = whole_depth[y : y + known.shape[0], x : x + known.shape[1]]
    known = known[: depth.shape[0], : depth.shape[1]]
    reach = min(REACH * height * scale, 0.5 * float(depth[known].max(initial=0)))
    rim = known & (depth <= reach) & (depth > 0)
    inner = known & (depth > reach)
    if reach < 2 or not inner.any() or np.count_nonzero(rim & (depth < 2)) < FEW:
        return None
    rgb = _shrunk(layer.rgba[..., :3], scale)[: known.shape[0], : known.shape[1]]
    differs = _contrast(rgb, inner)[rim] > CONTRAST
    ring = np.rint(depth[rim]).astype(int)
    shares = np.bincount(ring, differs) / np.maximum(np.bincount(ring), 1)
    width = int(np.argmax(np.append(shares[2:], 0) < 0.5)) + 1
    if shares[1 : width + 1].max(initial=0) < DRAWN or shares[-1] > ENDED or width >= reach:
        return None
    inks = rgb[rim][differs & (ring <= width)].astype(np.float32)
    colour = np.median(inks, 0)
    return Pen(width / scale, colour) if np.median(np.abs(inks - colour).max(1)) < SPREAD else None


def _depth(alpha: Array) -> Array:
    """(H, W) pixels from the figure's silhouette, inside it; the canvas's border is no silhouette."""
    inside = cv2.copyMakeBorder((alpha > 127).astype(np.uint8), 1, 1, 1, 1, cv2.BORDER_REPLICATE)
    return np.asarray(cv2.distanceTransform(inside, cv2.DIST_L2, 5)[1:-1, 1:-1])


def _shrunk(picture: Array, scale: float) -> Array:
    if scale == 1:
        return picture
    size = max(round(picture.shape[1] * scale), 1), max(round(picture.shape[0] * scale), 1)
    return np.asarray(cv2.resize(picture, size, interpolation=cv2.INTER_NEAREST))


def _contrast(rgb: Array, inner: Array) -> Array:
    """(h, w) how far each pixel's colour is from that of the nearest inner pixel, 0..255."""
    _, labels = cv2.distanceTransformWithLabels(
        (~inner).astype(np.uint8), cv2.DIST_L2, 5, labelType=cv2.DIST_LABEL_PIXEL
    )
    colours = np.zeros((int(labels.max()) + 1, 3), np.float32)
    colours[labels[inner]] = cv2.blur(rgb, (3, 3))[inner]
    return np.asarray(np.abs(rgb - colours[labels]).max(-1))


def _large(mask: Array, area: float) -> Array:
    """(H, W) bool: the mask without its small pieces."""
    _, labels, stats, _ = cv2.connectedComponentsWithStats(mask.astype(np.uint8), connectivity=8)
    keep = stats[:, cv2.CC_STAT_AREA] >= area
    keep[0] = False
    return np.asarray(keep[labels])
