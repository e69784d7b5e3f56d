"""Draws the hair of richer characters: masses, locks, tails, braids, curls; caps and bangs on the skull. The same
primitives in every pose (see `drawing`).

What falls behind the head or hangs free is the part hair; what lies on the skull, with the locks that frame a face, is
the head's.
"""

import math

from training.world.designs import Design
from training.world.drawing import STRANDS, Drawing, Frame, Paint, Shape
from training.world.forms import form, limb, oval, stroke
from training.world.posed import Posed
from training.world.shapes import SUPER
from training.world.skulls import hanging, head_frame
from training.world.wardrobe import Wardrobe

LONG = ("straight", "waves", "tails", "bob")


def has_locks(wear: Wardrobe) -> bool:
    """Whether locks fall from the temples over shoulders and arms."""
    return wear.hair in LONG and wear.numbers[10] > 0.5


def hair_paint(design: Design, wear: Wardrobe) -> Paint:
    r, g, b = design.palette["hair"]
    share = 0.72 if r + g + b > 0.6 else 1.9
    tinted = (min(share * r, 1.0), min(share * g, 1.0), min(share * b, 1.0))
    drawn = design.family.fill == "colour" and wear.numbers[11] > 0.35
    return Paint(
        (r, g, b),
        tinted,
        pattern=STRANDS if drawn else 0,
        frequency=130 + 120 * wear.numbers[12],
        phase=6 * wear.numbers[13],
        material="hair",
    )


def draw_tresses(drawing: Drawing, design: Design, wear: Wardrobe, posed: Posed) -> None:
    """The part hair."""
    if wear.hair in ("none", "crop", "swept", "tuft"):
        return
    frame = head_frame(design, posed)
    half, wide = 0.5 * design.proportions.head, design.proportions.skull
    turn = math.sin(math.radians(posed.yaw + posed.head_yaw))
    _MASSES[wear.hair](drawing, design, wear, frame, half, wide, hair_paint(design, wear), turn)


def _straight(
    drawing: Drawing, design: Design, wear: Wardrobe, frame: Frame, half: float, wide: float, paint: Paint, turn: float
) -> None:
    n = wear.numbers
    long = half * ((1.5 + 0.4 * n[14]) if wear.hair == "bob" else 2.2 + 2.6 * n[14])
    root = hanging(frame, 0.5).at(-0.75 * half, 0.55 * wide * turn)
    end = (0.85 + 0.35 * n[15]) * wide
    mass = form(
        root,
        long,
        (0.75 * wide, 1.18 * wide, 1.16 * wide, 1.1 * wide, 0.5 * (end + 1.1 * wide), end),
        0.3 * wide,
        paint,
    )
    tips = []
    for k in range(5):
        v = (k - 2) / 2.2
        tip = root.at(0.85 * long, v * end, -0.12 * v)
        tips.append(
            limb(tip, (0.16 + 0.08 * (k % 2)) * long + 0.1 * half, (0.3 * end, 0.3 * end, 0.2 * end, 0.01 * end), paint)
        )
    drawing.add("hair", mass, *tips)


def _waves(
    drawing: Drawing, design: Design, wear: Wardrobe, frame: Frame, half: float, wide: float, paint: Paint, turn: float
) -> None:
    n = wear.numbers
    long = half * (2.4 + 2.2 * n[14])
    root = hanging(frame, 0.5).at(-0.5 * half, 0.5 * wide * turn)
    locks = []
    for k in range(7):
        v = (k - 3) / 3
        at = root.at(0.1 * half * abs(v), 0.75 * wide * v, -(0.08 + 0.22 * n[15]) * v)
        bow = (0.12 if k % 2 else -0.1) * half * (0.5 + n[16])
        share = 1.0 - 0.22 * abs(v) + 0.1 * (k % 2)
        locks.append(
            limb(
                at,
                share * long,
                (0.4 * wide, 0.46 * wide, 0.42 * wide, 0.34 * wide, 0.2 * wide, 0.01 * wide),
                paint,
                bow=bow,
            )
        )
    drawing.add(
        "hair",
        form(root.at(-0.3 * half, 0.0), 1.2 * half, (0.7 * wide, 1.2 * wide, 1.22 * wide), 0.3 * wide, paint),
        *locks,
    )


def _tail(root: Frame, long: float, wide: float, sign: float, paint: Paint, curl: float) -> list[Shape]:
    widths = (0.16 * wide, 0.36 * wide, 0.42 * wide, 0.36 * wide, 0.22 * wide, 0.01 * wide)
    thin = tuple(0.5 * w for w in widths)
    return [
        limb(root, long, widths, paint, bow=-sign * curl),
        limb(root.at(0.3 * long, 0.25 * wide, 0.12), 0.62 * long, thin, paint, bow=sign * curl),
    ]


def _tails(
    drawing: Drawing, design: Design, wear: Wardrobe, frame: Frame, half: float, wide: float, paint: Paint, turn: float
) -> None:
    n = wear.numbers
    tie = Paint(design.palette["accent"], material="rigid")
    single = wear.hair == "pony"
    for sign in ((-1.0 if n[17] > 0.5 else 1.0),) if single else (-1.0, 1.0):
        place = frame.at((0.75 if single else 0.45) * half, sign * (0.55 if single else 1.0) * wide)
        hang = hanging(place, 0.3, sign * (0.35 + 0.3 * n[18]))
        drawing.add(
            "hair", *_tail(hang, half * (1.4 + 2.2 * n[14]), (1.3 if single else 1.0) * wide, sign, paint, 0.3 * half)
        )
        drawing.add("hair", oval(place, 0.16 * half, 0.16 * wide, tie))


def _braids(
    drawing: Drawing, design: Design, wear: Wardrobe, frame: Frame, half: float, wide: float, paint: Paint, turn: float
) -> None:
    for sign in (-1.0, 1.0):
        hang = hanging(frame.at(-0.35 * half, sign * 0.95 * wide), 0.75, sign * 0.12)
        beads = []
        for k in range(6):
            beads.append(
                oval(
                    hang.at(0.34 * k * half, (0.04 if k % 2 else -0.04) * wide),
                    0.24 * half,
                    (0.27 - 0.015 * k) * wide,
                    paint,
                )
            )
        drawing.add("hair", *beads)
        end = hang.at(2.0 * half, 0.0)
        drawing.add(
            "hair",
            oval(end, 0.08 * half, 0.14 * wide, Paint(design.palette["accent"], material="rigid")),
            limb(end.at(0.05 * half, 0.0), 0.25 * half, (0.1 * wide, 0.17 * wide, 0.02 * wide), paint),
        )


def _bun(
    drawing: Drawing, design: Design, wear: Wardrobe, frame: Frame, half: float, wide: float, paint: Paint, turn: float
) -> None:
    n = wear.numbers
    size = (0.38 + 0.2 * n[14]) * wide
    spots = ((1.1, 0.0),) if n[17] > 0.4 else ((0.85, -0.75), (0.85, 0.75))
    for u, v in spots:
        drawing.add("hair", oval(frame.at(u * half, v * wide - 0.4 * wide * turn * (v == 0)), size, size, paint))
        drawing.add(
            "hair",
            stroke(
                frame.at(u * half, v * wide),
                0.5 * size,
                -0.3 * size,
                0.05 * size,
                Paint(paint.second or paint.first, material="hair"),
            ),
        )


def _drape(
    drawing: Drawing, design: Design, wear: Wardrobe, frame: Frame, half: float, wide: float, paint: Paint, turn: float
) -> None:
    n = wear.numbers
    for sign in (-1.0, 1.0):
        hang = hanging(frame.at(0.25 * half, sign * 0.98 * wide), 0.7, sign * 0.08)
        long = half * (2.0 + 1.4 * n[14]) * (1.0 if sign > 0 else 0.8 + 0.4 * n[15])
        main = limb(
            hang,
            long,
            (0.22 * wide, 0.36 * wide, 0.42 * wide, 0.4 * wide, 0.28 * wide, 0.02 * wide),
            paint,
            bow=sign * 0.14 * half,
        )
        side = limb(
            hang.at(0.3 * half, -sign * 0.15 * wide),
            0.75 * long,
            (0.15 * wide, 0.26 * wide, 0.26 * wide, 0.01 * wide),
            paint,
            bow=-sign * 0.1 * half,
        )
        drawing.add("hair", side, main)


def _spikes(
    drawing: Drawing, design: Design, wear: Wardrobe, frame: Frame, half: float, wide: float, paint: Paint, turn: float
) -> None:
    n = wear.numbers
    count, reach = (9, 0.75 + 0.35 * n[14]) if wear.hair == "spikes" else (9, 0.35 + 0.2 * n[14])
    spikes = []
    for k in range(count):
        angle = (k / (count - 1) - 0.5) * 3.9 - 0.3 * turn
        at = frame.at(
            0.1 * half + 0.62 * half * math.cos(angle), 0.72 * wide * math.sin(angle), angle + 0.25 * (n[17] - 0.5)
        )
        spikes.append(
            limb(
                at, reach * half * (1.0 if k % 2 else 0.75), (0.34 * wide, 0.3 * wide, 0.17 * wide, 0.01 * wide), paint
            )
        )
    drawing.add("hair", *spikes)


def _curls(
    drawing: Drawing, design: Design, wear: Wardrobe, frame: Frame, half: float, wide: float, paint: Paint, turn: float
) -> None:
    n = wear.numbers
    count, size = 11, (0.34 + 0.16 * n[14])
    span = 4.2 + 1.2 * n[15]
    curls = []
    for k in range(count):
        angle = (k / (count - 1) - 0.5) * span
        at = frame.at(0.12 * half + 0.92 * half * math.cos(angle), 0.98 * wide * math.sin(angle))
        curls.append(oval(at, size * half, size * half, paint))
    drawing.add("hair", *curls)


_MASSES = {
    "straight": _straight,
    "bob": _straight,
    "waves": _waves,
    "tails": _tails,
    "pony": _tails,
    "braids": _braids,
    "bun": _bun,
    "drape": _drape,
    "spikes": _spikes,
    "messy": _spikes,
    "curls": _curls,
}


def draw_cap(drawing: Drawing, design: Design, wear: Wardrobe, posed: Posed, frame: Frame) -> None:
    """The hair on the skull, bangs, and locks from the temples: part of the head."""
    if wear.hair == "none":
        return
    half, wide, n = 0.5 * design.proportions.head, design.proportions.skull, wear.numbers
    turn = math.sin(math.radians(posed.yaw + posed.head_yaw))
    paint = hair_paint(design, wear)
    if wear.hair != "tuft":
        rate = 1.3 / wide
        thick = 1.07 + 0.08 * n[15]
        numbers = (
            thick * half,
            (thick + 0.02) * wide,
            2.0,
            0.0,
            -0.2 * half,
            (0.7 + 0.12 * n[16]) * half,
            rate,
            -rate * (0.75 * turn + 0.3 * (n[17] - 0.5)) * wide,
        )
        drawing.add("head", Shape(SUPER, frame, numbers, paint))
        if n[18] > 0.5 and design.look.cel + design.look.soft + design.look.gloss > 0:
            lit = Paint(tuple(min(1.35 * c + 0.12, 1.0) for c in paint.first), material="hair")  # type: ignore[arg-type]
            drawing.add("head", stroke(frame.at(0.8 * half, 0.35 * wide), 0.4 * wide, -0.16 * half, 0.045 * half, lit))
    _bangs(drawing, wear, frame, half, wide, paint, turn)
    if has_locks(wear):
        for sign in (-1.0, 1.0):
            hang = hanging(frame.at(0.35 * half, sign * 0.95 * wide), 0.6, sign * 0.05)
            long = half * (1.3 + 1.3 * n[19])
            drawing.add(
                "head",
                limb(
                    hang,
                    long,
                    (0.16 * wide, 0.24 * wide, 0.24 * wide, 0.18 * wide, 0.01 * wide),
                    paint,
                    bow=sign * 0.1 * half,
                ),
            )


def _bangs(drawing: Drawing, wear: Wardrobe, frame: Frame, half: float, wide: float, paint: Paint, turn: float) -> None:
    n = wear.numbers
    way = 1.0 if n[20] > 0.5 else -1.0
    fall = 0.42 + 0.25 * n[21]
    menus = {
        "straight": tuple(((k - 2) * 0.36, 0.05 * (k - 2), fall + 0.04 * (k % 2), 0.0) for k in range(5)),
        "split": (
            (-0.12, -0.75, 0.95, 0.16),
            (0.12, 0.75, 0.95, -0.16),
            (-0.2, -0.35, 0.5, 0.1),
            (0.2, 0.35, 0.5, -0.1),
        ),
        "side": tuple((way * (0.5 - 0.3 * k), -way * (0.35 + 0.16 * k), fall + 0.12 * k, way * 0.08) for k in range(4)),
        "spiky": tuple(
            ((k - 2) * 0.38, 0.3 * math.sin(7 * k + 6 * n[22]), fall + 0.15 * ((k + 1) % 2), 0.0) for k in range(5)
        ),
        "none": (),
    }
    if wear.hair == "tuft":
        locks = [
            limb(frame.at(0.85 * half, v * wide, v), 0.45 * half, (0.12 * wide, 0.14 * wide, 0.01 * wide), paint)
            for v in (-0.3, 0.0, 0.3)
        ]
        drawing.add("head", *locks)
        return
    strands = []
    for v, lean, long, bow in menus[wear.bangs]:
        root = frame.at(0.86 * half, v * wide + 0.6 * wide * turn, math.pi - lean)
        strands.append(
            limb(
                root,
                long * half,
                (0.12 * wide, 0.23 * wide, 0.22 * wide, 0.14 * wide, 0.01 * wide),
                paint,
                bow=bow * half,
            )
        )
    if strands:
        drawing.add("head", *strands)
