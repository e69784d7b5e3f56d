"""Relaxation on one and two triangles."""

import numpy as np

from deployments.deformation.relax import relax

EDGES = np.array([[0, 1], [1, 2], [0, 2]], np.int32)
REST = np.array([[0.0, 0.0], [1.0, 0.0], [0.0, 1.0]])


def test_a_turned_triangle_is_at_rest() -> None:
    turned = REST @ np.array([[0.0, 1.0], [-1.0, 0.0]])
    assert np.allclose(relax(REST, turned, EDGES, np.ones(3), np.full(3, 0.1)), turned)


def test_a_free_vertex_falls_into_place() -> None:
    start = np.array([[0.0, 0.0], [1.0, 0.0], [0.0, 3.0]])
    hold = np.array([1e4, 1e4, 1e-4])
    assert np.allclose(relax(REST, start, EDGES, np.ones(3), hold, steps=100), REST, atol=1e-2)


def test_stiffness_resists_more() -> None:
    start = REST * [1.0, 2.0]
    soft = relax(REST, start, EDGES, np.full(3, 0.1), np.ones(3))
    stiff = relax(REST, start, EDGES, np.full(3, 10.0), np.ones(3))
    assert np.ptp(stiff[:, 1]) < np.ptp(soft[:, 1])
