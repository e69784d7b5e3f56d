from dataclasses import replace

import pytest

from pose import library
from pose.pose import VIEWS, from_named
from pose.view import facing, nearest_view, turn_degrees, yaw_degrees


@pytest.mark.parametrize("depth", [True, False])
@pytest.mark.parametrize("view", VIEWS)
@pytest.mark.parametrize("name", ["standing", "waving", "walking", "sitting", "bowing", "cheering"])
def test_the_view_is_recognised_with_and_without_depth(name, view, depth):
    if (name, depth) == ("bowing", False) and view == "three-quarter":
        pytest.skip("a foreshortened trunk hides the turn")
    for side in (1, -1):
        pose = library.get(name, view, side)
        assert nearest_view(pose if depth else replace(pose, depth=None)) == view


def test_turns():
    front, side = library.get("standing"), library.get("standing", "side")
    assert turn_degrees(front, front) < 1
    assert turn_degrees(front, side) == pytest.approx(90, abs=1)
    assert turn_degrees(library.get("standing", "side", -1), side) == pytest.approx(180, abs=1)
    assert turn_degrees(front, library.get("standing", "back")) == pytest.approx(180, abs=1)


def test_facing():
    assert facing(library.get("standing", "side", -1)) == -1
    assert facing(library.get("standing", "side", 1)) == 1
    assert facing(library.get("standing", "front")) == 1


def test_too_little_to_tell_is_front_and_no_turn():
    pose = from_named({"neck": (5, 5), "r_elbow": (2, 9)}, 20, 20)
    assert yaw_degrees(pose) is None
    assert nearest_view(pose) == "front"
    assert turn_degrees(pose, library.get("standing", "side")) == 0
