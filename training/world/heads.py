"""Draws skulls, ears and hats, and says where the head lies. The same primitives in every pose (see `drawing`)."""

import math

from training.world.designs import Design
from training.world.drawing import Drawing, Frame, Paint, Shape
from training.world.faces import draw_face
from training.world.hair import draw_fringe
from training.world.posed import Posed
from training.world.shapes import CAPSULE, PROFILE, STAR, SUPER
from training.world.skulls import head_frame, skull_shape


def draw_head(drawing: Drawing, design: Design, posed: Posed) -> None:
    """Skull (none for a bean), face, fringe and hat; hair that falls is `draw_hair`."""
    frame = head_frame(design, posed)
    part = "torso" if design.body == "bean" else "head"
    if design.body != "bean":
        draw_ears(drawing, design, posed, frame)
        drawing.add(
            "head", Shape(SUPER if design.skull != "hexagon" else STAR, frame, skull_shape(design), _skin(design))
        )
    elif design.ears in ("rabbit", "cat", "bear", "dog"):
        draw_ears(drawing, design, posed, frame)
    draw_face(drawing, design, posed, frame, part)
    if design.body != "bean":
        draw_fringe(drawing, design, frame)
    draw_hat(drawing, design, frame)


def _skin(design: Design) -> Paint:
    return Paint(design.palette["skin"])


def draw_ears(drawing: Drawing, design: Design, posed: Posed, frame: Frame) -> None:
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


def draw_hat(drawing: Drawing, design: Design, frame: Frame) -> None:
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
