from dataclasses import replace

import numpy as np
import pytest

from deployments.denoiser.engine.caps import Caps
from deployments.denoiser.engine.engine import Engine
from deployments.denoiser.program import BridgeProgram
from deployments.denoiser.repair import warp_sample
from deployments.denoiser.run import MOST, cut_to, gathered, padded, restorations, restoring
from tests.deployments.denoiser.figures import figure, warp


def network(maps, points, condition, source, source_points):
    """Mixes the state with the time, so that sizes, seeds and steps all count."""
    mixed = maps[:, :4].roll(1, -1) * 0.7 + 0.3 * condition[:, :1, None, None] + maps[:, 4:8] * 0.1
    return {"clean": mixed, "doubt": maps[:, :1]}


@pytest.fixture(scope="module")
def samples():
    """Two of one size, and one of another between them."""
    fig = figure()
    found = warp_sample(fig, warp(fig))
    assert found is not None
    sample = found[1]
    planes = ("copied", "skinned", "filled", "trust", "hole", "invented")
    smaller = replace(sample, **{name: np.ascontiguousarray(getattr(sample, name)[:-16]) for name in planes})
    mirrored = replace(sample, **{name: np.ascontiguousarray(getattr(sample, name)[:, ::-1]) for name in planes})
    return [sample, smaller, mirrored]


@pytest.mark.parametrize("steps", [1, 3])
def test_samples_of_any_size_come_back_in_order_as_the_engine_gives_them(samples, steps):
    restored = restoring(network)(samples, steps, 7)
    engine = Engine(BridgeProgram(network), Caps())
    jobs = restorations(samples, steps, 7)
    handles = [engine.submit(job) for job, _ in jobs]
    while engine.turn():
        pass
    theirs = gathered([handle.future.result(0) for handle in handles], jobs, samples)
    for mine, other, sample in zip(restored, theirs, samples, strict=True):
        assert mine.shape == sample.copied.shape
        np.testing.assert_allclose(mine, other, atol=1e-6)


def test_what_is_asked_at_once_shares_jobs_by_size(samples):
    jobs = restorations(samples, 1, 7)
    assert [(places, job.rows, job.work.seed) for job, places in jobs] == [([0, 2], 2, 7), ([1], 1, 7)]
    many = restorations([samples[0]] * (MOST + 3), 1, 7)
    assert [(len(places), job.work.seed) for job, places in many] == [(MOST, 7), (3, 7 + MOST)]


def test_a_sample_comes_out_the_same_with_its_seed_in_any_job(samples):
    first, _, mirrored = restoring(network)(samples, 2, 7)
    np.testing.assert_allclose(restoring(network)([samples[0]], 2, 7)[0], first, atol=1e-6)
    np.testing.assert_allclose(restoring(network)([samples[2]], 2, 8)[0], mirrored, atol=1e-6)


def test_refuses_no_steps(samples):
    with pytest.raises(ValueError, match="got 0"):
        restoring(network)(samples, 0, 1)


def test_padded_samples_of_any_size_share_a_bucket_and_are_cut_back(samples):
    jobs = restorations(samples, 2, 7, buckets=((128, 128), (192, 128)))
    assert {job.key for job, _ in jobs} == {((128, 128),)}
    wide_of = {place: wide for job, places in jobs for place, wide in zip(places, job.work.samples, strict=True)}
    for place, sample in enumerate(samples):
        height, width = sample.copied.shape[:2]
        wide = wide_of[place]
        np.testing.assert_array_equal(wide.copied[:height, :width], sample.copied)
        assert not wide.copied[height:].any()
        assert not wide.hole[:, width:].any()
        assert cut_to(wide.copied, sample).shape == sample.copied.shape
    assert padded(samples[0], ((64, 64),)) is samples[0]
