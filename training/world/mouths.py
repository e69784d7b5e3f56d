"""Draws the noses and mouths of richer characters. The same primitives in every pose (see `drawing`)."""

from training.world.drawing import Frame, Paint, Shape
from training.world.forms import dot, limb, oval, stroke
from training.world.shapes import SUPER
from training.world.tints import dark, mixed
from training.world.visages import Visage


def draw_nose(face: Visage, at: Frame) -> None:
    """An animal's snout has its own; the others have the wardrobe's."""
    unit, skin, style = face.unit, face.colour("skin"), face.wear.nose
    shade = Paint(dark(skin, 0.78) if face.coloured else face.colour("ink"))
    if face.design.nose == "snout":
        face.add(oval(at, 0.08 * unit, 0.12 * unit, face.paint("ink"), 0.0, egg=0.2))
        face.add(dot(at.at(0.03 * unit, 0.0), 0.02 * unit, 0.04 * unit, face.paint("white")))
    elif style == "dot":
        face.add(dot(at, 0.03 * unit, 0.035 * unit, shade))
    elif style == "wedge":
        wedge = at.at(0.02 * unit, 0.0, 2.6)
        face.add(limb(wedge, 0.12 * unit, (0.008 * unit, 0.035 * unit), shade, line=0.0, flat=True))
    elif style == "button":
        face.add(oval(at, 0.085 * unit, 0.1 * unit, Paint(mixed(skin, (0.95, 0.45, 0.4), 0.3)), 0.5))
        face.add(dot(at.at(0.03 * unit, 0.03 * unit), 0.02 * unit, 0.025 * unit, face.paint("white")))
    elif style in ("bridge", "shadow"):
        face.add(stroke(at.at(-0.04 * unit, 0.0), 0.08 * unit, 0.05 * unit, 0.018 * unit, shade))
        if style == "shadow":
            side = at.at(0.3 * unit, 0.06 * unit * at.side, 3.1)
            widths = (0.012 * unit, 0.02 * unit, 0.03 * unit)
            face.add(limb(side, 0.28 * unit, widths, shade, line=0.0, flat=True))


def draw_mouth(face: Visage, at: Frame) -> None:
    """The wardrobe's mouth."""
    unit, style = face.unit, face.wear.mouth
    wide, thick = (0.15 + 0.16 * face.wear.numbers[8]) * unit, 0.02 * unit + 0.0008
    if style == "laugh":
        _laugh(face, at._replace(ax=-at.ax, ay=-at.ay), wide)
    elif style == "lips":
        lip = face.paint("lip")
        face.add(dot(at.at(-0.035 * unit, 0.0), 0.05 * unit, 0.62 * wide, lip))
        gap = Paint(dark(face.colour("lip"), 0.7) if face.coloured else face.colour("ink"))
        face.add(stroke(at.at(0.005 * unit, 0.0), 0.75 * wide, 0.03 * unit, 0.03 * unit, gap))
    elif style in ("smirk", "fang"):
        sign = face.odd_sign
        bent = at.at(0.0, sign * 0.3 * wide, sign * 0.2)
        face.add(stroke(bent, wide, 0.12 * unit, thick, face.paint("ink")))
        if style == "fang":
            tooth = at.at(-0.01 * unit, sign * 0.6 * wide, 3.14)
            widths = (0.04 * unit, 0.004 * unit)
            face.add(limb(tooth, 0.07 * unit, widths, face.paint("white"), line=0.5, flat=True))
    else:
        bend, share = {"smile": (0.22, 1.0), "small": (0.08, 0.5), "pout": (-0.07, 0.5)}[style]
        face.add(stroke(at, share * wide, bend * unit, thick, face.paint("ink")))


def _laugh(face: Visage, under: Frame, wide: float) -> None:
    """An open mouth below `under` with teeth, and now and then a tongue."""
    unit = face.unit
    inside = Paint((0.45, 0.1, 0.12)) if face.coloured else face.paint("white")
    face.add(Shape(SUPER, under, (0.26 * unit, wide * under.side, 2.0, 0.0, 0.0), inside, line=0.7, flat=True))
    if face.wear.numbers[9] > 0.4 and face.coloured:
        face.add(dot(under.at(0.17 * unit, 0.0), 0.06 * unit, 0.55 * wide, Paint((0.9, 0.42, 0.45))))
    face.add(dot(under.at(0.04 * unit, 0.0), 0.04 * unit, 0.75 * wide, face.paint("white")))
