"""Makes an upsampler for `upscale` out of the network. Knows tensors and runners; no sizes, no tiles."""

from collections.abc import Callable, Mapping
from dataclasses import replace

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from deployments.runtime import Runner
from deployments.upscaler.network import FACTORS, AtFactor, UpscalerNetwork
from deployments.upscaler.upscale import Upsampler


def network_upsampler(runner: Runner) -> Upsampler:
    """`runner` holds an UpscalerNetwork. Values keep inside 0..1 (the network's bounds)."""
    return upsampler({factor: at(runner, factor) for factor in FACTORS})


def at(runner: Runner, factor: int) -> Runner:
    """The runner of an UpscalerNetwork at one of FACTORS."""
    network = runner.module
    if not isinstance(network, UpscalerNetwork):
        raise TypeError(f"expected a runner of UpscalerNetwork, got one of {type(network).__name__}.")
    return replace(runner, module=AtFactor(network, factor))


def upsampler(networks: Mapping[int, Callable[[Tensor], Tensor]]) -> Upsampler:
    """networks: by factor, each as `AtFactor`, however it is run."""

    def upsample(tile: NDArray[np.float32], factor: int) -> NDArray[np.float32]:
        enlarged = networks[factor](torch.from_numpy(tile).permute(2, 0, 1)[None])
        return np.asarray(enlarged[0].permute(1, 2, 0).numpy())

    return upsample
