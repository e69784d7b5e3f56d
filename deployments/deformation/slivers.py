"""Gives thin strips of torso that run along a limb to that limb, so that they do not stay behind when it moves.

Knows layers, not joints. A cut between parts often leaves a limb's outline on the wrong side; a strip or an island
counts as the limb's where it touches the limb more than the rest of the torso and is small beside the limb.
"""

from dataclasses import replace

import cv2
import numpy as np
from numpy.typing import NDArray

from pose.figure import PART_INDEX, Figure, Layer

Mask = NDArray[np.bool_]
Box = tuple[int, int, int, int]

THIN = 0.014
SMALL = 0.5
ISLAND = 0.02  # of the torso's largest thick piece; a smaller one is no piece of its own
LIMBS = ("r_arm", "l_arm", "r_leg", "l_leg")


def without_slivers(figure: Figure, height: float) -> Figure:
    """The same figure, strips thinner than 2.8% of its `height` (pixels) moved from the torso to the limbs."""
    rows = [row for row, layer in enumerate(figure.layers) if layer.part == "torso"]
    limbs = [row for row, layer in enumerate(figure.layers) if layer.part in LIMBS]
    if len(rows) != 1 or not limbs:
        return figure
    moves = _moves(figure, rows[0], limbs, max(1, round(THIN * height)))
    if not moves:
        return figure
    layers, parts = list(figure.layers), figure.parts.copy()
    for row, strip in moves.items():
        layers[row] = _with(figure, layers[row], strip)
        layers[rows[0]] = _without(layers[rows[0]], strip)
        parts[strip] = PART_INDEX[layers[row].part]
    return replace(figure, layers=tuple(layers), parts=parts)


def _moves(figure: Figure, torso: int, limbs: list[int], radius: int) -> dict[int, Mask]:
    """Limb's row -> (H, W) the strips that it gets."""
    box = _box([figure.layers[row] for row in (torso, *limbs)], figure.parts.shape)
    whole = _within(box, figure.layers[torso])
    core = _grown(_pieces(_opened(whole, radius)), 1)
    rest = whole & ~core
    count, found = cv2.connectedComponents(_grown(rest, 1).astype(np.uint8), connectivity=8)
    if count < 2:
        return {}
    pieces = np.where(rest, found, 0).astype(np.int32)
    covers = [_within(box, figure.layers[row]) for row in limbs]
    contact = np.stack([_contact(pieces, count, cover) for cover in (core & whole, *covers)])
    if not contact.any(0).all():
        contact = np.where(contact.any(0), contact, -_gaps(pieces, count, (core & whole, *covers)))
    best = contact.argmax(0)
    areas = np.array([0, *(SMALL * int(cover.sum()) for cover in covers)])
    best[(np.bincount(pieces.ravel(), minlength=count) > areas[best]) | (np.arange(count) == 0)] = 0
    chosen = best[pieces]
    return {row: _on_canvas(box, strip, figure) for k, row in enumerate(limbs) if (strip := chosen == k + 1).any()}


def _opened(mask: Mask, radius: int) -> Mask:
    """The mask opened by a disc, by distances; beyond the picture nothing is."""
    framed = cv2.copyMakeBorder(mask.astype(np.uint8), 1, 1, 1, 1, cv2.BORDER_CONSTANT)
    shrunk = cv2.distanceTransform(framed, cv2.DIST_L2, 5) > radius
    grown = cv2.distanceTransform((~shrunk).astype(np.uint8), cv2.DIST_L2, 5) <= radius
    return np.asarray(grown[1:-1, 1:-1] & shrunk.any())


def _pieces(mask: Mask) -> Mask:
    """The mask without its crumbs: an arm in front cuts a torso into pieces, and each of them is torso."""
    count, labels, stats, _ = cv2.connectedComponentsWithStats(mask.astype(np.uint8), connectivity=4)
    if count < 2:
        return mask
    areas = np.array([0, *stats[1:, cv2.CC_STAT_AREA]])
    return np.asarray((areas >= max(ISLAND * areas.max(), 1))[labels])


def _contact(pieces: NDArray[np.int32], count: int, other: Mask) -> NDArray[np.int64]:
    return np.bincount(pieces[_grown(other, 1)], minlength=count)


def _gaps(pieces: NDArray[np.int32], count: int, others: tuple[Mask, ...]) -> NDArray[np.float64]:
    """(k, count) how far each piece is from each of `others`, pixels."""
    rows, columns = np.nonzero(pieces)
    labels = pieces[rows, columns]
    gaps = np.full((len(others), count), 1e9)
    for k, other in enumerate(others):
        if other.any():
            away = cv2.distanceTransform((~other).astype(np.uint8), cv2.DIST_L2, 3)
            np.minimum.at(gaps[k], labels, away[rows, columns])
    return gaps


def _grown(mask: Mask, by: int) -> Mask:
    return cv2.dilate(mask.astype(np.uint8), np.ones((2 * by + 1,) * 2, np.uint8)).astype(bool)


def _box(layers: list[Layer], shape: tuple[int, ...]) -> Box:
    """The layers' bounds and two pixels around them, as far as the canvas (H, W) goes."""
    x0, y0, x1, y1 = np.array([layer.box for layer in layers]).T
    return (
        max(int(x0.min()) - 2, 0), max(int(y0.min()) - 2, 0), min(int(x1.max()) + 2, shape[1]),
        min(int(y1.max()) + 2, shape[0]),
    )  # fmt: skip


def _within(box: Box, layer: Layer) -> Mask:
    """The layer's known pixels inside a box."""
    mask = np.zeros((box[3] - box[1], box[2] - box[0]), bool)
    x0, y0, x1, y1 = layer.box
    mask[y0 - box[1] : y1 - box[1], x0 - box[0] : x1 - box[0]] = layer.known
    return mask


def _on_canvas(box: Box, mask: Mask, figure: Figure) -> Mask:
    canvas = np.zeros(figure.parts.shape, bool)
    canvas[box[1] : box[3], box[0] : box[2]] = mask
    return canvas


def _with(figure: Figure, layer: Layer, strip: Mask) -> Layer:
    rows, columns = np.nonzero(strip)
    x0, y0 = min(layer.box[0], int(columns.min())), min(layer.box[1], int(rows.min()))
    x1, y1 = max(layer.box[2], int(columns.max()) + 1), max(layer.box[3], int(rows.max()) + 1)
    left, top = layer.box[0] - x0, layer.box[1] - y0
    border = ((top, y1 - layer.box[3]), (left, x1 - layer.box[2]))
    rgba, added = np.pad(layer.rgba, (*border, (0, 0))), strip[y0:y1, x0:x1]
    rgba[added] = figure.image[y0:y1, x0:x1][added]
    known, missing = np.pad(layer.known, border) | added, np.pad(layer.missing, border) & ~added
    return replace(layer, box=(x0, y0, x1, y1), rgba=rgba, known=known, missing=missing)


def _without(layer: Layer, strip: Mask) -> Layer:
    x0, y0, x1, y1 = layer.box
    taken = strip[y0:y1, x0:x1]
    return replace(layer, rgba=np.where(taken[..., None], np.uint8(0), layer.rgba), known=layer.known & ~taken)
