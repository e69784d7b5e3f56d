"""The figures already parsed and completed: a bounded, expiring, least-recently-used store keyed by content.

Knows nothing of what it keeps. A key that is being computed is computed once: others wait for the same result.
"""

import asyncio
import hashlib
import math
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from typing import Generic, TypeVar

Value = TypeVar("Value")
Clock = Callable[[], float]


def content_key(*contents: bytes) -> str:
    """A name for the contents: SHA-256 over lengths and bytes, so that no two splits of the same bytes collide."""
    digest = hashlib.sha256()
    for content in contents:
        digest.update(len(content).to_bytes(8, "big") + content)
    return "fig_" + digest.hexdigest()[:32]


class FigureStore(Generic[Value]):
    """At most `capacity` values of `bytes_` together, as `weigh` weighs them, each for `seconds` after its last use.

    For one event loop; `clock` in seconds. The newest value is kept whatever it weighs.
    """

    def __init__(
        self,
        capacity: int,
        seconds: float,
        clock: Clock,
        bytes_: float = math.inf,
        weigh: Callable[[Value], int] = lambda value: 0,
    ) -> None:
        self._capacity, self._seconds, self._clock = capacity, seconds, clock
        self._bytes, self._weigh = bytes_, weigh
        self._kept: OrderedDict[str, tuple[float, Value]] = OrderedDict()
        self._running: dict[str, asyncio.Task[Value]] = {}

    def get(self, key: str) -> Value | None:
        """The value, which thereby lives on; None where it never was or has expired."""
        self._expire()
        if key not in self._kept:
            return None
        _, value = self._kept.pop(key)
        self._kept[key] = (self._clock(), value)
        return value

    async def get_or_make(self, key: str, make: Callable[[], Awaitable[Value]]) -> Value:
        """The value of `key`, made once however many ask at the same time. A failure is not kept.

        The making is not cancelled with one asker: others may wait for it, and its result serves the next request.
        """
        found = self.get(key)
        if found is not None:
            return found
        if key not in self._running:
            self._running[key] = asyncio.ensure_future(self._make(key, make))
        return await asyncio.shield(self._running[key])

    async def _make(self, key: str, make: Callable[[], Awaitable[Value]]) -> Value:
        try:
            value = await make()
        finally:
            del self._running[key]
        self._kept[key] = (self._clock(), value)
        weight = sum(self._weigh(kept) for _, kept in self._kept.values())
        while len(self._kept) > self._capacity or (weight > self._bytes and len(self._kept) > 1):
            _, (_, dropped) = self._kept.popitem(last=False)
            weight -= self._weigh(dropped)
        return value

    def _expire(self) -> None:
        horizon = self._clock() - self._seconds
        while self._kept and next(iter(self._kept.values()))[0] < horizon:
            self._kept.popitem(last=False)
