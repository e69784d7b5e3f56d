"""Heads of stick figures: circles, ovals, dots, with faces, hair and hats, afloat or on a neck. Knows no bodies.

Moves the sitter's face to where it is, or would be, on the head drawn. Square heads are reserved.
"""

from dataclasses import dataclass

import numpy as np

from training.world.easel import Easel, Ink, Points, Rng, ellipse, shaky
from training.world.sitters import FACE, Sitter

LUMP = 1
_HAIR = ("none", "spikes", "curls", "long", "hat", "cap", "tuft")


@dataclass(frozen=True)
class Head:
    """size: against the sitter's own; gap: between neck and head, in its radii; corners: 0 for a round head, LUMP for
    one of uneven outline."""

    size: float
    width: float
    gap: float
    filled: bool
    face: str
    hair: str
    corners: int


def random_head(rng: Rng, square: bool = False) -> Head:
    filled = rng.random() < 0.25
    face = "none" if filled else str(rng.choice(("none", "smile", "dots", "full"), p=(0.5, 0.28, 0.1, 0.12)))
    return Head(
        size=float(np.exp(rng.normal(0.05, 0.18))),
        width=float(rng.choice((1.0, rng.uniform(0.75, 1.2)))),
        gap=float(rng.uniform(0.05, 0.35)) if rng.random() < 0.2 else 0.0,
        filled=filled,
        face=face,
        hair=str(rng.choice(_HAIR, p=(0.76, 0.05, 0.04, 0.05, 0.04, 0.03, 0.03))),
        corners=4 if square else int(rng.choice((0, LUMP, 3, 5, 6, 8), p=(0.68, 0.12, 0.05, 0.05, 0.05, 0.05))),
    )


def draw_head(easel: Easel, sitter: Sitter, head: Head, width: float, ink: Ink, rng: Rng) -> None:
    """Draws the head; where it shows no face, the face's joints become implied."""
    if not sitter.has("neck", "head_top"):
        return
    centre, axes = _reshaped(sitter, head)
    ring = _ring(centre, axes, head.corners, rng)
    ring = shaky(ring, 0.02 * float(np.hypot(*axes[1])) * rng.uniform(0, 1.5), rng) if rng.random() < 0.6 else ring
    if head.filled:
        easel.blob(ring, ink)
    else:
        easel.clear(ring)  # what lies under an empty head is not seen through it
        easel.line(ring, width, ink, closed=True)
    _hair(easel, head.hair, centre, axes, width, ink, rng)
    if head.face == "none" or sitter.from_behind:
        sitter.blank_face(centre, axes)
    else:
        sitter.imply("r_ear", "l_ear")
        _face(easel, sitter, head, centre, axes, width, ink)


def _ring(centre: Points, axes: Points, corners: int, rng: Rng) -> Points:
    """The outline of a head: an ellipse, a square or another polygon, a corner or an edge up."""
    if corners == 0:
        return ellipse(centre, axes)
    if corners == LUMP:
        turns = np.linspace(0, 2 * np.pi, 40)
        waves = sum(rng.normal(0, 0.12 / k) * np.sin(k * turns + rng.uniform(0, 6)) for k in range(1, 8))
        return centre + ((1 + waves) * np.stack((np.sin(turns), np.cos(turns)))).T @ axes
    if corners == 4:
        return centre + np.array([(-0.95, -1), (0.95, -1), (0.95, 1), (-0.95, 1), (-0.95, -1)]) @ axes
    turns = 2 * np.pi * (np.arange(corners + 1) + 0.5 * (rng.random() < 0.5)) / corners
    return centre + 1.15 * np.stack((np.sin(turns), np.cos(turns)), -1) @ axes


def plotted(easel: Easel, sitter: Sitter, width: float, ink: Ink, rng: Rng) -> None:
    """The head of a keypoint plot: nose, eyes and ears joined by lines, or the nose alone."""
    whole = rng.random() < 0.6
    if whole and sitter.has(*FACE):
        easel.line(np.array([sitter.at(name) for name in ("r_ear", "r_eye", "nose", "l_eye", "l_ear")]), width, ink)
    else:
        sitter.imply("r_eye", "l_eye", "r_ear", "l_ear")
    if sitter.has("neck", "nose"):
        easel.line(np.array([sitter.at("neck"), sitter.at("nose")]), width, ink)
    for name in FACE if whole else ("nose",):
        if sitter.has(name):
            easel.disc(sitter.at(name), width * 0.9 + 0.5, ink)
    sitter.imply("head_top")


def _reshaped(sitter: Sitter, head: Head) -> tuple[Points, Points]:
    """The head's centre and half axes (across, up); moves the face along."""
    centre, up, radius = sitter.head()
    neck = sitter.at("neck")
    away = centre - neck
    reach = max(float(np.linalg.norm(away)), 1e-3)
    size = radius * head.size
    chin = max(reach - radius, 0.0)
    to = neck + away / reach * (chin + size * (1 + head.gap))
    for name in (*FACE, "head_top"):
        sitter.move(name, to + (sitter.at(name) - centre) * size / radius)
    across = np.array([-up[1], up[0]])
    sitter.move("head_top", to + up * size)
    return to, np.array([across * size * head.width * (1.0 if head.corners else 0.95), up * size])


def _face(easel: Easel, sitter: Sitter, head: Head, centre: Points, axes: Points, width: float, ink: Ink) -> None:
    size = float(np.hypot(*axes[1]))
    thin = max(min(width * 0.7, 0.14 * size), 0.6)
    for name in ("r_eye", "l_eye"):
        easel.disc(sitter.at(name), max(0.1 * size, 0.6), ink)
    nose = sitter.at("nose")
    if head.face == "full":
        easel.line(np.array([nose + 0.12 * axes[1], nose - 0.05 * axes[1] + 0.08 * axes[0]]), thin, ink)
    else:
        sitter.imply("nose")
    if head.face != "dots":
        mouth = centre - 0.1 * axes[1] + 0.4 * (nose - centre)
        easel.line(ellipse(mouth, np.array([0.45 * axes[0], 0.4 * axes[1]]), 10, 3.6, 2.2), thin, ink)


def _hair(easel: Easel, kind: str, centre: Points, axes: Points, width: float, ink: Ink, rng: Rng) -> None:
    across, up = axes
    thin = max(0.7 * width, 0.8)
    if kind in ("spikes", "tuft"):
        for turn in np.linspace(-0.9, 0.9, 7) if kind == "spikes" else (-0.12, 0.0, 0.12):
            way = np.sin(turn) * across + np.cos(turn) * up
            easel.line(np.array([centre + way, centre + way * rng.uniform(1.15, 1.4)]), thin, ink)
    elif kind == "curls":
        for turn in np.linspace(-1.3, 1.3, 9):
            easel.disc(centre + np.sin(turn) * across + np.cos(turn) * up, 0.2 * float(np.hypot(*up)), ink)
    elif kind == "long":
        for side in (-1, 1):
            root = centre + 0.9 * side * across + 0.4 * up
            easel.line(np.array([root, root + 0.3 * side * across - 1.6 * up]), 2 * thin, ink)
    elif kind in ("hat", "cap"):
        brim = 1.3 if kind == "hat" else 1.0
        base = centre + 0.6 * up
        easel.line(np.array([base - brim * across, base + (1.5 if kind == "cap" else brim) * across]), 1.5 * thin, ink)
        corners = [base - 0.75 * across, base - 0.7 * across + 0.7 * up, base + 0.7 * across + 0.7 * up]
        easel.blob(np.array([*corners, base + 0.75 * across]), ink)
