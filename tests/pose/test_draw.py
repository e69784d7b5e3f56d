import numpy as np
import pytest

from pose import library
from pose.draw import draw_pose
from pose.pose import from_named


@pytest.mark.parametrize("name", ["standing", "sitting_cross_legged", "jumping"])
def test_it_fits_and_leaves_the_border_free(name):
    picture = draw_pose(library.get(name), 120)
    assert picture.shape == (120, 120, 4)
    alpha = picture[..., 3]
    assert 0.03 < (alpha > 0).mean() < 0.4
    assert max(alpha[0].max(), alpha[-1].max(), alpha[:, 0].max(), alpha[:, -1].max()) == 0


def test_right_and_left_are_tinted_apart():
    picture = draw_pose(library.get("t_pose"), (200, 160)).astype(int)
    assert picture.shape == (160, 200, 4)
    red, blue = (picture[..., band] * picture[..., 3] for band in (0, 2))
    assert (red - blue)[:, :80].sum() > 0 > (red - blue)[:, 120:].sum()


def test_without_a_size_it_is_drawn_in_place():
    pose = library.get("standing").scaled(0.1)
    picture = draw_pose(pose)
    assert picture.shape == (150, 150, 4)
    x, y = pose["r_knee"].astype(int)
    assert picture[y, x, 3] == 255


@pytest.mark.parametrize("points", [{}, {"nose": (5, 5)}, {"r_hip": (5, 5), "r_knee": (5, 5)}, {"neck": (-9e4, 9e4)}])
def test_little_or_nothing_is_drawn_without_complaint(points):
    assert draw_pose(from_named(points, 40, 30)).shape == (30, 40, 4)


def test_the_same_pose_gives_the_same_pixels():
    np.testing.assert_array_equal(draw_pose(library.get("waving"), 64), draw_pose(library.get("waving"), 64))
