"""The bridge: restores a picture by walking from a copy of it to the truth. Knows states and times, no network.

The state at time t in 0..1 lies between the copied picture x0 and the true one x1,

    x_t = (1 - t) x0 + t x1 + (1 - t) NOISE m e,      e ~ N(0, 1), m the pixels whose texels are not trusted   (1)

and a network that predicts x1 from x_t takes it further without new noise, which keeps (1) for every s > t:

    x_s = x_t + (s - t) / (1 - t) (x1^ - x_t).                                                                   (2)

Sources: Delbracio & Milanfar, "Inversion by Direct Iteration" (2023); conditional flow matching between pairs.
"""

from collections.abc import Callable

import torch
from torch import Tensor

NOISE = 0.1

Predict = Callable[[Tensor, float], tuple[Tensor, Tensor]]


def restore(
    predict: Predict, copied: Tensor, loose: Tensor, steps: int, generator: torch.Generator
) -> tuple[Tensor, Tensor]:
    """Walks the bridge in equal steps; returns the clean picture (B, C, H, W) and the last step's doubt.

    predict(state, t) -> (clean, doubt); copied (B, C, H, W) premultiplied; loose (B, 1, H, W) in 0..1, where the noise
    goes. The same generator state gives the same picture.
    """
    if steps < 1:
        raise ValueError(f"expected at least 1 step, got {steps}.")
    state = enter(copied, loose, generator)
    for step in range(steps):
        t, s = step / steps, (step + 1) / steps
        clean, doubt = predict(state, t)
        state = state + (s - t) / (1 - t) * (clean - state)
    return state, doubt


def enter(copied: Tensor, loose: Tensor, generator: torch.Generator) -> Tensor:
    """(1) at t = 0."""
    noise = torch.randn(copied.shape, generator=generator, device=copied.device)
    return copied + NOISE * loose * noise


def between(copied: Tensor, truth: Tensor, loose: Tensor, t: Tensor, generator: torch.Generator) -> Tensor:
    """(1) at times t (B,), for training."""
    t = t[:, None, None, None]
    return (1 - t) * enter(copied, loose, generator) + t * truth
