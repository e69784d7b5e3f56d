"""A triangle mesh over a layer's region: a regular grid clipped to the cells that the region touches.

Knows masks, not limbs. Vertices are in the source frame (pixels, x right, y down); triangles index vertices.
"""

from dataclasses import dataclass
from functools import cached_property

import cv2
import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_matrix, csr_matrix
from scipy.sparse.csgraph import dijkstra

Points = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Mesh:
    """vertices (n, 2) float64, triangles (m, 3) int32, edges (e, 2) int32 each once; cell: the grid's step, pixels."""

    vertices: Points
    triangles: NDArray[np.int32]
    edges: NDArray[np.int32]
    cell: float

    @cached_property
    def graph(self) -> csr_matrix:
        """(n, n) edge lengths, both ways."""
        a, b = self.edges.T
        length = np.hypot(*(self.vertices[a] - self.vertices[b]).T)
        count = len(self.vertices)
        return coo_matrix((np.r_[length, length], (np.r_[a, b], np.r_[b, a])), shape=(count, count)).tocsr()


def grid_mesh(region: NDArray[np.bool_], corner: tuple[int, int], cell: int, margin: int = 2) -> Mesh | None:
    """Meshes `region` (h, w), whose corner is at `corner` (x, y) in the source frame, widened by `margin` pixels.

    Returns None where the region is empty.
    """
    if not region.any():
        return None
    pad = margin + cell
    height, width = (-(-(size + 2 * pad) // cell) * cell for size in region.shape)
    canvas = np.zeros((height, width), np.uint8)
    canvas[pad : pad + region.shape[0], pad : pad + region.shape[1]] = region
    canvas = cv2.dilate(canvas, np.ones((2 * margin + 1, 2 * margin + 1), np.uint8))
    cells = canvas.reshape(height // cell, cell, width // cell, cell).max((1, 3)) > 0
    rows, columns = np.nonzero(cells)
    stride = cells.shape[1] + 1
    first = rows * stride + columns
    quads = np.stack([first, first + 1, first + stride + 1, first + stride], 1)
    used, numbered = np.unique(quads, return_inverse=True)
    quads = numbered.reshape(-1, 4).astype(np.int32)
    xy = np.stack([used % stride, used // stride], 1) * float(cell) + np.array(corner, float) - pad
    triangles = _split(quads, (rows + columns) % 2 == 0)
    return Mesh(xy, triangles, _edges(triangles), float(cell))


def distances(mesh: Mesh, start: Points, end: Points) -> NDArray[np.float64]:
    """(n,) distance in pixels of each vertex from a segment, along the mesh where the straight way leaves it.

    Straight-line distance plus what the way through the mesh is longer than that (beyond the grid's own error);
    on components that the segment does not touch it is the straight line.
    """
    straight = segment_distance(mesh.vertices, start, end)
    seeds = np.flatnonzero(straight <= max(0.75 * mesh.cell, float(straight.min()) + 1e-6))
    along = dijkstra(mesh.graph, directed=False, indices=seeds, min_only=True)
    detour = np.where(np.isfinite(along), along - 1.15 * straight - 2 * mesh.cell, 0.0)
    return np.asarray(straight + np.maximum(detour, 0.0))


def segment_distance(points: Points, start: Points, end: Points) -> NDArray[np.float64]:
    """(n,) straight-line distance from a segment."""
    way = end - start
    t = np.clip((points - start) @ way / max(float(way @ way), 1e-12), 0, 1)
    return np.asarray(np.hypot(*(points - start - t[:, None] * way).T))


def _split(quads: NDArray[np.int32], even: NDArray[np.bool_]) -> NDArray[np.int32]:
    a, b, c, d = quads.T
    one = np.where(even[:, None], np.stack([a, b, c], 1), np.stack([a, b, d], 1))
    two = np.where(even[:, None], np.stack([a, c, d], 1), np.stack([b, c, d], 1))
    return np.concatenate([one, two]).astype(np.int32)


def _edges(triangles: NDArray[np.int32]) -> NDArray[np.int32]:
    pairs = np.concatenate([triangles[:, [0, 1]], triangles[:, [1, 2]], triangles[:, [2, 0]]]).astype(np.int64)
    pairs.sort(axis=1)
    keys = np.unique(pairs[:, 0] << 32 | pairs[:, 1])
    return np.stack([keys >> 32, keys & 0xFFFFFFFF], 1).astype(np.int32)
