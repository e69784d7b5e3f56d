"""Curved primitives by name: limbs with round ends, forms with flat ones, ovals, strokes. Knows no characters.

Widths are half widths in body heights, at six even stops (or two to six, spread evenly) from start to end.
"""

from collections.abc import Sequence

import numpy as np

from training.world.drawing import NEVER, Frame, Paint, Shape
from training.world.shapes import ARC, FORM, LIMB, SUPER, curve

_STOPS = np.linspace(0, 1, 6)


def limb(
    frame: Frame,
    length: float,
    widths: Sequence[float],
    paint: Paint,
    bow: float = 0.0,
    opening: float = -NEVER,
    line: float = 1.0,
    flat: bool = False,
) -> Shape:
    """A tapering, bulging limb or lock with round ends; `length` before foreshortening."""
    return Shape(LIMB, frame, (length * frame.fore, *curve(_six(widths)), bow), paint, opening, line, flat)


def form(
    frame: Frame,
    length: float,
    widths: Sequence[float],
    rounding: float,
    paint: Paint,
    line: float = 1.0,
    flat: bool = False,
) -> Shape:
    """A body, sleeve or panel with flat ends; widths and length before foreshortening."""
    wide = [w * frame.side for w in _six(widths)]
    most = min(rounding, 0.9 * max(min(wide[0], wide[-1]), 1e-4))
    return Shape(FORM, frame, (length * frame.fore, *curve(wide), most), paint, -NEVER, line, flat)


def oval(
    frame: Frame,
    up: float,
    across: float,
    paint: Paint,
    line: float = 1.0,
    flat: bool = False,
    power: float = 2.0,
    egg: float = 0.0,
) -> Shape:
    """An oval of half height `up` along the frame's axis; `across` follows the turn of what carries it."""
    return Shape(SUPER, frame, (up, across * frame.side, power, egg, -9.0), paint, line=line, flat=flat)


def dot(frame: Frame, up: float, across: float, paint: Paint, power: float = 2.0) -> Shape:
    """A flat oval with no outline."""
    return oval(frame, up, across, paint, 0.0, True, power)


def stroke(frame: Frame, wide: float, bend: float, thick: float, paint: Paint) -> Shape:
    """A curved line across the frame's axis, half length `wide`, its ends bent by `bend` along the axis."""
    return Shape(ARC, frame, (wide * frame.side, bend, thick), paint, line=0.0, flat=True)


def _six(widths: Sequence[float]) -> Sequence[float]:
    if len(widths) == 6:
        return widths
    return [float(w) for w in np.interp(_STOPS, np.linspace(0, 1, len(widths)), widths)]
