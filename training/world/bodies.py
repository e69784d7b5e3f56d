"""Draws the curved trunk of a richer character: neck, torso, neckline, prints. The same primitives in every pose.

Convention: a trunk's frame starts between the shoulders and runs down to the pelvis; its positive v is the page's left
(the character's own right, seen from the front).
"""

import math

from training.world.capes import draw_behind
from training.world.designs import Design
from training.world.drawing import NEVER, Colour, Drawing, Frame, Paint, Shape
from training.world.forms import form, limb, oval, stroke
from training.world.garments import draw_over, draw_prints
from training.world.posed import Posed
from training.world.poses import ROW
from training.world.shapes import SUPER
from training.world.wardrobe import Wardrobe

# Half widths at six even stops from the collar to the crotch: the first four are shares of the shoulders, the rest
# of the hips.
_BUILDS = {
    "fem": (0.30, 0.92, 0.86, 0.64, 0.98, 0.90),
    "masc": (0.32, 0.96, 0.98, 0.84, 0.92, 0.90),
    "slim": (0.30, 0.92, 0.88, 0.76, 0.92, 0.88),
    "child": (0.40, 0.94, 0.98, 1.00, 1.05, 0.95),
    "round": (0.50, 1.05, 1.30, 1.45, 1.35, 0.95),
}


def trunk_frame(design: Design, posed: Posed) -> Frame:
    neck, pelvis = posed.points[ROW["neck"]], posed.middle("r_hip", "l_hip")
    frame = posed.between(neck, pelvis, design.proportions.torso)
    return frame._replace(side=max(math.cos(math.radians(posed.yaw)), 0.7), z1=0.0, z0=0.0)


def trunk_widths(design: Design, wear: Wardrobe, ease: float = 1.0) -> tuple[float, ...]:
    """Half widths of the trunk at six stops, `ease` times as wide."""
    body = design.proportions
    top, low = body.shoulder + 0.15 * design.arm[0], body.hip + 0.92 * design.leg[0]
    shares = _BUILDS[wear.build]
    waist = shares[3] * (0.5 * (top + low) if wear.build in ("child", "round") else 0.55 * top + 0.4 * low)
    wide = (shares[0] * top, shares[1] * top, shares[2] * top, waist, shares[4] * low, shares[5] * low)
    return tuple(ease * w for w in wide)


def trunk_span(design: Design) -> tuple[float, float]:
    """Where the trunk starts along its frame, and its length."""
    start = -1.0 * design.arm[0] - 0.07 * design.proportions.torso
    return start, design.proportions.torso - start + 0.8 * design.leg[0]


def draw_body(drawing: Drawing, design: Design, wear: Wardrobe, posed: Posed) -> None:
    """What hangs behind, neck, torso, neckline, prints, and what is worn over them."""
    frame = trunk_frame(design, posed)
    draw_behind(drawing, design, wear, posed, frame, trunk_widths(design, wear))
    shift = -0.9 * design.proportions.shoulder * math.sin(math.radians(posed.yaw))
    _neck(drawing, design, frame)
    start, length = trunk_span(design)
    at = frame.at(start, 0.0)
    drawing.add("torso", form(at, length, trunk_widths(design, wear), 0.5 * design.arm[0], trunk_paint(design, wear)))
    _modelling(drawing, design, wear, frame, shift)
    _neckline(drawing, design, wear, frame, shift)
    draw_prints(drawing, design, wear, frame, shift)
    draw_over(drawing, design, wear, posed, frame, shift, trunk_widths(design, wear), trunk_span(design))


def trunk_paint(design: Design, wear: Wardrobe) -> Paint:
    """The shirt, and below the waist the trousers."""
    start, _ = trunk_span(design)
    dress = wear.bottom in ("dress", "gown", "tutu")
    lower = design.palette["shirt"] if dress else design.palette["lower"]
    waist = (0.62 if wear.build == "fem" else 0.78) * design.proportions.torso - start
    far = NEVER if dress or wear.numbers[0] > 0.85 else waist
    return design.shirt._replace(far=far, near=-NEVER, third=lower, material_far="fitted")


def _neck(drawing: Drawing, design: Design, frame: Frame) -> None:
    body = design.proportions
    up = body.neck + 0.3 * body.head
    wide = min(max(0.3 * body.shoulder, 0.7 * design.arm[0]), 0.6 * body.skull)
    skin = Paint(design.palette["skin"])
    drawing.add("torso", limb(frame.at(-up, 0.0), up + 0.02, (wide, 0.95 * wide, wide, 1.1 * wide), skin))
    shade = Paint(shaded(design.palette["skin"], 0.82))
    if design.family.fill == "colour":
        shadow = oval(frame.at(-body.neck - 0.01, 0.0), 0.07 * body.head, 0.9 * wide, shade, 0.0, flat=True)
        drawing.add("torso", shadow)


def _neckline(drawing: Drawing, design: Design, wear: Wardrobe, frame: Frame, shift: float) -> None:
    body, n = design.proportions, wear.numbers
    skin, cloth = Paint(design.palette["skin"]), design.shirt._replace(far=NEVER, near=-NEVER)
    wide = 0.42 * body.shoulder
    start, _ = trunk_span(design)
    top = frame.at(start, 0.5 * shift)
    if wear.neckline in ("round", "boat", "tank"):
        deep = {"round": 0.16, "boat": 0.12, "tank": 0.3}[wear.neckline] * body.torso
        numbers = (deep, (1.25 if wear.neckline == "boat" else 0.95) * wide * top.side, 2.0, 0.0, 0.0)
        drawing.add("torso", Shape(SUPER, top, numbers, skin, line=0.7))
    elif wear.neckline in ("vee", "shirt"):
        deep = (0.3 + 0.3 * n[1]) * body.torso * (1.0 if wear.neckline == "vee" else 0.6)
        drawing.add("torso", form(top, deep, (0.85 * wide, 0.03 * wide), 0.0, skin, 0.7))
    if wear.neckline == "turtle":
        drawing.add(
            "torso",
            form(
                frame.at(start - 0.5 * body.neck - 0.01, 0),
                0.5 * body.neck + 0.035,
                (0.9 * wide, 0.85 * wide, wide),
                0.01,
                cloth,
            ),
        )
    elif wear.neckline == "shirt":
        paper = Paint(design.palette["accent"] if n[2] > 0.5 else design.palette["white"], material="fitted")
        for sign in (-1.0, 1.0):
            flap = top.at(-0.005, sign * 0.75 * wide, -sign * 0.55)
            drawing.add("torso", form(flap, 0.3 * body.torso, (0.35 * wide, 0.4 * wide, 0.05 * wide), 0.004, paper))
    elif wear.neckline == "hood":
        for sign in (-1.0, 1.0):
            fold = top.at(0.0, sign * 0.55 * wide, sign * 0.9)
            drawing.add("torso", limb(fold, 0.7 * wide, (0.35 * wide, 0.4 * wide, 0.3 * wide), cloth))
            cord = Paint(design.palette["white"], material="fitted")
            drawing.add(
                "torso",
                limb(
                    top.at(0.08 * body.torso, sign * 0.3 * wide),
                    0.3 * body.torso,
                    (0.004, 0.004, 0.007),
                    cord,
                    line=0.4,
                ),
            )


def _modelling(drawing: Drawing, design: Design, wear: Wardrobe, frame: Frame, shift: float) -> None:
    """Faint lines of chest and creases, where the family draws in colour."""
    if design.family.fill != "colour" or wear.build in ("child", "round"):
        return
    body, paint = design.proportions, Paint(shaded(design.palette["shirt"], 0.78), material="fitted")
    for sign in (-1.0, 1.0):
        at = frame.at(0.42 * body.torso, 0.7 * shift + sign * 0.45 * body.shoulder)
        bend = (-0.2 if wear.build == "fem" else -0.08) * body.shoulder
        drawing.add("torso", stroke(at, 0.3 * body.shoulder, bend, 0.0025, paint))
        crease = frame.at(0.72 * body.torso, sign * 0.5 * body.shoulder, sign * 0.5)
        drawing.add("torso", stroke(crease, 0.16 * body.shoulder, 0.02 * body.shoulder, 0.002, paint))


def shaded(colour: Colour, share: float) -> Colour:
    return (share * colour[0], share * colour[1] * 0.98, share * colour[2])
