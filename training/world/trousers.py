"""Draws curved legs, trousers, stockings and shoes. The same primitives in every pose (see `drawing`)."""

from training.world.designs import Design
from training.world.drawing import NEVER, Drawing, Frame, Paint, Shape
from training.world.forms import form, limb, oval
from training.world.posed import Posed
from training.world.poses import ROW
from training.world.tints import dark
from training.world.wardrobe import Wardrobe

_COVERED = {"trousers": 0.98, "wide": 0.98, "flared": 0.98, "leggings": 0.97, "shorts": 0.3}


def wears_tucked(wear: Wardrobe) -> bool:
    """Whether legs and trunk are one garment to the eye, so that the legs' tops hide the trunk's hem."""
    return wear.bottom in _COVERED and wear.over not in ("coat", "apron") and wear.numbers[0] <= 0.85


def draw_clothed_leg(drawing: Drawing, design: Design, wear: Wardrobe, posed: Posed, side: str) -> None:
    """Thigh, shin, shoe and what they wear."""
    body, part = design.proportions, f"{side}_leg"
    wide = design.lopsided if side == "r" else 1.0
    r0, r1, r2 = (wide * r for r in design.leg)
    upper = posed.bone(f"{side}_hip", f"{side}_knee", body.thigh)
    lower = posed.bone(f"{side}_knee", f"{side}_ankle", body.shin)
    odd = wear.odd == "sock" and (wear.odd_side == 0) == (side == "r")
    calf = 1.16 if wear.build in ("fem", "masc", "slim") else 1.05
    thigh, shin = _leg_paints(design, wear, odd)
    leg = (
        limb(upper, body.thigh, (r0, 1.03 * r0, 0.97 * r0, 0.86 * r0 + 0.1 * r1, r1, r1), thigh, opening=r0 * 1.2),
        limb(lower, body.shin, (r1, calf * r1, 1.05 * calf * r1, 0.55 * (r1 + r2), r2, r2), shin),
    )
    shoe = _shoe(design, wear, posed, side, r2, lower)
    over = wear.bottom in ("wide", "flared")
    for shapes in (shoe, leg) if over else (leg, shoe):
        drawing.add(part, *shapes)
    _cloth(drawing, design, wear, (upper, lower), (r0, r1, r2), _trouser_paint(design), part)
    if wear.shoe in ("boot", "tall") and not over:
        share = 0.45 if wear.shoe == "boot" else 0.85
        top = lower.at((1 - share) * body.shin, 0.0)
        widths = (calf * 1.12 * (r1 if share > 0.5 else 0.5 * (r1 + r2)), 1.2 * r2, 1.15 * r2)
        leather = Paint(design.palette["shoe"], material="rigid")
        drawing.add(part, form(top, share * body.shin + 0.4 * r2, widths, 0.006, leather))


def _trouser_paint(design: Design) -> Paint:
    return design.lower._replace(far=NEVER, near=-NEVER)


def _leg_paints(design: Design, wear: Wardrobe, odd: bool) -> tuple[Paint, Paint]:
    """Of thigh and shin: trousers as far down as they cover, then skin; else stockings."""
    body, cloth, bare = design.proportions, _trouser_paint(design), _stockings(design, wear, odd)
    covered = _COVERED.get(wear.bottom, 0.0) * (body.thigh + body.shin)
    if covered > body.thigh:
        return cloth, cloth._replace(far=covered - body.thigh, third=design.palette["skin"], material_far="skin")
    return (bare if wear.bottom == "dress" and odd else Paint(design.palette["skin"])), bare


def _stockings(design: Design, wear: Wardrobe, odd: bool) -> Paint:
    body, n = design.proportions, wear.numbers
    sock = design.palette["accent"] if odd else (design.palette["white"] if n[22] > 0.5 else design.palette["belt"])
    far = (0.9 - 0.6 * n[23]) * body.shin
    if not odd and n[24] < 0.5:
        far = 0.93 * body.shin
    return Paint(design.palette["skin"], third=sock, far=far, material_far="fitted")


def _cloth(
    drawing: Drawing,
    design: Design,
    wear: Wardrobe,
    bones: tuple[Frame, Frame],
    radii: tuple[float, ...],
    cloth: Paint,
    part: str,
) -> None:
    """What stands away from the leg: shorts, wide and flared trousers, pockets."""
    body, (upper, lower), (r0, r1, r2) = design.proportions, bones, radii
    if wear.bottom == "shorts":
        long = (0.45 + 0.45 * wear.numbers[25]) * body.thigh
        widths = (1.02 * r0, 1.1 * r0, 1.15 * r0, 1.2 * r0)
        tube = form(upper.at(-0.2 * r0, 0.0), long + 0.2 * r0, widths, 0.5 * r0, cloth)
        drawing.add(part, tube._replace(open=0.8 * r0))
    elif wear.bottom in ("wide", "flared"):
        big = 1.35 if wear.bottom == "wide" else 1.0
        end = (1.9 if wear.bottom == "wide" else 2.1) * max(r2, 0.75 * r1)
        high = (r0, 1.05 * r0, 1.02 * big * r0, big * r1 * 1.1, big * r1)
        low = (0.92 * big * r1, big * r1, big * r1, 0.5 * (big * r1 + end), end)
        knee = lower.at(-0.4 * big * r1, 0.0)
        drawing.add(
            part,
            limb(upper, body.thigh, high, cloth, opening=0.7 * r0),
            form(knee, 1.0 * body.shin + 0.4 * big * r1, low, 0.5 * r1, cloth),
        )
    if wear.pockets and wear.bottom in ("trousers", "wide", "flared", "shorts"):
        pocket, shade = upper.at(0.35 * body.thigh, 0.0), Paint(dark(cloth.first, 0.8), material="fitted")
        drawing.add(part, form(pocket, 0.16 * body.thigh, (0.4 * r0, 0.36 * r0), 0.005, shade, 0.6))


def _shoe(design: Design, wear: Wardrobe, posed: Posed, side: str, ankle: float, lower: Frame) -> list[Shape]:
    body, n = design.proportions, wear.numbers
    foot = posed.bone(f"{side}_ankle", f"{side}_toe", body.foot)
    foot = foot._replace(fore=max(foot.fore, 0.45))
    size = (1.0 + 0.25 * n[26]) * max(ankle, 0.016)
    drop = _drop(posed, side)
    heel = foot.at(-0.35 * size, 0.0)
    long = body.foot + 0.35 * size
    if wear.shoe == "bare":
        widths = (0.9 * size, 0.8 * size, 0.85 * size, 0.95 * size, 0.8 * size)
        return [limb(heel, long, widths, Paint(design.palette["skin"]))]
    leather = Paint(design.palette["shoe"], material="rigid")
    sole = Paint(design.palette["white"] if wear.shoe == "sneaker" else design.palette["belt"], material="rigid")
    widths = (1.0 * size, 0.95 * size, 0.92 * size, 1.1 * size, 1.02 * size)
    under = heel._replace(
        x=heel.x + 0.28 * size * posed.scale * drop[0], y=heel.y + 0.28 * size * posed.scale * drop[1]
    )
    shoe = [limb(under, long, tuple(1.03 * w for w in widths), sole), limb(heel, long, widths, leather)]
    if wear.shoe == "sneaker":
        shoe.append(oval(foot.at(0.92 * body.foot, 0.0), 0.45 * size, 0.9 * size, sole, 0.4))
        shoe += [
            limb(foot.at(t * body.foot, -0.4 * size, 1.57), 0.8 * size, (0.004,) * 2, sole, line=0.0)
            for t in (0.3, 0.5)
        ]
    return shoe


def _drop(posed: Posed, side: str) -> tuple[float, float]:
    """The unit direction on the page from knee to ankle: where the sole is."""
    way = posed.points[ROW[f"{side}_ankle"]] - posed.points[ROW[f"{side}_knee"]]
    norm = max(float((way**2).sum() ** 0.5), 1e-6)
    return float(way[0]) / norm, float(way[1]) / norm
