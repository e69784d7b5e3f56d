"""Several programs in one loop, so that all the work of a replica is served in one order. Knows programs, no tensors.

Jobs of two programs never share a step: their keys must differ, as those of a picture's size and a latent's do.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from deployments.denoiser.engine.slots import Job, Program

Choose = Callable[[Job], Program]


@dataclass
class Owned:
    """A state and the program that it belongs to."""

    program: Program
    state: Any


class Programs:
    """See `slots.Program`. `choose` says whose a job is."""

    def __init__(self, choose: Choose) -> None:
        self._choose = choose

    def start(self, job: Job) -> Owned:
        program = self._choose(job)
        return Owned(program, program.start(job))

    def step(self, states: Sequence[Owned]) -> None:
        states[0].program.step([owned.state for owned in states])

    def done(self, state: Owned) -> int:
        return state.program.done(state.state)

    def sound(self, state: Owned) -> bool:
        return state.program.sound(state.state)

    def finish(self, state: Owned) -> Any:
        return state.program.finish(state.state)

    def save(self, state: Owned) -> Any:
        return state.program.save(state.state)
