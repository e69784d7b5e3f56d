from dataclasses import replace

import numpy as np
import pytest

from deployments.denoiser.sample import COMPLETE, REPAIR
from tests.deployments.denoiser.figures import SIZE, figure, pose
from training import mistakes
from training.disguise import disguised, mirrored, windowed
from training.excerpts import COMPLETE_SIZE, REPAIR_SIZE
from training.pairs import POSES, make_pairs
from training.shards import Shards, write_shard
from training.world.families import TRAINED


@pytest.fixture(scope="module")
def made():
    return make_pairs(TRAINED[:2], 1, False, 3)


def test_pairs_are_of_their_task_and_size(made):
    repair, complete = made
    assert len(repair) == POSES - 1
    assert all(s.task == REPAIR and s.copied.shape == t.shape == (REPAIR_SIZE, REPAIR_SIZE, 4) for s, t in repair)
    assert all(s.task == COMPLETE and t.shape == (COMPLETE_SIZE, COMPLETE_SIZE, 4) for s, t in complete)


def test_a_warp_resembles_its_truth_more_than_nothing_does(made):
    for sample, truth in made[0]:
        error = np.abs(sample.copied.astype(int) - truth).mean()
        assert error < 0.6 * truth.astype(int).mean()


def test_the_same_seed_makes_the_same_pairs(made):
    again, _ = make_pairs(TRAINED[:2], 1, False, 3)
    for (sample, truth), (other, same) in zip(made[0], again, strict=True):
        np.testing.assert_array_equal(sample.copied, other.copied)
        np.testing.assert_array_equal(truth, same)


def test_shards_give_back_what_they_took(made, tmp_path):
    write_shard(made[0], tmp_path, "shard-00000")
    held = Shards.open(tmp_path)
    assert len(held) == len(made[0])
    for (sample, truth), row in zip(made[0], range(len(held)), strict=True):
        found, same = held[row]
        np.testing.assert_array_equal(same, truth)
        for name in ("copied", "skinned", "filled", "trust", "hole", "invented", "points", "source"):
            np.testing.assert_array_equal(getattr(found, name), getattr(sample, name))


def test_mirroring_twice_changes_nothing(made):
    sample, _ = made[0][0]
    twice = mirrored(mirrored(sample))
    np.testing.assert_array_equal(twice.copied, sample.copied)
    np.testing.assert_allclose(twice.points, sample.points, atol=1e-4)


def test_a_window_shows_the_same_pixels_and_joints(made):
    sample, truth = made[0][0]
    part, seen = windowed(sample, truth, 160, np.random.default_rng(0))
    there = sample.points[:, 2] > 0
    x, y = (int(v) for v in (sample.points - part.points)[there][0, :2])
    np.testing.assert_array_equal(seen, truth[y : y + 160, x : x + 160])
    np.testing.assert_array_equal(part.trust, sample.trust[y : y + 160, x : x + 160])
    np.testing.assert_array_equal(part.source, sample.source)


def test_a_disguise_keeps_alpha_and_premultiplication(made):
    sample, truth = made[0][0]
    for seed in range(6):
        other, changed = disguised(sample, truth, np.random.default_rng(seed))
        assert other.copied[..., 3].sum() == sample.copied[..., 3].astype(int).sum()
        assert (changed[..., :3].max(-1) <= changed[..., 3].astype(int) + 1).all()


def test_shaken_poses_share_their_offsets():
    one, two = mistakes.shaken([pose(), replace(pose(), points=pose().points + 7)], 80, 0.02, np.random.default_rng(0))
    there = one.present
    np.testing.assert_allclose((two.points - one.points)[there], 7, atol=1e-4)
    assert not np.allclose(one.points[there], pose().points[there])


@pytest.mark.parametrize("seed", range(4))
def test_mistakes_stay_inside_the_figure(seed):
    fig, rng = figure(), np.random.default_rng(seed)
    parts = mistakes.mislabelled(fig.parts, fig.pose, rng)
    np.testing.assert_array_equal(parts > 0, fig.parts > 0)
    leaked = mistakes.leaked(fig.image, np.full((SIZE, SIZE, 3), 255, np.uint8), rng)
    assert leaked.dtype == np.uint8
    assert abs(int((leaked[..., 3] > 0).sum()) - int((fig.image[..., 3] > 0).sum())) < 900
