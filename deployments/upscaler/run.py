"""Makes an upsampler for `upscale` out of the network. Knows tensors and runners; no sizes, no tiles."""

from dataclasses import replace

import numpy as np
import torch
from numpy.typing import NDArray

from deployments.runtime import Runner
from deployments.upscaler.network import FACTORS, AtFactor, UpscalerNetwork
from deployments.upscaler.upscale import Upsampler


def network_upsampler(runner: Runner) -> Upsampler:
    """`runner` holds an UpscalerNetwork. Values keep inside 0..1 (the network's bounds)."""
    network = runner.module
    if not isinstance(network, UpscalerNetwork):
        raise TypeError(f"expected a runner of UpscalerNetwork, got one of {type(network).__name__}.")
    runners = {factor: replace(runner, module=AtFactor(network, factor)) for factor in FACTORS}

    def upsample(tile: NDArray[np.float32], factor: int) -> NDArray[np.float32]:
        enlarged = runners[factor](torch.from_numpy(tile).permute(2, 0, 1)[None])
        return np.asarray(enlarged[0].permute(1, 2, 0).numpy())

    return upsample
