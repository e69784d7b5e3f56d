from dataclasses import replace

import cv2
import numpy as np

from deployments.denoiser.checkpoint.repair import paint_warp
from deployments.denoiser.lock import BAND
from deployments.denoiser.repair import pushpull_warp
from deployments.denoiser.sample import figure_height
from tests.deployments.denoiser.figures import figure, warp

SIDE, MULTIPLE = 128, 32


def _painted(paint, before, fig=None):
    return paint_warp(fig or figure(), before, paint, SIDE, MULTIPLE, 5)


def _plain(colour):
    return lambda painting: np.broadcast_to(np.array(colour, np.float32), painting.picture.shape)


def _noise(painting):
    return np.random.default_rng(1).random(painting.picture.shape, np.float32)


def test_beyond_the_band_a_painting_of_noise_changes_no_byte():
    before = warp(figure())
    after = _painted(_noise, before)
    away = cv2.distanceTransform((~before.hole).astype(np.uint8), cv2.DIST_L2, 5)
    far = away > max(BAND * figure_height(figure()), 2) + 2  # a pixel of the canvas is half a pixel of the output
    np.testing.assert_array_equal(after[far], before.rgba[far])
    assert np.abs(after[before.hole].astype(int) - before.rgba[before.hole]).mean() > 20


def test_a_hole_gets_the_paintings_colour_and_is_opaque():
    before = warp(figure())
    after = _painted(_plain((0, 0.6, 0.2)), before)
    middle = after[62:64, 43:47].reshape(-1, 4)
    np.testing.assert_allclose(middle, np.broadcast_to((0, 153, 51, 255), middle.shape), atol=3)


def test_inventions_stay_those_of_the_figure():
    fig = figure()
    before = warp(fig, None)
    invented = np.zeros_like(before.hole)
    invented[56:76, 36:60] = True
    before = replace(before, invented=invented, trust=np.where(invented, 0, before.trust).astype(np.float32))
    after = _painted(_plain((0, 0.6, 0.2)), before)
    np.testing.assert_array_equal(after[59:73, 39:57], before.rgba[59:73, 39:57])


def test_what_the_checkpoint_is_asked():
    seen = []

    def paint(painting):
        seen.append(painting)
        return painting.picture.astype(np.float32) / 255

    before = warp(figure())
    after = _painted(paint, before)
    (painting,) = seen
    height, width = painting.missing.shape
    assert height % MULTIPLE == 0
    assert width % MULTIPLE == 0
    assert painting.picture.shape == painting.skeleton.shape == (height, width, 3)
    assert painting.reference.shape == (512, 512, 3)
    assert 0.01 < painting.missing.mean() < 0.2
    assert (painting.skeleton[painting.skeleton.any(-1)] > 0).any()
    ys, xs = np.nonzero(painting.skeleton.any(-1))
    figure_rows, figure_columns = np.nonzero(np.abs(painting.picture.astype(int) - painting.picture[0, 0]).max(-1) > 9)
    assert figure_rows.min() <= ys.mean() <= figure_rows.max()
    assert abs(xs.mean() - figure_columns.mean()) < 0.1 * width
    # Given back as it was asked, it is the warp with its holes filled from around.
    np.testing.assert_allclose(after.astype(int), pushpull_warp(before).astype(int), atol=40)


def test_a_warp_with_nothing_to_repair_is_not_sent():
    def never(painting):
        raise AssertionError

    whole = warp(figure(), None)
    np.testing.assert_array_equal(_painted(never, whole), whole.rgba)
    empty = replace(whole, rgba=np.zeros_like(whole.rgba))
    assert not _painted(never, empty).any()
