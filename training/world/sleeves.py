"""Draws curved arms with sleeves and hands. The same primitives in every pose (see `drawing`)."""

from training.world.designs import Design
from training.world.drawing import NEVER, Colour, Drawing, Frame, Paint, Shape
from training.world.forms import form, limb, oval
from training.world.posed import Posed
from training.world.tints import dark
from training.world.wardrobe import Wardrobe

Bones = tuple[Frame, Frame]
Radii = tuple[float, ...]


def draw_sleeved_arm(drawing: Drawing, design: Design, wear: Wardrobe, posed: Posed, side: str) -> None:
    """Upper arm, forearm, hand and what they wear."""
    body, part = design.proportions, f"{side}_arm"
    wide = design.lopsided if side == "r" else 1.0
    r0, r1, r2 = (wide * r for r in design.arm)
    strong = 0.12 if wear.build == "masc" else 0.0
    upper = posed.bone(f"{side}_shoulder", f"{side}_elbow", body.upper_arm)
    lower = posed.bone(f"{side}_elbow", f"{side}_wrist", body.forearm)
    odd = wear.odd if (wear.odd_side == 0) == (side == "r") else "none"
    cloth = sleeve_paint(design, wear, odd)
    long = wear.sleeve in ("long", "loose", "bell")
    arm = _arm(design, (upper, lower), (r0, r1, r2), cloth if long else None, strong)
    gloved = odd == "glove" or wear.hand == "glove"
    hand = _hand(design, wear, lower.at(body.forearm, 0.0), side, r2, gloved)
    if long:
        drawing.add(part, *hand)
        drawing.add(part, *arm)
    else:
        drawing.add(part, *arm, *hand)
    _sleeve(drawing, design, wear, (upper, lower), (r0, r1, r2), cloth, part)
    if odd == "armband":
        place, wide = upper.at(0.5 * body.upper_arm, 0.0), 1.1 * r0
        drawing.add(part, _band(design, place, wide, design.palette["prop"]))
    elif odd == "glove":
        place, wide = lower.at(0.72 * body.forearm, 0.0), 1.15 * r2
        drawing.add(part, _band(design, place, wide, design.palette["glove"]))


def _arm(design: Design, bones: Bones, radii: Radii, sleeve: Paint | None, strong: float) -> tuple[Shape, Shape]:
    """Upper arm and forearm, bare or in a sleeve that fits; `strong`: how far muscles swell."""
    body, (upper, lower), (r0, r1, r2) = design.proportions, bones, radii
    skin = Paint(design.palette["skin"])
    above, below = skin, skin
    if sleeve is not None:
        above, below = sleeve, sleeve._replace(far=0.93 * body.forearm, third=design.palette["accent"])
    high = (r0, (1.04 + strong) * r0, (1 + strong) * r0, 0.92 * r0, r1, r1)
    low = (r1, (1.04 + strong) * r1, 1.02 * r1, 0.5 * (r1 + r2), r2, r2)
    return limb(upper, body.upper_arm, high, above, opening=r0 * 1.1), limb(lower, body.forearm, low, below)


def _band(design: Design, place: Frame, wide: float, colour: Colour) -> Shape:
    """A band round the arm, on one side only."""
    paint = Paint(colour, material="fitted")
    return form(place, 0.28 * design.proportions.forearm, (wide, 1.04 * wide), 0.003, paint)


def sleeve_paint(design: Design, wear: Wardrobe, odd: str) -> Paint:
    """The coat's cloth where a coat is worn, else the shirt's; another colour where one sleeve is odd."""
    cloth = design.shirt._replace(far=NEVER, near=-NEVER)
    if wear.over in ("jacket", "coat"):
        cloth = cloth._replace(first=design.palette["coat"], pattern=0 if wear.numbers[12] > 0.3 else cloth.pattern)
    if odd == "sleeve":
        cloth = cloth._replace(first=design.palette["accent"], second=design.palette["white"])
    return cloth


def _sleeve(
    drawing: Drawing, design: Design, wear: Wardrobe, bones: Bones, radii: Radii, cloth: Paint, part: str
) -> None:
    """What stands away from the arm: short, rolled, puffed, wide."""
    body, (upper, lower), (r0, r1, r2) = design.proportions, bones, radii
    n = wear.numbers
    if wear.sleeve == "short":
        long = (0.35 + 0.3 * n[19]) * body.upper_arm + 0.7 * r0
        drawing.add(part, _from_shoulder(upper, r0, long, (1.02 * r0, 1.14 * r0, 1.2 * r0, 1.28 * r0), cloth))
    elif wear.sleeve == "puff":
        puff = (1.05 * r0, 1.3 * r0, 1.6 * r0, 1.5 * r0, 1.05 * r0)
        drawing.add(part, _from_shoulder(upper, r0, 0.5 * body.upper_arm + 0.8 * r0, puff, cloth))
        hem = upper.at(0.44 * body.upper_arm, 0)
        drawing.add(part, form(hem, 0.1 * body.upper_arm, (1.1 * r0, 1.2 * r0), 0.003, cloth))
    elif wear.sleeve == "rolled":
        drawing.add(part, _from_shoulder(upper, r0, body.upper_arm + 0.6 * r0, (1.02 * r0, 1.1 * r0, 1.15 * r1), cloth))
        cuff, roll = upper.at(0.8 * body.upper_arm, 0), cloth._replace(pattern=0, first=dark(cloth.first, 0.85))
        drawing.add(part, form(cuff, 0.22 * body.upper_arm, (1.28 * r1, 1.32 * r1), 0.004, roll))
    elif wear.sleeve in ("bell", "loose"):
        end = 2.4 if wear.sleeve == "bell" else 1.5
        mid = 1.25 if wear.sleeve == "bell" else 1.6
        start = lower.at(-0.35 * r1, 0.0)
        widths = (1.03 * r1, 1.1 * r1, mid * 0.5 * (r1 + r2), 0.5 * (mid + end) * r2, end * r2)
        drawing.add(part, form(start, 0.98 * body.forearm + 0.35 * r1, widths, 0.5 * r2, cloth))
        if wear.sleeve == "loose":
            trim = Paint(design.palette["accent"] if n[20] > 0.5 else cloth.first, material="fitted")
            cuff = lower.at(0.92 * body.forearm, 0)
            drawing.add(part, form(cuff, 0.12 * body.forearm, (1.35 * r2, 1.2 * r2), 0.004, trim))


def _from_shoulder(upper: Frame, r0: float, long: float, widths: Radii, cloth: Paint) -> Shape:
    """A sleeve whose upper end rounds the shoulder and whose outline is open there."""
    return form(upper.at(-0.75 * r0, 0.0), long, widths, 0.85 * r0, cloth)._replace(open=r0 * 1.7)


def _hand(design: Design, wear: Wardrobe, wrist: Frame, side: str, radius: float, gloved: bool) -> list[Shape]:
    size = design.proportions.hand * 1.08
    r = max(radius * 1.1, 0.36 * size)
    skin = Paint(design.palette["glove"] if gloved else design.palette["skin"], material="fitted" if gloved else "skin")
    wrist = wrist._replace(fore=max(wrist.fore, 0.55))
    inner = 1.0 if side == "r" else -1.0
    if wear.hand == "fist":
        palm = oval(wrist.at(0.42 * size, 0.0), 0.46 * size, 1.02 * r, skin, power=2.6)
        return [palm, limb(wrist.at(0.35 * size, inner * 0.75 * r, inner * 0.25), 0.3 * size, (0.32 * r,) * 2, skin)]
    if wear.hand in ("mitten", "glove"):
        palm = limb(wrist.at(-0.02, 0.0), 0.75 * size, (0.75 * r, 0.95 * r, 1.1 * r, 1.05 * r, 0.85 * r), skin)
        thumb = limb(wrist.at(0.2 * size, inner * 0.6 * r, inner * 0.75), 0.4 * size, (0.38 * r, 0.36 * r), skin)
        return [thumb, palm]
    palm = limb(wrist.at(-0.01, 0.0), 0.5 * size, (0.85 * radius, 0.7 * r, 0.9 * r, 0.95 * r, 0.88 * r), skin)
    fan = 0.14 + 0.2 * wear.numbers[21]
    fingers = [
        limb(wrist.at(0.45 * size, s * 0.62 * r, fan * s), long * size, (0.27 * r, 0.25 * r, 0.2 * r), skin)
        for s, long in ((-inner * 1.05, 0.4), (-inner * 0.35, 0.5), (inner * 0.35, 0.52), (inner * 1.05, 0.44))
    ]
    thumb = limb(wrist.at(0.15 * size, inner * 0.6 * r, inner * 0.6), 0.46 * size, (0.34 * r, 0.3 * r, 0.22 * r), skin)
    return [thumb, palm, *fingers]
