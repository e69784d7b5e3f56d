"""As-rigid-as-possible relaxation (Sorkine and Alexa 2007), in the plane, with soft positions.

Knows meshes, not limbs. The local step fits each vertex's turn to its edges, the global step solves one sparse
system that is factored once. Edges' stiffness is free, so rigid material bends less than cloth.
"""

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_matrix, csc_matrix
from scipy.sparse.linalg import splu

from deployments.deformation.mesh import Mesh

Points = NDArray[np.float64]


def relaxed(
    mesh: Mesh, rest: Points, start: Points, stiffness: NDArray[np.float64], hold: NDArray[np.float64]
) -> Points:
    """`relax` on a mesh whose vertices' stiffness (n,) is known: an edge has its two ends' mean."""
    a, b = mesh.edges.T
    return relax(rest, start, mesh.edges, 0.5 * (stiffness[a] + stiffness[b]), hold)


def relax(
    rest: Points,
    start: Points,
    edges: NDArray[np.int32],
    stiffness: NDArray[np.float64],
    hold: NDArray[np.float64],
    steps: int = 4,
) -> Points:
    """(n, 2) positions near `start` whose edges keep their `rest` shape up to turns.

    stiffness (e,) per edge; hold (n,) > 0 how strongly each vertex stays at `start`.
    """
    a, b = edges.T
    count = len(rest)
    span = rest[a] - rest[b]
    laplacian = _laplacian(a, b, stiffness, count)
    solve = splu((laplacian + csc_matrix((hold, (range(count), range(count))), shape=laplacian.shape)).tocsc()).solve
    held = hold[:, None] * start
    points = start
    for _ in range(steps):
        turn = _turns(a, b, span, points, stiffness, count)
        mean = 0.5 * (turn[a] + turn[b]) * (span[:, 0] + 1j * span[:, 1]) * stiffness
        pull = np.bincount(a, mean.real, count) - np.bincount(b, mean.real, count)
        push = np.bincount(a, mean.imag, count) - np.bincount(b, mean.imag, count)
        points = np.column_stack([solve(held[:, 0] + pull), solve(held[:, 1] + push)])
    return points


def _turns(
    a: NDArray[np.int32], b: NDArray[np.int32], span: Points, points: Points, stiffness: NDArray[np.float64], count: int
) -> NDArray[np.complex128]:
    """(n,) unit complex numbers: the turn that best carries each vertex's rest edges to where they are."""
    now = points[a] - points[b]
    product = stiffness * (span[:, 0] - 1j * span[:, 1]) * (now[:, 0] + 1j * now[:, 1])
    real = np.bincount(a, product.real, count) + np.bincount(b, product.real, count)
    imaginary = np.bincount(a, product.imag, count) + np.bincount(b, product.imag, count)
    total = real + 1j * imaginary
    size = np.abs(total)
    return np.where(size > 1e-12, total / np.maximum(size, 1e-12), 1.0 + 0j)


def _laplacian(a: NDArray[np.int32], b: NDArray[np.int32], stiffness: NDArray[np.float64], count: int) -> csc_matrix:
    rows = np.concatenate([a, b, a, b])
    columns = np.concatenate([a, b, b, a])
    values = np.concatenate([stiffness, stiffness, -stiffness, -stiffness])
    return coo_matrix((values, (rows, columns)), shape=(count, count)).tocsc()
