"""Draws the faces of richer characters, feature by feature. The same primitives in every pose (see `drawing`)."""

from training.world.designs import Design
from training.world.drawing import Drawing, Frame
from training.world.eyes import draw_brow, draw_eye
from training.world.faces import EYE_AZIMUTH
from training.world.forms import oval
from training.world.marks import draw_mark
from training.world.mouths import draw_mouth, draw_nose
from training.world.posed import Posed
from training.world.visages import Visage
from training.world.wardrobe import Wardrobe


def draw_features(drawing: Drawing, design: Design, wear: Wardrobe, posed: Posed, frame: Frame, part: str) -> None:
    """Brows, eyes, nose, mouth and marks on the front of the skull; they move round it as it turns."""
    face = Visage(drawing, design, wear, posed, frame, part)
    unit = face.unit
    if design.nose == "snout":
        face.add(oval(face.at(0, 0.42 * unit), 0.26 * unit, 0.36 * unit, face.paint("inner"), 0.5, egg=-0.1))
    for sign in (-1.0, 1.0):
        draw_eye(face, face.at(sign * EYE_AZIMUTH, 0.0), sign)
        draw_brow(face, face.at(sign * EYE_AZIMUTH, -0.42 * unit), sign)
    draw_nose(face, face.at(0, 0.27 * unit))
    draw_mouth(face, face.at(0, (0.56 + 0.08 * design.numbers[2]) * unit))
    draw_mark(face)
