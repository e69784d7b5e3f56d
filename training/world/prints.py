"""Draws the print on the front of a richer character's shirt. The same primitives in every pose (see `drawing`)."""

import math

from training.world.drawing import Frame, Shape
from training.world.forms import form, oval
from training.world.shapes import HEART, STAR
from training.world.torsos import draw_letter
from training.world.trunks import Trunk


def draw_prints(trunk: Trunk) -> None:
    """The wardrobe's print, if any."""
    wear, body, style = trunk.wear, trunk.body, trunk.wear.print
    if style == "none":
        return
    if style == "chest":
        paint = trunk.paint("accent", "print")
        trunk.add(form(trunk.at(0.36, 0.0), 0.18 * body.torso, (0.93 * body.shoulder,) * 2, 0.0, paint, 0.4))
        return
    size = (0.24 + 0.14 * wear.numbers[9]) * body.torso
    off = 0.4 * body.shoulder * trunk.odd_sign if style == "logo" else 0.0
    at = trunk.at(0.4, 0.8, off)
    up = at._replace(ax=-at.ax, ay=-at.ay, up=True, fore=1.0, z0=-0.05, z1=-0.05)
    if style == "number":
        _letters(trunk, up, wear.numbers[10:12], 1.1 * size, 0.5 * size)
    elif style == "word":
        _letters(trunk, up, wear.numbers[10:13], 0.75 * size, 0.3 * size)
    else:
        _emblem(trunk, up, size * (0.45 if style == "logo" else 1.0))


def _letters(trunk: Trunk, up: Frame, choices: tuple[float, ...], step: float, size: float) -> None:
    middle = 0.5 * (len(choices) - 1)
    for k, choice in enumerate(choices):
        at = up.at(0.0, (k - middle) * step)
        draw_letter(trunk.drawing, at, size, trunk.paint("accent", "print"), int(8 * choice))


def _emblem(trunk: Trunk, up: Frame, size: float) -> None:
    """A star, a heart, or a disc with a letter."""
    n, paint = trunk.wear.numbers, trunk.paint("accent", "print")
    if n[10] < 0.35:
        trunk.add(Shape(STAR, up, (0.6 * size, 0.45, 5.0, math.pi / 5, 1.0, 0.0, -9.0), paint, line=0.4))
    elif n[10] < 0.6:
        trunk.add(Shape(HEART, up, (0.5 * size,), paint, line=0.4))
    else:
        trunk.add(oval(up, 0.5 * size, 0.5 * size, paint, 0.4))
        draw_letter(trunk.drawing, up, 0.28 * size, trunk.paint("white", "print"), int(8 * n[11]))
