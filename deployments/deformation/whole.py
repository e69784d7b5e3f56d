"""A second geometry: the whole figure as one mesh, skinned linearly (no relaxation, no cuts).

Knows the rig and the parts map. It closes every joint and smears what lies between limbs; what is torn beyond
`LONGEST` is left out.
"""

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import diags

from deployments.deformation.mesh import Mesh, grid_mesh
from deployments.deformation.place import Box
from deployments.deformation.raster import footprints, rasterise
from deployments.deformation.shape import Rig, skinned_part
from pose.figure import PARTS, Figure

LONGEST = 2.5
SMOOTHING = 3


def skin_whole(figure: Figure, rig: Rig, box: Box, ranks: dict[str, int], cell: int) -> NDArray[np.float32]:
    """(h, w, 2) source positions over `box` of the target frame, NaN where none. ranks: part -> larger is nearer."""
    shape = (box[3] - box[1], box[2] - box[0], 2)
    mesh = grid_mesh(figure.image[..., 3] > 8, (0, 0), cell, margin=1)
    if mesh is None:
        return np.full(shape, np.nan, np.float32)
    share, names = _membership(figure, mesh)
    placed = np.zeros_like(mesh.vertices)
    near = np.zeros(len(mesh.vertices))
    for column, name in enumerate(names):
        placed += share[:, column, None] * skinned_part(rig, name, _joint(figure, name), mesh, share[:, column] > 0.5)
        near += share[:, column] * ranks.get(name, -1)
    placed = placed - (box[0], box[1])
    steps = footprints(mesh.triangles, placed, mesh.vertices)
    shrink = np.linalg.svd(steps, compute_uv=False)[:, 1] * rig.motion.scale
    kept = mesh.triangles[shrink > 1 / LONGEST]
    source, _ = rasterise(kept, placed, mesh.vertices, near, shape[1], shape[0], figure.image[..., 3] > 127, 0, 0)
    return source


def _membership(figure: Figure, mesh: Mesh) -> tuple[NDArray[np.float64], list[str]]:
    """(n, p) how much each vertex belongs to each part, smoothed along the mesh, and the parts' names."""
    height, width = figure.parts.shape
    x, y = np.floor(mesh.vertices).astype(int).T
    labels = figure.parts[np.clip(y, 0, height - 1), np.clip(x, 0, width - 1)]
    present = [int(row) for row in np.unique(labels) if row > 0] or [1]
    share = (labels[:, None] == np.array(present)).astype(np.float64)
    links = mesh.graph.copy()
    links.data[:] = 1.0
    links = links + diags(np.ones(links.shape[0]))
    for step in range(200):
        total = share.sum(1)
        if step >= SMOOTHING and (total > 0).all():
            break
        share = links @ share
        share /= np.maximum(share.sum(1, keepdims=True), 1e-12)
    share[share.sum(1) == 0, 0] = 1.0
    return share / share.sum(1, keepdims=True), [PARTS[row] for row in present]


def _joint(figure: Figure, part: str) -> str:
    return next((layer.joint for layer in figure.layers if layer.part == part), "neck")
