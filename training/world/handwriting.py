"""How a hand lays its lines: plain, dashed, tapered, textured; what its tool leaves behind.

Knows no figures. Beads and zigzags are laid for held-out drawings only.
"""

import itertools
from dataclasses import dataclass, field

import cv2
import numpy as np

from training.world.easel import (
    SCALE,
    Easel,
    Field,
    Ink,
    Picture,
    Points,
    Rng,
    clouds,
    dashes,
    shaky,
    spline,
)
from training.world.laying import TEXTURES, across, even

LAID = ("double", "dashed", "tapered", "butt", *TEXTURES)
"""How else than plainly a hand of the training set lays a limb's line."""


@dataclass
class Hand:
    """How somebody draws: width of the stroke, tremor (pixels), ink by part, how a limb's line is laid."""

    width: float
    tremor: float
    ink: Ink
    inks: dict[str, Ink] = field(default_factory=dict)
    curved: bool = False
    laid: str = "line"  # line, one of LAID, beads, zigzag
    look: str = "pen"

    def ink_of(self, part: str) -> Ink:
        return self.inks.get(part, self.ink)


def lay(easel: Easel, hand: Hand, points: Points, ink: Ink, rng: Rng, curve: bool = True) -> None:
    """One stroke through the points, as this hand lays it."""
    line = spline(points) if hand.curved and curve and len(points) > 2 else points
    if hand.tremor:
        line = shaky(line, hand.tremor, rng)
    if hand.laid == "beads":
        _beads(easel, line, hand.width, ink)
    elif hand.laid == "zigzag":
        easel.line(_zigzag(line, 1.3 * hand.width), 0.6 * hand.width, ink)
    elif hand.laid in TEXTURES:
        TEXTURES[hand.laid](easel, line, hand.width, ink, rng)
    elif hand.laid == "dashed":
        for dash in dashes(line, 3.5 * hand.width + 3, 1.6 * hand.width + 1.5):
            easel.line(dash, hand.width, ink)
    elif hand.laid == "tapered" and len(line) > 3:
        widths = hand.width * (0.75 + 0.45 * np.sin(np.linspace(0.3, 3.3, len(line)) * rng.uniform(0.6, 1.6)))
        easel.ribbon(line, widths, ink)
        easel.disc(line[0], 0.45 * hand.width, ink)
    elif hand.laid == "butt":
        for a, b in itertools.pairwise(line):
            easel.ribbon(np.array([a, b]), np.array([hand.width] * 2), ink)
    else:
        easel.line(line, hand.width, ink)
        if hand.laid == "double":
            easel.line(shaky(points, 0.35 * hand.width + hand.tremor + 0.5, rng), 0.8 * hand.width, ink)


def _beads(easel: Easel, line: Points, width: float, ink: Ink) -> None:
    for bead in even(line, 2.2 * max(width, 2.0)):
        easel.disc(bead, max(width, 2.0), ink)


def _zigzag(line: Points, swing: float) -> Points:
    dense = even(line, max(2 * swing, 3.0))
    if len(dense) < 3:
        return line
    return np.asarray(dense + swing * across(dense) * np.where(np.arange(len(dense)) % 2, 1, -1)[:, None])


def finished(easel: Easel, ground: Picture, look: str, hand: Hand, rng: Rng) -> Picture:
    """The drawing on its ground, with the texture of what it was drawn with."""
    size, texture = easel.size, None
    if look == "chalk":
        texture = _grain(rng, size, 0.55, 0.55)
    elif look in ("marker", "brush") and rng.random() < 0.6:
        texture = _grain(rng, size, 0.85, 0.15)
    elif look == "pen" and rng.random() < 0.5:
        texture = _grain(rng, size, 0.85, 0.3)
    picture = easel.over(ground, texture)
    if look == "pixel":
        cells = int(size * min(rng.uniform(1.0, 1.4) / max(hand.width, 2.2), 0.45))
        small = cv2.resize(picture, (cells, cells), interpolation=cv2.INTER_AREA)
        picture = np.asarray(cv2.resize(small, (size, size), interpolation=cv2.INTER_NEAREST), np.uint8)
    return picture


def _grain(rng: Rng, size: int, base: float, amount: float) -> Field:
    return np.clip(base + amount * (0.5 * clouds(rng, size, size // SCALE) + 0.5 * clouds(rng, size, 12)), 0.15, 1)
