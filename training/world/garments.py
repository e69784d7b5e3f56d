"""Draws what is worn over a curved trunk: prints, belts, coats, aprons, straps, scarves; see `bodies` for its frame.

The same primitives in every pose (see `drawing`).
"""

import math

import numpy as np

from training.world.designs import Design
from training.world.drawing import FOLDS, NEVER, Drawing, Frame, Paint, Shape
from training.world.forms import form, limb, oval, stroke
from training.world.posed import Posed
from training.world.shapes import HEART, STAR
from training.world.torsos import draw_letter
from training.world.wardrobe import Wardrobe

Span = tuple[float, float]


def draw_prints(drawing: Drawing, design: Design, wear: Wardrobe, frame: Frame, shift: float) -> None:
    """A print on the front of the shirt."""
    n, body = wear.numbers, design.proportions
    if wear.print == "none":
        return
    paint = Paint(design.palette["accent"], material="print")
    size = (0.24 + 0.14 * n[9]) * body.torso
    off = 0.4 * body.shoulder * (1 if wear.odd_side == 0 else -1) if wear.print == "logo" else 0.0
    at = frame.at((0.4 if wear.print != "chest" else 0.45) * body.torso, 0.8 * shift + off)
    up = at._replace(ax=-at.ax, ay=-at.ay, up=True, fore=1.0, z0=-0.05, z1=-0.05)
    size *= 0.45 if wear.print == "logo" else 1.0
    if wear.print == "chest":
        band = form(frame.at(0.36 * body.torso, 0.0), 0.18 * body.torso, (0.93 * body.shoulder,) * 2, 0.0, paint, 0.4)
        drawing.add("torso", band)
    elif wear.print == "number":
        for k, letter in enumerate((n[10], n[11])):
            draw_letter(drawing, up.at(0.0, (k - 0.5) * 1.1 * size), 0.5 * size, paint, int(8 * letter))
    elif wear.print == "word":
        for k in range(3):
            draw_letter(drawing, up.at(0.0, (k - 1) * 0.75 * size), 0.3 * size, paint, int(8 * n[10 + k]))
    elif n[10] < 0.35:
        drawing.add("torso", Shape(STAR, up, (0.6 * size, 0.45, 5.0, math.pi / 5, 1.0, 0.0, -9.0), paint, line=0.4))
    elif n[10] < 0.6:
        drawing.add("torso", Shape(HEART, up, (0.5 * size,), paint, line=0.4))
    else:
        drawing.add("torso", oval(up, 0.5 * size, 0.5 * size, paint, 0.4))
        white = Paint(design.palette["white"], material="print")
        draw_letter(drawing, up, 0.28 * size, white, int(8 * n[11]))


def draw_over(
    drawing: Drawing,
    design: Design,
    wear: Wardrobe,
    posed: Posed,
    frame: Frame,
    shift: float,
    widths: tuple[float, ...],
    span: Span,
) -> None:
    """Belt, over-garment, then straps and neckwear."""
    if wear.belt and wear.over not in ("coat", "apron"):
        _belt(drawing, design, wear, frame, shift, widths)
    if wear.over in ("jacket", "vest", "coat"):
        _coat(drawing, design, wear, posed, frame, shift, widths, span)
    elif wear.over in ("apron", "overalls"):
        _bib(drawing, design, wear, posed, frame, shift, widths)
    if wear.odd == "strap" or wear.behind == "pack":
        _straps(drawing, design, wear, frame, shift)
    _neckwear(drawing, design, wear, frame, shift)
    if wear.odd == "badge":
        sign = 1.0 if wear.odd_side == 0 else -1.0
        at = frame.at(0.3 * design.proportions.torso, 0.7 * shift + sign * 0.55 * design.proportions.shoulder)
        badge = Paint(design.palette["prop"], material="print")
        drawing.add("torso", oval(at, 0.07 * design.proportions.torso, 0.07 * design.proportions.torso, badge, 0.5))


def _belt(
    drawing: Drawing, design: Design, wear: Wardrobe, frame: Frame, shift: float, widths: tuple[float, ...]
) -> None:
    body = design.proportions
    place = (0.6 if wear.build == "fem" else 0.76) * body.torso
    wide = 1.05 * (0.4 * widths[3] + 0.6 * widths[4] if wear.build != "fem" else max(widths[3], 0.55 * widths[4]))
    leather = Paint(design.palette["belt"], material="rigid")
    drawing.add("torso", form(frame.at(place, 0.0), 0.09 * body.torso, (wide, wide), 0.004, leather))
    buckle = Paint(design.palette["prop"], material="rigid")
    drawing.add(
        "torso",
        oval(
            frame.at(place + 0.045 * body.torso, shift), 0.055 * body.torso, 0.06 * body.torso, buckle, 0.6, power=4.0
        ),
    )


def _coat(
    drawing: Drawing,
    design: Design,
    wear: Wardrobe,
    posed: Posed,
    frame: Frame,
    shift: float,
    widths: tuple[float, ...],
    span: Span,
) -> None:
    body, n = design.proportions, wear.numbers
    cloth = design.lower._replace(first=design.palette["coat"], far=NEVER, near=-NEVER)
    if n[12] > 0.3:
        cloth = cloth._replace(pattern=0)
    if wear.over == "coat":
        _tails(drawing, design, wear, posed, frame, cloth, widths)
    start, length = span
    reach = length * (1.0 if wear.over == "coat" else 0.82 + 0.1 * n[13])
    eased = tuple(1.07 * w for w in widths)
    stops = [float(w) for w in np.interp(np.linspace(0, reach / length, 6), np.linspace(0, 1, 6), eased)]
    drawing.add("torso", form(frame.at(start, 0.0), reach, stops, 0.3 * design.arm[0], cloth))
    gap = (0.16 + 0.3 * n[14]) * body.shoulder
    inside = design.shirt._replace(far=NEVER, near=-NEVER)
    opening = frame.at(start + 0.002, shift)
    drawing.add(
        "torso",
        form(opening, reach - 0.004, (1.3 * gap, 1.2 * gap, gap, 0.8 * gap, 0.9 * gap, 1.1 * gap), 0.0, inside, 0.8),
    )
    dark = Paint(tuple(0.75 * c for c in design.palette["coat"]), material="fitted")  # type: ignore[arg-type]
    for sign in (-1.0, 1.0):
        lapel = opening.at(0.0, sign * 1.35 * gap, -sign * 0.12)
        drawing.add("torso", form(lapel, 0.5 * body.torso, (0.5 * gap, 0.7 * gap, 0.05 * gap), 0.003, dark, 0.8))
        if wear.pockets:
            pocket = frame.at(0.62 * body.torso, 0.8 * shift + sign * 0.62 * body.shoulder)
            drawing.add("torso", form(pocket, 0.04, (0.26 * body.shoulder,) * 2, 0.004, dark, 0.7))


def _tails(
    drawing: Drawing,
    design: Design,
    wear: Wardrobe,
    posed: Posed,
    frame: Frame,
    cloth: Paint,
    widths: tuple[float, ...],
) -> None:
    body = design.proportions
    length = (0.45 + 0.5 * wear.numbers[15]) * (body.thigh + body.shin)
    dark = tuple(0.7 * c for c in cloth.first)
    cloth = cloth._replace(material="flowing")
    if cloth.pattern == 0:
        cloth = cloth._replace(pattern=FOLDS, second=dark, frequency=70.0)  # type: ignore[arg-type]
    for side, sign in (("r", 1.0), ("l", -1.0)):
        hip, knee = posed.middle(f"{side}_hip"), posed.middle(f"{side}_knee")
        way = (knee - hip) / max(float(np.linalg.norm(knee - hip)), 1e-6) + np.array([-sign * 0.22, 0.5])
        way = way / max(float(np.linalg.norm(way)), 1e-6)
        root = frame.at(0.6 * body.torso, sign * 0.55 * widths[3])
        panel = Frame(root.x, root.y, way[0], way[1], posed.scale, side=frame.side, z0=-0.02, z1=-0.03)
        drawing.add("torso", form(panel, length, (0.5 * widths[3], 0.62 * widths[4], 0.8 * widths[4]), 0.006, cloth))


def _bib(
    drawing: Drawing,
    design: Design,
    wear: Wardrobe,
    posed: Posed,
    frame: Frame,
    shift: float,
    widths: tuple[float, ...],
) -> None:
    body, n = design.proportions, wear.numbers
    overalls = wear.over == "overalls"
    cloth = Paint(design.palette["lower"] if overalls else design.palette["white"], material="fitted")
    wide = 0.62 * body.shoulder
    for sign in (-1.0, 1.0):
        strap = frame.at(-0.03 * body.torso, 0.5 * shift + sign * 0.6 * body.shoulder, -sign * 0.06)
        drawing.add("torso", form(strap, 0.42 * body.torso, (0.13 * wide, 0.13 * wide), 0.0, cloth, 0.7))
    bib = frame.at(0.34 * body.torso, 0.7 * shift)
    drawing.add("torso", form(bib, 0.42 * body.torso, (wide, wide, 1.1 * wide), 0.015, cloth))
    if overalls:
        for sign in (-1.0, 1.0):
            button = frame.at(0.39 * body.torso, 0.7 * shift + sign * 0.78 * wide)
            drawing.add("torso", oval(button, 0.014, 0.014, Paint(design.palette["prop"], material="rigid"), 0.4))
    else:
        hip, knee = posed.middle("r_hip", "l_hip"), posed.middle("r_knee", "l_knee")
        way = (knee - hip) / max(float(np.linalg.norm(knee - hip)), 1e-6) + np.array([0.0, 0.6])
        way = way / max(float(np.linalg.norm(way)), 1e-6)
        root = frame.at(0.66 * body.torso, 0.8 * shift)
        panel = Frame(root.x, root.y, way[0], way[1], posed.scale, side=frame.side, z0=-0.04, z1=-0.05)
        cloth = cloth._replace(material="flowing")
        length = (0.4 + 0.3 * n[13]) * (body.thigh + body.shin)
        drawing.add("torso", form(panel, length, (0.8 * widths[3], 0.9 * widths[4], widths[4]), 0.02, cloth))
    if wear.pockets:
        pocket = Paint(tuple(0.82 * c for c in cloth.first), material="fitted")  # type: ignore[arg-type]
        drawing.add(
            "torso",
            form(
                frame.at(0.5 * body.torso, 0.7 * shift), 0.2 * body.torso, (0.5 * wide, 0.45 * wide), 0.01, pocket, 0.7
            ),
        )


def _straps(drawing: Drawing, design: Design, wear: Wardrobe, frame: Frame, shift: float) -> None:
    body = design.proportions
    leather = Paint(design.palette["prop"], material="rigid")
    if wear.behind == "pack":
        for sign in (-1.0, 1.0):
            at = frame.at(-0.04 * body.torso, 0.4 * shift + sign * 0.72 * body.shoulder)
            drawing.add("torso", form(at, 0.7 * body.torso, (0.1 * body.shoulder,) * 2, 0.0, leather, 0.7))
        return
    sign = 1.0 if wear.odd_side == 0 else -1.0
    from_, to = (-0.02 * body.torso, sign * 0.7 * body.shoulder), (0.86 * body.torso, -sign * 0.9 * body.shoulder)
    turn = math.atan2((to[1] - from_[1]) * frame.side, to[0] - from_[0])
    length = math.hypot(to[0] - from_[0], (to[1] - from_[1]) * frame.side)
    at = frame.at(from_[0], from_[1] + 0.5 * shift, turn)
    drawing.add("torso", form(at, length, (0.08 * body.shoulder,) * 2, 0.0, leather, 0.7))
    bag = frame.at(to[0] - 0.02, to[1] + 0.5 * shift)
    drawing.add(
        "torso", form(bag, 0.3 * body.torso, (0.16 * body.torso, 0.2 * body.torso, 0.18 * body.torso), 0.015, leather)
    )


def _neckwear(drawing: Drawing, design: Design, wear: Wardrobe, frame: Frame, shift: float) -> None:
    body, n = design.proportions, wear.numbers
    cloth = Paint(
        design.palette["accent"],
        design.palette["white"],
        pattern=1 if n[16] > 0.6 else 0,
        frequency=160.0,
        material="flowing",
    )
    wide, at = 0.5 * body.shoulder, frame.at(-0.03 * body.torso, 0.5 * shift)
    if wear.neckwear in ("scarf", "bandana"):
        sign = 1.0 if n[17] > 0.5 else -1.0
        tail = at.at(0.05 * body.torso, sign * 0.4 * wide, -sign * 0.1)
        long = (0.75 if wear.neckwear == "scarf" else 0.3) * body.torso
        drawing.add("torso", form(tail, long, (0.2 * wide, 0.3 * wide, 0.36 * wide), 0.01, cloth))
        drawing.add("torso", oval(at, 0.1 * body.torso, 0.95 * wide, cloth, power=2.6))
    elif wear.neckwear == "tie":
        low = frame.at(0.04 * body.torso, 0.8 * shift)
        drawing.add(
            "torso", form(low, 0.62 * body.torso, (0.1 * wide, 0.14 * wide, 0.22 * wide, 0.03 * wide), 0.002, cloth)
        )
        drawing.add("torso", form(low, 0.08 * body.torso, (0.18 * wide, 0.12 * wide), 0.004, cloth))
    elif wear.neckwear == "bow":
        knot = frame.at(0.08 * body.torso, 0.8 * shift)
        for turn in (-1.5, 1.5):
            drawing.add(
                "torso", form(knot.at(0, 0, turn), 0.5 * wide, (0.08 * wide, 0.26 * wide, 0.34 * wide), 0.01, cloth)
            )
        drawing.add("torso", oval(knot, 0.12 * wide, 0.12 * wide, cloth))
    elif wear.neckwear == "necklace":
        gold = Paint(design.palette["prop"], material="rigid")
        drawing.add("torso", stroke(frame.at(0.1 * body.torso, 0.7 * shift), 0.6 * wide, -0.3 * wide, 0.0035, gold))
        drawing.add("torso", oval(frame.at(0.16 * body.torso, 0.8 * shift), 0.012, 0.012, gold, 0.5))
    elif wear.neckwear == "collar":
        white = Paint(design.palette["white"], material="fitted")
        ruffle = Shape(STAR, at, (1.0 * wide, 0.86, 12.0, 0.0, 0.5, 1.0, -9.0), white)
        drawing.add("torso", ruffle)
    if wear.neckwear != "none" and n[18] > 0.8:
        drawing.add(
            "torso",
            limb(
                frame.at(0.3 * body.torso, shift),
                0.4 * body.torso,
                (0.003,) * 2,
                Paint(design.palette["white"], material="rigid"),
                line=0.3,
            ),
        )
