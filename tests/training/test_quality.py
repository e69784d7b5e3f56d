import numpy as np
import pytest
from PIL import Image

from training.cases import case
from training.mattes import matte_iou
from training.methods import COPY, PLACED, PUSHPULL, SERVED, WARP, Networks, served
from training.metrics import COLUMN, METRICS
from training.quality import TRUTH, measure
from training.scores import CEILING
from training.strip import Strip, write_sheet

SIZE = 128
FAMILIES = ("paper_cut", "stained_glass")


@pytest.fixture(scope="module")
def seen():
    return {}


@pytest.fixture(scope="module")
def measured(seen):
    return measure(FAMILIES, 2, Networks(), looks=(lambda case, pictures: seen.update({case: pictures}),), size=SIZE)


def test_the_bench_is_deterministic(measured):
    again = measure(FAMILIES, 2, Networks(), size=SIZE).scores
    for name, values in measured.scores.items():
        np.testing.assert_array_equal(values, again[name])
        assert values.shape == (2, len(METRICS))


def test_the_truth_reaches_every_ceiling_and_the_warp_beats_the_copy(measured):
    top = measured.scores[TRUTH]
    for key, best in {"psnr": CEILING, "psnr_u": CEILING, "psnr_t": CEILING, "ssim": 1, "ssim_u": 1, "iou": 1}.items():
        np.testing.assert_allclose(top[:, COLUMN[key]], best)
    for key in ("psnr", "ssim", "iou", "head"):
        assert measured.scores[WARP][:, COLUMN[key]].mean() > measured.scores[COPY][:, COLUMN[key]].mean()
    assert measured.families == FAMILIES


def test_texels_truly_placed_beat_the_warp(measured):
    for key in ("psnr", "ssim", "psnr_u"):
        assert measured.scores[PLACED][:, COLUMN[key]].mean() > measured.scores[WARP][:, COLUMN[key]].mean()


def test_pictures_to_look_at(measured, seen, tmp_path):
    strip = Strip(most=1)
    for pair, pictures in seen.items():
        strip.add(pair, pictures)
        with Image.open(write_sheet(pair, pictures, tmp_path)) as sheet:
            assert sheet.width == 4 * SIZE
    strip.write(tmp_path / "strip.png")
    with Image.open(tmp_path / "strip.png") as sheet:
        assert sheet.size == (SIZE * 8, SIZE + 16)
    assert (tmp_path / "stained_glass-000.png").exists()


def test_a_user_gets_nothing_where_nobody_is_found():
    pair = case("stained_glass", 0, SIZE)
    pictures = served(pair, Networks(reader=None))
    assert not pictures[SERVED + PUSHPULL].any()


def test_a_matte_is_held_against_the_truth():
    pair = case("stained_glass", 0, SIZE)
    assert 0.7 < matte_iou(pair, None) <= 1
