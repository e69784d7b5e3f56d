"""Prints and heads cut upright out of a true picture and a result, and how alike the two are.

Knows a case's truth, not how a result was made. A patch is rectified by the truth: a print by the affine map that its
pixels obey between target and source, a head by the target's neck and crown; both pictures are cut by the same map.
NCC: correlation of the two over the patch's mask, colours less their channel's mean, at the best of all shifts of up
to REACH of the figure's height (how well placed it is, others measure). Convention: matrices (2, 3) take pixel
positions (x, y), centres at .5, to patch positions.
"""

from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from deployments.denoiser.sample import bounds
from pose.figure import MATERIAL_INDEX, PART_INDEX
from training.cases import Case
from training.scores import on_grey

LONGEST = 64
REACH = 0.02
LEAST = 40  # pixels of a print that must show in source and target, at 320 px canvases
RING = 0.015  # of the figure's height: the surroundings that give a print its contrast
FLAT = 0.015  # standard deviation below which a true patch has nothing to compare
BLANK = 0.002  # and below which a result shows nothing at all
HEAD_MARGIN = 0.25  # beyond neck and crown, of their distance
Array = NDArray[Any]


@dataclass(frozen=True, eq=False)
class Patch:
    """matrix (2, 3); mask (h, w) bool in the patch; reach: the largest shift, patch pixels."""

    matrix: Array
    mask: Array
    reach: int


def print_patch(case: Case) -> Patch | None:
    """The torso's print, upright as in the source; None where too little of it shows in both poses."""
    torso = case.parts == PART_INDEX["torso"]
    printed = torso & (case.materials == MATERIAL_INDEX["print"]) & case.both_show
    if printed.sum() < LEAST * (case.truth.shape[0] / 320) ** 2:
        return None
    region = _dilated(printed, RING * _height(case)) & torso & case.both_show
    rows, columns = np.nonzero(region)
    here = np.stack([columns + 0.5, rows + 0.5, np.ones(len(rows))], 1)
    matrix = np.linalg.lstsq(here, case.place[region].astype(float), rcond=None)[0].T
    scale = float(np.sqrt(abs(np.linalg.det(matrix[:, :2]))))
    return _patch(case, matrix, region) if 0.3 < scale < 3 else None


def head_patch(case: Case) -> Patch | None:
    """The head with the hair around it, upright; None where neck or crown is off the canvas."""
    if not case.target.has("neck", "head_top"):
        return None
    neck, up = case.target["neck"], case.target["head_top"] - case.target["neck"]
    length = float(np.linalg.norm(up))
    if length < 4:
        return None
    x, y = up / length
    matrix = np.array([[-y, x, y * neck[0] - x * neck[1]], [-x, -y, x * neck[0] + y * neck[1]]], float)
    own = _head_parts(case)
    rows, columns = np.nonzero(own)
    along = -(matrix @ np.stack([columns + 0.5, rows + 0.5, np.ones(len(rows))]))[1] / length
    lowest = -HEAD_MARGIN if (case.parts == PART_INDEX["head"]).any() else 0.0
    near = np.zeros_like(own)
    near[rows, columns] = (along > lowest) & (along < 1 + HEAD_MARGIN)
    if near.sum() < LEAST:
        return None
    free = own | (case.parts == PART_INDEX["none"])
    return _patch(case, matrix, _dilated(near, RING * _height(case)) & free)


def likeness(patch: Patch | None, picture: Array, truth: Array) -> tuple[float, float]:
    """NCC at the best shift and as placed; NaN without a patch or where the true one is flat."""
    if patch is None:
        return float("nan"), float("nan")
    reach = patch.reach
    true, found = _cut(truth, patch, 0), _cut(picture, patch, reach)
    wanted = _centred(true[patch.mask])
    if np.sqrt(np.square(wanted).mean()) < FLAT:
        return float("nan"), float("nan")
    height, width = patch.mask.shape
    each = np.array(
        [
            [_ncc(found[y : y + height, x : x + width][patch.mask], wanted) for x in range(2 * reach + 1)]
            for y in range(2 * reach + 1)
        ]
    )
    return float(each.max()), float(each[reach, reach])


def _head_parts(case: Case) -> Array:
    """(H, W) bool: head and hair; the torso of a body that has no head of its own (its face is above the neck)."""
    head = case.parts == PART_INDEX["head"]
    return np.isin(case.parts, [PART_INDEX["head"], PART_INDEX["hair"], *([] if head.any() else [PART_INDEX["torso"]])])


def _patch(case: Case, matrix: Array, region: Array) -> Patch:
    """The patch that holds a region (H, W) of the target, `matrix` turning it upright."""
    rows, columns = np.nonzero(region)
    places = matrix @ np.stack([columns + 0.5, rows + 0.5, np.ones(len(rows))])
    low, high = places.min(1) - 1, places.max(1) + 1
    scale = min(1.0, LONGEST / float((high - low).max()))
    width, height = (int(np.ceil(side)) for side in (high - low) * scale)
    matrix = scale * (matrix - np.stack([np.zeros(2), np.zeros(2), low], 1))
    mask = cv2.warpAffine(region.astype(np.uint8), _indices(matrix, 0), (width, height), flags=cv2.INTER_NEAREST)
    reach = max(round(REACH * _height(case) * scale), 1)
    return Patch(matrix, mask > 0, reach)


def _cut(picture: Array, patch: Patch, border: int) -> Array:
    """(h + 2 border, w + 2 border, 3) float32 of a picture (H, W, 4) on grey."""
    height, width = patch.mask.shape
    size = (width + 2 * border, height + 2 * border)
    grey = on_grey(picture).astype(np.float32)
    return np.asarray(cv2.warpAffine(grey, _indices(patch.matrix, border), size, borderValue=(0.5, 0.5, 0.5)))


def _indices(matrix: Array, border: int) -> Array:
    """The matrix between pixel indices instead of positions, moved by a border."""
    return np.column_stack([matrix[:, :2], matrix[:, 2] + matrix[:, :2] @ [0.5, 0.5] - 0.5 + border])


def _ncc(found: Array, wanted: Array) -> float:
    found = _centred(found)
    if np.sqrt(np.square(found).mean()) < BLANK:
        return 0.0
    return float((found * wanted).sum() / np.sqrt(np.square(found).sum() * np.square(wanted).sum()))


def _centred(colours: Array) -> Array:
    return np.asarray(colours - colours.mean(0))


def _dilated(mask: Array, radius: float) -> Array:
    side = 2 * max(round(radius), 1) + 1
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (side, side))
    return np.asarray(cv2.dilate(mask.astype(np.uint8), kernel) > 0)


def _height(case: Case) -> float:
    box = bounds(case.truth[..., 3] > 127)
    return float(box[3] - box[1]) if box else 1.0
