from dataclasses import replace

import pytest

from pose import library
from pose.pose import VIEWS, from_named
from pose.proportions import foreshortening, read_body, true_length


@pytest.mark.parametrize("view", VIEWS)
@pytest.mark.parametrize("name", library.names())
def test_the_librarys_stature_is_read_exactly(name, view):
    assert read_body(library.get(name, view)).stature == pytest.approx(1000, abs=2)


def test_depth_undoes_foreshortening():
    body = read_body(library.get("pointing", "three-quarter"))
    assert true_length(body, "l_shoulder", "l_elbow") == pytest.approx(165, abs=1)
    assert foreshortening(body, "r_shoulder", "r_elbow") < 0.9


def test_without_depth_the_longer_side_tells():
    pose = from_named({"r_hip": (0, 0), "r_knee": (0, 8), "l_hip": (5, 0), "l_knee": (5, 4)}, 20, 20)
    body = read_body(pose)
    assert true_length(body, "l_hip", "l_knee") == 8
    assert foreshortening(body, "l_hip", "l_knee") == 0.5


def test_an_outlier_does_not_rule():
    pose = from_named({"r_hip": (0, 0), "r_knee": (0, 90), "l_hip": (5, 0), "l_knee": (5, 10)}, 100, 100)
    assert true_length(read_body(pose), "l_hip", "l_knee") == 25


def test_an_empty_pose_has_a_stature_too():
    assert read_body(replace(from_named({"nose": (1, 1)}, 30, 40))).stature == 40
