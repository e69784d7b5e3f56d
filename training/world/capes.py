"""Draws what hangs on a back: capes, cloaks, wings, packs. Belongs to the torso. The same primitives in every pose."""

import math

import numpy as np

from training.world.designs import Design
from training.world.drawing import FOLDS, Drawing, Frame, Paint, Shape
from training.world.forms import form, limb, oval
from training.world.posed import Posed
from training.world.poses import ROW
from training.world.shapes import PROFILE
from training.world.wardrobe import Wardrobe


def draw_behind(
    drawing: Drawing, design: Design, wear: Wardrobe, posed: Posed, frame: Frame, widths: tuple[float, ...]
) -> None:
    """The piece that the wardrobe names, if any."""
    away = math.sin(math.radians(posed.yaw)) * design.proportions.shoulder * 0.5
    if wear.behind in ("cape", "cloak"):
        _cape(drawing, design, wear, posed, widths, away)
    elif wear.behind == "pack":
        pack = Paint(design.palette["prop"], material="rigid")
        drawing.add(
            "torso",
            form(
                frame.at(-0.1 * design.proportions.torso, away),
                0.95 * design.proportions.torso,
                (0.8 * widths[1], 1.15 * widths[1], 1.1 * widths[1]),
                0.03,
                pack,
            ),
        )
    elif wear.behind != "none":
        for sign in (-1.0, 1.0):
            _wing(drawing, design, wear, frame, sign, away)


def _cape(
    drawing: Drawing, design: Design, wear: Wardrobe, posed: Posed, widths: tuple[float, ...], away: float
) -> None:
    body, n = design.proportions, wear.numbers
    neck, pelvis = posed.points[ROW["neck"]], posed.middle("r_hip", "l_hip")
    reach = body.torso + (body.thigh + body.shin) * (0.9 if wear.behind == "cape" else 0.35)
    way = (pelvis - neck) / max(float(np.linalg.norm(pelvis - neck)), 1e-6) + np.array([0.35 * (n[3] - 0.5), 1.2])
    way = way / max(float(np.linalg.norm(way)), 1e-6)
    frame = Frame(
        neck[0], neck[1], way[0], way[1], posed.scale, side=max(math.cos(math.radians(posed.yaw)), 0.6), z0=0.08, z1=0.1
    )
    frame = frame.at(-0.04 * body.torso, away)
    top = widths[1]
    hem = top * (1.3 + 0.9 * n[4])
    red, green, blue = design.palette["coat"]
    dark = (0.6 * red, 0.6 * green, 0.6 * blue)
    cloth = Paint(
        design.palette["coat"],
        dark,
        pattern=FOLDS,
        frequency=55 + 60 * n[5],
        phase=6 * n[6],
        material="flowing",
    )
    shape = (
        reach,
        *(frame.side * w for w in (0.75 * top, 1.15 * top, 1.1 * top, hem)),
        0.01,
        0.04 * (n[7] - 0.5),
        0.012 * n[8],
    )
    drawing.add("torso", Shape(PROFILE, frame, shape, cloth))


def _wing(drawing: Drawing, design: Design, wear: Wardrobe, frame: Frame, sign: float, away: float) -> None:
    body, n = design.proportions, wear.numbers
    root = frame.at(0.2 * body.torso, sign * 0.3 * body.shoulder + away, sign * (1.9 + 0.5 * n[3]))
    length = (0.22 + 0.2 * n[4]) * (1 + body.head)
    if wear.behind == "feathers":
        paint = Paint(design.palette["white"] if n[5] > 0.4 else design.palette["coat"], material="rigid")
        plumes = [
            limb(root.at(0.03, 0.0, sign * turn), length * (1 - 0.13 * k), (0.02, 0.05, 0.05, 0.045, 0.02), paint)
            for k, turn in enumerate((-0.15, -0.5, -0.85, -1.2))
        ]
        drawing.add("torso", *plumes)
    elif wear.behind == "bat":
        skin = Paint(design.palette["coat"], material="rigid")
        web = Paint(design.palette["accent"], material="rigid")
        for turn, share in ((-0.1, 1.0), (-0.55, 0.85), (-1.0, 0.65)):
            at = root.at(0.0, 0.0, sign * turn)
            drawing.add("torso", form(at, share * length, (0.015, 0.06, 0.085, 0.02), 0.01, web))
            drawing.add("torso", limb(at, share * length, (0.012, 0.008, 0.005), skin))
    else:
        paint = Paint(design.palette["accent"], design.palette["white"], pattern=5, material="rigid")
        for turn, share in ((0.1, 1.0), (-0.9, 0.75)):
            at = root.at(0.5 * share * length, 0.0) if turn > 0 else root.at(0.0, 0.0, sign * turn)
            at = at if turn > 0 else at.at(0.5 * share * length, 0.0)
            drawing.add("torso", oval(at, 0.5 * share * length, 0.2 * share * length, paint, 0.7))
