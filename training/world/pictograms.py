"""Pictograms: thick figures as on signs, doors and sports posters: a disc for a head, limbs as bars."""

from dataclasses import dataclass, replace

import cv2
import numpy as np

from training.world.easel import Easel, Ink, Picture, Points, Rng, ellipse, inked, spline
from training.world.grounds import any_ground, dark_ground, light_ground, plain
from training.world.hues import against, bright, coloured
from training.world.sitters import ARMS, LEGS, Sitter


@dataclass(frozen=True)
class Bar:
    """A limb's look: thickness in pixels, edge: the ground's colour around it, where it lies before the body."""

    thick: float
    tapered: bool
    bent: bool
    ink: Ink
    edge: Ink | None


def draw_pictogram(sitter: Sitter, rng: Rng) -> Picture:
    """The picture; implies the face, hands and toes."""
    sitter.face_us()
    ground = _sign(rng, sitter.size)
    ink = against(ground, rng)
    easel = Easel(sitter.size)
    thick = rng.uniform(0.045, 0.105) * sitter.height
    trunk = str(rng.choice(("block", "wedge", "bar", "none"), p=(0.4, 0.25, 0.25, 0.1)))
    edge = inked(ground[0, 0]) if rng.random() < 0.4 else None
    bar = Bar(thick, rng.random() < 0.3, rng.random() < 0.25, ink, edge)
    _trunk(easel, sitter, trunk, thick, ink)
    for limb, share in ((LEGS, 1.0), (ARMS, rng.uniform(0.65, 0.95))):
        other = bright(ground, rng) if rng.random() < 0.12 else ink
        for side in "rl":
            _limb(easel, sitter, side, limb, replace(bar, thick=share * thick, ink=other))
    _head(easel, sitter, rng.uniform(0.75, 1.1), rng.uniform(-0.1, 0.5), ink)
    return easel.over(ground)


def _sign(rng: Rng, size: int) -> Picture:
    """A plain ground, or a disc, a shield or a diamond of one colour on it."""
    pick = rng.random()
    if pick < 0.45:
        return light_ground(rng, size)
    if pick < 0.65:
        return dark_ground(rng, size)
    if pick < 0.75:
        return any_ground(rng, size)
    ground = plain(size, (255, 255, 255)) if rng.random() < 0.7 else light_ground(rng, size)
    ink = coloured(rng.random(), rng.uniform(0.6, 1), rng.uniform(0.5, 1))
    middle = (size // 2, size // 2)
    if pick < 0.86:
        cv2.circle(ground, middle, int(0.49 * size), ink, -1, cv2.LINE_AA)
    else:
        edge = int(rng.uniform(0.0, 0.03) * size)
        cv2.rectangle(ground, (edge, edge), (size - edge, size - edge), ink, -1)
    return ground


def _trunk(easel: Easel, sitter: Sitter, kind: str, thick: float, ink: Ink) -> None:
    if not sitter.has("neck", "r_shoulder", "l_shoulder", "r_hip", "l_hip"):
        return
    shoulders = np.array([sitter.at(f"{side}_shoulder") for side in "rl"])
    hips = np.array([sitter.at(f"{side}_hip") for side in "rl"])
    if kind == "bar":
        easel.line(np.array([sitter.at("neck"), sitter.pelvis]), 1.5 * thick, ink)
    elif kind == "none":
        easel.line(np.array([*shoulders, hips[1], hips[0]]), 0.5 * thick, ink, closed=True)
    else:
        low = hips if kind == "block" else 0.5 * hips + 0.5 * sitter.pelvis
        easel.blob(np.array([shoulders[0], shoulders[1], low[1], low[0]]), ink)
        easel.line(np.array([shoulders[0], shoulders[1], low[1], low[0]]), 0.8 * thick, ink, closed=True)


def _limb(easel: Easel, sitter: Sitter, side: str, limb: tuple[str, ...], bar: Bar) -> None:
    names = [f"{side}_{name}" for name in limb]
    if not sitter.has(*names[:3]):
        return
    points = np.array([sitter.at(name) for name in names[:3]])
    sitter.move(names[3], points[2].copy())
    sitter.imply(names[3])
    line = spline(points, 6) if bar.bent else points
    if bar.edge is not None:
        easel.line(_inner(line), 1.35 * bar.thick, bar.edge)
    if not bar.tapered:
        easel.line(line, bar.thick, bar.ink)
        return
    easel.disc(line[0], 0.5 * bar.thick, bar.ink)
    for a, b, wide, narrow in zip(line, line[1:], *_widths(len(line), bar.thick), strict=False):
        easel.ribbon(np.array([a, b]), np.array([wide, narrow]), bar.ink)
        easel.disc(b, 0.5 * narrow, bar.ink)


def _inner(line: Points) -> Points:
    """The line without the beginning of its first piece, where it joins the body."""
    return np.concatenate((line[:1] + 0.3 * (line[1:2] - line[:1]), line[1:]))


def _widths(count: int, thick: float) -> tuple[Points, Points]:
    widths = np.linspace(1.15, 0.6, count) * thick
    return widths[:-1], widths[1:]


def _head(easel: Easel, sitter: Sitter, size: float, gap: float, ink: Ink) -> None:
    """A disc, afloat above the shoulders."""
    if not sitter.has("neck", "head_top"):
        return
    centre, _, radius = sitter.head()
    away = centre - sitter.at("neck")
    reach = max(float(np.linalg.norm(away)), 1e-3)
    up = away / reach
    wide = size * min(radius, 0.11 * sitter.height)
    to = sitter.at("neck") + up * max(wide * (1.25 + gap), reach - radius + wide)
    axes = np.array([np.array([-up[1], up[0]]) * wide, up * wide])
    easel.blob(ellipse(to, axes), ink)
    sitter.move("head_top", to + axes[1])
    sitter.blank_face(to, axes)
