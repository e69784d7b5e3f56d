"""Draws faces. The same primitives in every pose (see `drawing`)."""

import math

from training.world.designs import Design
from training.world.drawing import Drawing, Frame, Paint, Shape
from training.world.posed import Posed
from training.world.shapes import ARC, CAPSULE, SUPER

EYE_AZIMUTH = 25.0


def draw_face(drawing: Drawing, design: Design, posed: Posed, frame: Frame, part: str) -> None:
    """Snout, eyes, brows, cheeks, nose and mouth on the front of the skull; they move round it as it turns."""
    half, wide = 0.5 * design.proportions.head, design.proportions.skull
    eye = design.proportions.eye_height * design.proportions.head - design.proportions.face_drop
    n = design.numbers
    unit = min(half, 1.1 * wide)
    if design.nose == "snout":
        at = on_face(posed, frame, wide, 0, eye - 0.42 * unit)
        drawing.add(
            part,
            Shape(
                SUPER,
                at,
                (0.26 * unit, 0.36 * unit * at.side, 2.0, -0.1, -9.0),
                Paint(design.palette["inner"]),
                line=0.5,
            ),
        )
    for sign in (-1.0, 1.0):
        azimuth = sign * EYE_AZIMUTH
        at = on_face(posed, frame, wide, azimuth, eye)
        _eye(drawing, design, at, unit * (0.85 + 0.5 * n[0]), part, sign)
        if design.brows:
            brow = on_face(posed, frame, wide, azimuth, eye + 0.34 * unit).at(0, 0, turn=sign * 0.35 * (n[1] - 0.3))
            drawing.add(part, _ink_shape(design, ARC, brow, (0.15 * unit, -0.05 * unit, 0.022 * unit + 0.002)))
        if design.cheeks:
            cheek = on_face(posed, frame, wide, sign * 38, eye - 0.32 * unit)
            blush = Paint(design.palette["blush"])
            drawing.add(
                part, Shape(SUPER, cheek, (0.09 * unit, 0.14 * unit * cheek.side, 2.0, 0, -9.0), blush, line=0.0)
            )
    if design.glasses:
        _glasses(drawing, design, posed, frame, part)
    _nose(drawing, design, on_face(posed, frame, wide, 0, eye - 0.27 * unit), unit, part)
    _mouth(drawing, design, on_face(posed, frame, wide, 0, eye - (0.55 + 0.1 * n[2]) * unit), unit, part)


def _eye(drawing: Drawing, design: Design, at: Frame, unit: float, part: str, sign: float) -> None:
    ink, white = Paint(_eye_ink(design)), Paint(design.palette["white"])
    style, side, n = design.eyes, at.side, design.numbers

    def oval(frame: Frame, up: float, across: float, paint: Paint, line: float = 0.0) -> Shape:
        return Shape(
            SUPER, frame, (up * unit, across * unit * side, 2.0, 0.0, -9.0), paint, line=line, flat=True, ink=ink.first
        )

    if style == "none":
        return
    if style in ("dot", "oval", "scribble"):
        tall = 0.085 if style == "dot" else 0.15
        drawing.add(part, oval(at, tall, 0.085 if style != "scribble" else 0.14, ink))
    elif style == "ring":
        drawing.add(part, oval(at, 0.15, 0.15, white, 1.0))
        drawing.add(part, oval(at.at(0.02 * unit, 0), 0.06, 0.06, ink))
    elif style == "shine":
        drawing.add(part, oval(at, 0.19, 0.14, ink))
        drawing.add(part, oval(at.at(0.07 * unit, 0.04 * unit), 0.06, 0.05, white))
    elif style in ("closed", "half"):
        bend = 0.09 if style == "closed" else -0.06
        drawing.add(
            part, Shape(ARC, at, (0.16 * unit * side, bend * unit, 0.02 * unit + 0.0015), ink, line=0, flat=True)
        )
        if style == "half":
            drawing.add(part, oval(at.at(-0.06 * unit, 0), 0.07, 0.06, ink))
    elif style == "visor":
        drawing.add(
            part,
            Shape(SUPER, at, (0.12 * unit, 0.2 * unit * side, 4.0, 0, -9.0), Paint(design.palette["accent"]), line=0.7),
        )
    else:
        iris = Paint(design.palette["accent"], ink.first, pattern=5)
        tall = 0.24 + 0.1 * n[3]
        drawing.add(part, oval(at, tall, 0.19, white, 0.4))
        drawing.add(part, oval(at.at(-0.01 * unit, 0), tall * 0.9, 0.15, iris, 0.3))
        drawing.add(part, oval(at, tall * 0.45, 0.06, ink))
        drawing.add(part, oval(at.at(0.08 * unit, 0.05 * unit), 0.06, 0.045, white))
        lid = at.at(tall * unit * 0.93, 0)
        drawing.add(part, Shape(ARC, lid, (0.21 * unit * side, -0.09 * unit, 0.035 * unit), ink, line=0, flat=True))


def _glasses(drawing: Drawing, design: Design, posed: Posed, frame: Frame, part: str) -> None:
    half, wide = 0.5 * design.proportions.head, design.proportions.skull
    eye = design.proportions.eye_height * design.proportions.head - design.proportions.face_drop
    unit = min(half, 1.1 * wide)
    rim = Paint(design.palette["prop"] if design.family.fill == "colour" else _eye_ink(design), material="rigid")
    for sign in (-1.0, 1.0):
        at = on_face(posed, frame, wide, sign * EYE_AZIMUTH, eye)
        radius = 0.3 * unit
        for way in (-1.0, 1.0):
            arc = at.at(way * 0.5 * radius, 0)
            numbers = (radius * at.side, -way * radius, 0.03 * unit + 0.001)
            drawing.add(part, Shape(ARC, arc, numbers, rim, line=0, flat=True))
    bridge = on_face(posed, frame, wide, 0, eye)
    numbers = (0.14 * unit * bridge.side, 0.0, 0.025 * unit + 0.001)
    drawing.add(part, Shape(ARC, bridge, numbers, rim, line=0, flat=True))


def _nose(drawing: Drawing, design: Design, at: Frame, unit: float, part: str) -> None:
    dark = Paint(_eye_ink(design))
    if design.nose == "snout":
        drawing.add(part, Shape(SUPER, at, (0.08 * unit, 0.12 * unit * at.side, 2.0, 0.2, -9.0), dark, line=0.0))
    elif design.nose == "dot":
        drawing.add(part, Shape(SUPER, at, (0.04 * unit, 0.05 * unit, 2.0, 0.0, -9.0), dark, line=0.0, flat=True))
    elif design.nose == "round":
        drawing.add(
            part, Shape(SUPER, at, (0.1 * unit, 0.11 * unit, 2.0, 0.0, -9.0), Paint(design.palette["blush"]), line=0.7)
        )
    elif design.nose == "line":
        drawing.add(part, _ink_shape(design, CAPSULE, at.at(-0.05 * unit, 0), (0.15 * unit, 0.02 * unit, 0.012 * unit)))


def _mouth(drawing: Drawing, design: Design, at: Frame, unit: float, part: str) -> None:
    wide, thick = (0.16 + 0.2 * design.numbers[4]) * unit * at.side, 0.025 * unit + 0.0012
    if design.mouth == "open":
        lip = Paint(design.palette["lip"], material="skin")
        drawing.add(part, Shape(SUPER, at, (0.12 * unit, 0.7 * wide, 2.0, 0.3, -9.0), lip, line=0.7, flat=True))
    elif design.mouth == "grin":
        shape = (0.25 * unit, wide, 2.0, 0.0, 0.02 * unit)
        over = at._replace(ax=-at.ax, ay=-at.ay)
        drawing.add(part, Shape(SUPER, over, shape, Paint(design.palette["white"]), flat=True, line=0.7))
    elif design.mouth == "cat":
        for sign in (-1.0, 1.0):
            drawing.add(part, _ink_shape(design, ARC, at.at(0, sign * 0.5 * wide), (0.5 * wide, 0.09 * unit, thick)))
    else:
        bend = {"smile": 0.22, "flat": 0.0, "frown": -0.16}[design.mouth]
        drawing.add(part, _ink_shape(design, ARC, at, (wide, bend * unit, thick)))


def on_face(posed: Posed, frame: Frame, wide: float, azimuth: float, up: float) -> Frame:
    a = math.radians(azimuth + posed.yaw + posed.head_yaw)
    at = frame.at(up, 0.9 * wide * math.sin(a))
    if math.cos(a) < 0.05:
        return at._replace(scale=1e-3, side=0.3)
    return at._replace(side=max(math.cos(a), 0.3), z0=frame.z0 - 0.05, z1=frame.z0 - 0.05)


def _ink_shape(design: Design, kind: int, at: Frame, numbers: tuple[float, ...]) -> Shape:
    return Shape(kind, at, numbers, Paint(_eye_ink(design)), line=0, flat=True)


def _eye_ink(design: Design) -> tuple[float, float, float]:
    return design.palette["ink"]
