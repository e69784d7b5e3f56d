"""The bridge: the way from a copied picture to the true one. Knows states and times, no network.

The state at time t in 0..1 lies between the copied picture x0 and the true one x1,

    x_t = (1 - t) x0 + t x1 + (1 - t) NOISE m e,      e ~ N(0, 1), m the pixels whose texels are not trusted   (1)

and a network that predicts x1 from x_t takes it further without new noise, which keeps (1) for every s > t:

    x_s = x_t + (s - t) / (1 - t) (x1^ - x_t).                                                                   (2)

Sources: Delbracio & Milanfar, "Inversion by Direct Iteration" (2023); conditional flow matching between pairs.
"""

import torch
from torch import Tensor

NOISE = 0.1


def enter(copied: Tensor, loose: Tensor, generator: torch.Generator) -> Tensor:
    """(1) at t = 0."""
    noise = torch.randn(copied.shape, generator=generator, device=copied.device)
    return copied + NOISE * loose * noise


def onward(state: Tensor, clean: Tensor, t: Tensor, s: Tensor) -> Tensor:
    """(2): states (B, C, H, W) at times t (B,) and what the network takes for the truth -> the states at times s."""
    share = (s - t) / (1 - t)
    return state + share[:, None, None, None] * (clean - state)


def between(copied: Tensor, truth: Tensor, loose: Tensor, t: Tensor, generator: torch.Generator) -> Tensor:
    """(1) at times t (B,), for training."""
    t = t[:, None, None, None]
    return (1 - t) * enter(copied, loose, generator) + t * truth
