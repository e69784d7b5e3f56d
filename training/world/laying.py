"""Textures laid along a line: tubes, ladders, coils, bones, hatching, stamps, waves, strands, crumbs.

Each takes (easel, line (N, 2), width, ink, rng) and lays one line. Knows no hands and no figures; `handwriting.py`
chooses. Stamps are never round and waves never sharp: beads and zigzags are laid for held-out drawings only.
"""

import itertools
from collections.abc import Callable

import numpy as np

from training.world.easel import Easel, Ink, Points, Rng, ellipse, lengths

Lay = Callable[[Easel, Points, float, Ink, Rng], None]


def tube(easel: Easel, line: Points, width: float, ink: Ink, rng: Rng) -> None:
    """The outline of a broad limb, with nothing inside."""
    broad = max(width * rng.uniform(1.6, 3.0), 3.0)
    for side in (-0.5, 0.5):
        easel.line(line + side * broad * across(line), max(0.35 * width, 0.8), ink)
    for end in (line[0], line[-1]):
        easel.line(ellipse(end, 0.5 * broad * np.eye(2)), max(0.35 * width, 0.8), ink, closed=True)


def ladder(easel: Easel, line: Points, width: float, ink: Ink, rng: Rng) -> None:
    """A thin line with rungs across it."""
    dense = even(line, max(width * rng.uniform(1.2, 2.5), 2.5))
    rungs = max(width * rng.uniform(0.6, 1.3), 1.5) * across(dense)
    easel.line(line, max(0.4 * width, 0.8), ink)
    for at, rung in zip(dense, rungs, strict=True):
        easel.line(np.array([at - rung, at + rung]), max(0.4 * width, 0.8), ink)


def coil(easel: Easel, line: Points, width: float, ink: Ink, rng: Rng) -> None:
    """A spring: loops along the line."""
    radius = max(width * rng.uniform(0.7, 1.3), 1.5)
    dense = even(line, 0.35 * radius)
    turn = np.arange(len(dense))[:, None] * 0.7
    easel.line(
        dense + radius * (np.sin(turn) * across(dense) + np.cos(turn) * along(dense)), max(0.4 * width, 0.8), ink
    )


def bones(easel: Easel, line: Points, width: float, ink: Ink, rng: Rng) -> None:
    """A knob at either end of every segment, which stay a little apart."""
    gap, knob = rng.uniform(0.04, 0.12), width * rng.uniform(0.7, 1.0)
    for a, b in itertools.pairwise(line if len(line) < 5 else even(line, 8 * width)):
        ends = np.array([a + gap * (b - a), b - gap * (b - a)])
        easel.line(ends, 0.8 * width, ink)
        for end in ends:
            easel.disc(end, max(knob, 1.0), ink)


def hatch(easel: Easel, line: Points, width: float, ink: Ink, rng: Rng) -> None:
    """Short slanted strokes beside one another."""
    slant = rng.uniform(0.4, 1.2) * rng.choice((-1, 1))
    dense = even(line, max(width * rng.uniform(0.5, 0.9), 1.5))
    slanted = (across(dense) + slant * along(dense)) / np.hypot(1, slant)
    half = max(width * rng.uniform(0.7, 1.4), 1.5) * slanted
    for at, reach in zip(dense, half, strict=True):
        easel.line(np.array([at - reach, at + reach]), max(0.3 * width, 0.7), ink)


def stamps(easel: Easel, line: Points, width: float, ink: Ink, rng: Rng) -> None:
    """One shape again and again: triangles, squares, stars, filled or not, turned with the line or at random."""
    radius = max(width * rng.uniform(0.7, 1.4), 2.0)
    corners, star = int(rng.integers(3, 6)), rng.random() < 0.6
    aspect, filled, loose = rng.uniform(0.45, 1.5), rng.random() < 0.6, rng.random() < 0.3
    dense = even(line, radius * rng.uniform(1.3, 2.4))
    count = 2 * corners if star else min(corners, 4)
    turns = 2 * np.pi * np.arange(count) / count
    reach = np.where(np.arange(count) % 2, rng.uniform(0.3, 0.75), 1.0) if star else np.ones(count)
    shape = np.stack((np.cos(turns), np.sin(turns)), -1) * reach[:, None] * (radius, radius * aspect)
    for at, way, side in zip(dense, along(dense), across(dense), strict=True):
        turn = rng.uniform(0, 6.28) if loose else 0.0
        axes = np.array([np.cos(turn) * way + np.sin(turn) * side, np.cos(turn) * side - np.sin(turn) * way])
        ring = at + shape @ axes
        if filled:
            easel.blob(ring, ink)
        else:
            easel.line(ring, max(0.3 * width, 0.8), ink, closed=True)


def waves(easel: Easel, line: Points, width: float, ink: Ink, rng: Rng) -> None:
    """A smooth wave about the line, alone or crossed by its mirror image."""
    swing = width * rng.uniform(0.5, 1.6)
    length = max(width * rng.uniform(3.0, 8.0), 6.0)
    dense = even(line, max(length / 12, 0.7))
    wave = np.sin(2 * np.pi * np.arange(len(dense)) / 12 + rng.uniform(0, 6))[:, None] * swing * across(dense)
    for side in (1, -1) if rng.random() < 0.35 else (1,):
        easel.line(dense + side * wave, max(width * rng.uniform(0.3, 0.7), 0.8), ink)


def strands(easel: Easel, line: Points, width: float, ink: Ink, rng: Rng) -> None:
    """Two to five loose hairs that wander about the line."""
    dense = even(line, max(2.5 * width, 4.0))
    thin = max(width * rng.uniform(0.2, 0.5), 0.7)
    for _ in range(int(rng.integers(2, 6))):
        easel.line(dense + rng.normal(0, 0.5 * width + 0.4, len(dense))[:, None] * across(dense), thin, ink)


def crumbs(easel: Easel, line: Points, width: float, ink: Ink, rng: Rng) -> None:
    """Dabs of every size scattered about the line."""
    dense = even(line, max(width * rng.uniform(0.3, 0.7), 1.2))
    for at in dense + rng.normal(0, 0.35 * width, dense.shape):
        easel.disc(at, max(width * rng.uniform(0.1, 0.4), 0.6), ink)


TEXTURES: dict[str, Lay] = {
    "tube": tube, "ladder": ladder, "coil": coil, "bones": bones, "hatch": hatch, "stamps": stamps, "waves": waves,
    "strands": strands, "crumbs": crumbs,
}  # fmt: skip
"""How else a limb's line is laid, by name."""


def even(line: Points, step: float) -> Points:
    """Points along the line, `step` pixels apart."""
    reach = lengths(line)
    marks = np.arange(0, reach[-1] + 0.1, step)
    return np.stack([np.interp(marks, reach, line[:, axis]) for axis in (0, 1)], -1)


def along(line: Points) -> Points:
    """Of each point the direction along the line, of length 1; of a lone point to the right."""
    if len(line) == 1:
        return np.array([[1.0, 0.0]])
    way = np.gradient(line, axis=0)
    return np.asarray(way / np.maximum(np.linalg.norm(way, axis=1, keepdims=True), 1e-6))


def across(line: Points) -> Points:
    """Of each point the direction across the line, of length 1; of a lone point downwards."""
    if len(line) == 1:
        return np.array([[0.0, 1.0]])
    way = along(line)
    return np.stack((-way[:, 1], way[:, 0]), -1)
