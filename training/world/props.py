"""Draws what is held or hangs on: wands, bags, balloons, tails. The same primitives in every pose (see `drawing`)."""

import math

from training.world.designs import Design
from training.world.drawing import NEVER, Drawing, Frame, Paint, Shape
from training.world.posed import Posed
from training.world.shapes import ARC, CAPSULE, PROFILE, STAR, SUPER


def draw_held(drawing: Drawing, design: Design, posed: Posed) -> None:
    """A tail at the pelvis, or a thing in one hand."""
    if design.held == "none":
        return
    side = "rl"[design.held_side]
    if design.held == "tail":
        _tail(drawing, design, posed)
        return
    hand = posed.bone(f"{side}_wrist", f"{side}_hand", design.proportions.hand)
    grip = hand.at(0.6 * design.proportions.hand, 0.0, turn=math.pi / 2 if side == "r" else -math.pi / 2, fore=1.0)
    prop, accent = Paint(design.palette["prop"], material="rigid"), Paint(design.palette["accent"], material="rigid")
    size = 0.12 + 0.12 * design.numbers[8]
    stick = Shape(CAPSULE, grip.at(-0.04, 0), (size + 0.1, 0.009, 0.009), prop)
    tip = grip.at(size + 0.08, 0)
    if design.held == "sword":
        drawing.add("held", Shape(PROFILE, grip.at(0.03, 0), (size * 1.8, 0.016, 0.018, 0.018, 0.0), accent))
        drawing.add("held", Shape(PROFILE, grip.at(0.02, 0), (0.018, 0.045, 0.045, 0.045, 0.045), prop))
    elif design.held == "bag":
        down = Frame(grip.x, grip.y, 0.0, 1.0, grip.scale, z0=grip.z0)
        drawing.add("held", Shape(PROFILE, down, (size, 0.03, 0.08, 0.08, 0.07, 0.01), prop))
        drawing.add("held", Shape(ARC, down.at(0.02, 0), (0.03, 0.03, 0.006), accent))
    elif design.held == "balloon":
        up = Frame(grip.x, grip.y, 0.0, -1.0, grip.scale, z0=grip.z0, up=True)
        drawing.add("held", Shape(CAPSULE, up, (0.25, 0.002, 0.002), accent))
        drawing.add("held", Shape(SUPER, up.at(0.33, 0), (0.1, 0.08, 2.0, 0.15, -9), prop))
    else:
        drawing.add("held", stick)
        points = (
            (0.055, 0.45, 5.0, 0.0, 1.0, 0.0, -9) if design.held == "wand" else (0.055, 0.6, 6.0, 0.0, 1.0, 1.0, -9)
        )
        drawing.add("held", Shape(STAR, tip, points, accent))


def _tail(drawing: Drawing, design: Design, posed: Posed) -> None:
    pelvis = posed.middle("r_hip", "l_hip")
    way = 1.0 if design.held_side else -1.0
    start = Frame(pelvis[0], pelvis[1], way * 0.9, -0.3, posed.scale, z0=0.1, z1=0.1)
    reach = 0.1 + 0.16 * design.numbers[8]
    paint = Paint(
        design.palette["skin"], third=design.palette["inner"], far=0.7 * reach if design.numbers[5] > 0.5 else NEVER
    )
    hang = start.at(0.9 * (design.proportions.hip + 0.3 * reach), 0.0, turn=-way * (0.5 + design.numbers[6]))
    thick = 0.015 + 0.05 * design.numbers[9]
    drawing.add(
        "held",
        Shape(
            CAPSULE,
            start,
            (hang.x - start.x and 0.9 * (design.proportions.hip + 0.3 * reach), thick, thick),
            Paint(paint.first),
        ),
        Shape(CAPSULE, hang, (reach, thick, thick * (0.4 + design.numbers[10]), way * 0.2 * reach), paint),
    )
