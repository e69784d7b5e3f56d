"""How far each pixel is from each part's bones without leaving the figure, lines and edges being slow to cross.

Knows a silhouette, a picture's edges and bones. Shortest paths over the pixel grid (Dijkstra by scipy) on a reduced
picture, so that an arm does not claim the hip that it hangs beside and an outline parts a forearm from a torso.
"""

from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.sparse.csgraph import dijkstra

from deployments.garments.anatomy import Mask, Segment, capsules

GRID = 176  # longest side of the grid
BARRIER = 6.0  # what crossing a strong edge costs, in pixels
FAR = np.float32(1e3)


def geodesic_distances(
    rgb: NDArray[np.uint8], inside: Mask, bones: dict[str, list[Segment]]
) -> dict[str, NDArray[np.float32]]:
    """Part -> (H, W) float32 pixels along the figure to its bones; FAR where they cannot be reached."""
    scale = min(1.0, GRID / max(inside.shape))
    size = (max(1, round(inside.shape[1] * scale)), max(1, round(inside.shape[0] * scale)))
    grid = cv2.resize(inside.astype(np.uint8), size, interpolation=cv2.INTER_AREA) > 0
    graph, number = _graph(grid, _edge_cost(np.asarray(cv2.resize(rgb, size, interpolation=cv2.INTER_AREA), np.uint8)))
    result = {}
    for part, segments in bones.items():
        scaled = [(start * np.float32(scale), end * np.float32(scale)) for start, end in segments]
        seeds = number[capsules(scaled, 0.5, grid.shape) & grid]
        field = np.full(grid.shape, FAR, np.float32)
        if len(seeds):
            reached = dijkstra(graph, directed=False, indices=seeds, min_only=True)
            field[grid] = np.where(np.isfinite(reached), reached / scale, FAR)
        result[part] = _enlarged(field, grid, inside.shape)
    return result


def edge_strength(rgb: NDArray[np.uint8]) -> NDArray[np.float32]:
    """(H, W) 0..1: how strongly the picture changes at a pixel, in Lab, 25 units being a full edge."""
    lab = cv2.cvtColor(rgb.astype(np.float32) / 255, cv2.COLOR_RGB2LAB)
    steps = [cv2.Sobel(lab, cv2.CV_32F, *axis, ksize=3) / 4 for axis in ((1, 0), (0, 1))]
    squared = [step**2 for step in steps]
    power = sum(square[..., 0] + square[..., 1] + square[..., 2] for square in squared)
    return np.asarray(np.clip(np.sqrt(power) / 25, 0, 1), np.float32)


def _edge_cost(rgb: NDArray[np.uint8]) -> NDArray[np.float32]:
    return 1 + np.float32(BARRIER) * edge_strength(rgb) ** 2


def _graph(grid: Mask, cost: NDArray[np.float32]) -> tuple[Any, NDArray[np.int32]]:
    """The 8-connected graph of the grid's pixels (undirected, upper half) and each pixel's number."""
    number = np.full(grid.shape, -1, np.int32)
    number[grid] = np.arange(grid.sum(), dtype=np.int32)
    starts, ends, weights = [], [], []
    for down, right in ((0, 1), (1, 0), (1, 1), (1, -1)):
        here = np.s_[: grid.shape[0] - down, max(0, -right) : grid.shape[1] - max(0, right)]
        there = np.s_[down:, max(0, right) : grid.shape[1] + min(0, right)]
        both = grid[here] & grid[there]
        starts.append(number[here][both])
        ends.append(number[there][both])
        weights.append(((cost[here] + cost[there]) / 2)[both] * np.hypot(down, right))
    count = int(grid.sum())
    values = (np.concatenate(weights), (np.concatenate(starts), np.concatenate(ends)))
    return sparse.csr_matrix(values, shape=(count, count)), number


def _enlarged(field: NDArray[np.float32], grid: Mask, shape: tuple[int, int]) -> NDArray[np.float32]:
    """Linear enlargement that does not mix in what lies off the figure."""
    size = shape[::-1]
    weight = cv2.resize(grid.astype(np.float32), size, interpolation=cv2.INTER_LINEAR)
    value = cv2.resize(np.where(grid, field, 0).astype(np.float32), size, interpolation=cv2.INTER_LINEAR)
    return np.where(weight > 1e-3, value / np.maximum(weight, 1e-3), FAR).astype(np.float32)
