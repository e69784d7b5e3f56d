"""Draws what marks a richer character's face: blush, freckles, a mole, a stripe, a beard. The same primitives in every
pose (see `drawing`)."""

from training.world.drawing import Paint
from training.world.forms import dot, limb, oval, stroke
from training.world.tints import dark
from training.world.visages import Visage


def draw_mark(face: Visage) -> None:
    """The wardrobe's mark, if any."""
    unit, sign = face.unit, face.odd_sign
    spot = Paint(dark(face.colour("skin"), 0.6))
    mark = face.wear.mark
    if mark == "blush":
        for s in (-1.0, 1.0):
            face.add(dot(face.at(s * 40, 0.33 * unit), 0.08 * unit, 0.14 * unit, face.paint("blush")))
    elif mark == "freckles":
        for s in (-1.0, 1.0):
            for k in range(3):
                at = face.at(s * (26 + 9 * k), (0.3 + 0.06 * (k % 2)) * unit)
                face.add(dot(at, 0.018 * unit, 0.018 * unit, spot))
    elif mark == "mole":
        face.add(dot(face.at(sign * 30, 0.4 * unit), 0.022 * unit, 0.022 * unit, spot))
    elif mark == "stripe":
        at = face.at(sign * 36, 0.2 * unit).at(0, 0, 1.9)
        face.add(limb(at, 0.22 * unit, (0.035 * unit,) * 2, face.paint("accent"), line=0.0, flat=True))
    elif mark == "beard":
        hair = face.paint("hair", "hair")
        face.add(oval(face.at(0, 0.85 * unit), 0.2 * unit, 0.45 * unit, hair, 0.6, power=2.4))
        face.add(stroke(face.at(0, 0.43 * unit), 0.26 * unit, -0.08 * unit, 0.05 * unit, hair))
