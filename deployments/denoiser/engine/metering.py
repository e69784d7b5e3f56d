"""What is told of the engine's work, in its threads. Keys are those of jobs, times are seconds."""

from collections.abc import Hashable
from typing import Protocol


class Meter(Protocol):
    """Whoever keeps metrics. What it raises is dropped."""

    def stepped(self, key: Hashable, rows: int, cap: int, seconds: float, waiting: int) -> None:
        """A step of `rows` where `cap` fit; `waiting` slots had no part in it."""
        ...

    def left(self, key: Hashable, waited: float, error: BaseException | None) -> None:
        """A slot's end, after `waited` in which it could have run and did not."""
        ...

    def idle(self) -> None:
        """Nothing is there to step."""
        ...


class Unmetered:
    """Tells nobody."""

    def stepped(self, key: Hashable, rows: int, cap: int, seconds: float, waiting: int) -> None:
        pass

    def left(self, key: Hashable, waited: float, error: BaseException | None) -> None:
        pass

    def idle(self) -> None:
        pass
