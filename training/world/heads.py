"""Draws heads: skull, face, ears, hair and hats. Knows no pixels. The same primitives in every pose (see `drawing`)."""

import math

import numpy as np

from training.world.bodies import Posed
from training.world.designs import Design
from training.world.drawing import BOTH, Drawing, Frame, Paint, Shape
from training.world.poses import ROW
from training.world.shapes import ARC, CAPSULE, PROFILE, STAR, SUPER

EYE_AZIMUTH = 25.0


def draw_head(drawing: Drawing, design: Design, posed: Posed) -> None:
    """Skull (none for a bean), face, fringe and hat; hair that falls is `draw_hair`."""
    frame = head_frame(design, posed)
    part = "torso" if design.body == "bean" else "head"
    if design.body != "bean":
        _ears(drawing, design, posed, frame)
        drawing.add(
            "head", Shape(SUPER if design.skull != "hexagon" else STAR, frame, skull_shape(design), _skin(design))
        )
    elif design.ears in ("rabbit", "cat", "bear", "dog"):
        _ears(drawing, design, posed, frame)
    _face(drawing, design, posed, frame, part)
    if design.body != "bean":
        _fringe(drawing, design, frame)
    _hat(drawing, design, frame)


def draw_hair(drawing: Drawing, design: Design, posed: Posed) -> None:
    """Hair behind the head: falls by gravity, swings a little with the head."""
    if design.hair in ("none", "short") or design.body == "bean":
        return
    frame = head_frame(design, posed)
    half, wide = 0.5 * design.proportions.head, design.proportions.skull
    paint = Paint(design.palette["hair"], material="hair")
    n = design.numbers
    if design.hair in ("spiky", "wild"):
        points, inner = 9.0 + int(9 * n[0]), 0.72 + 0.15 * n[1]
        size = (1.18 + 0.3 * n[2]) * max(half, wide)
        drawing.add(
            "hair", Shape(STAR, frame.at(0.1 * half, 0), (size, inner, points, n[3], 1.0, n[4] * 0.5, -9.0), paint)
        )
    if design.hair in ("long", "bob", "wild"):
        length = half * (1.9 if design.hair == "bob" else 2.2 + 2.2 * n[5])
        hang = _hanging(frame, 0.55).at(-0.8 * half, 0)
        top, end = wide * 1.08, wide * (0.75 + 0.5 * n[6])
        shape = (length, 0.6 * top, 1.55 * top, 1.0 * top, end, 0.1 * wide, 0.0, (0.03 + 0.1 * n[7]) * half)
        drawing.add("hair", Shape(PROFILE, hang, shape, paint))
        for sign in (-1.0, 1.0) if n[8] > 0.5 and design.hair != "bob" else ():
            lock = _hanging(frame.at(0.1 * half, sign * 0.85 * wide), 0.5, sign * (0.1 + 0.3 * n[9]))
            lock_shape = (0.9 * length, 0.3 * wide, 0.45 * wide, 0.3 * wide, 0.03 * wide, 0.0, sign * 0.08 * length)
            drawing.add("hair", Shape(PROFILE, lock, lock_shape, paint))
    if design.hair == "bun":
        drawing.add("hair", Shape(SUPER, frame.at(1.15 * half, 0), (0.42 * half, 0.45 * wide, 2.0, 0.0, -9.0), paint))
    if design.hair in ("tails", "pony"):
        for sign in (-1.0, 1.0) if design.hair == "tails" else ((1.0 if n[0] > 0.5 else -1.0),):
            root = frame.at(0.45 * half, sign * 0.95 * wide)
            hang = _hanging(root, 0.3, -sign * 0.5)
            length = half * (1.2 + 2.6 * n[5])
            thick = wide * (0.2 + 0.2 * n[6])
            drawing.add(
                "hair", Shape(CAPSULE, hang, (length, 0.6 * thick, 0.3 * thick, -sign * 0.1 * length, thick), paint)
            )


def head_frame(design: Design, posed: Posed) -> Frame:
    """Origin at the skull's centre, axis to its top."""
    top = posed.points[ROW["head_top"]]
    low = posed.points[ROW["neck"]]
    half = 0.5 * design.proportions.head * posed.scale
    eyes = 0.5 * (posed.points[ROW["r_ear"]] + posed.points[ROW["l_ear"]])
    drop = (
        (design.proportions.eye_height - 0.04) * design.proportions.head - design.proportions.face_drop
    ) * posed.scale
    way = top - eyes if half - drop > 1e-3 else top - low
    way = way / max(float(np.linalg.norm(way)), 1e-6)
    centre = top - way * half
    z = float(posed.depth[ROW["r_ear"]] + posed.depth[ROW["l_ear"]]) / 2
    return Frame(centre[0], centre[1], way[0], way[1], posed.scale, z0=z, z1=z, up=True)


def skull_shape(design: Design) -> tuple[float, ...]:
    """The shape parameters of the skull."""
    half, wide = 0.5 * design.proportions.head, design.proportions.skull
    if design.skull == "hexagon":
        return max(half, wide), 0.88, 6.0, 0.0, 1.0, 0.0, -9.0
    exponent, egg, stretch = {
        "round": (2.0, 0.0, 1.0), "egg": (2.0, 0.14, 0.95), "wide": (2.4, -0.06, 1.15), "chin": (2.0, 0.26, 0.95),
        "box": (5.0, 0.0, 1.0), "pear": (2.2, -0.3, 1.0),
    }[design.skull]  # fmt: skip
    return half, wide * stretch, exponent, egg, -9.0


def _skin(design: Design) -> Paint:
    return Paint(design.palette["skin"])


def _face(drawing: Drawing, design: Design, posed: Posed, frame: Frame, part: str) -> None:
    half, wide = 0.5 * design.proportions.head, design.proportions.skull
    eye = design.proportions.eye_height * design.proportions.head - design.proportions.face_drop
    n = design.numbers
    unit = min(half, 1.1 * wide)
    if design.nose == "snout":
        at = _on_face(posed, frame, wide, 0, eye - 0.42 * unit)
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
        at = _on_face(posed, frame, wide, azimuth, eye)
        _eye(drawing, design, at, unit * (0.85 + 0.5 * n[0]), part, sign)
        if design.brows:
            brow = _on_face(posed, frame, wide, azimuth, eye + 0.34 * unit).at(0, 0, turn=sign * 0.35 * (0.35 - n[1]))
            drawing.add(part, _ink_shape(design, ARC, brow, (0.15 * unit, -0.05 * unit, 0.022 * unit + 0.002)))
        if design.cheeks:
            cheek = _on_face(posed, frame, wide, sign * 38, eye - 0.32 * unit)
            blush = Paint(design.palette["blush"])
            drawing.add(
                part, Shape(SUPER, cheek, (0.09 * unit, 0.14 * unit * cheek.side, 2.0, 0, -9.0), blush, line=0.0)
            )
    _nose(drawing, design, _on_face(posed, frame, wide, 0, eye - 0.27 * unit), unit, part)
    _mouth(drawing, design, _on_face(posed, frame, wide, 0, eye - (0.55 + 0.1 * n[2]) * unit), unit, part)


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


def _ears(drawing: Drawing, design: Design, posed: Posed, frame: Frame) -> None:
    half, wide, n = 0.5 * design.proportions.head, design.proportions.skull, design.numbers
    skin, inner = _skin(design), Paint(design.palette["inner"])
    part = "head" if design.body != "bean" else "hair"
    for sign in (-1.0, 1.0):
        if design.ears == "human":
            eye = design.proportions.eye_height * design.proportions.head
            at = frame.at(eye - 0.1 * half, sign * wide * 1.0)
            drawing.add(part, Shape(SUPER, at, (0.2 * half, 0.16 * wide, 2.0, 0.1, -9.0), skin))
        elif design.ears == "bear":
            at = frame.at(0.75 * half, sign * 0.72 * wide)
            size = (0.3 + 0.2 * n[5]) * half
            drawing.add(part, Shape(SUPER, at, (size, size, 2.0, 0.0, -9.0), skin))
            drawing.add(part, Shape(SUPER, at, (0.55 * size, 0.55 * size, 2.0, 0.0, -9.0), inner, line=0.0))
        elif design.ears != "none":
            _tall_ear(drawing, design, frame, sign, skin, inner, part)


def _tall_ear(
    drawing: Drawing, design: Design, frame: Frame, sign: float, skin: Paint, inner: Paint, part: str
) -> None:
    half, wide, n = 0.5 * design.proportions.head, design.proportions.skull, design.numbers
    turn = sign * (0.15 + 0.5 * n[5])
    length, base = {"rabbit": (1.5 + 0.8 * n[6], 0.16), "cat": (0.75, 0.42), "dog": (1.1, 0.2)}[design.ears]
    if design.ears == "dog":
        turn = sign * (2.2 + 0.5 * n[5])
    at = frame.at(0.55 * half, sign * 0.6 * wide, turn)
    tip = 0.0 if design.ears == "cat" else 0.6 * base
    mid = 0.6 * base if design.ears == "cat" else 1.5 * base
    shape = (length * half, base * wide, mid * wide * 1.1, mid * wide, tip * wide, 0.1 * half if tip else 0.02 * half)
    drawing.add(part, Shape(PROFILE, at, shape, skin))
    small = tuple(0.6 * s for s in shape)
    drawing.add(part, Shape(PROFILE, at.at(0.2 * length * half, 0), small, inner, line=0.0))


def _fringe(drawing: Drawing, design: Design, frame: Frame) -> None:
    if design.hair == "none":
        return
    half, wide, n = 0.5 * design.proportions.head, design.proportions.skull, design.numbers
    a, b, exponent, egg = skull_shape(design)[:4] if design.skull != "hexagon" else (half, wide, 2.0, 0.0)
    cut = half * (0.3 + 0.35 * n[7])
    wave, rate, phase = {
        "straight": (0.02, 3.0, 0.0), "side": (0.3, 1.3, 0.9), "zigzag": (0.12, 13.0, n[8] * 6),
        "waves": (0.16, 6.0, n[8] * 6),
    }[design.fringe]  # fmt: skip
    numbers = (1.07 * a, 1.08 * b, exponent, egg, cut, -wave * half, rate / wide, phase)
    drawing.add("head", Shape(SUPER, frame, numbers, Paint(design.palette["hair"], material="hair")))
    if design.hair in ("long", "bob", "wild") and n[9] > 0.35:
        for sign in (-1.0, 1.0):
            lock = _hanging(frame.at(0.35 * half, sign * 0.98 * wide), 0.5)
            shape = (half * (0.9 + 0.9 * n[10]), 0.1 * wide, 0.22 * wide, 0.16 * wide, 0.02 * wide)
            drawing.add("head", Shape(PROFILE, lock, shape, Paint(design.palette["hair"], material="hair")))


def _hat(drawing: Drawing, design: Design, frame: Frame) -> None:
    if design.hat == "none":
        return
    part = "head" if design.body != "bean" else "hair"
    half, wide, n = 0.5 * design.proportions.head, design.proportions.skull, design.numbers
    felt = Paint(
        design.palette["prop"], design.palette["accent"], material="rigid", pattern=int(3 * n[11]), frequency=90.0
    )
    band = Paint(design.palette["accent"], material="rigid")
    top = frame.at(0.45 * half, 0)
    if design.hat in ("cap", "beanie"):
        drawing.add(
            part, Shape(SUPER, frame.at(0.1 * half, 0), (1.08 * half, 1.1 * wide, 2.0, 0, 0.42 * half, 0, 0, 0), felt)
        )
        brim = frame.at(0.5 * half, (1 if n[12] > 0.5 else -1) * (0.5 * wide if design.hat == "cap" else 0))
        size = (0.1 * half, 0.85 * wide) if design.hat == "cap" else (0.16 * half, 1.08 * wide)
        drawing.add(part, Shape(SUPER, brim, (*size, 3.0, 0, -9.0), band))
    elif design.hat in ("cone", "top", "crown"):
        tip = {"cone": 0.0, "top": 0.8, "crown": 1.0}[design.hat] * wide
        tall = {"cone": 1.5, "top": 1.0, "crown": 0.5}[design.hat] * half
        base = 0.85 * wide
        drawing.add(part, Shape(PROFILE, top, (tall, base, 0.3 * tip + 0.7 * base, 0.7 * tip + 0.3 * base, tip, 0.01, 0,
                                               0.12 * half if design.hat == "crown" else 0), felt))  # fmt: skip
        if design.hat != "crown":
            drawing.add(part, Shape(SUPER, top, (0.1 * half, 1.4 * wide, 2.5, 0, -9.0), band))
    elif design.hat == "bow":
        at = frame.at(0.85 * half, (0.6 if n[12] > 0.5 else -0.6) * wide)
        for turn in (math.pi / 2, -math.pi / 2):
            drawing.add(
                part,
                Shape(
                    PROFILE,
                    at.at(0, 0, turn),
                    (0.4 * wide, 0.05 * wide, 0.2 * wide, 0.3 * wide, 0.2 * wide, 0.02 * wide),
                    band,
                ),
            )
    else:
        for sign in (-1.0, 1.0) if design.hat == "antennae" else (0.3,):
            at = frame.at(0.8 * half, sign * 0.4 * wide, sign * 0.4)
            drawing.add(part, Shape(CAPSULE, at, (0.6 * half, 0.04 * half, 0.03 * half), felt))
            drawing.add(part, Shape(SUPER, at.at(0.65 * half, 0), (0.12 * half, 0.12 * half, 2.0, 0, -9.0), band))


def _on_face(posed: Posed, frame: Frame, wide: float, azimuth: float, up: float) -> Frame:
    a = math.radians(azimuth + posed.yaw + posed.head_yaw)
    at = frame.at(up, 0.9 * wide * math.sin(a))
    return at._replace(side=max(math.cos(a), 0.3), z0=frame.z0 - 0.05, z1=frame.z0 - 0.05)


def _hanging(frame: Frame, gravity: float, lean: float = 0.0) -> Frame:
    """A frame at the same origin that points down: partly the page's down, partly the head's."""
    dx, dy = -frame.ax * (1 - gravity) + lean, -frame.ay * (1 - gravity) + gravity
    norm = max(math.hypot(dx, dy), 1e-6)
    return frame._replace(ax=dx / norm, ay=dy / norm, up=False, z0=frame.z0 + 0.05, z1=0.08)


def _ink_shape(design: Design, kind: int, at: Frame, numbers: tuple[float, ...]) -> Shape:
    return Shape(kind, at, numbers, Paint(_eye_ink(design)), line=BOTH, flat=True)


def _eye_ink(design: Design) -> tuple[float, float, float]:
    return design.palette["ink"]
