"""Draws the placed layers over one another, back to front, and keeps for each pixel where it came from.

Knows meshes and pictures, not joints. Compositing is Porter and Duff's "over" on premultiplied colours.
"""

from dataclasses import dataclass

import numpy as np
from numba import njit
from numpy.typing import NDArray

from deployments.deformation.place import Box
from deployments.deformation.raster import footprints, rasterise, sample

Points = NDArray[np.float64]

PLANES = ("colours", "source", "part", "stretch", "trust", "invented", "empty")
VISIBLE = 1.0
SHEAR = 0.35


@dataclass(frozen=True, eq=False)
class Drawing:
    """One picture on one part of a mesh. near (n,): which of the mesh's own folds is seen.

    picture (h, w, 5) as in `Sheet`; empty (h, w) marks where the layer continues and is not filled.
    """

    triangles: NDArray[np.int32]
    placed: Points
    origin: Points
    near: NDArray[np.float64]
    picture: NDArray[np.float32]
    empty: NDArray[np.bool_]
    corner: tuple[int, int]
    part: int


@dataclass(frozen=True, eq=False)
class Canvas:
    """What has been drawn. colours (h, w, 4) float32 premultiplied 0..255; the rest belongs to the foremost texel."""

    box: Box
    colours: NDArray[np.float32]
    source: NDArray[np.float32]
    part: NDArray[np.uint8]
    stretch: NDArray[np.float32]
    trust: NDArray[np.float32]
    invented: NDArray[np.bool_]
    empty: NDArray[np.bool_]

    def cropped(self, box: Box) -> "Canvas":
        """A copy of the part inside `box`, which must lie within the canvas."""
        inner = self.within(box)
        return Canvas(box, **{name: np.ascontiguousarray(getattr(inner, name)) for name in PLANES})

    def within(self, box: Box) -> "Canvas":
        """The part inside `box`, which must lie within the canvas, sharing its memory."""
        rows = slice(box[1] - self.box[1], box[3] - self.box[1])
        columns = slice(box[0] - self.box[0], box[2] - self.box[0])
        return Canvas(box, **{name: getattr(self, name)[rows, columns] for name in PLANES})


def blank(box: Box) -> Canvas:
    """An empty canvas over `box` of the target frame."""
    shape = (box[3] - box[1], box[2] - box[0])
    return Canvas(
        box, np.zeros((*shape, 4), np.float32), np.full((*shape, 2), np.nan, np.float32), np.zeros(shape, np.uint8),
        np.ones(shape, np.float32), np.zeros(shape, np.float32), np.zeros(shape, bool), np.zeros(shape, bool),
    )  # fmt: skip


def draw(canvas: Canvas, drawing: Drawing, scale: float) -> None:
    """Draws over what is there. `scale` is the motion's: texels drawn at that size are not called stretched."""
    if not len(drawing.triangles):
        return
    corners = drawing.placed[drawing.triangles].reshape(-1, 2)
    x0, y0, x1, y1 = canvas.box
    left, top = np.maximum(np.floor(corners.min(0)).astype(int), (x0, y0))
    right, bottom = np.minimum(np.ceil(corners.max(0)).astype(int) + 1, (x1, y1))
    if right <= left or bottom <= top:
        return
    placed = drawing.placed - (left, top)
    size = int(right - left), int(bottom - top)
    solid = drawing.picture[..., 3] > 127
    source, seen = rasterise(drawing.triangles, placed, drawing.origin, drawing.near, *size, solid, *drawing.corner)
    steps = footprints(drawing.triangles, placed, drawing.origin)
    texels = sample(drawing.picture, *drawing.corner, source, seen, steps)
    area, sound = _soundness(steps, scale)
    window = (slice(top - y0, bottom - y0), slice(left - x0, right - x0))
    _over(
        texels, source, seen, area, sound, drawing.part, drawing.empty, *drawing.corner,
        canvas.colours[window], canvas.source[window], canvas.part[window], canvas.stretch[window],
        canvas.trust[window], canvas.invented[window], canvas.empty[window],
    )  # fmt: skip


def _soundness(steps: NDArray[np.float64], scale: float) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """(m,) output area over source area, and (m,) trust in 0..1: 1 undeformed, falling with stretch and shear."""
    det = np.linalg.det(steps)
    area = 1.0 / np.maximum(np.abs(det), 1e-3)
    power = (steps**2).sum((1, 2))
    gap = np.sqrt(np.maximum(power**2 - 4 * det**2, 0))
    large, small = np.sqrt((power + gap) / 2) * scale, np.sqrt(np.maximum((power - gap) / 2, 1e-9)) * scale
    worst = np.maximum(np.abs(np.log(np.maximum(large, 1e-4))), np.abs(np.log(np.maximum(small, 1e-4))))
    sound = np.exp(-((np.maximum(worst - 0.05, 0) / SHEAR) ** 2)) * (det > 0)
    return area.astype(np.float32), sound.astype(np.float32)


@njit(cache=True)
def _over(
    texels: NDArray[np.float32],
    source: NDArray[np.float32],
    seen: NDArray[np.int32],
    area: NDArray[np.float32],
    sound: NDArray[np.float32],
    part: int,
    hollow: NDArray[np.bool_],
    corner_x: int,
    corner_y: int,
    colours: NDArray[np.float32],
    sources: NDArray[np.float32],
    parts: NDArray[np.uint8],
    stretches: NDArray[np.float32],
    trusts: NDArray[np.float32],
    invented: NDArray[np.bool_],
    empty: NDArray[np.bool_],
) -> None:  # fmt: skip
    for y in range(seen.shape[0]):
        for x in range(seen.shape[1]):
            t = seen[y, x]
            if t < 0:
                continue
            u, v = int(np.floor(source[y, x, 0])) - corner_x, int(np.floor(source[y, x, 1])) - corner_y
            if 0 <= v < hollow.shape[0] and 0 <= u < hollow.shape[1] and hollow[v, u]:
                empty[y, x] = True
            alpha = texels[y, x, 3] / 255.0
            if alpha < VISIBLE / 255.0:
                continue
            foremost = alpha >= 0.5 or colours[y, x, 3] < 127.5
            for band in range(4):
                colours[y, x, band] = texels[y, x, band] + (1.0 - alpha) * colours[y, x, band]
            if not foremost:
                continue
            share = min(texels[y, x, 4] / texels[y, x, 3], 1.0)
            sources[y, x] = source[y, x]
            parts[y, x] = part
            stretches[y, x] = area[t]
            invented[y, x] = share < 0.5
            trusts[y, x] = sound[t] * max(0.0, 2.0 * share - 1.0)
