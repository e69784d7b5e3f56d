"""The grid over a region, and distances along it."""

import numpy as np

from deployments.deformation.mesh import distances, grid_mesh


def test_the_mesh_covers_the_region_with_its_margin_and_nothing_far() -> None:
    region = np.zeros((40, 60), bool)
    region[10:30, 20:25] = True
    mesh = grid_mesh(region, (100, 200), 5, margin=2)
    assert mesh is not None
    low, high = mesh.vertices.min(0), mesh.vertices.max(0)
    assert (low <= (118, 208)).all()
    assert (high >= (127, 232)).all()
    assert (low >= (110, 200)).all()
    assert (high <= (137, 242)).all()


def test_triangles_tile_the_cells_once() -> None:
    mesh = grid_mesh(np.ones((10, 10), bool), (0, 0), 5, margin=0)
    assert mesh is not None
    a, b, c = (mesh.vertices[mesh.triangles[:, k]] for k in range(3))
    u, v = b - a, c - a
    areas = 0.5 * (u[:, 0] * v[:, 1] - u[:, 1] * v[:, 0])
    cells = len(mesh.triangles) / 2
    assert (areas > 0).all()
    assert np.isclose(areas.sum(), cells * 25)


def test_an_empty_region_has_no_mesh() -> None:
    assert grid_mesh(np.zeros((5, 5), bool), (0, 0), 2) is None


def test_distance_follows_the_mesh_around_a_gap() -> None:
    region = np.ones((60, 60), bool)
    region[:50, 20:40] = False
    mesh = grid_mesh(region, (0, 0), 4, margin=0)
    assert mesh is not None
    far = distances(mesh, np.array([5.0, 5.0]), np.array([5.0, 20.0]))
    across = np.argmin(np.hypot(*(mesh.vertices - (56, 4)).T))
    below = np.argmin(np.hypot(*(mesh.vertices - (8, 56)).T))
    assert far[across] > 85
    assert abs(far[below] - 36) < 6


def test_islands_are_measured_straight() -> None:
    region = np.zeros((20, 60), bool)
    region[:, :10] = region[:, 50:] = True
    mesh = grid_mesh(region, (0, 0), 4, margin=0)
    assert mesh is not None
    assert np.isfinite(distances(mesh, np.array([5.0, 5.0]), np.array([5.0, 15.0]))).all()
