"""The upscaler's trainer, pictures and table, small."""

from pathlib import Path

import numpy as np
import pytest
import torch

from deployments.runtime import load
from deployments.upscaler.network import MARGIN, UpscalerNetwork
from training.loop import Options, train
from training.upscale_pictures import SIZE, doodle, figures, shrunk, write_pictures
from training.upscaler import CROP, UpscalerTask, difference
from training.upscaling import Row, lanczos, measure, table


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("pictures")
    write_pictures(folder / "train-2.npy", ("flat_mascot",), 1, 2, seed=2)
    write_pictures(folder / "heldout.npy", ("paper_cut",), 1, 0, seed=1)
    return folder


def test_pictures_are_premultiplied_and_repeat_from_a_seed(data: Path) -> None:
    pictures = np.load(data / "train-2.npy")
    assert pictures.shape == (3, SIZE, SIZE, 4)
    assert (pictures[..., :3] <= pictures[..., 3:]).all()
    assert np.array_equal(doodle(np.random.default_rng(2), 64), doodle(np.random.default_rng(2), 64))
    assert not np.array_equal(doodle(np.random.default_rng(2), 64), doodle(np.random.default_rng(3), 64))
    again = [figures(("plush",), 2, torch.Generator().manual_seed(1), 48) for _ in range(2)]
    assert np.array_equal(*again)


def test_a_third_of_small_pictures_are_clean_and_all_are_premultiplied(data: Path) -> None:
    large = np.load(data / "train-2.npy")[1][:64, :64]
    rng = np.random.default_rng(0)
    small = [shrunk(large, 4, rng) for _ in range(90)]
    average = large.reshape(16, 4, 16, 4, 4).mean((1, 3))
    clean = [np.abs(picture - average).max() <= 1 for picture in small]
    assert 20 <= sum(clean) <= 65
    assert all((picture[..., :3] <= picture[..., 3:]).all() for picture in small)


def test_a_batch_shows_the_same_place_small_and_large(data: Path) -> None:
    small, large = UpscalerTask(data).batch(6, np.random.default_rng(0))
    assert small.shape == (6, 4, CROP + 2 * MARGIN, CROP + 2 * MARGIN)
    inner = small[..., MARGIN:-MARGIN, MARGIN:-MARGIN]
    errors = [(torch.nn.functional.avg_pool2d(large, 4) - inner.roll(shift, -1)).abs().mean() for shift in (0, 1)]
    assert errors[0] < 0.02
    assert errors[0] < errors[1]


def test_the_difference_counts_steps() -> None:
    truth = torch.zeros(1, 4, 8, 8)
    assert difference(truth + 0.1, truth).item() == pytest.approx(0.1)
    striped = truth.clone()
    striped[..., ::2] = 0.1
    assert difference(striped, truth).item() == pytest.approx(0.05 + 0.5 * 0.1)


def test_a_training_resumes_and_its_weights_load(data: Path, tmp_path: Path) -> None:
    for steps in (2, 3):
        options = Options(tmp_path / "run", tmp_path / "weights", None, steps=steps, batch=2)
        state = train(UpscalerTask(data), UpscalerNetwork(), options)
    assert state.step == 3
    assert len(state.history) == 2
    runner = load("upscaler", UpscalerNetwork(), tmp_path / "weights")
    assert runner(torch.rand(1, 4, 30, 31)).shape == (1, 4, 4 * (30 - 2 * MARGIN), 4 * (31 - 2 * MARGIN))


def test_the_table_compares_in_pairs() -> None:
    rng = np.random.default_rng(0)
    picture = np.kron(rng.integers(0, 256, (8, 8, 4), dtype=np.uint8), np.ones((8, 8, 1), np.uint8))
    picture[..., 3] = 255
    rows = measure([picture, picture[::-1]], 2, "clean", {"Lanczos": lanczos, "nearest": _repeated})
    assert rows[1].scores[:, 0] == pytest.approx(50)
    assert rows[0].scores[0, 0] < 40
    text = table([rows[0], Row(2, "clean", "better", rows[0].scores + np.array([1, 0.01]))])
    assert "+1.00, +1.00 to +1.00" in text
    assert "+0.0100" in text


def _repeated(rgba: np.ndarray, scale: object) -> np.ndarray:
    return rgba.repeat(int(str(scale)), 0).repeat(int(str(scale)), 1)
