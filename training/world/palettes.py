"""Draws a character's colours out of a family: skin, garments, hair, ink, paper. Knows no shapes."""

import colorsys

import numpy as np

from training.world.drawing import Colour
from training.world.families import Family
from training.world.tints import mixed

Rng = np.random.Generator


def random_palette(family: Family, rng: Rng) -> dict[str, Colour]:
    """Colours by name: of skin, garments, hair, ink and paper."""
    names = ("skin", "shirt", "lower", "accent", "hair", "shoe", "belt", "prop", "inner", "glove")
    kind = family.palette
    colours = {name: random_colour(kind, name, rng) for name in names}
    if kind == "fur" or (family.animal and rng.random() < family.animal * 0.7):
        colours["inner"] = mixed(colours["skin"], (1.0, 0.8, 0.8), 0.6)
    colours["paper"] = mixed((1.0, 1.0, 1.0), tuple(rng.random(3)), 0.08)
    colours["ink"] = _ink(family.ink, rng)
    if family.fill == "dark":
        colours["paper"] = mixed((0.12, 0.16, 0.15), tuple(rng.random(3)), 0.1)
        colours |= {n: colours["paper"] for n in names if rng.random() < 0.8}
    elif family.fill == "paper":
        filled = rng.choice([0.0, 0.0, 0.15, 0.4])
        kept = {n for n in names if rng.random() < filled}
        colours |= {n: colours["paper"] for n in names if n not in kept}
        if rng.random() < 0.4:
            colours["hair"] = mixed(colours["ink"], colours["paper"], rng.uniform(0, 0.5))
    colours["white"] = (0.98, 0.98, 0.97) if family.fill != "dark" else colours["paper"]
    colours["blush"] = mixed(colours["skin"], (0.95, 0.35, 0.4), 0.45) if family.fill == "colour" else colours["paper"]
    colours["lip"] = (0.75, 0.2, 0.25) if family.fill == "colour" else colours["ink"]
    return colours


def random_colour(kind: str, name: str, rng: Rng) -> Colour:
    """A colour for what is named, of a family's kind of palette."""
    human = name == "skin" and kind not in ("metal", "fur") and (kind == "human" or rng.random() < 0.82)
    if human:
        depth = rng.uniform(0, 1)
        return mixed((1.0, 0.87, 0.76), (0.36, 0.22, 0.15), depth**1.5)
    h, s, v = rng.random(), rng.uniform(0.45, 1.0), rng.uniform(0.5, 1.0)
    if kind == "pastel":
        s, v = rng.uniform(0.15, 0.5), rng.uniform(0.75, 1.0)
    elif kind == "muted":
        s, v = rng.uniform(0.1, 0.5), rng.uniform(0.3, 0.9)
    elif kind == "metal":
        s, v = rng.uniform(0.0, 0.35) if rng.random() < 0.6 else 0.8, rng.uniform(0.4, 0.95)
    elif kind == "fur" and name in ("skin", "hair"):
        h, s, v = rng.uniform(0.03, 0.13), rng.uniform(0.0, 0.7), rng.uniform(0.35, 1.0)
    elif kind in ("grey", "ink"):
        s, v = 0.0, rng.uniform(0.3, 0.95)
    if name == "hair" and rng.random() < 0.5:
        s, v = s * 0.6, v * 0.45
    if rng.random() < 0.12:
        s, v = 0.03, rng.choice([0.12, 0.97])
    return colorsys.hsv_to_rgb(h, s, v)


def _ink(kind: str, rng: Rng) -> Colour:
    if kind == "grey":
        g = rng.uniform(0.1, 0.5)
        return (g, g, g)
    if kind == "marker":
        if rng.random() < 0.5:
            return colorsys.hsv_to_rgb(rng.random(), rng.uniform(0.5, 1), rng.uniform(0.25, 0.8))
        return (0.1, 0.1, 0.12)
    if kind == "chalk":
        return mixed((0.95, 0.95, 0.92), tuple(rng.random(3)), 0.25 if rng.random() < 0.4 else 0.0)
    return tuple(float(c) for c in rng.uniform(0.02, 0.2, 3))  # type: ignore[return-value]
