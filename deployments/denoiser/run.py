"""Runs the network over the bridge for samples of one size. Knows tensors and the lock's doubt; no canvases."""

from collections.abc import Callable, Sequence
from typing import Any

import torch
from numpy.typing import NDArray
from torch import Tensor

from deployments.denoiser.bridge import restore
from deployments.denoiser.sample import Sample, at_time, stack

Network = Callable[..., dict[str, Tensor]]


def restore_samples(
    samples: Sequence[Sample], network: Network, steps: int, seed: int
) -> tuple[NDArray[Any], NDArray[Any]]:
    """The clean pictures (B, h, w, 4) premultiplied, and (B, h, w) the probability that the warp is wrong there.

    A sample's noise depends on the seed and on its place in the batch alone.
    """
    maps, points, condition, source, source_points = stack(samples)
    loose = torch.maximum(maps[:, -2:-1], maps[:, -1:])

    def predict(state: Tensor, t: float) -> tuple[Tensor, Tensor]:
        now, when = at_time(maps, condition, state, torch.full((len(maps),), t))
        out = network(now, points, when, source, source_points)
        return out["clean"], out["doubt"]

    generator = torch.Generator().manual_seed(seed)
    clean, doubt = restore(predict, maps[:, :4], loose, steps, generator)
    return _numpy(clean.permute(0, 2, 3, 1)), _numpy(torch.sigmoid(doubt[:, 0]))


def _numpy(tensor: Tensor) -> Any:
    return tensor.float().clamp(0, 1).numpy()
