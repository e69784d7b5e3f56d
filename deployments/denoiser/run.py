"""Restores samples of one size together, from their first step to their last. Knows the program; no canvases."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from deployments.denoiser.program import BridgeProgram, Network, restoration
from deployments.denoiser.sample import Sample


def restore_samples(
    samples: Sequence[Sample], network: Network, steps: int, seed: int
) -> tuple[NDArray[Any], NDArray[Any]]:
    """The clean pictures (B, h, w, 4) premultiplied, and (B, h, w) the probability that the warp is wrong there.

    A sample's noise depends on the seed and on its place in the batch alone. Raises ValueError for less than 1 step.
    """
    if steps < 1:
        raise ValueError(f"expected at least 1 step, got {steps}.")
    program = BridgeProgram(network)
    states = [program.start(restoration(sample, steps, seed + place)) for place, sample in enumerate(samples)]
    for _ in range(steps):
        program.step(states)
    clean, doubt = zip(*(program.finish(state) for state in states), strict=True)
    return np.stack(clean), np.stack(doubt)
