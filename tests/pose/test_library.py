import numpy as np
import pytest

from pose import library
from pose.errors import UnknownPose
from pose.pose import VIEWS

ASKED = {
    "standing", "a_pose", "t_pose", "walking", "running", "sitting", "kneeling", "jumping", "waving", "pointing",
    "arms_crossed", "hands_on_hips", "hands_on_hair", "leaning", "twirling", "dancing", "cheering", "thinking",
    "shrugging", "bowing", "fighting_stance",
}  # fmt: skip


def test_the_poses_that_are_asked_for_are_there():
    assert set(library.names()) >= ASKED
    assert len(library.names()) >= 28


@pytest.mark.parametrize("name", library.names())
@pytest.mark.parametrize("view", VIEWS)
def test_every_pose_in_every_view(name, view):
    for facing in (1, -1):
        pose = library.get(name, view, facing)
        assert pose.present.all()
        assert pose.view == view
        assert pose.depth is not None
        assert np.isfinite(pose.depth).all()
        assert (pose.points >= 0).all()
        assert (pose.points <= [pose.width, pose.height]).all()


def test_views_agree_in_height_and_swap_width_for_depth():
    front, side = library.get("t_pose", "front"), library.get("t_pose", "side")
    np.testing.assert_allclose(front.points[:, 1], side.points[:, 1], atol=0.01)
    np.testing.assert_allclose((front.points[:, 0] - 750) / 1000, side.depth, atol=1e-4)


def test_right_is_the_characters_own():
    front, back = library.get("standing"), library.get("standing", "back")
    assert front["r_shoulder"][0] < front["l_shoulder"][0]
    assert back["r_shoulder"][0] > back["l_shoulder"][0]


def test_facing_turns_the_nose():
    for view in ("three-quarter", "side"):
        assert library.get("standing", view, 1)["nose"][0] > 750 > library.get("standing", view, -1)["nose"][0]


def test_only_jumps_are_airborne():
    assert {name for name in library.names() if library.get(name, "side").airborne} == {"jumping"}


def test_front_walk_reads_as_a_stride():
    walk, stand = library.get("walking"), library.get("standing")
    assert abs(walk["r_ankle"][0] - walk["l_ankle"][0]) > 2.5 * abs(stand["r_ankle"][0] - stand["l_ankle"][0])


@pytest.mark.parametrize("name", ["Hands-On-Hips", " hands on  hips ", "hands_on_hips", "HANDS-ON HIPS"])
def test_names_may_be_written_loosely(name):
    assert library.get(name) is library.get("hands_on_hips")


def test_unknown_names_come_with_the_near_ones():
    with pytest.raises(UnknownPose, match="walking"):
        library.get("wolking")
    with pytest.raises(UnknownPose, match="standing"):
        library.get("zzz" * 1000)
    with pytest.raises(UnknownPose, match="three-quarter"):
        library.get("walking", "above")


@pytest.mark.parametrize("view", VIEWS)
@pytest.mark.parametrize("facing", [1, -1])
def test_matching_takes_the_sources_view_and_side(view, facing):
    pose = library.matching("waving", library.get("standing", view, facing))
    assert pose.view == view
    if view in ("three-quarter", "side"):
        assert (pose["nose"][0] - pose["neck"][0]) * facing > 0
