"""Draws the heads of richer characters: skull, jaw, ears, horns, hats, with their faces and caps of hair. The same
primitives in every pose (see `drawing`)."""

import math

from training.world.caps import draw_cap
from training.world.designs import Design
from training.world.drawing import Drawing, Frame, Paint, Shape
from training.world.forms import form, limb, oval
from training.world.gazes import draw_features
from training.world.heads import draw_ears, draw_hat
from training.world.posed import Posed
from training.world.scalps import hair_paint
from training.world.shapes import SUPER
from training.world.skulls import head_frame, skull_shape
from training.world.wardrobe import Wardrobe


def draw_crown(drawing: Drawing, design: Design, wear: Wardrobe, posed: Posed) -> None:
    """Everything of the part head; on a bean only the face (on the torso) and what sits on top."""
    frame = head_frame(design, posed)
    bean = design.body == "bean"
    if not bean:
        if wear.hair == "drape":
            half, wide = 0.5 * design.proportions.head, design.proportions.skull
            drawing.add("head", oval(frame, 1.14 * half, 1.12 * wide, hair_paint(design, wear)))
        draw_ears(drawing, design, posed, frame)
        _skull(drawing, design, posed, frame)
    elif design.ears in ("rabbit", "cat", "bear", "dog") and wear.shell == "none":
        draw_ears(drawing, design, posed, frame)
    draw_features(drawing, design, wear, posed, frame, "torso" if bean else "head")
    if not bean:
        draw_cap(drawing, design, wear, posed, frame)
        _horns(drawing, design, wear, frame)
    if wear.shell == "none":
        draw_hat(drawing, design, frame)


def _skull(drawing: Drawing, design: Design, posed: Posed, frame: Frame) -> None:
    half, wide = 0.5 * design.proportions.head, design.proportions.skull
    skin = Paint(design.palette["skin"])
    turn = math.sin(math.radians(posed.yaw + posed.head_yaw))
    eye = design.proportions.eye_height * design.proportions.head
    animal = design.nose == "snout"
    size = (0.34 if animal else 0.11) * half * max(abs(turn) - 0.3, 0.003)
    bump = oval(
        frame.at(eye - (0.42 if animal else 0.3) * half, (0.92 if animal else 0.97) * wide * turn),
        size,
        1.5 * size,
        skin,
    )
    if design.skull in ("chin", "egg"):
        jaw = 0.34 if design.skull == "chin" else 0.46
        widths = (jaw * wide, 0.8 * wide, 0.97 * wide, 1.03 * wide, 0.95 * wide, 0.5 * wide)
        skull = form(frame.at(-half, 0.0), 2 * half, widths, 0.32 * wide, skin)
    else:
        skull = Shape(SUPER, frame, skull_shape(design), skin)
    drawing.add("head", bump, skull)


def _horns(drawing: Drawing, design: Design, wear: Wardrobe, frame: Frame) -> None:
    half, wide = 0.5 * design.proportions.head, design.proportions.skull
    horn = Paint(design.palette["prop"], material="rigid")
    if wear.horns == "unicorn":
        drawing.add("head", limb(frame.at(0.8 * half, 0.0), 0.8 * half, (0.16 * wide, 0.1 * wide, 0.005 * wide), horn))
    elif wear.horns != "none":
        long, bow = (0.55, 0.1) if wear.horns == "small" else (0.95, 0.35)
        for sign in (-1.0, 1.0):
            at = frame.at(0.72 * half, sign * 0.6 * wide, sign * 0.5)
            drawing.add(
                "head",
                limb(
                    at, long * half, (0.16 * wide, 0.14 * wide, 0.09 * wide, 0.005 * wide), horn, bow=-sign * bow * half
                ),
            )
