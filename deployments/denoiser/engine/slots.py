"""What the engine holds of each request: a job while it is asked for, a slot while it is under way. Knows no tensors.

Times are seconds on the engine's clock.
"""

import math
from collections.abc import Callable, Hashable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import Any, Protocol

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


@dataclass(eq=False)
class Slot:
    """A job under way. arrived: when; ran: seconds that it spent in steps. state: None before its first step and after
    its last. saved: what the program saved after the latest step. aside: it is being started or finished beside the
    loop."""

    job: Job
    arrived: float
    number: int
    future: "Future[Any]" = field(default_factory=Future)
    on_step: OnStep | None = None
    state: Any = None
    ran: float = 0.0
    saved: Any = None
    aside: bool = False

    def waited(self, now: float) -> float:
        """Seconds that it was ready and did not run."""
        return now - self.arrived - self.ran
