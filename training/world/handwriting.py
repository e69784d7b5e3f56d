"""How a hand lays its lines: plain, dashed, tapered, as tubes, ladders, coils or bones; what its tool leaves behind.

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
    ellipse,
    lengths,
    shaky,
    spline,
)

LAID = ("double", "dashed", "tapered", "butt", "tube", "ladder", "coil", "bones", "hatch")
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
    elif hand.laid in _TEXTURED:
        _TEXTURED[hand.laid](easel, line, hand.width, ink, rng)
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
    for bead in _even(line, 2.2 * max(width, 2.0)):
        easel.disc(bead, max(width, 2.0), ink)


def _zigzag(line: Points, swing: float) -> Points:
    dense = _even(line, max(2 * swing, 3.0))
    if len(dense) < 3:
        return line
    return np.asarray(dense + swing * _across(dense) * np.where(np.arange(len(dense)) % 2, 1, -1)[:, None])


def _tube(easel: Easel, line: Points, width: float, ink: Ink, rng: Rng) -> None:
    """The outline of a broad limb, with nothing inside."""
    broad = max(width * rng.uniform(1.6, 3.0), 3.0)
    for side in (-0.5, 0.5):
        easel.line(line + side * broad * _across(line), max(0.35 * width, 0.8), ink)
    for end in (line[0], line[-1]):
        easel.line(ellipse(end, 0.5 * broad * np.eye(2)), max(0.35 * width, 0.8), ink, closed=True)


def _ladder(easel: Easel, line: Points, width: float, ink: Ink, rng: Rng) -> None:
    """A thin line with rungs across it."""
    dense = _even(line, max(width * rng.uniform(1.2, 2.5), 2.5))
    rungs = max(width * rng.uniform(0.6, 1.3), 1.5) * _across(dense)
    easel.line(line, max(0.4 * width, 0.8), ink)
    for at, rung in zip(dense, rungs, strict=True):
        easel.line(np.array([at - rung, at + rung]), max(0.4 * width, 0.8), ink)


def _coil(easel: Easel, line: Points, width: float, ink: Ink, rng: Rng) -> None:
    """A spring: loops along the line."""
    radius = max(width * rng.uniform(0.7, 1.3), 1.5)
    dense = _even(line, 0.35 * radius)
    turn = np.arange(len(dense))[:, None] * 0.7
    easel.line(
        dense + radius * (np.sin(turn) * _across(dense) + np.cos(turn) * _along(dense)), max(0.4 * width, 0.8), ink
    )


def _bones(easel: Easel, line: Points, width: float, ink: Ink, rng: Rng) -> None:
    """A knob at either end of every segment, which stay a little apart."""
    gap, knob = rng.uniform(0.04, 0.12), width * rng.uniform(0.7, 1.0)
    for a, b in itertools.pairwise(line if len(line) < 5 else _even(line, 8 * width)):
        ends = np.array([a + gap * (b - a), b - gap * (b - a)])
        easel.line(ends, 0.8 * width, ink)
        for end in ends:
            easel.disc(end, max(knob, 1.0), ink)


def _hatch(easel: Easel, line: Points, width: float, ink: Ink, rng: Rng) -> None:
    """Short slanted strokes beside one another."""
    slant = rng.uniform(0.4, 1.2) * rng.choice((-1, 1))
    dense = _even(line, max(width * rng.uniform(0.5, 0.9), 1.5))
    slanted = (_across(dense) + slant * _along(dense)) / np.hypot(1, slant)
    half = max(width * rng.uniform(0.7, 1.4), 1.5) * slanted
    for at, reach in zip(dense, half, strict=True):
        easel.line(np.array([at - reach, at + reach]), max(0.3 * width, 0.7), ink)


_TEXTURED = {"tube": _tube, "ladder": _ladder, "coil": _coil, "bones": _bones, "hatch": _hatch}


def _even(line: Points, step: float) -> Points:
    """Points along the line, `step` pixels apart."""
    along = lengths(line)
    marks = np.arange(0, along[-1] + 0.1, step)
    return np.stack([np.interp(marks, along, line[:, axis]) for axis in (0, 1)], -1)


def _along(line: Points) -> Points:
    """Of each point the direction along the line, of length 1; of a lone point none."""
    if len(line) == 1:
        return np.zeros_like(line)
    way = np.gradient(line, axis=0)
    return np.asarray(way / np.maximum(np.linalg.norm(way, axis=1, keepdims=True), 1e-6))


def _across(line: Points) -> Points:
    """Of each point the direction across the line, of length 1; of a lone point downwards."""
    if len(line) == 1:
        return np.array([[0.0, 1.0]])
    way = _along(line)
    return np.stack((-way[:, 1], way[:, 0]), -1)


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
