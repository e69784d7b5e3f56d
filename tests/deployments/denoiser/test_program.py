import gc
from dataclasses import replace

import numpy as np
import pytest
import torch

from deployments.denoiser.engine.caps import Caps
from deployments.denoiser.engine.engine import Engine
from deployments.denoiser.engine.slots import OutOfMemory
from deployments.denoiser.network import DenoiserNetwork
from deployments.denoiser.program import BridgeProgram, restoration
from deployments.denoiser.repair import warp_sample
from pose.errors import NotFinite
from tests.deployments.denoiser.figures import figure, warp

WIDTHS = (16, 16, 24, 32)


@pytest.fixture(scope="module")
def network():
    """A small network with random weights everywhere, so that every input counts."""
    torch.manual_seed(3)
    made = DenoiserNetwork(WIDTHS).eval()
    for weights in made.parameters():
        torch.nn.init.normal_(weights, std=0.05)
    return lambda *inputs: _inferred(made, *inputs)


def _inferred(module, *inputs):
    with torch.inference_mode():
        return module(*inputs)


@pytest.fixture(scope="module")
def sample():
    fig = figure()
    found = warp_sample(fig, warp(fig))
    assert found is not None
    return found[1]


def _mirrored(sample):
    names = ("copied", "skinned", "filled", "trust", "hole", "invented")
    return replace(sample, **{name: np.ascontiguousarray(getattr(sample, name)[:, ::-1]) for name in names})


def _run(network, jobs, cap=4, turns_between=0):
    engine = Engine(BridgeProgram(network), Caps(unmeasured=cap))
    handles = []
    for job in jobs:
        handles.append(engine.submit(job))
        for _ in range(turns_between):
            engine.turn()
    while engine.turn():
        pass
    return [handle.future.result(0) for handle in handles]


def test_in_company_a_sample_comes_out_as_it_does_alone(network, sample):
    jobs = [(sample, 4, 1), (_mirrored(sample), 2, 2), (sample, 3, 3)]
    alone = [_run(network, [restoration([job[0]], *job[1:])])[0] for job in jobs]
    mixed = _run(network, [restoration([job[0]], *job[1:]) for job in jobs], turns_between=1)
    for one, other in zip(alone, mixed, strict=True):
        np.testing.assert_allclose(one[0], other[0], atol=1e-4)
        np.testing.assert_allclose(one[1], other[1], atol=1e-4)
    assert np.abs(alone[0][0] - alone[1][0]).max() > 1e-2


def test_alone_it_is_byte_exact_whatever_else_waits(network, sample):
    (first, _), *_ = _run(network, [restoration([sample], 3, 5, alone=True)])
    (second, _), *_ = _run(network, [restoration([sample], 3, 5, alone=True), restoration([sample], 3, 6)])
    np.testing.assert_array_equal(first, second)


def test_the_seed_decides_the_noise(network, sample):
    (one, _), (other, _) = _run(network, [restoration([sample], 2, 1), restoration([sample], 2, 2)])
    assert np.abs(one - other).max() > 1e-4


def test_a_crossing_goes_on_where_it_was_saved(network, sample):
    whole = _run(network, [restoration([sample], 4, 9)])[0]
    engine = Engine(BridgeProgram(network), Caps())
    handle = engine.submit(restoration([sample], 4, 9))
    engine.turn()
    engine.turn()
    rest = _run(network, [restoration([sample], 4, 9, saved=engine.saved(handle))])[0]
    np.testing.assert_array_equal(whole[0], rest[0])


def test_a_network_that_answers_nan_fails_its_job(sample):
    def broken(maps, *_):
        return {"clean": torch.full_like(maps[:, :4], torch.nan), "doubt": maps[:, :1]}

    with pytest.raises(NotFinite):
        _run(broken, [restoration([sample], 2, 1)])


def test_a_saved_crossing_holds_its_own_picture_alone(network, sample):
    program = BridgeProgram(network)
    states = [program.start(restoration([sample], 2, seed)) for seed in (1, 2)]
    program.step(states)
    for state in states:
        assert state.picture.untyped_storage().nbytes() == state.picture.nbytes


def test_company_that_changes_and_company_that_stays_step_alike(network, sample):
    program, alone = BridgeProgram(network), BridgeProgram(network)
    jobs = [restoration([sample], 6, 1), restoration([_mirrored(sample)], 6, 2), restoration([sample], 6, 3)]
    states, solo = ([each.start(job) for job in jobs] for each in (program, alone))
    for company in ((0, 1), (0, 1), (1, 0), (0, 1, 2), (2,), (2, 0)):
        program.step([states[row] for row in company])
        for row in company:
            alone.step([solo[row]])
    for one, other in zip(states, solo, strict=True):
        np.testing.assert_allclose(one.picture, other.picture, atol=1e-4)
        assert one.done == other.done


def test_a_job_that_does_not_fit_is_taken_in_parts(network, sample):
    asked = []

    def small(maps, *more):
        asked.append(len(maps))
        if len(maps) > 2:
            raise torch.OutOfMemoryError("3 rows of 2")
        return network(maps, *more)

    samples = [sample, _mirrored(sample), sample, _mirrored(sample), sample]
    whole, parts = (_run(each, [restoration(samples, 2, 1)])[0][0] for each in (network, small))
    np.testing.assert_allclose(whole, parts, atol=1e-4)
    assert asked[:4] == [5, 2, 3, 1]


def test_several_jobs_that_do_not_fit_are_the_engines_to_halve(network, sample):
    def small(maps, *more):
        if len(maps) > 1:
            raise torch.OutOfMemoryError("2 rows of 1")
        return network(maps, *more)

    program = BridgeProgram(small)
    states = [program.start(restoration([sample], 1, seed)) for seed in (1, 2)]
    with pytest.raises(OutOfMemory):
        program.step(states)
    assert [state.done for state in states] == [0, 0]


@pytest.mark.parametrize("other", [{"steps": 3}, {"of": "elsewhere"}])
def test_what_another_job_or_other_weights_saved_is_not_gone_on_from(network, sample, other):
    program = BridgeProgram(network)
    state = program.start(restoration([sample], 2, 9))
    program.step([state])
    saved = program.save(state)
    assert program.start(restoration([sample], 2, 9, saved=saved)).done == 1
    taken = saved | {"of": other["of"]} if "of" in other else saved
    assert program.start(restoration([sample], other.get("steps", 2), 9, saved=taken)).done == 0


def test_what_is_saved_needs_no_torch(network, sample):
    program = BridgeProgram(network)
    state = program.start(restoration([sample], 2, 9))
    program.step([state])
    assert {type(value) for value in program.save(state).values()} <= {str, int, np.ndarray}


def test_nothing_is_kept_of_a_batch_whose_states_are_gone(network, sample):
    program = BridgeProgram(network)
    state = program.start(restoration([sample], 3, 9))
    program.step([state])
    assert program._inputs
    del state
    gc.collect()
    assert program._inputs == ()
