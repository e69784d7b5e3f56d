"""Draws what is worn over a richer character's shirt: belts, coats, aprons, overalls, straps, badges.

The same primitives in every pose (see `drawing`).
"""

import math

import numpy as np

from training.world.drawing import FOLDS, NEVER, Frame, Paint
from training.world.forms import form, oval
from training.world.neckwear import draw_neckwear
from training.world.tints import dark
from training.world.trunks import Trunk


def draw_over(trunk: Trunk) -> None:
    """Belt, over-garment, then straps, neckwear and badge."""
    wear, body = trunk.wear, trunk.body
    if wear.belt and wear.over not in ("coat", "apron"):
        _belt(trunk)
    if wear.over in ("jacket", "vest", "coat"):
        _coat(trunk)
    elif wear.over in ("apron", "overalls"):
        _bib(trunk)
    if wear.behind == "pack":
        _pack_straps(trunk)
    elif wear.odd == "strap":
        _bag(trunk)
    draw_neckwear(trunk)
    if wear.odd == "badge":
        at = trunk.at(0.3, 0.7, trunk.odd_sign * 0.55 * body.shoulder)
        trunk.add(oval(at, 0.07 * body.torso, 0.07 * body.torso, trunk.paint("prop", "print"), 0.5))


def _belt(trunk: Trunk) -> None:
    torso, fem, widths = trunk.body.torso, trunk.wear.build == "fem", trunk.widths
    place = (0.6 if fem else 0.76) * torso
    wide = 1.05 * (max(widths[3], 0.55 * widths[4]) if fem else 0.4 * widths[3] + 0.6 * widths[4])
    trunk.add(form(trunk.frame.at(place, 0.0), 0.09 * torso, (wide, wide), 0.004, trunk.paint("belt", "rigid")))
    buckle = trunk.frame.at(place + 0.045 * torso, trunk.shift)
    trunk.add(oval(buckle, 0.055 * torso, 0.06 * torso, trunk.paint("prop", "rigid"), 0.6, power=4.0))


def _coat(trunk: Trunk) -> None:
    """A coat, jacket or vest that stands open over the shirt, with lapels and pockets."""
    design, n, long = trunk.design, trunk.wear.numbers, trunk.wear.over == "coat"
    cloth = design.lower._replace(first=design.palette["coat"], far=NEVER, near=-NEVER)
    if n[12] > 0.3:
        cloth = cloth._replace(pattern=0)
    if long:
        _coat_tails(trunk, cloth)
    reach = trunk.length * (1.0 if long else 0.82 + 0.1 * n[13])
    eased = tuple(1.07 * w for w in trunk.widths)
    stops = np.interp(np.linspace(0, reach / trunk.length, 6), np.linspace(0, 1, 6), eased)
    body = form(trunk.frame.at(trunk.start, 0.0), reach, [float(w) for w in stops], 0.3 * design.arm[0], cloth)
    trunk.add(body)
    gap = (0.16 + 0.3 * n[14]) * trunk.body.shoulder
    opening = trunk.frame.at(trunk.start + 0.002, trunk.shift)
    widths = (1.3 * gap, 1.2 * gap, gap, 0.8 * gap, 0.9 * gap, 1.1 * gap)
    trunk.add(form(opening, reach - 0.004, widths, 0.0, design.shirt._replace(far=NEVER, near=-NEVER), 0.8))
    _lapels(trunk, opening, gap)


def _lapels(trunk: Trunk, opening: Frame, gap: float) -> None:
    """Lapels beside the opening, each with its pocket."""
    body, shade = trunk.body, Paint(dark(trunk.design.palette["coat"], 0.75), material="fitted")
    for sign in (-1.0, 1.0):
        lapel = opening.at(0.0, sign * 1.35 * gap, -sign * 0.12)
        trunk.add(form(lapel, 0.5 * body.torso, (0.5 * gap, 0.7 * gap, 0.05 * gap), 0.003, shade, 0.8))
        if trunk.wear.pockets:
            pocket = trunk.at(0.62, 0.8, sign * 0.62 * body.shoulder)
            trunk.add(form(pocket, 0.04, (0.26 * body.shoulder,) * 2, 0.004, shade, 0.7))


def _coat_tails(trunk: Trunk, cloth: Paint) -> None:
    """Two panels that swing with the thighs."""
    body, widths, posed = trunk.body, trunk.widths, trunk.posed
    length = (0.45 + 0.5 * trunk.wear.numbers[15]) * (body.thigh + body.shin)
    if cloth.pattern == 0:
        cloth = cloth._replace(pattern=FOLDS, second=dark(cloth.first, 0.7), frequency=70.0)
    cloth = cloth._replace(material="flowing")
    for side, sign in (("r", 1.0), ("l", -1.0)):
        root = trunk.at(0.6, 0.0, sign * 0.55 * widths[3])
        hip, knee = posed.middle(f"{side}_hip"), posed.middle(f"{side}_knee")
        panel = trunk.hanging(root, hip, knee, (-sign * 0.22, 0.5), (-0.02, -0.03))
        trunk.add(form(panel, length, (0.5 * widths[3], 0.62 * widths[4], 0.8 * widths[4]), 0.006, cloth))


def _bib(trunk: Trunk) -> None:
    """Straps and bib of overalls or an apron, and what hangs below."""
    body, overalls = trunk.body, trunk.wear.over == "overalls"
    cloth = trunk.paint("lower" if overalls else "white", "fitted")
    wide = 0.62 * body.shoulder
    for sign in (-1.0, 1.0):
        strap = trunk.at(-0.03, 0.5, sign * 0.6 * body.shoulder, -sign * 0.06)
        trunk.add(form(strap, 0.42 * body.torso, (0.13 * wide, 0.13 * wide), 0.0, cloth, 0.7))
    trunk.add(form(trunk.at(0.34, 0.7), 0.42 * body.torso, (wide, wide, 1.1 * wide), 0.015, cloth))
    if overalls:
        for sign in (-1.0, 1.0):
            button = trunk.at(0.39, 0.7, sign * 0.78 * wide)
            trunk.add(oval(button, 0.014, 0.014, trunk.paint("prop", "rigid"), 0.4))
    else:
        _apron(trunk, cloth._replace(material="flowing"))
    if trunk.wear.pockets:
        pocket = Paint(dark(cloth.first, 0.82), material="fitted")
        trunk.add(form(trunk.at(0.5, 0.7), 0.2 * body.torso, (0.5 * wide, 0.45 * wide), 0.01, pocket, 0.7))


def _apron(trunk: Trunk, cloth: Paint) -> None:
    """The panel of an apron, which swings with the thighs."""
    body, widths, posed = trunk.body, trunk.widths, trunk.posed
    hip, knee = posed.middle("r_hip", "l_hip"), posed.middle("r_knee", "l_knee")
    panel = trunk.hanging(trunk.at(0.66, 0.8), hip, knee, (0.0, 0.6), (-0.04, -0.05))
    length = (0.4 + 0.3 * trunk.wear.numbers[13]) * (body.thigh + body.shin)
    trunk.add(form(panel, length, (0.8 * widths[3], 0.9 * widths[4], widths[4]), 0.02, cloth))


def _pack_straps(trunk: Trunk) -> None:
    body = trunk.body
    for sign in (-1.0, 1.0):
        at = trunk.at(-0.04, 0.4, sign * 0.72 * body.shoulder)
        trunk.add(form(at, 0.7 * body.torso, (0.1 * body.shoulder,) * 2, 0.0, trunk.paint("prop", "rigid"), 0.7))


def _bag(trunk: Trunk) -> None:
    """A strap across the front and the bag that it carries."""
    body, frame, sign = trunk.body, trunk.frame, trunk.odd_sign
    leather = trunk.paint("prop", "rigid")
    high, low = (-0.02 * body.torso, sign * 0.7 * body.shoulder), (0.86 * body.torso, -sign * 0.9 * body.shoulder)
    along, across = low[0] - high[0], (low[1] - high[1]) * frame.side
    at = frame.at(high[0], high[1] + 0.5 * trunk.shift, math.atan2(across, along))
    trunk.add(form(at, math.hypot(along, across), (0.08 * body.shoulder,) * 2, 0.0, leather, 0.7))
    bag = frame.at(low[0] - 0.02, low[1] + 0.5 * trunk.shift)
    widths = (0.16 * body.torso, 0.2 * body.torso, 0.18 * body.torso)
    trunk.add(form(bag, 0.3 * body.torso, widths, 0.015, leather))
