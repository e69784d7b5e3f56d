import numpy as np
import pytest

from deployments.denoiser.checkpoint.ground import GROUNDS, ground_for, over, without_ground


def _figure(colour):
    rgba = np.zeros((40, 40, 4), np.uint8)
    rgba[10:30, 10:30] = (*colour, 255)
    return rgba


@pytest.mark.parametrize(("colour", "least"), [((255, 255, 255), 200), ((0, 0, 0), 200), ((128, 128, 128), 100)])
def test_the_ground_is_far_from_the_figure(colour, least):
    ground = ground_for(_figure(colour))
    assert np.abs(np.array(ground) - colour).max() >= least


def test_an_empty_figure_stands_before_white():
    assert ground_for(np.zeros((8, 8, 4), np.uint8)) == GROUNDS[0]


def test_what_was_put_over_the_ground_comes_out_again():
    soft = np.zeros((30, 30, 4), np.uint8)
    soft[8:22, 8:22] = (200, 30, 60, 255)
    ground = (255, 255, 255)
    out = without_ground(over(soft, ground).astype(np.float32) / 255, ground, np.zeros((30, 30), bool))
    np.testing.assert_allclose(out, soft / 255, atol=0.01)


def test_half_covered_pixels_lose_the_grounds_colour():
    half = np.full((1, 1, 3), 0.5, np.float32) * np.array([1, 0, 0]) + 0.5
    *_, alpha = without_ground(half.astype(np.float32), (255, 255, 255), np.zeros((1, 1), bool))[0, 0]
    assert alpha == pytest.approx(1, abs=0.01)
    faint = without_ground(np.full((1, 1, 3), 0.9, np.float32), (255, 255, 255), np.zeros((1, 1), bool))[0, 0]
    assert 0 < faint[3] < 0.5
    assert (faint[:3] <= faint[3]).all()


def test_well_inside_what_is_solid_the_grounds_own_colour_is_paint():
    white = np.ones((20, 20, 3), np.float32)
    solid = np.zeros((20, 20), bool)
    solid[2:18, 2:18] = True
    alpha = without_ground(white, (255, 255, 255), solid)[..., 3]
    assert alpha[10, 10] == 1
    assert alpha[0, 0] == 0
    assert alpha[2, 10] == 0
