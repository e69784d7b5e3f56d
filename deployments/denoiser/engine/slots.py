"""What the engine holds of each request: a job while it is asked for, a slot while it is under way. Knows no tensors.

Times are seconds on the engine's clock.
"""

import math
from collections.abc import Callable, Hashable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol

OnStep = Callable[[int, int, Any], None]
"""on_step(done, steps, saved): after a step, with what the program saved."""


@dataclass(frozen=True, eq=False)
class Job:
    """A request as the engine takes it.

    key: what must be equal for two jobs to share a step: weights, adapters with their scales, shapes. work: what the
    program makes a state of. steps: how many it takes; rows: of the batch that it fills (2 with guidance). deadline:
    when it should be done. alone: never shares a step, so that its bytes do not depend on its company. saved: what
    `Program.save` gave after some steps, to go on from.
    """

    key: Hashable
    work: Any
    steps: int
    rows: int = 1
    deadline: float = math.inf
    alone: bool = False
    saved: Any = None

    def __post_init__(self) -> None:
        hash(self.key)
        if self.steps < 1 or self.rows < 1 or math.isnan(self.deadline):
            raise ValueError(
                f"expected at least 1 step and 1 row and a deadline, got {self.steps}, {self.rows} and {self.deadline}."
            )


class Program(Protocol):
    """What a model does with jobs; the engine decides when. A state is the program's own and belongs to one job."""

    def start(self, job: Job) -> Any:
        """The state before the first step, or where `job.saved` left off. Raises what is wrong with the job."""
        ...

    def step(self, states: Sequence[Any]) -> None:
        """One step of each, at its own time; all of one key. Changes no state where it raises.

        Raises OutOfMemory where the batch is too large for the device.
        """
        ...

    def done(self, state: Any) -> int:
        """Steps done."""
        ...

    def sound(self, state: Any) -> bool:
        """Whether the state is finite."""
        ...

    def finish(self, state: Any) -> Any:
        """The result of a state whose steps are done."""
        ...

    def save(self, state: Any) -> Any:
        """What another replica needs to go on from here."""
        ...


class OutOfMemory(Exception):
    """A program's step did not fit the device."""


Phase = Literal["new", "held", "ready", "done"]
"""new: not started; held: being started or finished beside the loop; ready: takes steps; done: all are taken."""


@dataclass(eq=False)
class Slot:
    """A job under way; times in seconds on the engine's clock.

    since: when its present waiting began; waiting: what it waited before that; forgiven: the waiting that was made up
    for; favoured: what it ran ahead of earlier deadlines since. state: None before its first step and after its last.
    saved: what the program saved after the latest step.
    """

    job: Job
    arrived: float
    number: int
    future: "Future[Any]" = field(default_factory=Future)
    on_step: OnStep | None = None
    phase: Phase = "new"
    since: float | None = None
    waiting: float = 0.0
    forgiven: float = 0.0
    favoured: float = 0.0
    state: Any = None
    saved: Any = None

    def waited(self, now: float) -> float:
        """For how long it could have run and did not."""
        return self.waiting + (now - self.since if self.since is not None else 0.0)

    def waits(self, now: float) -> None:
        """It could run from now on."""
        self.since = now

    def rests(self, now: float) -> None:
        """It runs, or is being started or finished: that is no waiting."""
        self.waiting, self.since = self.waited(now), None

    def ran_ahead(self, seconds: float, most: float, now: float) -> bool:
        """It ran ahead of earlier deadlines; whether its waiting is made up for, as it is from `most` seconds on."""
        self.favoured += seconds
        if self.favoured < most:
            return False
        self.forgiven, self.favoured = self.waited(now), 0.0
        return True
