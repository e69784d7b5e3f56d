from dataclasses import replace

import numpy as np
import pytest

from deployments.denoiser.complete import complete_figure
from deployments.denoiser.run import restoring
from tests.deployments.denoiser.figures import echo, figure, red


@pytest.mark.parametrize("restore", [None, restoring(echo), restoring(red)])
def test_writes_only_what_is_missing(restore):
    before = figure()
    after = complete_figure(before, restore, 0)
    assert after.completed
    for old, new in zip(before.layers, after.layers, strict=True):
        np.testing.assert_array_equal(new.rgba[~old.missing], old.rgba[~old.missing])
        np.testing.assert_array_equal(new.known, old.known)
        np.testing.assert_array_equal(new.missing, old.missing)


def test_the_missing_torso_takes_the_networks_alpha_and_its_own_colours():
    before = figure()
    torso = complete_figure(before, restoring(red), 0).layers[0]
    filled = torso.rgba[torso.missing].astype(int)
    assert (filled[:, 3] == 255).all()
    assert (filled[:, 0] > filled[:, 2] + 50).all()


def test_pushpull_gives_the_missing_torso_its_own_colours():
    before = figure()
    torso = complete_figure(before, None, 0).layers[0]
    filled = torso.rgba[torso.missing].astype(int)
    shown = filled[filled[:, 3] > 0]
    assert len(shown) > 20
    assert (shown[:, 0] > shown[:, 2] + 50).all()


def test_the_same_seed_gives_the_same_texels():
    one, two, other = (complete_figure(figure(), restoring(echo), seed).layers[0].rgba for seed in (5, 5, 6))
    np.testing.assert_array_equal(one, two)
    assert (one != other).any()


def test_colours_stay_the_layers_own_far_from_its_texels():
    before = figure()
    torso = before.layers[0]
    rows = np.flatnonzero(torso.known.any(1))
    known = torso.known.copy()
    known[rows[0] : rows[-1] - 1] = False
    long = replace(torso, known=known, missing=torso.missing | (torso.known & ~known))
    after = complete_figure(replace(before, layers=(long, *before.layers[1:])), restoring(red), 0).layers[0]
    own = np.median(torso.rgba[known], axis=0)[:3]
    filled = after.rgba[long.missing]
    assert np.abs(filled[filled[:, 3] > 128][:, :3] - own).max() < 40


def test_a_layer_of_soft_texels_alone_lends_their_colour():
    before = figure()
    torso = before.layers[0]
    soft = np.where(torso.known[..., None], np.uint8([220, 30, 40, 90]), torso.rgba).astype(np.uint8)
    faint = replace(before, layers=(replace(torso, rgba=soft), *before.layers[1:]))
    filled = complete_figure(faint, restoring(red), 0).layers[0].rgba[torso.missing]
    assert np.abs(filled[filled[:, 3] > 128][:, :3].astype(int) - (220, 30, 40)).max() < 12
