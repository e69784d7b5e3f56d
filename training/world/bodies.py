"""Draws the curved trunk of a richer character: neck, torso, neckline, and what is worn. The same primitives in every
pose (see `drawing`)."""

from training.world.capes import draw_behind
from training.world.designs import Design
from training.world.drawing import NEVER, Colour, Drawing, Paint, Shape
from training.world.forms import form, limb, oval, stroke
from training.world.garments import draw_over
from training.world.posed import Posed
from training.world.prints import draw_prints
from training.world.shapes import SUPER
from training.world.trunks import Trunk
from training.world.wardrobe import Wardrobe


def draw_body(drawing: Drawing, design: Design, wear: Wardrobe, posed: Posed) -> None:
    """What hangs behind, neck, torso, neckline, prints, and what is worn over them."""
    trunk = Trunk.of(drawing, design, wear, posed)
    draw_behind(trunk)
    _neck(trunk)
    at = trunk.frame.at(trunk.start, 0.0)
    trunk.add(form(at, trunk.length, trunk.widths, 0.5 * design.arm[0], _trunk_paint(trunk)))
    _modelling(trunk)
    _neckline(trunk)
    draw_prints(trunk)
    draw_over(trunk)


def shaded(colour: Colour, share: float) -> Colour:
    """The colour in shadow, a little warmer."""
    return (share * colour[0], share * colour[1] * 0.98, share * colour[2])


def _trunk_paint(trunk: Trunk) -> Paint:
    """The shirt, and below the waist the trousers."""
    wear = trunk.wear
    dress = wear.bottom in ("dress", "gown", "tutu")
    lower = trunk.design.palette["shirt" if dress else "lower"]
    waist = (0.62 if wear.build == "fem" else 0.78) * trunk.body.torso - trunk.start
    far = NEVER if dress or wear.numbers[0] > 0.85 else waist
    return trunk.design.shirt._replace(far=far, near=-NEVER, third=lower, material_far="fitted")


def _neck(trunk: Trunk) -> None:
    body, frame = trunk.body, trunk.frame
    up = body.neck + 0.3 * body.head
    wide = min(max(0.3 * body.shoulder, 0.7 * trunk.design.arm[0]), 0.6 * body.skull)
    trunk.add(limb(frame.at(-up, 0.0), up + 0.02, (wide, 0.95 * wide, wide, 1.1 * wide), trunk.paint("skin")))
    if trunk.design.family.fill == "colour":
        shade = Paint(shaded(trunk.design.palette["skin"], 0.82))
        trunk.add(oval(frame.at(-body.neck - 0.01, 0.0), 0.07 * body.head, 0.9 * wide, shade, 0.0, flat=True))


def _neckline(trunk: Trunk) -> None:
    """Where the shirt ends: skin that it leaves bare, then a collar or a hood."""
    body, style, skin = trunk.body, trunk.wear.neckline, trunk.paint("skin")
    wide = 0.42 * body.shoulder
    top = trunk.frame.at(trunk.start, 0.5 * trunk.shift)
    if style in ("round", "boat", "tank"):
        deep = {"round": 0.16, "boat": 0.12, "tank": 0.3}[style] * body.torso
        numbers = (deep, (1.25 if style == "boat" else 0.95) * wide * top.side, 2.0, 0.0, 0.0)
        trunk.add(Shape(SUPER, top, numbers, skin, line=0.7))
    elif style in ("vee", "shirt"):
        deep = (0.3 + 0.3 * trunk.wear.numbers[1]) * body.torso * (1.0 if style == "vee" else 0.6)
        trunk.add(form(top, deep, (0.85 * wide, 0.03 * wide), 0.0, skin, 0.7))
    if style in ("turtle", "shirt", "hood"):
        _collar(trunk, wide)


def _collar(trunk: Trunk, wide: float) -> None:
    """A turtleneck's tube, a shirt's flaps, a hood's folds with its cords."""
    body, cloth = trunk.body, trunk.design.shirt._replace(far=NEVER, near=-NEVER)
    top = trunk.frame.at(trunk.start, 0.5 * trunk.shift)
    if trunk.wear.neckline == "turtle":
        tube = trunk.frame.at(trunk.start - 0.5 * body.neck - 0.01, 0)
        trunk.add(form(tube, 0.5 * body.neck + 0.035, (0.9 * wide, 0.85 * wide, wide), 0.01, cloth))
        return
    for sign in (-1.0, 1.0):
        if trunk.wear.neckline == "shirt":
            paper = trunk.paint("accent" if trunk.wear.numbers[2] > 0.5 else "white", "fitted")
            flap = top.at(-0.005, sign * 0.75 * wide, -sign * 0.55)
            trunk.add(form(flap, 0.3 * body.torso, (0.35 * wide, 0.4 * wide, 0.05 * wide), 0.004, paper))
        else:
            fold = top.at(0.0, sign * 0.55 * wide, sign * 0.9)
            trunk.add(limb(fold, 0.7 * wide, (0.35 * wide, 0.4 * wide, 0.3 * wide), cloth))
            cord = top.at(0.08 * body.torso, sign * 0.3 * wide)
            white = trunk.paint("white", "fitted")
            trunk.add(limb(cord, 0.3 * body.torso, (0.004, 0.004, 0.007), white, line=0.4))


def _modelling(trunk: Trunk) -> None:
    """Faint lines of chest and creases, where the family draws in colour."""
    build, wide = trunk.wear.build, trunk.body.shoulder
    if trunk.design.family.fill != "colour" or build in ("child", "round"):
        return
    paint = Paint(shaded(trunk.design.palette["shirt"], 0.78), material="fitted")
    for sign in (-1.0, 1.0):
        bend = (-0.2 if build == "fem" else -0.08) * wide
        trunk.add(stroke(trunk.at(0.42, 0.7, sign * 0.45 * wide), 0.3 * wide, bend, 0.0025, paint))
        crease = trunk.at(0.72, 0.0, sign * 0.5 * wide, sign * 0.5)
        trunk.add(stroke(crease, 0.16 * wide, 0.02 * wide, 0.002, paint))
