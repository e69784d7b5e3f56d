"""The pose trainer on a tiny stand-in world: targets by hand, truth kept by augmentation, and a run that resumes."""

from pathlib import Path

import numpy as np
import pytest
import torch

from deployments.keypoints.decode import decode_boxes, decode_heat
from deployments.keypoints.network import CELLS, SIZE, PoseNetwork
from deployments.runtime import load
from pose.skeleton import BIPED
from tests.training.drawn import fill
from training.augment import Spread, figure_box, placed, placement, warp
from training.feed import KINDS, Pool
from training.loop import Options, train
from training.pose_crops import Crop, canvas, collate, crop, locator_targets
from training.pose_net import SHARES, PoseTask, focal_loss, joint_targets, losses


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return fill(tmp_path_factory.mktemp("world"))


@pytest.fixture(scope="module")
def pool(data: Path) -> Pool:
    pool = Pool(data)
    pool.refresh()
    return pool


def test_joint_targets_decode_to_the_joints() -> None:
    joints = torch.tensor([[[100.3, 50.7], [12.0, 110.0]]])
    target = joint_targets(joints)
    assert target.shape == (1, 2, CELLS * CELLS)
    assert target.sum(-1) == pytest.approx(1.0, abs=1e-4)
    points, confidence = decode_heat(target.view(2, CELLS, CELLS).numpy())
    assert np.abs(points - joints[0].numpy()).max() < 0.8
    assert (confidence > 0.8).all()


def test_locator_targets_decode_to_the_boxes() -> None:
    boxes = [(10.0, 15.0, 50.0, 115.0), (75.0, 50.0, 105.0, 120.0)]
    centre, extent = locator_targets(boxes)
    found = decode_boxes(np.where(centre == 1, 9, -9).astype(np.float32), extent)
    assert sorted(box.bounds for box in found) == [pytest.approx(box, abs=0.01) for box in boxes]


def test_focal_loss_is_small_where_the_map_is_right() -> None:
    target = torch.from_numpy(locator_targets([(10.0, 15.0, 50.0, 115.0)])[0])[None]
    right = torch.where(target == 1, 8.0, -8.0)
    assert focal_loss(right, target) < 0.01 < 1 < focal_loss(-right, target)


def test_mirrored_placement_swaps_sides(pool: Pool) -> None:
    sample = pool.random("character", np.random.default_rng(0))
    half = SIZE / sample.rgb.shape[0]
    matrix = np.array([[-half, 0, SIZE], [0, half, 0]])
    joints, _, _ = placed(sample, matrix, True, SIZE)
    right, left = BIPED.index["r_wrist"], BIPED.index["l_wrist"]
    assert joints[right, 0] == pytest.approx(SIZE - half * sample.joints[left, 0])
    assert joints[right, 0] < joints[left, 0]


def test_pictures_move_with_their_joints(pool: Pool) -> None:
    rng = np.random.default_rng(1)
    sample = pool.random("character", rng)
    assert sample.clean is not None
    wrist = BIPED.index["r_wrist"]
    for _ in range(5):
        matrix, mirrored = placement(figure_box(sample), SIZE, Spread(0.5, 0.7, 20, 0.02, 0.0), rng)
        joints, state, _ = placed(sample, matrix, mirrored, SIZE)
        alpha = warp(sample.clean, matrix, SIZE, border=0)[..., 3]
        x, y = joints[wrist].astype(int)
        assert state[wrist] == 2
        assert alpha[y, x] > 200
        assert alpha.mean() < 100


def test_what_leaves_the_crop_is_absent(pool: Pool) -> None:
    sample = pool.random("character", np.random.default_rng(0))
    half = SIZE / sample.rgb.shape[0]
    matrix = np.array([[half, 0, 0], [0, half, SIZE / 2]])
    _, state, _ = placed(sample, matrix, False, SIZE)
    assert state[BIPED.index["nose"]] == 2
    assert state[BIPED.index["r_ankle"]] == 0


def test_crops_are_pictures_with_truth(pool: Pool) -> None:
    rng = np.random.default_rng(2)
    for kind in pool.kinds():
        for _ in range(6):
            item = crop(pool.random(kind, rng), pool, rng)
            assert item.rgb.shape == (SIZE, SIZE, 3)
            assert item.rgb.dtype == np.uint8
            assert item.boxes is None
    canvases = [canvas(pool, rng) for _ in range(16)]
    assert all(isinstance(item, Crop) and item.boxes is not None for item in canvases)
    assert any(len(item.boxes or []) > 1 for item in canvases)


def test_losses_are_finite_without_joints_and_without_canvases(pool: Pool) -> None:
    rng = np.random.default_rng(3)
    item = crop(pool.random("stick", rng), pool, rng)
    empty = Crop(item.rgb, item.joints, np.zeros_like(item.state), item.depth, item.kind)
    network = PoseNetwork().eval()
    parts = losses(network(collate([empty])["rgb"]), collate([empty]))
    assert set(parts) == {"heat", "verdict", "depth", "kind"}
    assert all(torch.isfinite(value) for value in parts.values())


def test_training_writes_weights_that_load_and_resumes(data: Path, tmp_path: Path) -> None:
    task = PoseTask(data, canvases=0.5, held_out_each=2)
    budget = {"warm_up": 1, "batch": 4, "minutes": 60.0}
    first = train(task, PoseNetwork(), Options(tmp_path / "run", tmp_path, tmp_path / "c.png", steps=2, **budget))
    assert first.step == 2
    assert (tmp_path / "c.png").exists()
    second = train(task, PoseNetwork(), Options(tmp_path / "run", tmp_path, None, steps=3, **budget))
    assert (second.step, len(second.history)) == (3, 2)
    assert {"stick_pck20", "character_pck10", "locator_iou50"} <= set(second.history[-1])
    runner = load("pose", PoseNetwork(), tmp_path)
    assert runner(torch.rand(1, 3, SIZE, SIZE))["heat"].shape == (1, 23, CELLS, CELLS)


def test_every_kind_has_its_share() -> None:
    assert tuple(SHARES) == KINDS
    assert sum(SHARES.values()) == pytest.approx(1)
