"""Draws the skirts and gowns of richer characters. The same primitives in every pose (see `drawing`)."""

import numpy as np

from training.world.bodies import shaded
from training.world.designs import Design
from training.world.drawing import FOLDS, NEVER, Drawing, Frame, Paint, Shape
from training.world.forms import form
from training.world.posed import Posed
from training.world.poses import ROW
from training.world.shapes import PROFILE
from training.world.wardrobe import Wardrobe

# Length as a share of the leg, width of the hem as a multiple of the hips, waves of the hem.
_CUTS = {
    "mini": (0.36, 1.6, 0.3),
    "pleats": (0.42, 1.9, 1.0),
    "long": (0.9, 1.7, 0.5),
    "gown": (0.99, 2.4, 0.6),
    "dress": (0.6, 1.9, 0.4),
    "tutu": (0.3, 2.8, 1.6),
}


def is_skirt(wear: Wardrobe) -> bool:
    return wear.bottom in _CUTS


def draw_gathered_skirt(drawing: Drawing, design: Design, wear: Wardrobe, posed: Posed) -> None:
    """A skirt with folds; it hangs, leans towards the knees and widens with them."""
    if not is_skirt(wear):
        return
    body, n = design.proportions, wear.numbers
    share, flare, waves = _CUTS[wear.bottom]
    leg = body.thigh + body.shin
    rise = (0.38 if wear.build == "fem" else 0.22) * body.torso
    length = share * (0.85 + 0.25 * n[27]) * leg + rise
    top = (0.62 * body.shoulder + 0.4 * body.hip) if wear.build == "fem" else body.hip + 0.9 * design.leg[0]
    hips = body.hip + 1.05 * design.leg[0]
    rest = max(hips * flare * (0.8 + 0.35 * n[28]), 1.1 * hips)
    frame, seen, hem = _hanging(posed, design, wear, length, rise, rest)
    cloth = design.shirt if wear.bottom in ("dress", "gown", "tutu") else design.lower
    cloth = cloth._replace(far=NEVER, near=-NEVER, material="flowing")
    dark = shaded(cloth.first, 0.72)
    if cloth.pattern == 0 or wear.bottom == "pleats":
        cloth = cloth._replace(
            pattern=FOLDS, second=dark, frequency=(60 if wear.bottom != "pleats" else 130) / (1 + 2 * body.head)
        )
    trim = wear.numbers[29] > 0.6
    if trim:
        cloth = cloth._replace(far=0.9 * length, third=design.palette["accent"], material_far="flowing")
    shape = (seen, top, max(hips * 1.15, 1.2 * top), 0.75 * hem, hem, 0.006, 0.0, 0.011 * waves)
    drawing.add("skirt", Shape(PROFILE, frame, shape, cloth))
    if wear.bottom in ("tutu", "gown") and n[30] > 0.4:
        tier = Paint(dark, design.palette["white"], material="flowing")._replace(first=design.palette["accent"])
        drawing.add(
            "skirt", Shape(PROFILE, frame, (0.5 * seen, top, 1.25 * top, 0.7 * hem, 0.8 * hem, 0.006, 0.0, 0.01), tier)
        )
    band = form(
        frame.at(-0.005, 0.0)._replace(side=1.0),
        0.1 * body.torso,
        (1.03 * top, 1.08 * top),
        0.004,
        Paint(design.palette["belt"] if wear.belt else cloth.first, material="fitted"),
    )
    drawing.add("skirt", band)


def _hanging(
    posed: Posed, design: Design, wear: Wardrobe, length: float, rise: float, rest: float
) -> tuple[Frame, float, float]:
    """The skirt's frame, the length that is seen, and its hem's half width."""
    body = design.proportions
    pelvis, neck = posed.middle("r_hip", "l_hip"), posed.points[ROW["neck"]]
    waist = pelvis + rise / body.torso * (neck - pelvis)
    names = ("r_knee", "l_knee", "r_ankle", "l_ankle") if wear.bottom in ("long", "gown") else ("r_knee", "l_knee")
    low = posed.middle(*names)
    leg = body.thigh + body.shin
    hang = 0.6 * (low - pelvis) / max(float(np.linalg.norm(low - pelvis)), 1e-6) + np.array([0.0, 0.4])
    spread = abs(posed.points[ROW["r_knee"]][0] - posed.points[ROW["l_knee"]][0]) / posed.scale
    hem = max(rest, 0.5 * spread + 1.3 * design.leg[0])
    down = float(np.linalg.norm(low - pelvis)) / posed.scale
    usual = 0.55 if len(names) == 2 else 0.75
    seen = max(min(down * length / (usual * leg), length), 0.45 * length)
    frame = posed.between(waist, waist + hang * posed.scale, 1.0)
    return frame._replace(fore=seen / length, side=hem / rest, z0=-0.03, z1=-0.04), seen, hem
