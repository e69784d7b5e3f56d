"""Random choices out of names and spans. Knows nothing of what is chosen."""

import numpy as np

from training.world.families import Span

Rng = np.random.Generator


def pick(rng: Rng, *choices: str) -> str:
    """One of the names; one that is named twice comes twice as often."""
    return choices[int(rng.integers(len(choices)))]


def within(rng: Rng, span: Span) -> float:
    """A number of the span."""
    return float(rng.uniform(*span))
