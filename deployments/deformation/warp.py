"""Deforms a figure to a pose: layer by layer, each layer a mesh, drawn over one another by depth.

Knows figures and poses; detects and invents nothing. What no layer has is a hole; what a layer was completed with is
marked as invented. Convention: output pixel = source-frame pixel - origin, at unit scale (framing 'exact': output
pixels themselves).
"""

from dataclasses import replace

import cv2
import numpy as np
from numpy.typing import NDArray

from deployments.deformation.cloth import hanging_parts
from deployments.deformation.compose import Canvas, Drawing, blank, draw
from deployments.deformation.joints import CHAINS, Motion, correspond
from deployments.deformation.mesh import Mesh, grid_mesh
from deployments.deformation.order import draw_order, lower_in_front
from deployments.deformation.place import Box, Framing, cut_edges, drawing_box, fitted_box
from deployments.deformation.raster import straight
from deployments.deformation.shape import Rig, Shape, rig_of, shape_layer
from deployments.deformation.sheet import Sheet, cut_points, owners, sheet_of
from deployments.deformation.slivers import without_slivers
from deployments.deformation.trust import holes, trusted
from deployments.deformation.whole import skin_whole
from pose.errors import NoFigure
from pose.figure import MATERIAL_INDEX, PART_INDEX, PARTS, Figure, Warp
from pose.pose import Pose

CELLS = 40
STIFF = {"rigid": 20.0, "print": 8.0}

Placed = tuple[Sheet, Mesh, Shape]


def warp_figure(figure: Figure, target: Pose, framing: Framing) -> Warp:
    """The figure in the target pose (every field of `Warp`).

    target: joints in the source frame; with framing 'exact' in output pixels, the canvas then being the target's.
    Raises InvalidKeypoints where figure and target share no joint, or the canvas would exceed 4 times the source's
    area; NoFigure where the figure has no opaque pixel.
    """
    height, cell = _size(figure)
    figure = without_slivers(figure, height)
    motion = correspond(figure.pose, target, framing == "exact")
    seen = owners(figure)
    rig = rig_of(motion, height, hanging_parts(figure, seen), _faced(figure))
    layers = [_placed(figure, rig, row, seen, cell) for row in range(len(figure.layers))]
    order = draw_order(figure.layers, motion, target.view)
    drawings = _drawings(layers, order, motion)
    cuts = cut_edges(figure.image[..., 3])
    box = _first_box(drawings, figure, target, framing, height, cuts)
    canvas = blank(box)
    for drawing in drawings:
        draw(canvas, drawing, motion.scale)
    if framing == "fit":
        size = figure.image.shape
        canvas = canvas.cropped(fitted_box(_covered(canvas), size[1], size[0], height, cuts))
    ranks = {figure.layers[row].part: place for place, row in enumerate(order)}
    skinned = skin_whole(figure, rig, canvas.box, ranks, cell)
    return _finished(figure, canvas, motion, target, skinned, height)


def _size(figure: Figure) -> tuple[float, int]:
    """The figure's extent in pixels, and its meshes' step."""
    _, _, *sides = cv2.boundingRect((figure.image[..., 3] > 127).astype(np.uint8))
    if not any(sides) or not figure.layers:
        raise NoFigure("the figure has no opaque pixel; give a mask that covers the character.")
    height = float(max(sides))
    return height, max(2, round(height / CELLS))


def _faced(figure: Figure) -> bool:
    """Whether the face is on the torso: most of the nose and eyes that are there lie on it."""
    pose, (height, width) = figure.pose, figure.parts.shape
    face = [pose[name] for name in ("nose", "r_eye", "l_eye") if pose.has(name)]
    inside = [(int(x), int(y)) for x, y in face if 0 <= x < width and 0 <= y < height]
    return bool(inside) and sum(figure.parts[y, x] == PART_INDEX["torso"] for x, y in inside) * 2 > len(inside)


def _placed(figure: Figure, rig: Rig, row: int, seen: NDArray[np.int16], cell: int) -> Placed | None:
    sheet = sheet_of(figure, row, seen)
    mesh = grid_mesh(sheet.region | sheet.empty, sheet.corner, cell)
    if mesh is None:
        return None
    part, area = figure.layers[row].part, float(sheet.region.sum())
    cut = cut_points(sheet, seen, [k for k, layer in enumerate(figure.layers) if layer.part == "torso"])
    shape = shape_layer(rig, part, sheet.joint, mesh, area, _stiffness(figure, mesh), cut)
    return sheet, mesh, shape


def _stiffness(figure: Figure, mesh: Mesh) -> NDArray[np.float64]:
    height, width = figure.materials.shape
    x, y = np.floor(mesh.vertices).astype(int).T
    found = figure.materials[np.clip(y, 0, height - 1), np.clip(x, 0, width - 1)]
    table = np.ones(len(MATERIAL_INDEX))
    for name, value in STIFF.items():
        table[MATERIAL_INDEX[name]] = value
    return table[np.minimum(found, len(table) - 1)]


def _drawings(layers: list[Placed | None], order: list[int], motion: Motion) -> list[Drawing]:
    """Back to front. A layer's continuation under what it grows out of lies beneath the torso."""
    there = [(row, layer) for row in order if (layer := layers[row]) is not None]
    under = [d for _, layer in there if layer[0].full is not None for d in _of_layer(layer, motion, hidden=True)]
    return under + [d for _, layer in there for d in _of_layer(layer, motion, hidden=False)]


def _of_layer(layer: Placed, motion: Motion, hidden: bool) -> list[Drawing]:
    sheet, mesh, shape = layer
    picture = sheet.full if hidden and sheet.full is not None else sheet.front
    part = PARTS[sheet.part]
    groups = [0, 1] if part not in CHAINS or lower_in_front(part, motion) else [1, 0]
    near = shape.along if groups[0] == 0 else -shape.along
    return [
        Drawing(
            mesh.triangles[shape.group == group], shape.placed, mesh.vertices, near, picture, sheet.empty,
            sheet.corner, sheet.part,
        )
        for group in groups
        if (shape.group == group).any()
    ]  # fmt: skip


def _first_box(
    drawings: list[Drawing], figure: Figure, target: Pose, framing: Framing, size: float, cuts: tuple[bool, ...]
) -> Box:
    height, width = figure.image.shape[:2]
    if framing == "exact":
        return (0, 0, target.width, target.height)
    if framing == "source":
        return (0, 0, width, height)
    points = np.concatenate([drawing.placed[drawing.triangles].reshape(-1, 2) for drawing in drawings])
    return drawing_box(points, width, height, size, cuts)


def _covered(canvas: Canvas) -> Box:
    left, top, width, height = cv2.boundingRect((canvas.colours[..., 3] > 8).astype(np.uint8))
    if not width:
        return (0, 0, 0, 0)
    x, y = canvas.box[:2]
    return (left + x, top + y, left + width + x, top + height + y)


def _finished(
    figure: Figure, canvas: Canvas, motion: Motion, target: Pose, skinned: NDArray[np.float32], height: float
) -> Warp:
    shape, origin = canvas.part.shape, canvas.box[:2]
    hole, trust, rgba = np.zeros(shape, bool), np.zeros(shape, np.float32), np.zeros((*shape, 4), np.uint8)
    drawn = _drawn(canvas)
    inner = canvas.within(drawn)
    place = np.s_[drawn[1] - origin[1] : drawn[3] - origin[1], drawn[0] - origin[0] : drawn[2] - origin[0]]
    hole[place] = holes(inner, skinned[place], figure.image[..., 3], height * motion.scale)
    trust[place] = trusted(inner, hole[place], figure.image[..., 3], height, motion.scale)
    rgba[place] = straight(np.ascontiguousarray(inner.colours))
    return Warp(
        rgba=rgba,
        source=canvas.source,
        part=canvas.part,
        stretch=canvas.stretch,
        trust=trust,
        hole=hole,
        invented=canvas.invented,
        skinned=skinned,
        origin=origin,
        pose=_output_pose(figure.pose, target, motion, origin, shape),
    )


def _drawn(canvas: Canvas) -> Box:
    """The box of all that was drawn, two pixels larger where the canvas goes on."""
    touched = np.isfinite(canvas.source[..., 0]) | (canvas.colours[..., 3] > 0) | canvas.empty
    left, top, width, height = cv2.boundingRect(touched.astype(np.uint8))
    x0, y0, x1, y1 = canvas.box
    return (
        max(x0 + left - 2, x0), max(y0 + top - 2, y0), min(x0 + left + width + 2, x1), min(y0 + top + height + 2, y1)
    )  # fmt: skip


def _output_pose(source: Pose, target: Pose, motion: Motion, origin: tuple[int, int], shape: tuple[int, ...]) -> Pose:
    """The joints that the figure has, in output pixels; those that the target left out where they ended up."""
    points, scores = np.zeros_like(source.points), np.zeros_like(source.scores)
    for name, row in source.skeleton.index.items():
        if name in motion.target and source.scores[row] > 0:
            points[row] = motion.target[name] - origin
            scores[row] = target.scores[row] or source.scores[row]
    return replace(target, points=points, scores=scores, width=shape[1], height=shape[0])
