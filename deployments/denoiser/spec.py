"""How a result is asked of the denoiser, and what is told while it is made. Data only."""

import math
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Order:
    """within: seconds from now until the answer is due, which decides who is served first. alone: the request shares
    no step with another, so that its bytes depend on nothing but its inputs, seed and weights.
    """

    steps: int = 1
    seed: int = 0
    within: float = math.inf
    alone: bool = False


@dataclass(frozen=True, eq=False)
class Progress:
    """After a step that was not the last. saved: what another replica needs to go on from there."""

    done: int
    steps: int
    saved: Any
