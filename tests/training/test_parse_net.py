"""The parse trainer on a tiny stand-in world: truth kept by augmentation, worn poses, and a run that resumes."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from deployments.garments.maps import CHANNELS
from deployments.garments.network import SIZE, ParseNetwork
from deployments.runtime import load
from pose.figure import MATERIALS, PART_INDEX, PARTS
from tests.training.drawn import fill
from training.augment import mirrored_parts
from training.feed import Pool
from training.loop import Options, train
from training.parse_crops import JITTER, collate, crop, worn_mask, worn_pose
from training.parse_net import ParseTask, losses


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return fill(tmp_path_factory.mktemp("world"))


def test_crops_keep_parts_on_the_matte(data: Path) -> None:
    pool = Pool(data)
    pool.refresh()
    rng = np.random.default_rng(0)
    for _ in range(5):
        item = crop(pool.random("character", rng), rng)
        assert item.maps.shape == (CHANNELS, SIZE, SIZE)
        assert ((item.parts > 0) == (item.alpha > 127)).mean() > 0.99


def test_mirrored_parts_swap_arms_and_legs() -> None:
    rows = np.arange(len(PARTS), dtype=np.uint8)
    swapped = mirrored_parts(rows)
    assert swapped[PART_INDEX["r_arm"]] == PART_INDEX["l_arm"]
    assert swapped[PART_INDEX["l_leg"]] == PART_INDEX["r_leg"]
    assert (mirrored_parts(swapped) == rows).all()


def test_worn_poses_are_off_but_not_far() -> None:
    rng = np.random.default_rng(0)
    joints = rng.uniform(0, 200, (23, 2)).astype(np.float32)
    joints[0], joints[1] = (100, 0), (100, 200)
    state = np.full(23, 2, np.uint8)
    state[5] = 0
    worn = [worn_pose(joints, state, rng) for _ in range(50)]
    unswapped = [points for points, scores in worn if scores.sum() and np.abs(points - joints).max() < 5 * JITTER * 200]
    assert len(unswapped) > 40
    assert sum(scores[5] for _, scores in worn) <= 3
    assert any(scores.sum() == 0 for _, scores in worn)


def test_worn_masks_resemble_the_matte() -> None:
    rng = np.random.default_rng(0)
    alpha = np.zeros((SIZE, SIZE), np.uint8)
    alpha[40:220, 80:180] = 255
    for _ in range(10):
        mask = worn_mask(alpha, rng)
        assert mask.shape == alpha.shape
        assert ((mask > 127) == (alpha > 127)).mean() > 0.75


def test_losses_fall_where_the_answer_is_right(data: Path) -> None:
    pool = Pool(data)
    pool.refresh()
    rng = np.random.default_rng(0)
    batch = collate([crop(pool.random("character", rng), rng) for _ in range(2)])
    one_hot = torch.nn.functional.one_hot
    right = {
        "matte": (batch["alpha"] - 0.5) * 20,
        "parts": one_hot(batch["parts"][:, ::2, ::2], len(PARTS)).permute(0, 3, 1, 2) * 20.0,
        "materials": one_hot(batch["materials"][:, ::2, ::2], len(MATERIALS)).permute(0, 3, 1, 2) * 20.0,
    }
    wrong = {name: -value for name, value in right.items()}
    good, bad = losses(right, batch), losses(wrong, batch)
    assert all(good[name] < 0.1 < bad[name] for name in ("parts", "materials"))
    assert good["matte"] < 0.3 < bad["matte"]


def test_training_writes_weights_that_load(data: Path, tmp_path: Path) -> None:
    task = ParseTask(data, held_out=2)
    options = Options(tmp_path / "run", tmp_path, tmp_path / "c.png", steps=2, batch=2, minutes=60, warm_up=1)
    state = train(task, ParseNetwork(), options)
    assert train(task, ParseNetwork(), replace(options, steps=3)).step == 3
    assert {"matte_iou", "parts_miou"} <= set(state.history[-1])
    runner = load("parse", ParseNetwork(), tmp_path)
    answer = runner(torch.rand(1, 3, SIZE, SIZE), torch.zeros(1, CHANNELS, SIZE, SIZE))
    assert answer["parts"].shape == (1, len(PARTS), SIZE // 2, SIZE // 2)
