import pytest

from pose import library
from pose.contact import bend_side, find_contacts, reach, within_reach
from pose.pose import Contact
from pose.proportions import read_body


@pytest.mark.parametrize("bend", [1.0, -1.0])
def test_reaching_keeps_bones_goal_and_side(bend):
    elbow, wrist = reach(0j, 3 + 4j, (4.0, 4.0), (4.0, 4.0), bend)
    assert wrist == pytest.approx(3 + 4j)
    assert abs(elbow) == pytest.approx(4)
    assert abs(wrist - elbow) == pytest.approx(4)
    assert bend_side(0j, elbow, wrist) == bend


def test_foreshortened_bones_grow_up_to_their_true_length():
    elbow, wrist = reach(0j, 10j, (3.0, 3.0), (4.0, 5.0), 1.0)
    assert abs(wrist) == pytest.approx(9)
    assert abs(elbow) == pytest.approx(4)


def test_too_near_or_no_arm_at_all():
    _, wrist = reach(0j, 0j, (5.0, 2.0), (5.0, 2.0), 1.0)
    assert abs(wrist) == pytest.approx(3)
    assert reach(1 + 1j, 5j, (0.0, 0.0), (0.0, 0.0), 1.0) == (1 + 1j, 1 + 1j)


def test_what_is_in_reach_is_reached_and_what_is_not_is_only_approached():
    assert within_reach(0j, 1 + 0j, 9j, 10.0) == 9j
    near = within_reach(0j, 1 + 0j, 20j, 10.0)
    assert 7 < abs(near) <= 8
    assert within_reach(0j, 9 + 0j, 20 + 0j, 10.0) == 9


@pytest.mark.parametrize("name", ["hands_on_hips", "hands_on_hair", "saluting"])
def test_contacts_are_found_where_nobody_named_them(name):
    pose = library.get(name)
    assert set(find_contacts(read_body(pose))) == set(pose.contacts)


@pytest.mark.parametrize(
    "name", ["standing", "a_pose", "t_pose", "walking", "waving", "cheering", "sitting", "pointing"]
)
def test_free_hands_are_left_free(name):
    assert find_contacts(read_body(library.get(name))) == ()


def test_a_hand_at_the_chin_is_at_the_head():
    assert Contact("r_wrist", "head") in find_contacts(read_body(library.get("thinking")))
