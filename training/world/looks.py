"""Draws a character's stroke and shading out of a family. Knows no shapes."""

import numpy as np

from training.world.choices import within
from training.world.drawing import Colour, Look
from training.world.families import Family

Rng = np.random.Generator


def random_look(family: Family, palette: dict[str, Colour], rng: Rng) -> Look:
    """Line, ink, light and shades; the palette gives ink and paper."""
    side = rng.choice([-1.0, 1.0])
    lit = (float(0.6 * side), -0.8)
    coloured = family.ink == "coloured" or (family.ink == "dark" and rng.random() < 0.15)
    line = within(rng, family.line)
    names = ("cel", "soft", "grade", "grain", "scribble", "edge", "gloss", "swell")
    values = {name: within(rng, getattr(family, name)) for name in names if name != "gloss" or family.gloss[1] > 0}
    return Look(
        line if line > 0.0015 else 0.0, palette["ink"], coloured, lit, **values,
        jitter=0.02 if family.name == "plush" else 0.0, hard=family.pixel[1] > 0,
        paper=palette["paper"],
    )  # fmt: skip
