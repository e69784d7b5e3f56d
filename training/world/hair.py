"""Draws hair: what falls behind the head, and what lies on it. The same primitives in every pose (see `drawing`)."""

from training.world.designs import Design
from training.world.drawing import Drawing, Frame, Paint, Shape
from training.world.posed import Posed
from training.world.shapes import CAPSULE, PROFILE, STAR, SUPER
from training.world.skulls import hanging, head_frame, skull_shape


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
        hang = hanging(frame, 0.55).at(-0.8 * half, 0)
        top, end = wide * 1.08, wide * (0.75 + 0.5 * n[6])
        shape = (length, 0.6 * top, 1.55 * top, 1.0 * top, end, 0.1 * wide, 0.0, (0.03 + 0.1 * n[7]) * half)
        drawing.add("hair", Shape(PROFILE, hang, shape, paint))
        for sign in (-1.0, 1.0) if n[8] > 0.5 and design.hair != "bob" else ():
            lock = hanging(frame.at(0.1 * half, sign * 0.85 * wide), 0.5, sign * (0.1 + 0.3 * n[9]))
            lock_shape = (0.9 * length, 0.3 * wide, 0.45 * wide, 0.3 * wide, 0.03 * wide, 0.0, sign * 0.08 * length)
            drawing.add("hair", Shape(PROFILE, lock, lock_shape, paint))
    if design.hair == "bun":
        drawing.add("hair", Shape(SUPER, frame.at(1.15 * half, 0), (0.42 * half, 0.45 * wide, 2.0, 0.0, -9.0), paint))
    if design.hair in ("tails", "pony"):
        for sign in (-1.0, 1.0) if design.hair == "tails" else ((1.0 if n[0] > 0.5 else -1.0),):
            root = frame.at(0.45 * half, sign * 0.95 * wide)
            hang = hanging(root, 0.3, -sign * 0.5)
            length = half * (1.2 + 2.6 * n[5])
            thick = wide * (0.2 + 0.2 * n[6])
            drawing.add(
                "hair", Shape(CAPSULE, hang, (length, 0.6 * thick, 0.3 * thick, -sign * 0.1 * length, thick), paint)
            )


def draw_fringe(drawing: Drawing, design: Design, frame: Frame) -> None:
    """Hair on the skull: part of the head. What falls behind it is `draw_hair`."""
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
            lock = hanging(frame.at(0.35 * half, sign * 0.98 * wide), 0.5)
            shape = (half * (0.9 + 0.9 * n[10]), 0.1 * wide, 0.22 * wide, 0.16 * wide, 0.02 * wide)
            drawing.add("head", Shape(PROFILE, lock, shape, Paint(design.palette["hair"], material="hair")))
