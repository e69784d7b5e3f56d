"""Bar: a long 1024 px request delays one with an earlier deadline by at most one step, any other by the bound."""

import pytest

from deployments.denoiser.engine.caps import Caps
from deployments.denoiser.engine.engine import BOUND, Engine
from deployments.denoiser.engine.slots import Job
from tests.deployments.denoiser.engine.simulated import CAPS, Clock, Device, seconds

LARGE_STEP, SMALL_STEP = seconds(1024, 1), seconds(256, 1)


class Interrupted(Device):
    """Something is submitted when a step has just begun: the worst moment."""

    def __init__(self, clock, number, submit):
        super().__init__(clock)
        self._number = number
        self._submit = submit

    def step(self, states):
        if len(self.batches) == self._number:
            self._submit()
        super().step(states)


@pytest.mark.parametrize("number", [0, 7, 28])
@pytest.mark.parametrize(("crowd", "bound"), [(1, BOUND), (1, 0.2), (5, 60.0)])
def test_an_earlier_deadline_waits_for_one_step_of_a_long_request_at_most(number, crowd, bound):
    clock, came = Clock(), []

    def submit():
        job = Job(256, "urgent", 4, deadline=clock.now + 0.5)
        came.append((clock.now, engine.submit(job, lambda *_: ended.append(clock.now))))

    ended = []
    engine = Engine(Interrupted(clock, number, submit), Caps(dict(CAPS)), bound, clock)
    for row in range(crowd):
        engine.submit(Job(1024, row, 30, deadline=60.0))
    while engine.turn():
        pass
    assert came[0][1].future.done()
    assert ended[-1] - came[0][0] == pytest.approx(LARGE_STEP + 4 * SMALL_STEP)


@pytest.mark.parametrize("number", [7, 28, 60])
def test_of_a_crowd_that_has_waited_out_the_bound_each_delays_it_by_a_step_at_most(number):
    """And of its own steps at least every second one is the device's next."""
    clock, came, ended = Clock(), [], []

    def submit():
        job = Job(256, "urgent", 4, deadline=clock.now + 0.5)
        came.append((clock.now, engine.submit(job, lambda *_: ended.append(clock.now))))

    engine = Engine(Interrupted(clock, number, submit), Caps(dict(CAPS)), BOUND, clock)
    for row in range(5):
        engine.submit(Job(1024, row, 30, deadline=60.0 + row))
    while engine.turn():
        pass
    assert ended[-1] - came[0][0] <= LARGE_STEP + 4 * (SMALL_STEP + LARGE_STEP) + 1e-9


@pytest.mark.parametrize("bound", [0.5, 2.0])
def test_no_stream_of_earlier_deadlines_keeps_a_request_longer_than_the_bound(bound):
    clock = Clock()
    engine = Engine(Device(clock), Caps(dict(CAPS)), bound, clock)
    last = engine.submit(Job(256, "patient", 3))
    while not last.future.done():  # the device is overloaded by large requests, each more urgent than it
        engine.submit(Job(1024, "large", 2, deadline=clock.now + 1.0))
        engine.turn()
        assert clock.now < 10 * bound
    assert last.slot.waited(clock.now) <= bound + 2 * LARGE_STEP + 1e-9  # one is under way, one follows a quantum
    assert clock.now > bound
