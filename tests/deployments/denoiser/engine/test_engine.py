import threading
from concurrent.futures import CancelledError, wait

import numpy as np
import pytest

from deployments.denoiser.engine.caps import Caps
from deployments.denoiser.engine.engine import FAULTS as IN_A_ROW
from deployments.denoiser.engine.engine import Engine
from deployments.denoiser.engine.slots import Job, OutOfMemory
from pose.errors import NotFinite, Overloaded
from tests.deployments.denoiser.engine.simulated import CAPS, Clock, Device, by_engine, by_request, poisson, seconds

BOUND = 2.0


def _engine(device=None, caps=CAPS, bound=BOUND, **more):
    device = device or Device(Clock())
    return Engine(device, Caps(dict(caps)), bound, device.clock, **more), device


def _drain(engine):
    while engine.turn():
        pass


def test_requests_join_and_leave_at_any_step():
    engine, device = _engine()
    long = engine.submit(Job(512, "long", 4))
    engine.turn()
    short = engine.submit(Job(512, "short", 2))
    engine.turn()
    engine.turn()
    assert short.future.done()
    assert not long.future.done()
    engine.turn()
    assert long.future.result(0) == "long"
    assert device.batches == [["long"], ["long", "short"], ["long", "short"], ["long"]]


def test_every_step_is_told():
    engine, _ = _engine()
    told = []
    engine.submit(Job(512, "a", 3), lambda *step: told.append(step))
    _drain(engine)
    assert told == [(1, 3, 1), (2, 3, 2), (3, 3, 3)]


def test_a_cancelled_request_leaves_at_the_next_boundary():
    engine, device = _engine()
    handle = engine.submit(Job(512, "a", 5))
    engine.turn()
    assert handle.cancel()
    assert not engine.turn()
    assert device.batches == [["a"]]
    assert wait([handle.future], timeout=0).done
    with pytest.raises(CancelledError):
        handle.future.result(0)


def test_what_comes_after_the_stop_is_cancelled_and_callbacks_may_submit():
    engine, _ = _engine()
    again = []
    first = engine.submit(Job(512, "a", 5))
    first.future.add_done_callback(lambda _: again.append(engine.submit(Job(512, "b", 1))))
    engine.stop()
    assert wait([first.future, again[0].future], timeout=0).not_done == set()
    assert again[0].future.cancelled()


class Broken(Device):
    """Cannot say whether a state is sound."""

    def sound(self, state):
        raise RuntimeError("broken")


def test_no_fault_of_the_program_or_the_meter_ends_the_loop():
    engine, _ = _engine(Broken(Clock()), meter=object())
    handles = [engine.submit(Job(512, name, 2)) for name in "ab"]
    _drain(engine)
    for handle in handles:
        with pytest.raises(RuntimeError, match="broken"):
            handle.future.result(0)


class Noted:
    """Notes what it is told."""

    def __init__(self):
        self.steps, self.ends = [], []

    def stepped(self, *told):
        self.steps.append(told)

    def left(self, *told):
        self.ends.append(told)

    def idle(self):
        self.steps.append("idle")


def test_the_meter_is_told_of_every_step_and_every_end():
    meter = Noted()
    engine, _ = _engine(Poisoned(Clock()), meter=meter)
    for work, key in (("a", 512), ("nan", 512), ("b", 256)):
        engine.submit(Job(key, work, 1, deadline={512: 1, 256: 2}[key]))
    _drain(engine)
    assert [(key, rows, waiting) for key, rows, _, _, waiting in meter.steps] == [(512, 2, 1), (256, 1, 0)]
    assert [cap for _, _, cap, _, _ in meter.steps] == [engine.caps(512), engine.caps(256)]
    taken = [step[3] for step in meter.steps]
    assert taken == pytest.approx([seconds(512, 2), seconds(256, 1)])
    assert [(key, type(error)) for key, _, error in meter.ends] == [
        (512, type(None)),
        (512, NotFinite),
        (256, type(None)),
    ]
    assert meter.ends[2][1] == pytest.approx(taken[0])


def test_a_finished_job_holds_no_state():
    engine, _ = _engine()
    handle = engine.submit(Job(512, "a", 1))
    _drain(engine)
    assert handle.slot.state is None


@pytest.mark.parametrize("wrong", [{"steps": 0}, {"rows": 0}, {"deadline": float("nan")}])
def test_a_job_that_cannot_be_scheduled_is_refused(wrong):
    with pytest.raises(ValueError, match="expected at least"):
        Job(**{"key": 512, "work": None, "steps": 1} | wrong)


class Poisoned(Device):
    """Raises for any batch with "bad" in it; "nan" becomes unsound; "unfit" cannot start, "torn" not finish."""

    def start(self, job):
        if job.work == "unfit":
            raise ValueError("unfit")
        return super().start(job)

    def step(self, states):
        if any(state.job.work == "bad" for state in states):
            raise ValueError("bad")
        super().step(states)

    def sound(self, state):
        return state.job.work != "nan"

    def finish(self, state):
        if state.job.work == "torn":
            raise ValueError("torn")
        return super().finish(state)


FAULTS = {"bad": ValueError, "nan": NotFinite, "unfit": ValueError, "torn": ValueError}


@pytest.mark.parametrize(("work", "error"), FAULTS.items())
def test_a_poisoned_request_fails_alone(work, error):
    engine, _ = _engine(Poisoned(Clock()))
    good, bad, other = (engine.submit(Job(512, name, 2)) for name in ("good", work, "other"))
    _drain(engine)
    assert good.future.result(0) == "good"
    assert other.future.result(0) == "other"
    with pytest.raises(error):
        bad.future.result(0)


class Small(Device):
    """Fits two rows, or none at all where the job is "huge"."""

    def step(self, states):
        if len(states) > 2 or any(state.job.work == "huge" for state in states):
            raise OutOfMemory("3 rows of 2")
        super().step(states)


def test_out_of_memory_halves_the_cap_and_goes_on():
    engine, device = _engine(Small(Clock()))
    handles = [engine.submit(Job(512, name, 1)) for name in "abcdef"]
    _drain(engine)
    assert [handle.future.result(0) for handle in handles] == list("abcdef")
    assert engine.caps(512) < 3
    assert max(len(batch) for batch in device.batches) <= 2


def test_what_does_not_fit_by_itself_is_shed():
    engine, _ = _engine(Small(Clock()))
    huge, fine = engine.submit(Job(1024, "huge", 1)), engine.submit(Job(512, "fine", 1))
    _drain(engine)
    assert fine.future.result(0) == "fine"
    with pytest.raises(Overloaded):
        huge.future.result(0)


def test_a_saved_state_goes_on_elsewhere():
    engine, _ = _engine()
    handle = engine.submit(Job(512, "a", 4))
    assert engine.saved(handle) is None
    engine.turn()
    engine.turn()
    second, device = _engine()
    again = second.submit(Job(512, "a", 4, saved=engine.saved(handle)))
    _drain(second)
    assert again.future.result(0) == "a"
    assert len(device.batches) == 2
    done = second.submit(Job(512, "done", 4, saved=4))
    _drain(second)
    assert done.future.result(0) == "done"
    assert len(device.batches) == 2


def test_a_long_request_delays_one_with_an_earlier_deadline_by_one_step():
    engine, device = _engine()
    engine.submit(Job(1024, "long", 30, deadline=60.0))
    engine.turn()
    engine.submit(Job(256, "urgent", 2, deadline=1.0))
    engine.turn()
    engine.turn()
    assert device.batches == [["long"], ["urgent"], ["urgent"]]


def test_a_long_request_delays_any_other_by_the_bound_at_most():
    engine, device = _engine(bound=1.0)
    engine.submit(Job(1024, "long", 60, deadline=8.0))
    late = engine.submit(Job(256, "late", 3))
    while not late.future.done():
        engine.turn()
    assert device.clock.now <= 1.0 + 3 * seconds(256, 1) + seconds(1024, 1) + 1e-6


def test_the_loop_runs_in_a_thread_and_stops():
    engine, _ = _engine()
    thread = threading.Thread(target=engine.run)
    thread.start()
    assert engine.submit(Job(512, "a", 3)).future.result(10) == "a"
    left = engine.submit(Job(512, "b", 10**9))
    engine.stop()
    thread.join(10)
    assert not thread.is_alive()
    assert left.future.cancelled()


MIX = ((512, 4, 0.4), (512, 8, 0.3), (512, 30, 0.3))
WORK = sum(steps * share for _, steps, share in MIX) * seconds(512, 8) / 8


def _ours(arrivals, bound=30.0):
    return by_engine(arrivals, lambda clock, device: Engine(device, Caps(dict(CAPS)), bound, clock), patience=4)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_at_70_percent_load_the_95th_percentile_is_at_most_half_of_request_level_batching(seed):
    arrivals = poisson(0.7 / WORK, 500, seed, MIX)
    ours, theirs = _ours(arrivals), by_request(arrivals, 8)
    assert np.percentile(ours, 95) <= 0.5 * np.percentile(theirs, 95)


def test_at_saturation_nine_tenths_of_what_the_batch_curve_allows():
    arrivals = poisson(3 / WORK, 1500, 1, MIX)
    ended = max(one.at + took for one, took in zip(arrivals, _ours(arrivals), strict=True))
    work = sum(one.steps for one in arrivals) * seconds(512, 8) / 8
    assert work / ended >= 0.9


def _aside(device=None, **more):
    return _engine(device, aside=True, **more)


def test_what_starts_or_ends_aside_holds_up_nobodys_steps():
    engine, device = _aside()
    first = engine.submit(Job(512, "a", 2, deadline=1))
    assert not engine.turn()
    assert engine.aside_turn()
    engine.turn()
    second = engine.submit(Job(512, "b", 1, deadline=2))
    engine.turn()
    assert device.batches == [["a"], ["a"]]
    assert not engine.turn()
    assert not first.future.done()
    assert engine.aside_turn()
    assert first.future.result(0) == "a"  # what is done is finished before what is new is started
    assert engine.aside_turn()
    engine.turn()
    engine.aside_turn()
    assert second.future.result(0) == "b"
    assert not engine.turn()
    assert not engine.aside_turn()


def test_aside_the_most_urgent_is_first_and_few_are_started_ahead():
    engine, _ = _aside(caps={512: 1})
    names, started = "abcd", []
    handles = {name: engine.submit(Job(512, name, 1, deadline=9 - row)) for row, name in enumerate(names)}
    while engine.aside_turn():
        started = [name for name in names if handles[name].slot.phase == "ready"]
    assert started == ["c", "d"]
    engine.turn()
    engine.aside_turn()
    assert handles["d"].future.result(0) == "d"
    engine.aside_turn()
    assert handles["b"].slot.phase == "ready"


def test_being_started_is_no_waiting():
    engine, device = _aside()
    original = device.start

    def slow(job):
        device.clock.now += 3.0
        return original(job)

    device.start = slow
    meter = Noted()
    engine._meter = meter
    engine.submit(Job(512, "a", 1))
    engine.aside_turn()
    engine.turn()
    engine.aside_turn()
    ((_, waited, _),) = meter.ends
    assert waited == 0


@pytest.mark.parametrize("work", ["unfit", "torn"])
def test_a_fault_aside_is_its_jobs_own(work):
    engine, _ = _aside(Poisoned(Clock()))
    poisoned, healthy = engine.submit(Job(512, work, 1)), engine.submit(Job(512, "a", 1))
    while engine.aside_turn() or engine.turn():
        pass
    with pytest.raises(ValueError, match=work):
        poisoned.future.result(0)
    assert healthy.future.result(0) == "a"


def test_what_is_cancelled_while_it_starts_takes_no_step():
    engine, device = _aside()
    original = device.start

    def left(job):
        handle.cancel()
        return original(job)

    device.start = left
    meter = Noted()
    engine._meter = meter
    handle = engine.submit(Job(512, "a", 2))
    engine.aside_turn()
    engine.turn()
    assert device.batches == []
    with pytest.raises(CancelledError):
        handle.future.result(0)
    assert [type(error) for *_, error in meter.ends] == [CancelledError]
    assert handle.slot.state is None


def test_both_loops_wake_and_end():
    engine, _ = _engine(aside=True)
    loops = [threading.Thread(target=work) for work in (engine.run, engine.run_aside)]
    for loop in loops:
        loop.start()
    handles = [engine.submit(Job(512, name, 3)) for name in "abcdefgh"]
    assert [handle.future.result(10) for handle in handles] == list("abcdefgh")
    engine.stop()
    for loop in loops:
        loop.join(10)
        assert not loop.is_alive()


def test_steps_that_fail_in_a_row_make_an_engine_unsound_and_one_that_succeeds_sound():
    engine, _ = _engine(Poisoned(Clock()))
    for _ in range(IN_A_ROW):
        assert engine.sound
        engine.submit(Job(512, "bad", 1))
        engine.turn()
    assert not engine.sound
    engine.submit(Job(512, "a", 1))
    engine.turn()
    assert engine.sound
