"""Draws necks, torsos, the bodies of beans, prints and skirts. The same primitives in every pose (see `drawing`)."""

import math

import numpy as np

from training.world.designs import Design
from training.world.drawing import NEVER, Drawing, Frame, Paint, Shape
from training.world.posed import Posed
from training.world.poses import ROW
from training.world.shapes import CAPSULE, HEART, PROFILE, STAR, SUPER


def draw_torso(drawing: Drawing, design: Design, posed: Posed) -> None:
    """Neck and torso, or the whole body of a bean."""
    body = design.proportions
    pelvis = posed.middle("r_hip", "l_hip")
    neck = posed.points[ROW["neck"]]
    frame = posed.between(neck, pelvis, body.torso)._replace(side=max(math.cos(math.radians(posed.yaw)), 0.75))
    if design.body == "bean":
        _bean(drawing, design, frame)
    else:
        _trunk(drawing, design, frame)
    if design.body != "bean":
        _emblem(drawing, design, frame.at(0.36 * body.torso, _turned(posed, 0.9 * body.shoulder)), 0.33 * body.torso)


def draw_skirt(drawing: Drawing, design: Design, posed: Posed) -> None:
    """A skirt or the lower half of a dress; it swings towards the knees and widens with them."""
    if design.skirt == "none":
        return
    body = design.proportions
    leg = body.thigh + body.shin
    length = {"mini": 0.4, "knee": 0.62, "long": 0.98, "dress": 0.7}[design.skirt] * leg + 0.25 * body.torso
    pelvis = posed.middle("r_hip", "l_hip")
    waist = pelvis + 0.25 * (posed.points[ROW["neck"]] - pelvis)
    low = (
        posed.middle("r_knee", "l_knee")
        if design.skirt != "long"
        else posed.middle("r_knee", "l_knee", "r_ankle", "l_ankle")
    )
    hang = 0.6 * (low - pelvis) / max(float(np.linalg.norm(low - pelvis)), 1e-6) + np.array([0.0, 0.4])
    spread = abs(posed.points[ROW["r_knee"]][0] - posed.points[ROW["l_knee"]][0]) / posed.scale
    top = body.hip * 1.15 + design.leg[0] * 0.5
    rest = top * (1.3 + 1.3 * design.numbers[5])
    hem = max(rest, 0.5 * spread + 1.3 * design.leg[0])
    down = float(np.linalg.norm(low - pelvis)) / posed.scale
    seen = max(min(down * length / (0.55 * leg), length), 0.45 * length)
    frame = posed.between(waist, waist + hang * posed.scale, 1.0)
    frame = frame._replace(fore=seen / length, side=hem / rest, z0=-0.03, z1=-0.04)
    wave = 0.012 * design.numbers[6]
    paint = design.shirt._replace(far=NEVER, near=-NEVER) if design.skirt == "dress" else design.lower
    paint = paint._replace(material="flowing", near=0.03 if design.skirt != "dress" else -NEVER, material_near="fitted")
    shape = (seen, top, top * 1.15, hem * 0.8, hem, 0.004, 0.0, wave)
    drawing.add("skirt", Shape(PROFILE, frame, shape, paint))
    for k, v in enumerate((-0.45, 0.0, 0.4)):
        if design.numbers[7] > 0.5:
            at = frame.at(0.55 * length, v * rest * 1.1)
            fold = (0.3 * seen, 0.003, 0.004, 0.004, 0.002)
            drawing.add(
                "skirt", Shape(PROFILE, at, fold, Paint(darker(paint.first), material="flowing"), line=0, flat=k > 9)
            )


def _trunk(drawing: Drawing, design: Design, frame: Frame) -> None:
    body, palette = design.proportions, design.palette
    neck = body.neck + 0.12 * body.head
    width = max(0.4 * body.shoulder, design.arm[0] * 0.9) * 0.9
    drawing.add(
        "torso", Shape(CAPSULE, frame.at(-neck, 0.0), (neck + 0.02, width, width * 1.1), Paint(palette["skin"]))
    )
    trousers = design.trouser > 0 or design.skirt not in ("none", "dress")
    far = 0.86 * body.torso if trousers else NEVER
    near = 0.07 * body.torso if design.collar else -NEVER
    third = palette["lower"] if trousers else palette["shirt"]
    paint = design.shirt._replace(far=far, near=near, third=third, material_far="fitted")
    drawing.add("torso", Shape(*_torso_shape(design, frame), paint))
    if trousers and design.numbers[9] > 0.5:
        belt = frame.at(0.84 * body.torso, 0.0)
        w = 0.8 * body.hip + 0.6 * design.leg[0]
        drawing.add(
            "torso", Shape(PROFILE, belt, (0.018, w, w, w, w), Paint(palette["belt"], material="rigid"), line=0.5)
        )


def _torso_shape(design: Design, frame: Frame) -> tuple[int, Frame, tuple[float, ...]]:
    body, side = design.proportions, frame.side
    length = body.torso * frame.fore
    top, low = body.shoulder + 0.45 * design.arm[0], body.hip + 0.95 * design.leg[0]
    end = length + 0.75 * design.leg[0]
    mid = design.waist * min(top, low)
    widths = {
        "trapezoid": (top * 0.7, top * 1.08, mid, low), "hourglass": (top * 0.65, top * 1.05, mid * 0.55, low * 1.1),
        "box": (top, top, top, max(low, top)), "barrel": (top * 0.75, top * 1.25, low * 1.25, low * 0.8),
        "cone": (0.4 * top, 0.8 * top, 1.1 * low, 1.5 * low), "triangle": (0.3 * top, 0.7 * top, low, 1.8 * low),
        "bell": (top * 0.6, top * 0.6, mid * 0.8, 1.7 * low), "diamond": (top * 0.5, 1.5 * top, mid * 1.2, low * 0.6),
    }  # fmt: skip
    if design.torso in widths:
        w = [side * x for x in widths[design.torso]]
        shift = 0.35 * design.arm[0]
        return PROFILE, frame.at(-shift / frame.fore, 0.0), (end + shift, *w, min(0.8 * design.arm[0], 0.5 * min(w)))
    wide = {"oval": 1.15, "egg": 1.3, "round": 1.7}[design.torso] * max(top, low) * (0.8 + 0.4 * design.numbers[10])
    half = 0.5 * (end + 0.8 * design.arm[0])
    egg = {"oval": 0.0, "egg": 0.25, "round": 0.08}[design.torso]
    return SUPER, frame.at((half - 0.8 * design.arm[0]) / frame.fore, 0.0), (half, side * wide, 2.3, egg, -9.0)


def _bean(drawing: Drawing, design: Design, frame: Frame) -> None:
    body = design.proportions
    half = 0.5 * (body.head + body.torso) + 0.02
    centre = frame.at(0.5 * (body.torso - body.head) + 0.0, 0.0)
    wide = 1.06 * body.shoulder * frame.side
    bands = design.shirt._replace(
        far=half * (0.1 + 0.6 * design.numbers[11]) if design.numbers[12] > 0.4 else NEVER,
        near=-half * (0.3 + 0.5 * design.numbers[13]) if design.numbers[13] > 0.6 else -NEVER,
        third=design.palette["lower"], material="skin", material_far="fitted", material_near="fitted",
    )  # fmt: skip
    if design.torso in ("box", "cone", "trapezoid", "triangle", "diamond"):
        top, low = {
            "box": (1, 1),
            "cone": (0.25, 1.15),
            "trapezoid": (0.85, 1),
            "triangle": (0.1, 1.3),
            "diamond": (0.5, 0.6),
        }[design.torso]
        mid = 1.25 if design.torso == "diamond" else 0.5 * (top + low) + 0.1
        numbers = (2 * half * frame.fore, wide * top, wide * mid, wide * mid, wide * low, 0.3 * wide)
        drawing.add("torso", Shape(PROFILE, centre.at(-half, 0), numbers, bands))
        return
    egg = {"egg": 0.28, "round": 0.0}.get(design.torso, 0.1)
    drawing.add("torso", Shape(SUPER, centre, (half * frame.fore, wide, 2.0 + design.numbers[14], egg, -9.0), bands))


def _emblem(drawing: Drawing, design: Design, frame: Frame, size: float) -> None:
    if design.emblem == "none":
        return
    paint = Paint(design.palette["accent"], material="print")
    size *= 0.55 + 0.5 * design.numbers[15]
    up = frame._replace(ax=-frame.ax, ay=-frame.ay, up=True, fore=1.0, z0=-0.05, z1=-0.05)
    side = frame.side
    if design.emblem == "star":
        drawing.add("torso", Shape(STAR, up, (0.6 * size, 0.45, 5.0, math.pi / 5, 1.0, 0.0, -9.0), paint, line=0.4))
    elif design.emblem == "heart":
        drawing.add("torso", Shape(HEART, up, (0.5 * size,), paint, line=0.4))
    elif design.emblem == "disc":
        drawing.add("torso", Shape(SUPER, up, (0.5 * size, 0.5 * size * side, 2.0, 0.0, -9.0), paint, line=0.4))
    elif design.emblem == "badge":
        badge = up.at(0.3 * size, 0.5 * size * (1 if design.numbers[3] > 0.5 else -1))
        drawing.add("torso", Shape(SUPER, badge, (0.2 * size, 0.2 * size, 4.0, 0.0, -9.0), paint, line=0.4))
    elif design.emblem in ("tie", "placket"):
        cloth = paint._replace(material="fitted")
        high, low = up.at(1.05 * size / (0.55 + 0.5 * design.numbers[15]), 0.0), (2.2 + design.numbers[3]) * size
        strip = (low, 0.07 * size, 0.12 * size, 0.3 * size, 0.02 * size)
        if design.emblem == "placket":
            strip = (low, 0.22 * size, 0.2 * size, 0.2 * size, 0.22 * size)
        at = high._replace(ax=-high.ax, ay=-high.ay, up=False)
        drawing.add(
            "torso", Shape(PROFILE, at, tuple(s * (side if k else 1) for k, s in enumerate(strip)), cloth, line=0.5)
        )
    elif design.emblem == "buttons":
        for k in range(3):
            at = up.at(0.5 * size * (1 - k), 0.0)
            drawing.add("torso", Shape(SUPER, at, (0.1 * size, 0.1 * size, 2.0, 0.0, -9.0), paint, line=0.3))
    else:
        draw_letter(drawing, up, 0.55 * size, paint, int(8 * design.numbers[3]))


_LETTERS = (
    ((-1, -0.6, 1, 0), (-1, 0.6, 1, 0), (-0.1, -0.35, -0.1, 0.35)), ((-1, -0.5, 1, -0.5), (-1, -0.5, -1, 0.5)),
    ((-1, 0, 1, 0), (1, -0.6, 1, 0.6)), ((-1, -0.6, 1, 0.6), (-1, 0.6, 1, -0.6)),
    ((-1, -0.5, 1, -0.5), (-1, 0.5, 1, 0.5), (0, -0.5, 0, 0.5)), ((-1, 0, 0, 0), (0, 0, 1, -0.6), (0, 0, 1, 0.6)),
    ((-1, -0.5, 1, -0.5), (1, -0.5, 1, 0.5), (0, -0.5, 0, 0.3)), ((-1, -0.5, 1, -0.5), (1, -0.5, -1, 0.5),
                                                           (-1, 0.5, 1, 0.5)),
)  # fmt: skip


def draw_letter(drawing: Drawing, frame: Frame, size: float, paint: Paint, which: int) -> None:
    for u0, v0, u1, v1 in _LETTERS[which % len(_LETTERS)]:
        length = math.hypot(u1 - u0, v1 - v0) * size
        at = frame.at(u0 * size, v0 * size, math.atan2(v1 - v0, u1 - u0), fore=1.0)
        drawing.add("torso", Shape(CAPSULE, at, (length, 0.2 * size, 0.2 * size), paint, line=0.0))


def _turned(posed: Posed, radius: float) -> float:
    """Where the middle of a rounded front goes when the body turns; frames that run down have y to the left."""
    return -radius * math.sin(math.radians(posed.yaw))


def darker(colour: tuple[float, float, float]) -> tuple[float, float, float]:
    return (0.72 * colour[0], 0.7 * colour[1], 0.74 * colour[2])
