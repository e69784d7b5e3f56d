"""Calls of the stage against a real engine's loop, in one process."""

import asyncio
import threading
from contextlib import contextmanager

import pytest

from deployments.denoiser.engine.caps import Caps
from deployments.denoiser.engine.engine import Engine
from deployments.denoiser.engine.slots import Job
from deployments.denoiser.errand import Errand
from deployments.denoiser.spec import Order


class Counting:
    """A program whose state is a count of steps; each waits for `go` where there is one. "bad" fails at its end."""

    def __init__(self, go=None):
        self.go, self.stepped = go, []

    def start(self, job):
        return [job.work, job.saved or 0]

    def step(self, states):
        if self.go is not None:
            assert self.go.acquire(timeout=10)
        for state in states:
            state[1] += 1
            self.stepped.append(state[0])

    def done(self, state):
        return state[1]

    def sound(self, state):
        return True

    def finish(self, state):
        if state[0] == "bad":
            raise ValueError("bad")
        return f"{state[0]} {state[1]}"

    def save(self, state):
        return state[1]


@contextmanager
def running(program):
    engine = Engine(program, Caps())
    loop = threading.Thread(target=engine.run)
    loop.start()
    try:
        yield engine
    finally:
        engine.stop()
        if program.go is not None:
            program.go.release(100)
        loop.join(10)
        assert not loop.is_alive()


def asked(errand, work="a", steps=3):
    return errand.results([Job("key", work, steps)])[0]


def test_the_steps_are_told_before_the_result():
    async def call(engine):
        errand = Errand(engine, Order())
        return [news async for news in errand.run(asked, errand)]

    with running(Counting()) as engine:
        *told, result = asyncio.run(call(engine))
    assert [(news.done, news.steps, news.saved) for news in told] == [(1, 3, 1), (2, 3, 2)]
    assert result == "a 3"


def test_another_replica_goes_on_from_what_was_saved():
    async def call(engine):
        errand = Errand(engine, Order(), saved=2)
        return [news async for news in errand.run(asked, errand)]

    program = Counting()
    with running(program) as engine:
        assert asyncio.run(call(engine)) == ["a 3"]
    assert program.stepped == ["a"]


def test_a_caller_who_leaves_ends_its_jobs_at_the_next_step():
    program = Counting(threading.Semaphore(0))

    async def call(engine):
        errand = Errand(engine, Order())
        waiting = asyncio.ensure_future(errand.result(asked, errand, "a", 50))
        while not program.stepped:
            program.go.release()
            await asyncio.sleep(0.01)
        waiting.cancel()
        program.go.release(2)
        with pytest.raises(asyncio.CancelledError):
            await asyncio.wait_for(waiting, 5)

    with running(program) as engine:
        asyncio.run(call(engine))
        assert len(program.stepped) < 10


def test_where_one_job_fails_the_others_end_too():
    program = Counting()

    def both(errand):
        return errand.results([Job("key", "bad", 1), Job("key", "long", 10_000_000)])

    async def call(engine):
        errand = Errand(engine, Order())
        with pytest.raises(ValueError, match="bad"):
            await asyncio.wait_for(errand.result(both, errand), 10)

    with running(program) as engine:
        asyncio.run(call(engine))
        seen = len(program.stepped)
        assert not engine.turn() or len(program.stepped) <= seen + 2


def test_what_is_asked_after_the_caller_left_is_cancelled():
    async def call(engine):
        errand = Errand(engine, Order())
        errand._cancel()
        with pytest.raises(asyncio.CancelledError):
            await asyncio.to_thread(asked, errand)

    with running(Counting()) as engine:
        asyncio.run(call(engine))


def test_orders_become_the_terms_of_jobs():
    seen = []

    class Noting(Counting):
        def start(self, job):
            seen.append(job)
            return super().start(job)

    async def call(engine):
        errand = Errand(engine, Order(within=60, alone=True))
        return await errand.result(errand.painting(Painter(), 3), "asked")

    class Painter:
        def job(self, painting, steps, **terms):
            return Job("key", painting, steps, **terms)

    with running(Noting()) as engine:
        assert asyncio.run(call(engine)) == "asked 3"
    (job,) = seen
    assert job.alone
    assert 0 < job.deadline < float("inf")
