"""Layers ready to be drawn: bleeding, stumps, unfilled continuations."""

from dataclasses import replace

import numpy as np

from deployments.deformation.sheet import cut_points, owners, sheet_of
from tests.deployments.deformation import stickman


def test_layers_bleed_under_their_neighbours_in_their_own_colours() -> None:
    figure = stickman.figure()
    sheet = sheet_of(figure, 2, owners(figure))  # the torso, under the arms
    beyond = sheet.region & ~sheet.known
    assert beyond.any()
    assert (sheet.front[beyond][:, 4] == 0).all()


def test_what_would_lie_above_a_lower_layer_is_drawn_beneath() -> None:
    figure = stickman.figure()
    arm = sheet_of(figure, 4, owners(figure))  # an arm, above the torso
    assert arm.full is not None
    assert (arm.full[..., 3] > 0).sum() > (arm.front[..., 3] > 0).sum()


def test_unfilled_continuations_are_empty_until_completed() -> None:
    figure = stickman.figure()
    torso = figure.layers[2]
    layers = list(figure.layers)
    x0, y0, _, y1 = torso.box
    box = (x0 - 10, y0, *torso.box[2:])
    pad = ((0, 0), (10, 0))
    missing = np.zeros((y1 - y0, box[2] - box[0]), bool)
    missing[20:60, :10] = True
    layers[2] = replace(
        torso, box=box, rgba=np.pad(torso.rgba, (*pad, (0, 0))), known=np.pad(torso.known, pad), missing=missing
    )
    open_figure = replace(figure, layers=tuple(layers))
    assert sheet_of(open_figure, 2, owners(open_figure)).empty.any()
    done = replace(open_figure, completed=True)
    assert not sheet_of(done, 2, owners(done)).empty.any()


def test_cut_points_lie_on_the_common_border() -> None:
    figure = stickman.figure()
    seen = owners(figure)
    points = cut_points(sheet_of(figure, 3, seen), seen, [2])  # head and torso
    assert len(points)
    assert (np.abs(points[:, 1] - 70) < 1).all()
