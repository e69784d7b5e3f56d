"""The torso's map and the head's similarity."""

import numpy as np
import pytest

from deployments.deformation.joints import TORSO, correspond
from deployments.deformation.shape import rig_of
from deployments.deformation.trunk import head_map, torso_map
from tests.deployments.deformation import stickman


def test_identity_is_exact() -> None:
    motion = correspond(stickman.pose(), stickman.pose(), exact=False)
    points = np.random.default_rng(0).uniform(0, 250, (50, 2))
    assert np.allclose(torso_map(motion)(points), points, atol=1e-6)


def test_shoulders_and_hips_go_near_their_targets() -> None:
    target = stickman.pose(r_shoulder=(70, 72), l_hip=(120, 166))
    motion = correspond(stickman.pose(), target, exact=False)
    torso = torso_map(motion)
    for name in TORSO:
        assert np.hypot(*(torso(motion.source[name][None])[0] - motion.target[name])) < 4


def test_a_body_that_faces_away_is_not_turned_inside_out() -> None:
    target = stickman.pose(r_shoulder=(125, 80), l_shoulder=(75, 80), r_hip=(115, 160), l_hip=(85, 160))
    torso = torso_map(correspond(stickman.pose(), target, exact=False))
    corners = torso(np.array([[80.0, 100.0], [120.0, 100.0]]))
    assert corners[0, 0] < corners[1, 0]


@pytest.mark.parametrize("degrees", [-40, 0, 25])
def test_the_head_tilts_with_the_necks_axis(degrees: float) -> None:
    angle = np.radians(degrees)
    nose = (100 + 30 * np.sin(angle), 70 - 30 * np.cos(angle))
    motion = correspond(stickman.pose(), stickman.pose(nose=nose), exact=False)
    head = head_map(motion, torso_map(motion))
    assert head.angle == pytest.approx(angle, abs=1e-6)
    assert head.scale == 1.0


def test_the_head_tilts_at_most_sixty_degrees() -> None:
    motion = correspond(stickman.pose(), stickman.pose(nose=(130, 75)), exact=False)
    assert abs(head_map(motion, torso_map(motion)).angle) == pytest.approx(np.radians(60))


def test_a_torso_that_carries_the_face_keeps_its_shape_and_the_head_goes_with_it() -> None:
    target = stickman.pose(r_shoulder=(60, 90), l_hip=(125, 150), r_hip=(70, 165))
    rig = rig_of(correspond(stickman.pose(), target, exact=False), 260.0, faced=True)
    points = np.random.default_rng(0).uniform(0, 250, (50, 2))
    moved = rig.torso(points)
    assert np.allclose(np.hypot(*(moved - moved[0]).T), np.hypot(*(points - points[0]).T))
    assert np.allclose(rig.head(points), moved)
