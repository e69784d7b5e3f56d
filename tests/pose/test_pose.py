import numpy as np
import pytest

from pose.errors import InvalidKeypoints
from pose.pose import Contact, Pose, from_named
from pose.skeleton import BIPED


def test_named_points_there_and_back():
    points = {"nose": (3.0, 4.0, 0.5), "r_wrist": (1.0, 2.0, 1.0)}
    assert from_named(points, 10, 12).points_by_name() == points


def test_an_omitted_score_is_one():
    assert from_named({"nose": (3, 4)}, 10, 12).points_by_name() == {"nose": (3.0, 4.0, 1.0)}


def test_mirroring_twice_is_nothing_and_sides_change_places():
    pose = from_named({"r_wrist": (1.0, 2.0), "nose": (3.0, 4.0)}, 10, 12)
    mirrored = pose.mirrored()
    assert mirrored.points_by_name() == {"l_wrist": (9.0, 2.0, 1.0), "nose": (7.0, 4.0, 1.0)}
    assert mirrored.mirrored().points_by_name() == pose.points_by_name()


def test_mirroring_takes_contacts_along():
    empty = np.zeros((23, 2)), np.zeros(23)
    pose = Pose(*empty, 9, 9, contacts=(Contact("r_wrist", "head"),))
    assert pose.mirrored().contacts == (Contact("l_wrist", "head"),)


def test_a_pose_cannot_be_changed():
    pose = from_named({"nose": (3.0, 4.0)}, 10, 12)
    with pytest.raises(ValueError, match="read-only"):
        pose.points[0] = 1


@pytest.mark.parametrize("points", [np.zeros((22, 2)), np.zeros((23, 3)), np.full((23, 2), np.nan)])
def test_wrong_arrays_are_refused(points):
    with pytest.raises(InvalidKeypoints):
        Pose(points, np.ones(23), 10, 10)


def test_unknown_joints_and_wrong_counts_are_refused():
    with pytest.raises(InvalidKeypoints, match="tail"):
        from_named({"tail": (1, 2)}, 9, 9)
    with pytest.raises(InvalidKeypoints, match="nose"):
        from_named({"nose": (1,)}, 9, 9)


def test_moving_and_scaling():
    pose = from_named({"nose": (3.0, 4.0)}, 10, 12)
    assert pose.moved((1, -1), 20, 21).points_by_name()["nose"] == (4.0, 3.0, 1.0)
    assert pose.scaled(2).points_by_name()["nose"] == (6.0, 8.0, 1.0)
    assert (pose.scaled(2).width, pose.scaled(2).height) == (20, 24)


def test_the_skeletons_symmetry_is_its_own_inverse():
    rows = np.array(BIPED.mirrored)
    assert (rows[rows] == np.arange(len(rows))).all()
    assert all(parent != child for parent, child in BIPED.bone_rows)
