"""Skinning: weights, blends and bends, on arms small enough to work out by hand."""

import numpy as np

from deployments.deformation.joints import correspond
from deployments.deformation.mesh import grid_mesh
from deployments.deformation.skin import Limb, blend, limb_of, limb_weights, posed
from deployments.deformation.trunk import torso_map
from tests.deployments.deformation import stickman


def test_half_of_two_turns_about_one_point_is_half_the_turn() -> None:
    pivot = np.zeros((2, 2))
    moved = blend(np.array([[1.0, 0.0]]), np.array([[0.5, 0.5]]), np.array([0.0, np.pi / 2]), pivot, pivot)
    assert np.allclose(moved, [[np.sqrt(0.5), np.sqrt(0.5)]])


def test_a_blend_of_turns_keeps_the_distance_from_the_joint() -> None:
    pivots, goals = np.full((2, 2), 3.0), np.full((2, 2), 7.0)
    share = np.linspace(0, 1, 11)
    points = np.tile([[5.0, 3.0]], (11, 1))
    moved = blend(points, np.stack([share, 1 - share], 1), np.array([0.3, 2.8]), pivots, goals)
    assert np.allclose(np.hypot(*(moved - 7.0).T), 2.0)


def _arm(**moved: tuple[float, float]) -> tuple[Limb, np.ndarray, np.ndarray]:
    motion = correspond(stickman.pose(), stickman.pose(**moved), exact=False)
    limb = limb_of(motion, "r_arm", torso_map(motion))
    region = np.zeros((280, 200), bool)
    region[72:175, 55:75] = True
    mesh = grid_mesh(region, (0, 0), 6)
    assert limb is not None
    assert mesh is not None
    weights = limb_weights(mesh, limb, 10.0, 0.0)
    return limb, mesh.vertices, weights


def test_weights_share_out_every_vertex() -> None:
    _, _, weights = _arm()
    assert np.allclose(weights.sum(1), 1)
    assert (weights >= -1e-9).all()


def test_identity_moves_nothing() -> None:
    limb, vertices, weights = _arm()
    assert np.allclose(posed(vertices, limb, weights), vertices, atol=1e-6)


def test_the_hand_goes_to_the_wrist_and_the_root_stays() -> None:
    limb, vertices, weights = _arm(r_elbow=(40, 60), r_wrist=(40, 20))
    placed = posed(vertices, limb, weights)
    hand = np.argmin(np.hypot(*(vertices - (65, 160)).T))
    root = np.argmin(np.hypot(*(vertices - (72, 74)).T))
    assert np.hypot(*(placed[hand] - (40, 20))) < 6
    assert np.hypot(*(placed[root] - vertices[root])) < 6


def test_foreshortening_keeps_the_hand_its_size() -> None:
    limb, vertices, weights = _arm(r_elbow=(70, 100), r_wrist=(69, 120))
    placed = posed(vertices, limb, weights)
    tip = np.flatnonzero(vertices[:, 1] > 168)
    before, after = (np.hypot(*(points[tip[0]] - points[tip[-1]])) for points in (vertices, placed))
    assert np.isclose(after, before, rtol=0.05)
