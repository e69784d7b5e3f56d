from dataclasses import replace

import numpy as np
import pytest
import torch

from deployments.denoiser.complete import complete_figure
from deployments.denoiser.lock import band
from deployments.denoiser.repair import pushpull_warp, repair_warp
from deployments.denoiser.run import restoring
from pose.pose import from_named
from tests.deployments.denoiser.figures import JOINTS, SIZE, echo, figure, red, warp


def test_beyond_the_band_the_warp_is_kept_bit_for_bit():
    fig = figure()
    before = warp(fig)
    after = repair_warp(fig, before, restoring(red), 1, 0)
    far = band(before.hole, 76) == 0
    np.testing.assert_array_equal(after[far], before.rgba[far])
    assert (after[before.hole] == [255, 0, 0, 255]).all()


def test_a_perfect_warp_is_not_touched():
    fig = figure()
    before = warp(fig, None)
    np.testing.assert_array_equal(repair_warp(fig, before, restoring(red), 1, 0), before.rgba)


@pytest.mark.parametrize("steps", [1, 2, 4])
def test_the_same_seed_gives_the_same_bytes(steps):
    fig = figure()
    one, two = (repair_warp(fig, warp(fig), restoring(echo), steps, 7) for _ in range(2))
    np.testing.assert_array_equal(one, two)


def test_without_a_network_holes_are_filled_by_pushpull():
    fig = figure()
    before = warp(fig)
    after = repair_warp(fig, before, None, 1, 0)
    np.testing.assert_array_equal(after, pushpull_warp(before))
    np.testing.assert_array_equal(after[~before.hole], before.rgba[~before.hole])
    assert after[before.hole][:, 3].mean() > 200


def test_large_outputs_keep_the_warps_detail():
    fig = figure()
    big = _enlarged(warp(fig), 8)
    large = replace(fig, image=np.kron(fig.image, np.ones((8, 8, 1), np.uint8)))
    after = repair_warp(large, big, restoring(red), 1, 0)
    assert after.shape == big.rgba.shape
    far = band(big.hole, 76 * 8 * 2) == 0
    np.testing.assert_array_equal(after[far], big.rgba[far])
    assert np.abs(after[big.hole].astype(int) - [255, 0, 0, 255]).mean() < 12


def test_two_poses_of_one_figure_show_the_same_completed_texels():
    fig = complete_figure(figure(), restoring(echo), 3)
    shown = [_shifted_torso(fig, shift) for shift in (0, 5)]
    results = [repair_warp(fig, each, restoring(red), 1, seed) for seed, each in enumerate(shown)]
    inside = np.zeros((SIZE, SIZE), bool)
    inside[48:50, 40:58] = True  # deep inside the completed region
    np.testing.assert_array_equal(results[0][inside], np.roll(results[1], -5, 1)[inside])
    np.testing.assert_array_equal(results[0][inside], fig.layers[0].rgba[inside])


def _shifted_torso(fig, shift):
    """A warp that shows the torso's completed layer, moved to the right."""
    torso = fig.layers[0]
    base = warp(fig, None)
    trust = ((torso.rgba[..., 3] > 0) & ~torso.missing).astype(np.float32)
    return replace(
        base,
        rgba=np.roll(torso.rgba, shift, 1),
        trust=np.roll(trust, shift, 1),
        invented=np.roll(torso.missing, shift, 1),
    )


def _enlarged(small, factor):
    ones = np.ones((factor, factor), np.uint8)
    return replace(
        small,
        rgba=np.kron(small.rgba, ones[..., None]),
        trust=np.kron(small.trust, ones).astype(np.float32),
        hole=np.kron(small.hole, ones) > 0,
        invented=np.kron(small.invented, ones) > 0,
        skinned=(np.kron(small.skinned, ones[..., None]) * factor).astype(np.float32),
        pose=small.pose.scaled(factor),
    )


def test_no_fog_is_added_beside_the_figure():
    def foggy(maps, *_):
        return {"clean": torch.full_like(maps[:, :4], 0.5), "doubt": torch.full_like(maps[:, :1], 9.0)}

    fig = figure()
    before = warp(fig, np.s_[60:66, 28:40])
    after = repair_warp(fig, before, restoring(foggy), 1, 0)
    outside = (before.rgba[..., 3] == 0) & ~before.hole
    assert not after[outside][:, 3].any()
    assert after[before.hole][:, 3].any()


def test_eyes_that_the_warp_has_are_not_touched():
    before = figure()
    eyes = {"r_eye": (44.0, 24.0), "l_eye": (52.0, 24.0)}
    moved = warp(before, np.s_[25:29, 40:56])
    seen = replace(moved, pose=from_named({**JOINTS, **eyes}, SIZE, SIZE))
    plain, kept = (repair_warp(before, each, restoring(red), 1, 0) for each in (moved, seen))
    around = np.s_[22:25, 43:46]
    assert (plain[around] != moved.rgba[around]).any()
    np.testing.assert_array_equal(kept[around], moved.rgba[around])
    assert kept[moved.hole][:, 3].any()
