"""The warp as a whole: identity is exact, moves are moves, nothing crashes, nothing comes apart."""

import numpy as np
import pytest

from deployments.deformation.warp import warp_figure
from pose.errors import InvalidKeypoints, NoFigure
from pose.figure import PART_INDEX, Figure
from pose.pose import Pose, from_named
from tests.deployments.deformation import stickman


def test_identity_reproduces_the_source_exactly() -> None:
    figure = stickman.figure()
    warp = warp_figure(figure, figure.pose, "fit")
    assert warp.origin == (0, 0)
    assert np.array_equal(warp.rgba, figure.image)
    assert (warp.trust[figure.parts > 0] > 0.999).mean() > 0.98
    assert not warp.hole.any()
    assert np.array_equal(warp.part, figure.parts)


def test_a_whole_pixel_shift_copies_texels() -> None:
    figure = stickman.figure()
    warp = warp_figure(figure, figure.pose.moved((-80, -20), 200, 280), "fit")
    assert warp.origin[0] < 0
    assert warp.origin[1] < 0
    left, top = -80 - warp.origin[0], -20 - warp.origin[1]
    moved = warp.rgba[max(top, 0) :, max(left, 0) :][:280, :200]
    source = figure.image[max(-top, 0) :, max(-left, 0) :][: moved.shape[0], : moved.shape[1]]
    assert np.array_equal(moved[: source.shape[0], : source.shape[1]], source[: moved.shape[0], : moved.shape[1]])


def test_a_raised_arm_stays_attached_and_reaches_its_target() -> None:
    figure = stickman.figure()
    target = stickman.pose(r_elbow=(50, 50), r_wrist=(40, 10))
    warp = warp_figure(figure, target, "fit")
    arm = warp.part == PART_INDEX["r_arm"]
    x, y = warp.pose["r_wrist"]
    assert arm[round(float(y)) + 2, round(float(x)) + 1]
    x, y = warp.pose["r_shoulder"]
    assert arm[round(float(y)) - 6 : round(float(y)) + 6, round(float(x)) - 8 : round(float(x)) + 4].any()
    known = np.isfinite(warp.source[..., 0])
    assert (known == (warp.rgba[..., 3] > 0)).mean() > 0.999


@pytest.mark.parametrize("seed", range(12))
def test_any_pose_gives_finite_output_of_one_shape(seed: int) -> None:
    rng = np.random.default_rng(seed)
    figure = stickman.figure()
    keep = rng.random(len(figure.pose.scores)) < 0.8
    keep[1] = True
    points = figure.pose.points + rng.normal(0, 25 * (1 + seed % 4), figure.pose.points.shape).astype(np.float32)
    target = Pose(points, figure.pose.scores * keep, 200, 280, rng.normal(0, 0.1, len(points)).astype(np.float32))
    warp = warp_figure(figure, target, "source")
    shape = warp.rgba.shape[:2]
    assert shape == (280, 200)
    for field in (warp.part, warp.stretch, warp.trust, warp.hole, warp.invented):
        assert field.shape == shape
    assert np.isfinite(warp.stretch).all()
    assert np.isfinite(warp.trust).all()
    assert warp.trust.min() >= 0
    assert warp.trust.max() <= 1
    assert warp.source.shape == warp.skinned.shape == (*shape, 2)


@pytest.mark.parametrize("scale", [0.04, 0.1, 0.5])
def test_tiny_figures_warp(scale: float) -> None:
    figure = stickman.figure(scale)
    warp = warp_figure(figure, stickman.pose(scale, r_wrist=(20, 100), l_knee=(150, 180)), "fit")
    assert (warp.rgba[..., 3] > 0).any()


def test_degenerate_bones_are_no_error() -> None:
    figure = stickman.figure()
    points = figure.pose.points.copy()
    points[:] = 100.0
    collapsed = Pose(points, figure.pose.scores, 200, 280)
    warp_figure(figure, collapsed, "fit")
    warp_figure(Figure(figure.image, collapsed, figure.parts, figure.materials, figure.layers), figure.pose, "fit")


def test_exact_uses_the_targets_canvas_and_scale() -> None:
    figure = stickman.figure()
    warp = warp_figure(figure, stickman.pose(2.0), "exact")
    assert warp.rgba.shape[:2] == (560, 400)
    assert warp.origin == (0, 0)
    assert abs(int((warp.rgba[..., 3] > 127).sum()) / int((figure.image[..., 3] > 127).sum()) - 4) < 0.1


def test_a_source_cut_by_the_border_keeps_that_edge() -> None:
    whole = stickman.figure()
    figure = Figure(
        whole.image[:200], Pose(whole.pose.points, whole.pose.scores, 200, 200), whole.parts[:200],
        whole.materials[:200], stickman.cropped_layers(whole, 200),
    )  # fmt: skip
    warp = warp_figure(figure, figure.pose.moved((0, 30), 200, 200), "fit")
    assert warp.rgba.shape[0] + warp.origin[1] == 200


def test_refusals_name_the_remedy() -> None:
    figure = stickman.figure()
    with pytest.raises(InvalidKeypoints, match="at least one"):
        warp_figure(figure, from_named({"r_ear": (3, 3)}, 200, 280), "fit")
    with pytest.raises(InvalidKeypoints, match="framing 'source'"):
        warp_figure(figure, stickman.pose(r_wrist=(5000, 5000), r_elbow=(2500, 2500)), "fit")
    empty = Figure(np.zeros_like(figure.image), figure.pose, figure.parts, figure.materials, figure.layers)
    with pytest.raises(NoFigure, match="mask"):
        warp_figure(empty, figure.pose, "fit")
