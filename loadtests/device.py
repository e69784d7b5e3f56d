"""The network on this machine: one thread in which all of its work is done, and how it gains from batches.

Knows samples and the program; neither arrivals nor who decides what runs next.
"""

import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from statistics import median
from typing import TypeVar

import numpy as np
import torch

from deployments.denoiser.engine.caps import batch_curve, cap_of
from deployments.denoiser.engine.slots import Job
from deployments.denoiser.program import BridgeProgram, Network, restoration
from deployments.denoiser.sample import stack
from deployments.denoiser.warmup import noise
from loadtests.arrivals import SIZES, Arrival, Size

ROWS = (1, 2, 4, 8)
NEVER = 1_000_000

Curves = dict[Size, dict[int, float]]
Result = TypeVar("Result")


class Device:
    """`thread` does one thing at a time, in the order in which it was asked: close it when done."""

    def __init__(self, network: Network, rng: np.random.Generator, sizes: Sequence[Size] = SIZES) -> None:
        self.program = BridgeProgram(network)
        self.thread = ThreadPoolExecutor(1, "device")
        self._network = network
        self._samples = {size: noise(size, rng) for size in sizes}

    def job(self, arrival: Arrival, number: int, begin: float) -> Job:
        """What an arrival asks for; `begin`: the clock's time at which arrivals began."""
        deadline = begin + arrival.at + arrival.within
        return restoration([self._samples[arrival.size]], arrival.steps, number, deadline=deadline)

    def curves(self, repeats: int = 1) -> tuple[Curves, Curves]:
        """Samples a second by size and rows: of the network alone, and of the program's step, measured in turns."""
        return self.alone(self._curves, repeats)

    def alone(self, work: Callable[..., Result], *arguments: object) -> Result:
        """What `work(*arguments)` gives, done in the device's thread."""
        return self.thread.submit(work, *arguments).result()

    def close(self) -> None:
        """Ends the thread when what was asked of it is done."""
        self.thread.shutdown()

    def _curves(self, repeats: int) -> tuple[Curves, Curves]:
        network: Curves = {}
        stepped: Curves = {}
        for size in self._samples:
            turns = [(self._network_curve(size), self._step_curve(size)) for _ in range(repeats)]
            network[size], stepped[size] = ({rows: median(one[rows] for one in kind) for rows in ROWS}
                                            for kind in zip(*turns, strict=True))  # fmt: skip
        return network, stepped

    def _network_curve(self, size: Size) -> dict[int, float]:
        batches = {rows: stack([self._samples[size]] * rows) for rows in ROWS}
        return batch_curve(lambda rows: _ran(self._network, batches[rows]), time.perf_counter, ROWS, 1)

    def _step_curve(self, size: Size) -> dict[int, float]:
        states = [self.program.start(restoration([self._samples[size]], NEVER, row)) for row in range(max(ROWS))]
        return batch_curve(lambda rows: self.program.step(states[:rows]), time.perf_counter, ROWS, 1)


def caps_of(curves: Curves) -> dict[Size, int]:
    """Rows a step by size, as the engine's warm-up chooses them."""
    return {size: cap_of(curve) for size, curve in curves.items()}


def _ran(network: Network, batch: tuple[torch.Tensor, ...]) -> None:
    network(*batch)
