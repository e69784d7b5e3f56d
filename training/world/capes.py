"""Draws what hangs on a back: capes, cloaks, wings, packs. Belongs to the torso. The same primitives in every pose."""

import math

import numpy as np

from training.world.drawing import FADE, FOLDS, Frame, Paint, Shape
from training.world.forms import form, limb, oval
from training.world.poses import ROW
from training.world.shapes import PROFILE
from training.world.tints import dark
from training.world.trunks import Trunk


def draw_behind(trunk: Trunk) -> None:
    """The piece that the wardrobe names, if any."""
    style, wide = trunk.wear.behind, trunk.widths[1]
    away = math.sin(math.radians(trunk.posed.yaw)) * trunk.body.shoulder * 0.5
    if style in ("cape", "cloak"):
        _cape(trunk, away)
    elif style == "pack":
        at = trunk.at(-0.1, 0.0, away)
        widths = (0.8 * wide, 1.15 * wide, 1.1 * wide)
        trunk.add(form(at, 0.95 * trunk.body.torso, widths, 0.03, trunk.paint("prop", "rigid")))
    elif style != "none":
        for sign in (-1.0, 1.0):
            _wing(trunk, sign, away)


def _cape(trunk: Trunk, away: float) -> None:
    body, n, posed = trunk.body, trunk.wear.numbers, trunk.posed
    neck, pelvis = posed.points[ROW["neck"]], posed.middle("r_hip", "l_hip")
    reach = body.torso + (body.thigh + body.shin) * (0.9 if trunk.wear.behind == "cape" else 0.35)
    way = (pelvis - neck) / max(float(np.linalg.norm(pelvis - neck)), 1e-6) + np.array([0.35 * (n[3] - 0.5), 1.2])
    way = way / max(float(np.linalg.norm(way)), 1e-6)
    side = max(math.cos(math.radians(posed.yaw)), 0.6)
    frame = Frame(neck[0], neck[1], way[0], way[1], posed.scale, side=side, z0=0.08, z1=0.1)
    frame = frame.at(-0.04 * body.torso, away)
    top = trunk.widths[1]
    widths = (0.75 * top, 1.15 * top, 1.1 * top, top * (1.3 + 0.9 * n[4]))
    shape = (reach, *(frame.side * w for w in widths), 0.01, 0.04 * (n[7] - 0.5), 0.012 * n[8])
    red = trunk.design.palette["coat"]
    cloth = Paint(red, dark(red, 0.6), pattern=FOLDS, frequency=55 + 60 * n[5], phase=6 * n[6], material="flowing")
    trunk.add(Shape(PROFILE, frame, shape, cloth))


def _wing(trunk: Trunk, sign: float, away: float) -> None:
    """Feathers, a bat's web, or a fairy's leaves."""
    n = trunk.wear.numbers
    root = trunk.at(0.2, 0.0, sign * 0.3 * trunk.body.shoulder + away, sign * (1.9 + 0.5 * n[3]))
    length = (0.22 + 0.2 * n[4]) * (1 + trunk.body.head)
    if trunk.wear.behind == "feathers":
        paint = trunk.paint("white" if n[5] > 0.4 else "coat", "rigid")
        plumes = [
            limb(root.at(0.03, 0.0, sign * turn), length * (1 - 0.13 * k), (0.02, 0.05, 0.05, 0.045, 0.02), paint)
            for k, turn in enumerate((-0.15, -0.5, -0.85, -1.2))
        ]
        trunk.add(*plumes)
    elif trunk.wear.behind == "bat":
        for turn, share in ((-0.1, 1.0), (-0.55, 0.85), (-1.0, 0.65)):
            at = root.at(0.0, 0.0, sign * turn)
            web = trunk.paint("accent", "rigid")
            trunk.add(form(at, share * length, (0.015, 0.06, 0.085, 0.02), 0.01, web))
            trunk.add(limb(at, share * length, (0.012, 0.008, 0.005), trunk.paint("coat", "rigid")))
    else:
        palette = trunk.design.palette
        paint = Paint(palette["accent"], palette["white"], pattern=FADE, material="rigid")
        for turn, share in ((0.1, 1.0), (-0.9, 0.75)):
            at = root.at(0.5 * share * length, 0.0) if turn > 0 else root.at(0.0, 0.0, sign * turn)
            at = at if turn > 0 else at.at(0.5 * share * length, 0.0)
            trunk.add(oval(at, 0.5 * share * length, 0.2 * share * length, paint, 0.7))
