import cv2
import numpy as np
import pytest

from deployments.garments import anatomy
from pose.pose import from_named


def test_half_width_of_a_bar_is_half_its_width() -> None:
    bar = np.zeros((40, 80), bool)
    bar[10:30] = True
    bone = (np.array([10, 20], np.float32), np.array([70, 20], np.float32))
    assert anatomy.half_width(bar, [bone], 1.0) == pytest.approx(10, abs=1)


def test_half_width_falls_back_off_the_part() -> None:
    bone = (np.array([10, 20], np.float32), np.array([70, 20], np.float32))
    assert anatomy.half_width(np.zeros((40, 80), bool), [bone], 3.0) == 3.0


def test_closing_bridges_a_gap_and_not_the_border() -> None:
    mask = np.zeros((30, 60), bool)
    mask[10:20, 5:28] = mask[10:20, 32:55] = True
    closed = anatomy.closed(mask, 3)
    assert closed[12:18, 28:32].all()
    assert not closed[:, :4].any()
    assert not closed[:8].any()


def test_shrinking_stops_at_the_canvas() -> None:
    mask = np.ones((10, 10), bool)
    assert anatomy.shrunk(mask, 3).all()


def test_hull_takes_points_in() -> None:
    mask = np.zeros((20, 20), bool)
    mask[2, 2] = True
    hull = anatomy.hull(mask, np.array([[15, 2], [2, 15]], np.float32))
    assert hull[6, 6]
    assert not hull[15, 15]


def test_box_of_an_empty_mask_is_zero() -> None:
    assert anatomy.box_of(np.zeros((4, 4), bool)) == (0, 0, 0, 0)


def test_a_held_thing_hangs_on_the_nearer_wrist() -> None:
    pose = from_named({"r_wrist": (5.0, 5.0), "l_wrist": (30.0, 5.0)}, 40, 10)
    mask = np.zeros((10, 40), bool)
    mask[5, 33] = True
    assert anatomy.root_joint(pose, "held", mask) == "l_wrist"


@pytest.mark.parametrize("radius", [1, 2.5, 6])
def test_discs_grow_and_shrink_a_mask_as_over_the_whole_canvas(radius: float) -> None:
    mask = np.zeros((50, 70), bool)
    mask[20:38, 0:30] = mask[30:33, 28:52] = True
    mask[25:28, 10:14] = False
    away = [cv2.distanceTransform(side.astype(np.uint8), cv2.DIST_L2, 5) for side in (~mask, mask)]
    assert np.array_equal(anatomy.grown(mask, radius), away[0] <= radius)
    assert np.array_equal(anatomy.shrunk(mask, radius), away[1] > radius)
