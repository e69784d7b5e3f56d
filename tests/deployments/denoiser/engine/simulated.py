"""A device with a recorded batch curve, a clock that it alone advances, and Poisson arrivals."""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from deployments.denoiser.engine.engine import Engine
from deployments.denoiser.engine.slots import Job

# Throughput at batch 1, 2, 3, 4, 8, 16 against batch 1, of an SDXL-class model on an H200 (sgl-project/sglang#22183).
_SMALL = {1: 1.0, 2: 1.82, 3: 2.69, 4: 2.77, 8: 3.14, 16: 3.21}
CURVES = {256: _SMALL, 512: _SMALL, 1024: {1: 1.0, 2: 1.02}}
SECONDS = {512: 0.03, 1024: 0.12, 256: 0.01}  # one step of one row
CAPS = {512: 8, 1024: 1, 256: 8}


@dataclass
class Clock:
    now: float = 0.0

    def __call__(self) -> float:
        return self.now


@dataclass(eq=False)
class State:
    job: Job
    done: int = 0


@dataclass
class Device:
    """A program whose steps only take time: what the curve says for the batch's rows."""

    clock: Clock
    fits: Callable[[int], bool] = lambda rows: True
    batches: list[list[Any]] = field(default_factory=list)

    def start(self, job: Job) -> State:
        return State(job, job.saved or 0)

    def step(self, states: Sequence[State]) -> None:
        self.batches.append([state.job.work for state in states])
        self.clock.now += seconds(states[0].job.key, sum(state.job.rows for state in states))
        for state in states:
            state.done += 1

    def done(self, state: State) -> int:
        return state.done

    def sound(self, state: State) -> bool:
        return True

    def finish(self, state: State) -> Any:
        return state.job.work

    def save(self, state: State) -> int:
        return state.done


@dataclass(frozen=True)
class Arrival:
    at: float
    key: int
    steps: int


def seconds(key: int, rows: int) -> float:
    curve = CURVES[key]
    gain = float(np.interp(rows, list(curve), list(curve.values())))
    return SECONDS[key] * rows / gain


def poisson(rate: float, count: int, seed: int, mix: Sequence[tuple[int, int, float]]) -> list[Arrival]:
    """`count` arrivals at `rate` a second; mix: key, steps, share."""
    rng = np.random.default_rng(seed)
    times = np.cumsum(rng.exponential(1 / rate, count))
    kinds = rng.choice(len(mix), count, p=[share for *_, share in mix])
    return [Arrival(float(at), *mix[kind][:2]) for at, kind in zip(times, kinds, strict=True)]


def by_engine(arrivals: Sequence[Arrival], make: Callable[[Clock, Device], Engine], patience: float) -> list[float]:
    """Each request's seconds from arrival to result, through a real engine; deadlines `patience` times its own work."""
    clock = Clock()
    engine = make(clock, Device(clock))
    waiting: Iterator[Arrival] = iter(arrivals)
    ahead = next(waiting, None)
    ended: dict[int, float] = {}
    number = 0
    while ahead is not None or len(ended) < number:
        while ahead is not None and ahead.at <= clock.now:
            deadline = ahead.at + patience * ahead.steps * SECONDS[ahead.key]
            handle = engine.submit(Job(ahead.key, number, ahead.steps, deadline=deadline))
            handle.future.add_done_callback(_noting(ended, number, clock))
            number, ahead = number + 1, next(waiting, None)
        if not engine.turn() and ahead is not None:
            clock.now = max(clock.now, ahead.at)
    return [ended[row] - arrival.at for row, arrival in enumerate(arrivals)]


def by_request(arrivals: Sequence[Arrival], most: int) -> list[float]:
    """The same as `@serve.batch` has it: up to `most` waiting requests, whatever they are, go to one call.

    The call runs those that are alike together, one kind after another, each to its end; all are answered when it
    returns.
    """
    now, ended = 0.0, 0
    latencies: list[float] = []
    while ended < len(arrivals):
        now = max(now, arrivals[ended].at)
        batch = [one for one in arrivals[ended : ended + most] if one.at <= now]
        for key, steps in dict.fromkeys((one.key, one.steps) for one in batch):
            now += steps * seconds(key, sum((one.key, one.steps) == (key, steps) for one in batch))
        latencies += [now - one.at for one in batch]
        ended += len(batch)
    return latencies


def _noting(ended: dict[int, float], number: int, clock: Clock) -> Callable[[Future[Any]], None]:
    return lambda _: ended.__setitem__(number, clock.now)
