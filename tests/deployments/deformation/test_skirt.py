"""Skirts: still at rest, leaning and widening with the legs, never twisted or torn."""

import numpy as np
import pytest

from deployments.deformation.joints import correspond
from deployments.deformation.mesh import Mesh, grid_mesh
from deployments.deformation.shape import rig_of
from deployments.deformation.skirt import skirt
from tests.deployments.deformation import stickman

WIDE_STANCE = {"r_knee": (50.0, 205.0), "l_knee": (150.0, 205.0), "r_ankle": (40.0, 250.0), "l_ankle": (160.0, 250.0)}


def _mesh(left: int = 60, right: int = 140, low: int = 240) -> Mesh:
    region = np.zeros((280, 200), bool)
    region[150:low, left:right] = True
    mesh = grid_mesh(region, (0, 0), 6)
    assert mesh is not None
    return mesh


def _placed(
    mesh: Mesh, source: dict[str, tuple[float, float]] | None = None, **moved: tuple[float, float]
) -> np.ndarray:
    rig = rig_of(correspond(stickman.pose(**(source or {})), stickman.pose(**moved), exact=False), 250.0)
    return skirt(rig.torso, list(rig.limbs.values())[2:], mesh, np.ones(len(mesh.vertices)))


def _width(placed: np.ndarray, hem: np.ndarray) -> float:
    return float(np.ptp(placed[hem, 0]))


@pytest.mark.parametrize("low", [240, 190])
@pytest.mark.parametrize("stance", [{}, WIDE_STANCE])
@pytest.mark.parametrize("width", [80, 44])
def test_at_rest_it_stays(low: int, stance: dict[str, tuple[float, float]], width: int) -> None:
    mesh = _mesh(100 - width // 2, 100 + width // 2, low)
    assert np.allclose(_placed(mesh, stance, **stance), mesh.vertices, atol=1e-6)


def test_its_hem_leans_and_widens_with_a_leg_and_its_waist_stays() -> None:
    mesh = _mesh()
    placed = _placed(mesh, l_knee=(150, 190), l_ankle=(160, 230))
    shift = placed - mesh.vertices
    hem, waist = mesh.vertices[:, 1] > 225, mesh.vertices[:, 1] < 156
    assert shift[hem, 0].mean() > 8
    assert 1.05 < _width(placed, hem) / _width(mesh.vertices, hem) < 1.6
    assert np.abs(shift[waist]).max() < 4


def test_a_hem_that_a_stance_had_spread_falls_back() -> None:
    mesh = _mesh(45, 155)
    placed, hem = _placed(mesh, WIDE_STANCE), mesh.vertices[:, 1] > 225
    assert 0.6 < _width(placed, hem) / _width(mesh.vertices, hem) < 0.95


def test_a_short_skirt_widens_by_what_the_legs_are_apart_at_its_hem() -> None:
    mesh = _mesh(80, 120, 178)
    placed, hem = _placed(mesh, **WIDE_STANCE), mesh.vertices[:, 1] > 170
    assert _width(placed, hem) / _width(mesh.vertices, hem) < 1.9


def test_no_leg_can_twist_it() -> None:
    mesh = _mesh()
    placed = _placed(mesh, l_knee=(150, 130), l_ankle=(190, 120))
    hem = placed[mesh.vertices[:, 1] > 225]
    line = np.polyfit(hem[:, 0], hem[:, 1], 1)
    assert abs(line[0]) < 0.8
    assert np.abs(np.polyval(line, hem[:, 0]) - hem[:, 1]).max() < 15


def test_on_a_mesh_of_more_its_own_vertices_measure_it() -> None:
    mesh, more = _mesh(), _mesh(60, 140, 262)
    moved = {"l_knee": (150.0, 190.0), "l_ankle": (160.0, 230.0)}
    rig = rig_of(correspond(stickman.pose(), stickman.pose(**moved), exact=False), 250.0)
    legs, own = list(rig.limbs.values())[2:], more.vertices[:, 1] <= mesh.vertices[:, 1].max()
    alone = skirt(rig.torso, legs, mesh, np.ones(len(mesh.vertices)))
    among = skirt(rig.torso, legs, more, np.ones(len(more.vertices)), own)
    at = {tuple(vertex): place for vertex, place in zip(more.vertices, among, strict=True)}
    both = [
        (place, at[tuple(vertex)]) for vertex, place in zip(mesh.vertices, alone, strict=True) if tuple(vertex) in at
    ]
    assert len(both) > 50
    assert max(float(np.hypot(*(one - other))) for one, other in both) < 4


def test_it_does_not_tear_between_the_legs() -> None:
    mesh = _mesh()
    placed = _placed(mesh, l_knee=(155, 180), l_ankle=(170, 215), r_knee=(45, 180), r_ankle=(30, 215))
    a, b = mesh.edges.T
    stretch = np.hypot(*(placed[a] - placed[b]).T) / np.hypot(*(mesh.vertices[a] - mesh.vertices[b]).T)
    assert stretch.max() < 2.5
