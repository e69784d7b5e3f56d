"""Colours of abstractions: inks that show on their grounds, woods, brights."""

import numpy as np

from training.world.drawing import Colour

Rng = np.random.Generator


def contrasting(rng: Rng) -> tuple[Colour, tuple[Colour, str]]:
    """An ink and a ground that it shows on."""
    pick = rng.random()
    if pick < 0.55:
        dark = tuple(float(c) for c in rng.uniform(0, 0.25, 3)) if rng.random() < 0.8 else bright(rng)
        return dark, (light(rng), str(rng.choice(["flat", "paper", "paper"])))  # type: ignore[return-value]
    if pick < 0.8:
        return light(rng), (tuple(float(c) for c in rng.uniform(0, 0.2, 3)), "flat")  # type: ignore[return-value]
    dark = tuple(0.5 * c for c in bright(rng))
    return dark, (light(rng), "gradient")  # type: ignore[return-value]


def any_ground(rng: Rng) -> tuple[Colour, str]:
    if rng.random() < 0.6:
        return light(rng), str(rng.choice(["flat", "paper", "gradient"]))
    return tuple(float(c) for c in rng.random(3)), str(rng.choice(["flat", "gradient", "busy"]))  # type: ignore[return-value]


def bright(rng: Rng) -> Colour:
    colour = rng.random(3)
    return tuple(float(c) for c in 0.1 + 0.8 * (colour - colour.min()) / max(float(np.ptp(colour)), 1e-3))  # type: ignore[return-value]


def light(rng: Rng) -> Colour:
    return (1.0, 1.0, 1.0) if rng.random() < 0.4 else tuple(float(c) for c in rng.uniform(0.82, 1, 3))  # type: ignore[return-value]
