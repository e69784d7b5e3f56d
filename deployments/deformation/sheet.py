"""Makes a layer ready to be drawn: premultiplied, bled under its neighbours, split into shown and hidden.

Knows the source picture, not the pose. Where two layers are cut apart, each is continued a little under the other
in its own nearest colours, so that no light shows through the seam. What a layer hides *below* it (a stump under the
torso it grows out of) must not come to lie above: it is in the `full` picture alone, drawn beneath.
"""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import distance_transform_edt

from pose.figure import PART_INDEX, Figure, Layer

BLEED = 2
OPAQUE = 250


@dataclass(frozen=True, eq=False)
class Sheet:
    """A layer's pictures (h, w, 5) float32: colours times alpha, alpha, known alpha; all 0..255.

    corner (x, y) in the source frame. `front` is drawn at the layer's own place; `full` (None where it adds nothing)
    beneath what the layer grows out of. region (h, w): where `full` has texels. empty (h, w): where the layer may
    continue and nobody has filled it. known (h, w): the source's own texels.
    """

    part: int
    joint: str
    corner: tuple[int, int]
    front: NDArray[np.float32]
    full: NDArray[np.float32] | None
    region: NDArray[np.bool_]
    empty: NDArray[np.bool_]
    known: NDArray[np.bool_]


def owners(figure: Figure) -> NDArray[np.int16]:
    """(H, W) which layer is seen at each source pixel, -1 none."""
    seen = np.full(figure.image.shape[:2], -1, np.int16)
    for row, layer in enumerate(figure.layers):
        x0, y0, x1, y1 = layer.box
        seen[y0:y1, x0:x1][layer.known & (layer.rgba[..., 3] > 0)] = row
    return seen


def sheet_of(figure: Figure, row: int, seen: NDArray[np.int16]) -> Sheet:
    """The sheet of layer `row`; `seen` are the figure's `owners`."""
    layer = figure.layers[row]
    rgba, known, missing, corner = _padded(layer, figure.image.shape[:2])
    height, width = known.shape
    window = (slice(corner[1], corner[1] + height), slice(corner[0], corner[0] + width))
    owner = seen[window]
    known = known & (rgba[..., 3] > 0)
    filled = missing & ~known & (rgba[..., 3] > 0)
    bled = _bleed(rgba, known | filled, (figure.image[window][..., 3] >= OPAQUE) & (owner >= 0) & (owner != row))
    hidden = (filled | bled) & (owner >= 0) & ((owner < row) | _stump(figure, layer, corner, known, owner))
    region = known | filled | bled
    full = _premultiplied(rgba, region, known)
    front = full if not hidden.any() else _premultiplied(rgba, region & ~hidden, known)
    empty = missing & ~region & (owner > row) & (not figure.completed)
    return Sheet(
        PART_INDEX[layer.part], layer.joint, corner, front, full if hidden.any() else None, region, empty, known
    )


def cut_points(sheet: Sheet, seen: NDArray[np.int16], others: list[int]) -> NDArray[np.float64]:
    """(k, 2) the sheet's own texels that touch those of the layers `others`: where the two were cut apart."""
    height, width = sheet.known.shape
    x, y = sheet.corner
    beyond = np.isin(seen[y : y + height, x : x + width], others).astype(np.uint8)
    rows, columns = np.nonzero(sheet.known & (cv2.dilate(beyond, np.ones((3, 3), np.uint8)) > 0))
    return np.stack([columns + x + 0.5, rows + y + 0.5], 1)


def _stump(
    figure: Figure, layer: Layer, corner: tuple[int, int], known: NDArray[np.bool_], owner: NDArray[np.int16]
) -> NDArray[np.bool_]:
    """(h, w) what lies under the torso around the joint that a limb grows out of, as far as the limb is wide."""
    torso = [row for row, other in enumerate(figure.layers) if other.part == "torso"]
    if not layer.part.endswith(("_arm", "_leg")) or not figure.pose.has(layer.joint):
        return np.zeros_like(known)
    x, y = (float(v) for v in figure.pose[layer.joint] - np.array(corner))
    rows, columns = np.ogrid[: known.shape[0], : known.shape[1]]
    away = np.hypot(columns + 0.5 - x, rows + 0.5 - y)
    reach = 2.2 * np.sqrt(max(float(known.sum()), 1.0) / 6)
    return np.asarray((away < reach) & np.isin(owner, torso))


def _padded(
    layer: Layer, limits: tuple[int, int]
) -> tuple[NDArray[np.uint8], NDArray[np.bool_], NDArray[np.bool_], tuple[int, int]]:  # fmt: skip
    x0, y0, x1, y1 = layer.box
    left, top = min(BLEED, x0), min(BLEED, y0)
    right, bottom = min(BLEED, limits[1] - x1), min(BLEED, limits[0] - y1)
    border = ((top, bottom), (left, right))
    rgba = np.pad(layer.rgba, (*border, (0, 0)))
    return rgba, np.pad(layer.known, border), np.pad(layer.missing, border), (x0 - left, y0 - top)


def _bleed(rgba: NDArray[np.uint8], own: NDArray[np.bool_], free: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Continues `rgba` in place by its nearest texels into `free` pixels near `own` ones; returns where."""
    ring = cv2.dilate(own.astype(np.uint8), np.ones((2 * BLEED + 1,) * 2, np.uint8)) > 0
    ring &= free & ~own
    if ring.any() and own.any():
        rows, columns = distance_transform_edt(~own, return_distances=False, return_indices=True)
        rgba[ring, :3] = rgba[rows[ring], columns[ring], :3]
        rgba[ring, 3] = 255
    return ring


def _premultiplied(
    rgba: NDArray[np.uint8], region: NDArray[np.bool_], known: NDArray[np.bool_]
) -> NDArray[np.float32]:  # fmt: skip
    alpha = rgba[..., 3].astype(np.float32) * region
    picture, share = np.empty((*region.shape, 5), np.float32), alpha / 255
    for band in range(3):
        np.multiply(rgba[..., band], share, out=picture[..., band])
    picture[..., 3] = alpha
    np.multiply(alpha, known, out=picture[..., 4])
    return picture
