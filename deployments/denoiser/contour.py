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

from pose.figure import PART_INDEX, Figure, Layer, Warp

REACH = 0.05  # of the figure's height: thicker lines are no outlines
CONTRAST = 36.0  # of 255: between an outline and what it encloses
DRAWN, ENDED = 0.6, 0.3  # shares of the silhouette that a line covers, and that its inner side may still cover
SPREAD = 45.0  # of 255: an outline has one colour, up to this median deviation
FEW = 24  # silhouette pixels from which on a line can be told
INSIDE = 2.0  # widths from the source's silhouette, beyond which a texel is none of the outline's

Array = NDArray[Any]


@dataclass(frozen=True)
class Pen:
    """Width in source pixels, colour (3,) 0..255."""

    width: float
    colour: Array


def pens_of(figure: Figure, height: float) -> dict[str, Pen]:
    """The line along each part's silhouette, of those that have one. `height`: the figure's, in pixels."""
    found = {layer.part: _pen(figure, layer, height) for layer in figure.layers}
    return {part: pen for part, pen in found.items() if pen is not None}


def outlined(rgba: NDArray[np.uint8], warp: Warp, figure: Figure, pens: Mapping[str, Pen]) -> NDArray[np.uint8]:
    """The result (H, W, 4) straight alpha with its outline's gaps closed; what has an outline stays as it is."""
    if not pens:
        return rgba
    inside = rgba[..., 3] > 127
    framed = cv2.copyMakeBorder(inside.astype(np.uint8), 1, 1, 1, 1, cv2.BORDER_REPLICATE)
    depth = cv2.distanceTransform(framed, cv2.DIST_L2, 5)[1:-1, 1:-1]
    width, ink = _tables(pens)
    widths = width[warp.part]
    rim = inside & (widths > 0) & (depth < widths + 1)
    gap = _gaps(rim & (depth < 2), warp, _source_depth(figure.image[..., 3]), widths)
    if not gap.any():
        return rgba
    near = cv2.distanceTransform((~gap).astype(np.uint8), cv2.DIST_L2, 5)
    share = np.clip(widths + 1 - np.maximum(depth, near), 0, 1) * rim
    colour = rgba[..., :3] + share[..., None] * (ink[warp.part] - rgba[..., :3])
    return np.dstack([np.round(colour).astype(np.uint8), rgba[..., 3]])


def _tables(pens: Mapping[str, Pen]) -> tuple[Array, Array]:
    """Width (0: no outline) and colour by row of PARTS."""
    width, ink = np.zeros(len(PART_INDEX), np.float32), np.zeros((len(PART_INDEX), 3), np.float32)
    for part, pen in pens.items():
        width[PART_INDEX[part]], ink[PART_INDEX[part]] = pen.width, pen.colour
    return width, ink


def _gaps(edge: Array, warp: Warp, source_depth: Array, widths: Array) -> Array:
    """(H, W) bool: pixels of the silhouette whose texel lay well inside the source's, or was invented; no specks."""
    rows, columns = np.nonzero(edge)
    x, y = warp.source[rows, columns].T
    known = np.isfinite(x)
    high, wide = source_depth.shape
    at = np.clip(np.nan_to_num(y), 0, high - 1).astype(int), np.clip(np.nan_to_num(x), 0, wide - 1).astype(int)
    own = widths[rows, columns]
    open_ = ~known | warp.invented[rows, columns] | (source_depth[at] > INSIDE * own + 1)
    gap = np.zeros(edge.shape, np.uint8)
    gap[rows[open_], columns[open_]] = 1
    least = 6 * float(own.mean()) if len(own) else 0.0
    return _large(gap, least)


def _pen(figure: Figure, layer: Layer, height: float) -> Pen | None:
    depth = _source_depth(figure.image[..., 3])[layer.box[1] : layer.box[3], layer.box[0] : layer.box[2]]
    reach = min(REACH * height, 0.5 * float(depth[layer.known].max(initial=0)))
    rim = layer.known & (depth <= reach)
    inner = layer.known & ~rim
    if reach < 2 or not inner.any() or np.count_nonzero(rim & (depth < 2)) < FEW:
        return None
    differs = _contrast(layer.rgba[..., :3], inner)[rim] > CONTRAST
    ring = np.rint(depth[rim]).astype(int)
    shares = np.bincount(ring, differs) / np.maximum(np.bincount(ring), 1)
    width = int(np.argmax(np.append(shares[2:], 0) < 0.5)) + 1
    if shares[1 : width + 1].max(initial=0) < DRAWN or shares[-1] > ENDED or width >= reach:
        return None
    inks = layer.rgba[..., :3][rim][differs & (ring <= width)].astype(np.float32)
    colour = np.median(inks, 0)
    return Pen(float(width), colour) if np.median(np.abs(inks - colour).max(1)) < SPREAD else None


def _source_depth(alpha: Array) -> Array:
    """(H, W) pixels from the figure's silhouette, inside it; the canvas's border is no silhouette."""
    inside = cv2.copyMakeBorder((alpha > 127).astype(np.uint8), 1, 1, 1, 1, cv2.BORDER_REPLICATE)
    return np.asarray(cv2.distanceTransform(inside, cv2.DIST_L2, 5)[1:-1, 1:-1])


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
