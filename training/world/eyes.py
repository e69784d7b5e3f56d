"""Draws the eyes and brows of richer characters. The same primitives in every pose (see `drawing`)."""

from training.world.drawing import FADE, Colour, Frame, Paint, Shape
from training.world.forms import dot, limb, oval, stroke
from training.world.shapes import SUPER
from training.world.tints import dark, light
from training.world.visages import Visage


def draw_eye(face: Visage, at: Frame, sign: float) -> None:
    """The eye on that side (-1 or 1) in the wardrobe's style, looking where its gaze goes."""
    size = face.unit * (0.9 + 0.35 * face.wear.numbers[2])
    look = at.at(0.0, 0.1 * face.wear.gaze * size)
    style = face.wear.eyes
    if style in ("anime", "sparkle"):
        _large(face, at, look, size, sign)
    elif style == "almond":
        _almond(face, at, look, 0.8 * size, sign)
    elif style == "bead":
        face.add(dot(at, 0.15 * size, 0.12 * size, face.paint("ink")))
        face.add(dot(at.at(0.06 * size, 0.035 * size), 0.045 * size, 0.04 * size, face.paint("white")))
    elif style in ("cartoon", "pie"):
        _round(face, at, look, size, sign)
    else:
        face.add(stroke(at, 0.17 * size, -0.1 * size, 0.022 * size + 0.001, face.paint("ink")))


def draw_brow(face: Visage, at: Frame, sign: float) -> None:
    """The brow on that side, in the hair's colour where the family draws in colour."""
    wear, unit = face.wear, face.unit
    if not face.design.brows and wear.eyes in ("bead", "happy"):
        return
    hair = face.colour("hair" if face.coloured and wear.hair != "none" else "ink")
    turned = at.at(0.0, 0.0, sign * (0.5 * wear.numbers[4] - 0.25))
    thick = (0.03 + 0.03 * wear.numbers[5] * (wear.build == "masc")) * unit
    face.add(stroke(turned, 0.17 * unit, -0.06 * unit, thick, Paint(dark(hair, 0.7), material="hair")))


def _round(face: Visage, at: Frame, look: Frame, size: float, sign: float) -> None:
    """A white eye with a pupil; a cartoon's has a lid."""
    ink, white = face.paint("ink"), face.paint("white")
    face.add(oval(at, 0.27 * size, 0.2 * size, white, 0.6, flat=True))
    face.add(dot(look.at(-0.02 * size, -sign * 0.03 * size), 0.15 * size, 0.11 * size, ink))
    face.add(dot(look.at(0.04 * size, 0.0), 0.05 * size, 0.04 * size, white))
    if face.wear.eyes == "cartoon":
        cut = (0.29 * size, 0.215 * size * at.side, 2.0, 0.0, (0.06 + 0.14 * face.wear.numbers[3]) * size)
        face.add(Shape(SUPER, at, cut, face.paint("skin"), line=0.6, flat=True))


def _large(face: Visage, at: Frame, look: Frame, size: float, sign: float) -> None:
    """A tall eye with a shaded iris, lights, lid and lash."""
    ink, white = face.paint("ink"), face.paint("white")
    iris = _iris(face)
    tall = (0.25 + 0.07 * face.design.numbers[3]) * size
    face.add(dot(at, tall, 0.2 * size, white, power=2.3))
    face.add(dot(look.at(-0.01 * size, 0.0), 0.9 * tall, 0.155 * size, Paint(dark(iris, 0.4))))
    face.add(dot(look.at(-0.06 * size, 0.0), 0.72 * tall, 0.13 * size, Paint(iris, light(iris), pattern=FADE)))
    face.add(dot(look.at(0.01 * size, 0.0), 0.4 * tall, 0.06 * size, Paint(dark(iris, 0.25))))
    face.add(dot(look.at(0.42 * tall, 0.06 * size), 0.065 * size, 0.055 * size, white))
    if face.wear.eyes == "sparkle":
        face.add(dot(look.at(-0.45 * tall, -0.06 * size), 0.035 * size, 0.03 * size, white))
    face.add(stroke(at.at(0.9 * tall, 0.0, -sign * 0.1), 0.22 * size, -0.13 * size, 0.04 * size, ink))
    lash = at.at(0.72 * tall, sign * 0.2 * size, sign * 1.1)
    face.add(limb(lash, 0.1 * size, (0.03 * size, 0.005 * size), ink, line=0.0, flat=True))
    face.add(stroke(at.at(-0.93 * tall, 0.0), 0.1 * size, 0.03 * size, 0.012 * size, ink))


def _almond(face: Visage, at: Frame, look: Frame, size: float, sign: float) -> None:
    """An eye as a photograph has it, with the crease of the lid."""
    ink, white = face.paint("ink"), face.paint("white")
    face.add(dot(at, 0.095 * size, 0.19 * size, white, power=1.7))
    face.add(dot(look, 0.095 * size, 0.085 * size, Paint(_iris(face))))
    face.add(dot(look, 0.05 * size, 0.045 * size, ink))
    face.add(dot(look.at(0.035 * size, 0.03 * size), 0.02 * size, 0.02 * size, white))
    face.add(stroke(at.at(0.055 * size, 0.0, -sign * 0.12), 0.21 * size, -0.09 * size, 0.026 * size, ink))
    crease = Paint(dark(face.colour("skin"), 0.75))
    face.add(stroke(at.at(0.14 * size, 0.0, -sign * 0.1), 0.18 * size, -0.07 * size, 0.012 * size, crease))


def _iris(face: Visage) -> Colour:
    return face.design.palette.get("iris", face.colour("accent"))
