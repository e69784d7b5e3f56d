import pytest

from pose.contact import bend_side, reach


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
