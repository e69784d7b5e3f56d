import numpy as np

from deployments.denoiser.network import CHANNELS, CONDITIONS
from deployments.denoiser.repair import warp_sample
from deployments.denoiser.sample import Frame, frame_of, premultiplied, stack, straight
from tests.deployments.denoiser.figures import figure, warp


def test_cut_and_paste_agree_at_unit_scale_beyond_the_canvas_too():
    picture = np.random.default_rng(0).random((20, 30, 4)).astype(np.float32)
    frame = frame_of((10, 5, 30, 20), 6, 1.0)
    assert frame.size == (32, 32)
    pasted = frame.paste(frame.cut(picture), (20, 30))
    np.testing.assert_array_equal(pasted[:, 4:], picture[:, 4:])
    assert pasted[:, :4].max() == 0


def test_points_follow_the_frame():
    fig = figure()
    frame = Frame((10, 20, 74, 84), 0.5, (32, 32))
    placed = frame.place(fig.pose)[fig.pose.skeleton.index["neck"]]
    np.testing.assert_allclose(placed, [(48 - 10) / 2, (34 - 20) / 2, 1])


def test_premultiplied_and_back():
    rgba = np.random.default_rng(0).integers(0, 256, (9, 9, 4), np.uint8)
    rgba[..., 3] = 255
    np.testing.assert_array_equal(straight(premultiplied(rgba).astype(np.float32) / 255), rgba)


def test_a_warp_becomes_the_networks_inputs():
    fig = figure()
    job = warp_sample(fig, warp(fig))
    assert job is not None
    maps, points, condition, source, _ = stack([job[1]])
    assert maps.shape[1] == CHANNELS
    assert maps.shape[2] % 32 == maps.shape[3] % 32 == 0
    assert 0 <= maps.min() <= maps.max() <= 1
    assert condition.shape == (1, CONDITIONS)
    assert source.shape == (1, 4, 128, 128)
    assert points[0, fig.pose.skeleton.index["l_ear"], 2] == 0


def test_a_warp_that_shows_nothing_has_no_sample():
    fig = figure()
    empty = warp(fig, None)
    empty.rgba[:] = 0
    assert warp_sample(fig, empty) is None
