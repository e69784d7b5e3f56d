"""Draws arms, hands, legs and shoes. The same primitives in every pose (see `drawing`)."""

from training.world.designs import Design
from training.world.drawing import NEVER, Drawing, Frame, Paint, Shape
from training.world.posed import Posed
from training.world.shapes import CAPSULE, SUPER


def draw_arm(drawing: Drawing, design: Design, posed: Posed, side: str) -> None:
    """Upper arm, forearm and hand of one side ("r" or "l")."""
    body, wide = design.proportions, _width(design, side)
    r0, r1, r2 = (wide * r for r in design.arm)
    odd = design.odd_side == (0 if side == "r" else 1)
    upper = posed.bone(f"{side}_shoulder", f"{side}_elbow", body.upper_arm)
    lower = posed.bone(f"{side}_elbow", f"{side}_wrist", body.forearm)
    bare = design.sleeve == 0.0
    cloth = design.shirt._replace(first=design.palette["accent"] if odd else design.shirt.first)
    reach = body.upper_arm + body.forearm
    far = NEVER if design.sleeve >= 0.5 else design.sleeve * reach
    skin = Paint(design.palette["skin"])
    sleeved = design.sleeve >= 0.6
    loose = 1.0 + 0.8 * design.numbers[0] * (design.numbers[1] > 0.7) * sleeved
    sleeve = skin if bare else cloth._replace(far=far)
    cuff = cloth._replace(far=body.forearm * 0.92 if design.sleeve == 1.0 else NEVER) if sleeved else skin
    shapes = [
        Shape(CAPSULE, upper, (body.upper_arm * upper.fore, r0, r1), sleeve, open=r0 * 0.9),
        Shape(CAPSULE, lower, (body.forearm * lower.fore, r1, r2 * loose), cuff),
    ]
    hand = _hand(design, lower.at(body.forearm, 0.0), side, r2)
    part = f"{side}_arm"
    if design.hand == "glove" or sleeved:
        drawing.add(part, *hand)
        drawing.add(part, *shapes)
    else:
        drawing.add(part, *shapes, *hand)


def draw_leg(drawing: Drawing, design: Design, posed: Posed, side: str) -> None:
    """Thigh, shin and shoe of one side."""
    body, wide = design.proportions, _width(design, side)
    r0, r1, r2 = (wide * r for r in design.leg)
    upper = posed.bone(f"{side}_hip", f"{side}_knee", body.thigh)
    lower = posed.bone(f"{side}_knee", f"{side}_ankle", body.shin)
    skin = Paint(design.palette["skin"])
    length = body.thigh + body.shin
    cut = design.trouser * length
    thigh = skin if cut == 0 else design.lower._replace(far=cut if cut < body.thigh else NEVER)
    shin = design.lower._replace(far=cut - body.thigh) if cut > body.thigh else skin
    if design.shoe == "boot":
        sock = Paint(shin.first, shin.second, design.palette["shoe"], pattern=shin.pattern, far=body.shin * 0.55,
                     frequency=shin.frequency, material=shin.material, material_far="rigid")  # fmt: skip
        shin = sock
    flare = 1.0 + (design.numbers[2] > 0.8) * design.numbers[3] * (cut > body.thigh)
    legs = (
        Shape(CAPSULE, upper, (body.thigh * upper.fore, r0, r1), thigh, open=r0 * 0.4),
        Shape(
            CAPSULE,
            lower,
            (body.shin * lower.fore, r1, r2 * flare),
            shin,
        ),
    )
    foot = posed.bone(f"{side}_ankle", f"{side}_toe", body.foot)
    colour = design.palette["skin"] if design.shoe == "none" else design.palette["shoe"]
    size = (1.08 + 0.35 * design.numbers[4]) * max(r2, 0.018)
    tip = size * (0.7 if design.shoe == "long" else 1.05)
    paint = Paint(colour, material="skin" if design.shoe == "none" else "rigid")
    shoe = Shape(CAPSULE, foot, (body.foot * foot.fore, size, tip), paint)
    part = f"{side}_leg"
    if design.shoe == "none":
        drawing.add(part, *legs, shoe)
    else:
        drawing.add(part, *legs)
        drawing.add(part, shoe)


def _hand(design: Design, wrist: Frame, side: str, radius: float) -> list[Shape]:
    size = design.proportions.hand
    r = max(radius * 1.15, 0.42 * size)
    skin = Paint(design.palette["glove"] if design.hand in ("glove", "claw") else design.palette["skin"],
                 material="fitted" if design.hand == "glove" else "skin")  # fmt: skip
    wrist = wrist._replace(fore=max(wrist.fore, 0.5))
    thumb = 1.0 if side == "r" else -1.0
    if design.hand == "none":
        return [Shape(CAPSULE, wrist, (size * 0.5, radius, radius), skin, open=0.0)]
    palm = Shape(SUPER, wrist.at(0.5 * size, 0), (0.55 * size * wrist.fore + 0.2 * r, 0.8 * r, 2.2, -0.05, -9.0), skin)
    if design.hand == "round":
        return [Shape(SUPER, wrist.at(0.45 * size, 0), (r, r, 2.0, 0.0, -9.0), skin)]
    if design.hand in ("mitten", "glove"):
        grow = 1.3 if design.hand == "glove" else 1.0
        big = palm._replace(numbers=(grow * palm.numbers[0], grow * 0.85 * r, 2.2, 0.1, -9.0))
        return [big, _finger(wrist, 0.3 * size, thumb * 0.5 * r, thumb * 0.8, 0.45 * size, 0.3 * r, skin)]
    spread = (-0.5, 0.0, 0.5) if design.hand == "fingers" else (-0.6, 0.6)
    fingers = [_finger(wrist, 0.6 * size, 0.55 * r * s, 0.7 * s, 0.5 * size, 0.22 * r, skin) for s in spread]
    return [palm, *fingers, _finger(wrist, 0.3 * size, thumb * 0.5 * r, thumb * 1.0, 0.4 * size, 0.24 * r, skin)]


def _finger(wrist: Frame, u: float, v: float, turn: float, length: float, radius: float, paint: Paint) -> Shape:
    return Shape(CAPSULE, wrist.at(u, v, turn, fore=1.0), (length, radius, 0.85 * radius), paint)


def _width(design: Design, side: str) -> float:
    return design.lopsided if side == "r" else 1.0
