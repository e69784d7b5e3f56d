"""The whole tier in one process: a tiny checkpoint beside the embedded network, one engine, real calls."""

import asyncio
import threading
from dataclasses import replace

import cv2
import numpy as np
import pytest

from deployments.backends.spec import Runtime
from deployments.checkpoints.opening import Checkpoint
from deployments.denoiser.assembly import assemble
from deployments.denoiser.checkpoint.families import open_painter
from deployments.denoiser.checkpoint.painting import Sampling
from deployments.denoiser.checkpoint.repair import paint_warp
from deployments.denoiser.complete import complete_figure
from deployments.denoiser.engine.engine import Engine
from deployments.denoiser.errand import Errand
from deployments.denoiser.lock import BAND
from deployments.denoiser.sample import figure_height
from deployments.denoiser.spec import Order, Progress
from deployments.denoiser.warmup import PAINTED_SIZES, blank_painting, measured_caps, named
from pose.errors import WeightsError
from tests.deployments.denoiser.figures import echo, figure, warp

pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation doesn't accept a copy:DeprecationWarning")
SAMPLING = Sampling(steps=4, guidance=3.0)
ORDER = Order(steps=3, seed=1)


@pytest.fixture(scope="module")
def assembly(folders):
    checkpoint = Checkpoint(str(folders["sd"]), str(folders["sd-control"]), str(folders["sd-adapter"]))
    return assemble(echo, checkpoint, SAMPLING, Runtime())


@pytest.fixture
def engine(assembly):
    engine = Engine(assembly.program, assembly.caps, aside=True)
    loops = [threading.Thread(target=work) for work in (engine.run, engine.run_aside)]
    for loop in loops:
        loop.start()
    yield engine
    engine.stop()
    for loop in loops:
        loop.join(30)


async def _repaired(engine, painter, before, order=ORDER, saved=None):
    errand = Errand(engine, order, saved)
    paint = errand.painting(painter, order.steps)
    news = errand.run(paint_warp, figure(), before, paint, painter.side, painter.multiple, order.seed)
    return [each async for each in news]


async def _completed(engine):
    errand = Errand(engine, Order())
    return await errand.result(complete_figure, figure(), errand.restore, 0)


def test_caps_are_known_for_the_buckets_of_both(assembly):
    names = named(assembly.caps.rows)
    assert set(names) == {"256x256", "384x256", "384x384", f"{assembly.painter.side}x{assembly.painter.side}"}
    longer = assembly.painter.job(_painting(128, 64)).key
    assert longer not in assembly.caps.rows
    assert assembly.caps(longer) == names[f"{assembly.painter.side}x{assembly.painter.side}"] == 2


def _painting(height, width):
    from deployments.denoiser.checkpoint.painting import Painting

    picture = np.zeros((height, width, 3), np.uint8)
    return Painting(picture, picture[..., 0] == 0, picture, picture, 0)


def test_an_autoencoders_round_trip_touches_nothing_that_is_known(engine, assembly):
    before = warp(figure())
    *told, after = asyncio.run(_repaired(engine, assembly.painter, before))
    assert [(step.done, step.steps) for step in told] == [(1, 3), (2, 3)]
    away = cv2.distanceTransform((~before.hole).astype(np.uint8), cv2.DIST_L2, 5)
    far = away > max(BAND * figure_height(figure()), 2) + 2
    np.testing.assert_array_equal(after[far], before.rgba[far])
    assert (after[before.hole][:, 3] > 200).all()


def test_both_programs_share_one_loop(engine, assembly):
    async def both():
        return await asyncio.gather(
            _repaired(engine, assembly.painter, warp(figure())), _completed(engine), _completed(engine)
        )

    (*_, painted), completed, again = asyncio.run(both())
    assert painted.shape == (96, 96, 4)
    assert completed.completed
    for one, other in zip(completed.layers, again.layers, strict=True):
        np.testing.assert_array_equal(one.rgba, other.rgba)


def test_a_painting_goes_on_elsewhere_to_the_same_bytes(engine, assembly):
    alone = Order(steps=4, seed=7, alone=True)
    first, *_, whole = asyncio.run(_repaired(engine, assembly.painter, warp(figure()), alone))
    assert isinstance(first, Progress)
    *_, resumed = asyncio.run(_repaired(engine, assembly.painter, warp(figure()), alone, first.saved))
    np.testing.assert_array_equal(whole, resumed)


def test_caps_are_measured_whatever_the_strength(folders):
    checkpoint = Checkpoint(str(folders["sd"]), str(folders["sd-control"]))
    painter = open_painter(checkpoint, replace(SAMPLING, strength=0.2))
    (cap,) = measured_caps(painter, [blank_painting(painter)], PAINTED_SIZES).values()
    assert cap >= 2


def test_an_unknown_class_is_refused_by_name(folders):
    with pytest.raises(WeightsError, match=r"is a AutoencoderKL.*known are.*QwenImageEdit.*StableDiffusionXLP"):
        open_painter(Checkpoint(str(folders["vae"])), SAMPLING)
