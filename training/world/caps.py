"""Draws the hair on a richer character's skull: cap, bangs, locks from the temples. It belongs to the head.

The same primitives in every pose (see `drawing`).
"""

import math

from training.world.designs import Design
from training.world.drawing import Drawing, Frame, Paint, Shape
from training.world.forms import limb, stroke
from training.world.posed import Posed
from training.world.scalps import Scalp
from training.world.shapes import SUPER
from training.world.skulls import hanging
from training.world.tresses import has_locks
from training.world.wardrobe import Wardrobe

Strand = tuple[float, float, float, float]
"""Place across the brow (of the head's half width), lean in radians, length and bow (of its half height)."""


def draw_cap(drawing: Drawing, design: Design, wear: Wardrobe, posed: Posed, frame: Frame) -> None:
    """The hair on the skull, bangs, and locks from the temples: part of the head."""
    if wear.hair == "none":
        return
    scalp = Scalp.of(drawing, design, wear, posed, frame)
    if wear.hair == "tuft":
        _tuft(scalp)
    else:
        _cap(scalp)
        _bangs(scalp)
    if has_locks(wear):
        _locks(scalp)


def _cap(scalp: Scalp) -> None:
    """Hair down to a slanting hairline, with a lit streak where the look has shades."""
    n, half, wide, frame, look = scalp.wear.numbers, scalp.half, scalp.wide, scalp.frame, scalp.design.look
    rate = 1.3 / wide
    thick = 1.07 + 0.08 * n[15]
    tilt = -rate * (0.75 * scalp.turn + 0.3 * (n[17] - 0.5)) * wide
    line = (0.7 + 0.12 * n[16]) * half
    numbers = (thick * half, (thick + 0.02) * wide, 2.0, 0.0, -0.2 * half, line, rate, tilt)
    scalp.drawing.add("head", Shape(SUPER, frame, numbers, scalp.paint))
    if n[18] > 0.5 and look.cel + look.soft + look.gloss > 0:
        red, green, blue = (min(1.35 * c + 0.12, 1.0) for c in scalp.paint.first)
        lit = Paint((red, green, blue), material="hair")
        streak = stroke(frame.at(0.8 * half, 0.35 * wide), 0.4 * wide, -0.16 * half, 0.045 * half, lit)
        scalp.drawing.add("head", streak)


def _tuft(scalp: Scalp) -> None:
    half, widths = scalp.half, scalp.widths(0.12, 0.14, 0.01)
    roots = [scalp.frame.at(0.85 * half, v * scalp.wide, v) for v in (-0.3, 0.0, 0.3)]
    scalp.drawing.add("head", *(limb(root, 0.45 * half, widths, scalp.paint) for root in roots))


def _locks(scalp: Scalp) -> None:
    half, wide = scalp.half, scalp.wide
    for sign in (-1.0, 1.0):
        hang = hanging(scalp.frame.at(0.35 * half, sign * 0.95 * wide), 0.6, sign * 0.05)
        long = half * (1.3 + 1.3 * scalp.wear.numbers[19])
        widths = scalp.widths(0.16, 0.24, 0.24, 0.18, 0.01)
        scalp.drawing.add("head", limb(hang, long, widths, scalp.paint, bow=sign * 0.1 * half))


def _bangs(scalp: Scalp) -> None:
    half, wide = scalp.half, scalp.wide
    strands = []
    for v, lean, long, bow in _strands(scalp.wear):
        root = scalp.frame.at(0.86 * half, v * wide + 0.6 * wide * scalp.turn, math.pi - lean)
        strands.append(limb(root, long * half, scalp.widths(0.12, 0.23, 0.22, 0.14, 0.01), scalp.paint, bow=bow * half))
    if strands:
        scalp.drawing.add("head", *strands)


def _strands(wear: Wardrobe) -> tuple[Strand, ...]:
    n = wear.numbers
    way = 1.0 if n[20] > 0.5 else -1.0
    fall = 0.42 + 0.25 * n[21]
    if wear.bangs == "straight":
        return tuple(((k - 2) * 0.36, 0.05 * (k - 2), fall + 0.04 * (k % 2), 0.0) for k in range(5))
    if wear.bangs == "split":
        outer = tuple((-s * 0.12, -s * 0.75, 0.95, s * 0.16) for s in (1.0, -1.0))
        return (*outer, *((-s * 0.2, -s * 0.35, 0.5, s * 0.1) for s in (1.0, -1.0)))
    if wear.bangs == "side":
        return tuple((way * (0.5 - 0.3 * k), -way * (0.35 + 0.16 * k), fall + 0.12 * k, way * 0.08) for k in range(4))
    if wear.bangs == "spiky":
        lean = 6 * n[22]
        return tuple(((k - 2) * 0.38, 0.3 * math.sin(7 * k + lean), fall + 0.15 * ((k + 1) % 2), 0.0) for k in range(5))
    return ()
