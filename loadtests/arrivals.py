"""Who comes when, and for what: Poisson arrivals of mixed sizes and step counts. Knows numbers only.

Times are seconds from the first arrival's clock zero; a curve is samples a second by rows a step.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

Size = tuple[int, int]  # height, width
Curve = Mapping[int, float]

SIZES: tuple[Size, ...] = ((256, 256), (384, 256), (384, 384))
STEPS = (1, 2, 4, 8)
PATIENCE = 4.0


@dataclass(frozen=True)
class Arrival:
    """at: when; within: seconds from then to its deadline."""

    at: float
    size: Size
    steps: int
    within: float


def poisson(rate: float, count: int, curves: Mapping[Size, Curve], rng: np.random.Generator) -> list[Arrival]:
    """`count` arrivals at `rate` a second, the curves' sizes and all step counts drawn alike often.

    All have the same time to their deadlines, as the service gives it: PATIENCE times what an average one takes alone.
    """
    times = np.cumsum(rng.exponential(1 / rate, count))
    within = PATIENCE * float(np.mean([np.mean(STEPS) / curve[1] for curve in curves.values()]))
    return [_arrival(float(at), tuple(curves), within, rng) for at in times]


def allowed_seconds(arrivals: Sequence[Arrival], curves: Mapping[Size, Curve]) -> float:
    """What all steps take at the best rate of their size: no order of batches is faster."""
    return sum(arrival.steps / max(curves[arrival.size].values()) for arrival in arrivals)


def mean_seconds(curves: Mapping[Size, Curve]) -> float:
    """`allowed_seconds` of an average arrival."""
    return float(np.mean([np.mean(STEPS) / max(curve.values()) for curve in curves.values()]))


def _arrival(at: float, sizes: Sequence[Size], within: float, rng: np.random.Generator) -> Arrival:
    size, steps = sizes[int(rng.integers(len(sizes)))], STEPS[int(rng.integers(len(STEPS)))]
    return Arrival(at, size, steps, within)
