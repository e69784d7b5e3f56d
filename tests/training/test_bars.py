import numpy as np
import pytest

from training.bars import bars, best_baseline, mean
from training.methods import CUT_OUT, FULL, PUSHPULL, WARP
from training.metrics import COLUMN, METRICS

FAMILIES = ("ink", "ink", "glass", "glass")


@pytest.fixture
def scores():
    """The full method is 2.5 dB and .07 better than warping everywhere, and keeps what is right."""
    base = np.tile(np.linspace(0, 0.01, 4)[:, None], (1, len(METRICS)))
    names = {CUT_OUT: -1.0, WARP: 0.0, PUSHPULL: 0.1, FULL[1]: 0.17}
    found = {name: base + level for name, level in names.items()}
    found[FULL[1]][:, COLUMN["psnr_u"]] += 2.5
    found[FULL[1]][:, COLUMN["psnr"]] += 3.0
    found[FULL[1]][:, COLUMN["print"]] = [0.95, np.nan, np.nan, 0.9]
    return found


def row(text, start):
    return next(line for line in text.splitlines() if line.startswith(f"| {start}"))


def test_every_bar_is_met(scores):
    text = bars(scores, FAMILIES, (0.96,) * 4)
    assert "**no**" not in text
    assert "+2.57 (+2.57)" in row(text, "PSNR in U")
    assert "0.925 of 2" in row(text, "print NCC")


@pytest.mark.parametrize(
    ("key", "pairs", "loss", "title"),
    [
        ("psnr_u", 4, 1.0, "PSNR in U"), ("ssim_u", 4, 0.02, "SSIM in U"), ("psnr_t", 4, 0.5, "PSNR in T"),
        ("psnr", 4, 2.0, "PSNR, against"), ("ssim", 2, 0.08, "SSIM, least"), ("print", 1, 0.2, "print NCC"),
    ],
)  # fmt: skip
def test_each_bar_can_fail_alone(scores, key, pairs, loss, title):
    scores[FULL[1]][:pairs, COLUMN[key]] -= loss
    text = bars(scores, FAMILIES, (0.96,) * 4)
    assert text.count("**no**") == 1
    assert "**no**" in row(text, title)


def test_mattes_are_held_to_their_bar_and_may_be_unmeasured(scores):
    assert "0.940" in row(bars(scores, FAMILIES, (0.94,) * 4), "matte IoU")
    assert "not measured |" in bars(scores, FAMILIES, ())


def test_without_weights_nothing_is_held_to_the_bars():
    assert "No weights" in bars({WARP: np.zeros((1, len(METRICS)))}, ("ink",), ())


def test_the_best_baseline_of_a_drift_is_the_smaller(scores):
    assert best_baseline(scores, COLUMN["psnr"]) == PUSHPULL
    assert best_baseline(scores, COLUMN["drift"]) == WARP
    assert np.isnan(mean(np.array([np.nan])))
