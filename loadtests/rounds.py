"""Serves the same arrivals every way in turns, round after round, and sums up what came of it. Prints nothing.

Ratios are taken within a round, where the machine was the same for all, and then their median over the rounds.
"""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from statistics import median
from typing import Any

import numpy as np

from loadtests.arrivals import Arrival, Size, allowed_seconds, mean_seconds, poisson
from loadtests.device import ROWS, Curves, Device
from loadtests.servers import Server, by_engine, by_requests, by_serve_batch, one_at_a_time

OURS, SINGLE, REQUESTS, SERVE = "engine", "one at a time", "whole requests", "@serve.batch"
SERVERS: Mapping[str, Server] = {OURS: by_engine, SINGLE: one_at_a_time, REQUESTS: by_requests, SERVE: by_serve_batch}
OVERLOAD, LOAD = 3.0, 0.7
LEAST = 8


@dataclass(frozen=True)
class Plan:
    """seconds: about how long our engine has to work in each run; rounds: how often everything is repeated."""

    seconds: float
    rounds: int
    seed: int


@dataclass(frozen=True)
class Run:
    """One way's answers to one round's arrivals, in seconds: until the last, of all cores' work, and of each."""

    total: float
    worked: float
    latencies: list[float]
    in_time: float

    @property
    def rate(self) -> float:
        """Requests a second."""
        return len(self.latencies) / self.total


@dataclass
class Measured:
    """network, stepped: the curves by round; saturated, loaded: the runs by name and round; share: of what the
    network's curve allows, by name and round; of_step: the same of the program's step."""

    caps: dict[Size, int]
    network: list[Curves] = field(default_factory=list)
    stepped: list[Curves] = field(default_factory=list)
    saturated: dict[str, list[Run]] = field(default_factory=lambda: {name: [] for name in SERVERS})
    share: dict[str, list[float]] = field(default_factory=lambda: {name: [] for name in SERVERS})
    of_step: dict[str, list[float]] = field(default_factory=lambda: {name: [] for name in SERVERS})
    loaded: dict[str, list[Run]] = field(default_factory=lambda: {name: [] for name in SERVERS})
    load: float = 0.0


def measure(device: Device, caps: dict[Size, int], curves: Curves, plan: Plan, tell: Callable[[str], None]) -> Measured:
    """All rounds at saturation, then all at LOAD of what our engine reached there; `tell` hears of every run."""
    measured = Measured(caps)
    rate = OVERLOAD / mean_seconds(curves)
    for number in range(plan.rounds):
        _saturate(device, measured, _arrivals(rate, rate / OVERLOAD, curves, plan, number), number, tell)
    measured.load = LOAD * median(run.rate for run in measured.saturated[OURS])
    for number in range(plan.rounds):
        arrivals = _arrivals(measured.load, measured.load, curves, plan, plan.rounds + number)
        for name in turn(number):
            measured.loaded[name].append(_run(device, name, arrivals, caps))
            tell(f"round {number + 1}, {LOAD:.0%} load, {name}: p95 {_percentile(measured.loaded[name][-1], 95):.2f} s")
    return measured


def turn(number: int) -> list[str]:
    """The ways in a round's order: each is first in its turn."""
    names = list(SERVERS)
    start = number % len(names)
    return names[start:] + names[:start]


def summary(measured: Measured) -> dict[str, Any]:
    """Medians over the rounds; ratios are above 1 where ours is better."""
    return {
        "caps": {_name(size): rows for size, rows in measured.caps.items()},
        "curve": _curves(measured.network),
        "step_curve": _curves(measured.stepped),
        "load": measured.load,
        "saturation": {name: _saturation(measured, name) for name in SERVERS},
        "latency": {name: _latency(measured, name) for name in SERVERS},
    }


def _saturate(
    device: Device, measured: Measured, arrivals: list[Arrival], number: int, tell: Callable[[str], None]
) -> None:
    """One round: the curves before and after all ways, for the machine may change between."""
    before = device.curves()
    for name in turn(number):
        measured.saturated[name].append(_run(device, name, arrivals, measured.caps))
        tell(f"round {number + 1}, saturated, {name}: {measured.saturated[name][-1].rate:.2f} requests/s")
    network, stepped = (_mean(*kind) for kind in zip(before, device.curves(), strict=True))
    measured.network.append(network)
    measured.stepped.append(stepped)
    for name in SERVERS:
        total = measured.saturated[name][-1].total
        measured.share[name].append(allowed_seconds(arrivals, network) / total)
        measured.of_step[name].append(allowed_seconds(arrivals, stepped) / total)


def _arrivals(rate: float, served: float, curves: Curves, plan: Plan, number: int) -> list[Arrival]:
    """As many as are served in the plan's seconds at `served` a second."""
    rng = np.random.default_rng((plan.seed, number))
    return poisson(rate, max(round(served * plan.seconds), LEAST), curves, rng)


def _run(device: Device, name: str, arrivals: Sequence[Arrival], caps: dict[Size, int]) -> Run:
    start = time.process_time()
    ends = SERVERS[name](device, arrivals, caps)
    worked = time.process_time() - start
    latencies = [end - arrival.at for end, arrival in zip(ends, arrivals, strict=True)]
    kept = [latency <= arrival.within for latency, arrival in zip(latencies, arrivals, strict=True)]
    return Run(max(ends), worked, latencies, float(np.mean(kept)))


def _saturation(measured: Measured, name: str) -> dict[str, float]:
    ours, theirs = measured.saturated[OURS], measured.saturated[name]
    return {
        "requests_a_second": median(run.rate for run in theirs),
        "ours_against_it": median(one.rate / other.rate for one, other in zip(ours, theirs, strict=True)),
        "ours_against_its_work": median(other.worked / one.worked for one, other in zip(ours, theirs, strict=True)),
        "share_of_curve": median(measured.share[name]),
        "share_of_step_curve": median(measured.of_step[name]),
    }


def _latency(measured: Measured, name: str) -> dict[str, float]:
    pairs = list(zip(measured.loaded[OURS], measured.loaded[name], strict=True))
    found: dict[str, float] = {"in_time": median(run.in_time for run in measured.loaded[name])}
    for percent in (50, 95):
        found[f"p{percent}"] = median(_percentile(run, percent) for run in measured.loaded[name])
        found[f"ours_against_its_p{percent}"] = median(
            _percentile(other, percent) / _percentile(one, percent) for one, other in pairs
        )
    return found


def _curves(rounds: Sequence[Curves]) -> dict[str, dict[int, float]]:
    """Samples a second, medians over the rounds."""
    return {_name(size): {rows: median(one[size][rows] for one in rounds) for rows in ROWS} for size in rounds[0]}


def _mean(before: Curves, after: Curves) -> Curves:
    return {
        size: {rows: (rate + after[size][rows]) / 2 for rows, rate in curve.items()} for size, curve in before.items()
    }


def _name(size: Size) -> str:
    return f"{size[0]}x{size[1]}"


def _percentile(run: Run, percent: float) -> float:
    return float(np.percentile(run.latencies, percent))
