import numpy as np
import pytest

from tests.deployments.denoiser.figures import figure
from training.quality import METRICS, differences, joints_table, measure, score, table
from training.scores import CEILING, interval, on_grey, psnr, ssim_map
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


def test_an_interval_holds_its_mean_and_ignores_nan():
    mean, low, high = interval(np.array([1.0, 2.0, 3.0, np.nan]))
    assert low <= mean == 2 <= high


def test_the_cut_out_of_the_source_pose_is_the_source():
    fig = figure()
    assert np.abs(cut_out(fig, fig.pose).astype(int) - fig.image).mean() < 1


def test_a_perfect_result_reaches_the_ceiling_everywhere():
    fig = figure()
    left = np.arange(fig.image.shape[1]) < fig.image.shape[1] / 2
    u, r = np.broadcast_to(left, fig.image.shape[:2]), np.ones(fig.image.shape[:2], bool)
    assert score(fig.image, fig.image, u, r) == (CEILING, 1, CEILING, 1, CEILING, CEILING)


def test_joint_errors_are_told_against_the_truth():
    text = joints_table({"truth": np.array([1.0, 2.0]), "full": np.array([2.0, 3.0])})
    assert "| full | 2.50 | +1.00 | +1.00 to +1.00 |" in text


def test_the_bench_is_deterministic_and_prints_every_method():
    measured = measure(2, None, None)
    scores, again = measured.scores, measure(2, None, None).scores
    for name, values in scores.items():
        np.testing.assert_array_equal(values, again[name])
        assert values.shape == (2, len(METRICS))
        assert f"| {name} |" in table(scores)
    assert scores["warp"][:, 0].mean() > scores["copy"][:, 0].mean()
    assert "psnr_u" in differences(scores, "warp + push-pull")
    assert {"source", "truth", "warp"} <= set(measured.shown[0])
