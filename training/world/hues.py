"""Inks as bytes that show on a given ground. Knows no figures."""

import colorsys

import numpy as np

from training.world.easel import Ink, Picture, Rng, inked


def against(ground: Picture, rng: Rng) -> Ink:
    """Black, white, grey or a colour, well apart from the ground's lightness."""
    base = float(ground[::8, ::8].mean())
    if rng.random() < 0.55:
        return inked([rng.uniform(0, 45)] * 3) if base > 120 else inked([rng.uniform(215, 255)] * 3)
    return bright(ground, rng)


def bright(ground: Picture, rng: Rng) -> Ink:
    """A saturated colour that shows on the ground."""
    base = float(ground[::8, ::8].mean())
    for _ in range(8):
        ink = coloured(rng.random(), rng.uniform(0.55, 1), rng.uniform(0.25, 1))
        if abs(lightness(ink) - base) > 70:
            return ink
    return (0, 0, 0) if base > 128 else (255, 255, 255)


def warm_and_cool(ground: Picture, rng: Rng) -> tuple[Ink, Ink]:
    """The inks of right and left: red and blue, orange and green, now and then the other way round."""
    pairs = (((220, 30, 30), (30, 60, 220)), ((245, 130, 20), (20, 170, 60)), ((230, 40, 40), (30, 170, 60)))
    one, other = pairs[rng.choice(3, p=(0.55, 0.3, 0.15))]
    light = 1.0 if ground[::8, ::8].mean() > 110 else 1.25
    right, left = (inked(np.array(ink) * light + rng.normal(0, 12, 3)) for ink in (one, other))
    return (left, right) if rng.random() < 0.12 else (right, left)


def coloured(hue: float, saturation: float, value: float) -> Ink:
    return inked([255 * channel for channel in colorsys.hsv_to_rgb(hue, saturation, value)])


def lightness(ink: Ink) -> float:
    return 0.3 * ink[0] + 0.59 * ink[1] + 0.11 * ink[2]
