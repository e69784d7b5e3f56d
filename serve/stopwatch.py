"""Seconds by stage for one request. Knows no stage; `observe` is where metrics are kept."""

import math
import time
from collections.abc import Awaitable, Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field

from serve.stages import Value

Observe = Callable[[str], AbstractContextManager[None]]


def unobserved(stage: str) -> AbstractContextManager[None]:
    return nullcontext()


@dataclass
class Stopwatch:
    """Seconds by stage for one request; calls that run side by side each count in full.

    `observe(stage)` is entered for the time of each call: that is where metrics are kept. `due`: when the answer is,
    on `time.monotonic`.
    """

    observe: Observe
    due: float = math.inf
    seconds: dict[str, float] = field(default_factory=dict)

    @property
    def left(self) -> float:
        """Seconds until the answer is due, 0 at least."""
        return max(self.due - time.monotonic(), 0.0)

    async def time(self, stage: str, work: Awaitable[Value]) -> Value:
        """Awaits the work and books what it took."""
        began = time.perf_counter()
        with self.observe(stage):
            result = await work
        self.seconds[stage] = self.seconds.get(stage, 0.0) + time.perf_counter() - began
        return result
