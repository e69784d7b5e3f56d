"""How many rows a step may hold, by key: measured at warm-up, halved where memory runs out. Knows numbers only."""

from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass, field
from statistics import median

from deployments.denoiser.engine.slots import OutOfMemory

SIZES = (1, 2, 4, 8, 16)
ENOUGH = 0.95
REPEATS = 3
CLEAN = 256


@dataclass
class Caps:
    """rows: measured, by key; `unmeasured` for a key that no warm-up knew.

    `alike` names the measured key whose cap another key takes. limits: what memory allowed by key, where it ran out;
    after CLEAN steps that fitted a limit is doubled, for others may have taken the memory then.
    """

    rows: dict[Hashable, int] = field(default_factory=dict)
    unmeasured: int = 1
    alike: Callable[[Hashable], Hashable] = lambda key: key
    limits: dict[Hashable, int] = field(default_factory=dict)
    _clean: dict[Hashable, int] = field(default_factory=dict)

    def __call__(self, key: Hashable) -> int:
        return min(self._measured(key), self.limits.get(key, self._measured(key)))

    def halve(self, key: Hashable, tried: int) -> int:
        """After `tried` rows did not fit: at most half of them from now on, 1 at least."""
        self.limits[key], self._clean[key] = max(min(self(key), tried // 2), 1), 0
        return self.limits[key]

    def fitted(self, key: Hashable) -> None:
        """A step fitted."""
        if key not in self.limits:
            return
        self._clean[key] += 1
        if self._clean[key] >= CLEAN:
            self.limits[key], self._clean[key] = self.limits[key] * 2, 0
        if self.limits[key] >= self._measured(key):
            del self.limits[key], self._clean[key]

    def _measured(self, key: Hashable) -> int:
        return self.rows.get(key, self.rows.get(self.alike(key), self.unmeasured))


def batch_curve(
    step: Callable[[int], None], clock: Callable[[], float], sizes: tuple[int, ...] = SIZES, repeats: int = REPEATS
) -> dict[int, float]:
    """Rows a second at each size, medians of `repeats`; ends where `step(rows)` runs out of memory."""
    curve: dict[int, float] = {}
    for rows in sizes:
        try:
            step(rows)  # compiled, cached, allocated
            curve[rows] = rows / median(_timed(step, rows, clock) for _ in range(repeats))
        except (MemoryError, OutOfMemory):
            break
    return curve


def cap_of(curve: Mapping[int, float], enough: float = ENOUGH) -> int:
    """The smallest batch that gives `enough` of the best throughput: what is larger costs latency for nothing."""
    best = max(curve.values(), default=0.0)
    return min((rows for rows, rate in curve.items() if rate >= enough * best), default=1)


def _timed(step: Callable[[int], None], rows: int, clock: Callable[[], float]) -> float:
    start = clock()
    step(rows)
    return max(clock() - start, 1e-9)
