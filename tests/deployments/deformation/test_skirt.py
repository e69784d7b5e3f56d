"""Skirts: still at rest, carried by a thigh, whole between the legs."""

import numpy as np

from deployments.deformation.joints import correspond
from deployments.deformation.mesh import Mesh, grid_mesh
from deployments.deformation.shape import rig_of
from deployments.deformation.skirt import skirt
from tests.deployments.deformation import stickman


def _mesh() -> Mesh:
    region = np.zeros((280, 200), bool)
    region[150:240, 60:140] = True
    mesh = grid_mesh(region, (0, 0), 6)
    assert mesh is not None
    return mesh


def _placed(mesh: Mesh, **moved: tuple[float, float]) -> np.ndarray:
    rig = rig_of(correspond(stickman.pose(), stickman.pose(**moved), exact=False), 250.0)
    return skirt(rig.torso, list(rig.limbs.values())[2:], mesh, np.ones(len(mesh.vertices)))


def test_at_rest_it_stays() -> None:
    mesh = _mesh()
    assert np.allclose(_placed(mesh), mesh.vertices, atol=1e-6)


def test_its_hem_leans_and_widens_with_a_leg_and_its_waist_stays() -> None:
    mesh = _mesh()
    placed = _placed(mesh, l_knee=(150, 190), l_ankle=(160, 230))
    shift = placed - mesh.vertices
    hem, waist = mesh.vertices[:, 1] > 225, mesh.vertices[:, 1] < 156
    left = mesh.vertices[:, 0] > 120
    assert shift[hem & left, 0].mean() > 15
    assert np.ptp(placed[hem, 0]) > np.ptp(mesh.vertices[hem, 0])
    assert np.abs(shift[waist]).max() < 4


def test_no_leg_can_twist_it() -> None:
    mesh = _mesh()
    placed = _placed(mesh, l_knee=(150, 130), l_ankle=(190, 120))
    hem = placed[mesh.vertices[:, 1] > 225]
    slope, _ = np.polyfit(hem[:, 0], hem[:, 1], 1)
    assert abs(slope) < 1


def test_it_does_not_tear_between_the_legs() -> None:
    mesh = _mesh()
    placed = _placed(mesh, l_knee=(155, 180), l_ankle=(170, 215), r_knee=(45, 180), r_ankle=(30, 215))
    a, b = mesh.edges.T
    stretch = np.hypot(*(placed[a] - placed[b]).T) / np.hypot(*(mesh.vertices[a] - mesh.vertices[b]).T)
    assert stretch.max() < 2.5
