import numpy as np
import pytest

from tests.deployments.denoiser.figures import figure
from training.scores import CEILING, interval, iou, on_grey, psnr, ssim_map
from training.yardsticks import cut_out


def test_psnr_counts_only_the_mask():
    a, b = np.zeros((2, 8, 8, 3))
    b[:4] = 0.1
    mask = np.zeros((8, 8), bool)
    mask[:4] = True
    assert psnr(a, b, mask) == pytest.approx(20)
    assert psnr(a, b, ~mask) == CEILING
    assert np.isnan(psnr(a, b, mask & ~mask))


def test_ssim_of_equal_pictures_is_one():
    picture = np.random.default_rng(0).random((32, 32, 3))
    np.testing.assert_allclose(ssim_map(picture, picture), 1)


def test_transparent_is_grey():
    np.testing.assert_allclose(on_grey(np.zeros((2, 2, 4), np.uint8)), 0.5)


def test_iou_counts_what_is_more_than_half_there():
    a, b = np.zeros((2, 4, 4, 4), np.uint8)
    a[:2, :, 3], b[1:3, :, 3] = 255, 128
    b[0, :, 3] = 127
    assert iou(a, b) == pytest.approx(1 / 3)
    assert np.isnan(iou(np.zeros_like(a), np.zeros_like(a)))


def test_an_interval_holds_its_mean_and_ignores_nan():
    mean, low, high = interval(np.array([1.0, 2.0, 3.0, np.nan]))
    assert low <= mean == 2 <= high


def test_the_cut_out_of_the_source_pose_is_the_source():
    fig = figure()
    assert np.abs(cut_out(fig, fig.pose).astype(int) - fig.image).mean() < 1
