"""Draws the part hair of richer characters: masses, locks, tails, braids, curls. The same primitives in every pose (see
`drawing`).

Knows what falls behind the head or hangs free; what lies on the skull, with the locks that frame a face, is the
head's (see `caps`).
"""

import math

from training.world.designs import Design
from training.world.drawing import Drawing, Frame, Paint, Shape
from training.world.forms import form, limb, oval, stroke
from training.world.posed import Posed
from training.world.scalps import Scalp
from training.world.skulls import hanging, head_frame
from training.world.wardrobe import Wardrobe

LONG = ("straight", "waves", "tails", "bob")


def has_locks(wear: Wardrobe) -> bool:
    """Whether locks fall from the temples over shoulders and arms."""
    return wear.hair in LONG and wear.numbers[10] > 0.5


def draw_tresses(drawing: Drawing, design: Design, wear: Wardrobe, posed: Posed) -> None:
    """The part hair."""
    if wear.hair not in ("none", "crop", "swept", "tuft"):
        _MASSES[wear.hair](Scalp.of(drawing, design, wear, posed, head_frame(design, posed)))


def _straight(scalp: Scalp) -> None:
    n, half, wide = scalp.wear.numbers, scalp.half, scalp.wide
    long = half * ((1.5 + 0.4 * n[14]) if scalp.wear.hair == "bob" else 2.2 + 2.6 * n[14])
    root = hanging(scalp.frame, 0.5).at(-0.75 * half, 0.55 * wide * scalp.turn)
    end = (0.85 + 0.35 * n[15]) * wide
    widths = (*scalp.widths(0.75, 1.18, 1.16, 1.1), 0.5 * (end + 1.1 * wide), end)
    tips = []
    for k in range(5):
        v = (k - 2) / 2.2
        tip = root.at(0.85 * long, v * end, -0.12 * v)
        reach = (0.16 + 0.08 * (k % 2)) * long + 0.1 * half
        tips.append(limb(tip, reach, (0.3 * end, 0.3 * end, 0.2 * end, 0.01 * end), scalp.paint))
    scalp.drawing.add("hair", form(root, long, widths, 0.3 * wide, scalp.paint), *tips)


def _waves(scalp: Scalp) -> None:
    n, half, wide = scalp.wear.numbers, scalp.half, scalp.wide
    long = half * (2.4 + 2.2 * n[14])
    root = hanging(scalp.frame, 0.5).at(-0.5 * half, 0.5 * wide * scalp.turn)
    locks = []
    for k in range(7):
        v = (k - 3) / 3
        at = root.at(0.1 * half * abs(v), 0.75 * wide * v, -(0.08 + 0.22 * n[15]) * v)
        bow = (0.12 if k % 2 else -0.1) * half * (0.5 + n[16])
        share = 1.0 - 0.22 * abs(v) + 0.1 * (k % 2)
        widths = scalp.widths(0.4, 0.46, 0.42, 0.34, 0.2, 0.01)
        locks.append(limb(at, share * long, widths, scalp.paint, bow=bow))
    crown = form(root.at(-0.3 * half, 0.0), 1.2 * half, scalp.widths(0.7, 1.2, 1.22), 0.3 * wide, scalp.paint)
    scalp.drawing.add("hair", crown, *locks)


def _tails(scalp: Scalp) -> None:
    n, half, wide = scalp.wear.numbers, scalp.half, scalp.wide
    single = scalp.wear.hair == "pony"
    for sign in ((-1.0 if n[17] > 0.5 else 1.0),) if single else (-1.0, 1.0):
        place = scalp.frame.at((0.75 if single else 0.45) * half, sign * (0.55 if single else 1.0) * wide)
        hang = hanging(place, 0.3, sign * (0.35 + 0.3 * n[18]))
        long, thick = half * (1.4 + 2.2 * n[14]), (1.3 if single else 1.0) * wide
        scalp.drawing.add("hair", *_tail(hang, long, thick, sign, scalp.paint, 0.3 * half))
        scalp.drawing.add("hair", oval(place, 0.16 * half, 0.16 * wide, scalp.tie()))


def _tail(root: Frame, long: float, wide: float, sign: float, paint: Paint, curl: float) -> list[Shape]:
    widths = (0.16 * wide, 0.36 * wide, 0.42 * wide, 0.36 * wide, 0.22 * wide, 0.01 * wide)
    thin = tuple(0.5 * w for w in widths)
    return [
        limb(root, long, widths, paint, bow=-sign * curl),
        limb(root.at(0.3 * long, 0.25 * wide, 0.12), 0.62 * long, thin, paint, bow=sign * curl),
    ]


def _braids(scalp: Scalp) -> None:
    half, wide = scalp.half, scalp.wide
    for sign in (-1.0, 1.0):
        hang = hanging(scalp.frame.at(-0.35 * half, sign * 0.95 * wide), 0.75, sign * 0.12)
        beads = []
        for k in range(6):
            at = hang.at(0.34 * k * half, (0.04 if k % 2 else -0.04) * wide)
            beads.append(oval(at, 0.24 * half, (0.27 - 0.015 * k) * wide, scalp.paint))
        scalp.drawing.add("hair", *beads)
        end = hang.at(2.0 * half, 0.0)
        brush = limb(end.at(0.05 * half, 0.0), 0.25 * half, scalp.widths(0.1, 0.17, 0.02), scalp.paint)
        scalp.drawing.add("hair", oval(end, 0.08 * half, 0.14 * wide, scalp.tie()), brush)


def _bun(scalp: Scalp) -> None:
    n, half, wide = scalp.wear.numbers, scalp.half, scalp.wide
    size = (0.38 + 0.2 * n[14]) * wide
    dark = Paint(scalp.paint.second or scalp.paint.first, material="hair")
    for u, v in ((1.1, 0.0),) if n[17] > 0.4 else ((0.85, -0.75), (0.85, 0.75)):
        ball = scalp.frame.at(u * half, v * wide - 0.4 * wide * scalp.turn * (v == 0))
        scalp.drawing.add("hair", oval(ball, size, size, scalp.paint))
        curl = scalp.frame.at(u * half, v * wide)
        scalp.drawing.add("hair", stroke(curl, 0.5 * size, -0.3 * size, 0.05 * size, dark))


def _drape(scalp: Scalp) -> None:
    n, half, wide = scalp.wear.numbers, scalp.half, scalp.wide
    for sign in (-1.0, 1.0):
        hang = hanging(scalp.frame.at(0.25 * half, sign * 0.98 * wide), 0.7, sign * 0.08)
        long = half * (2.0 + 1.4 * n[14]) * (1.0 if sign > 0 else 0.8 + 0.4 * n[15])
        main = limb(hang, long, scalp.widths(0.22, 0.36, 0.42, 0.4, 0.28, 0.02), scalp.paint, bow=sign * 0.14 * half)
        beside = hang.at(0.3 * half, -sign * 0.15 * wide)
        side = limb(beside, 0.75 * long, scalp.widths(0.15, 0.26, 0.26, 0.01), scalp.paint, bow=-sign * 0.1 * half)
        scalp.drawing.add("hair", side, main)


def _spikes(scalp: Scalp) -> None:
    n, half, wide = scalp.wear.numbers, scalp.half, scalp.wide
    count, reach = 9, 0.75 + 0.35 * n[14] if scalp.wear.hair == "spikes" else 0.35 + 0.2 * n[14]
    spikes = []
    for k in range(count):
        angle = (k / (count - 1) - 0.5) * 3.9 - 0.3 * scalp.turn
        u, v = 0.1 * half + 0.62 * half * math.cos(angle), 0.72 * wide * math.sin(angle)
        at = scalp.frame.at(u, v, angle + 0.25 * (n[17] - 0.5))
        long = reach * half * (1.0 if k % 2 else 0.75)
        spikes.append(limb(at, long, scalp.widths(0.34, 0.3, 0.17, 0.01), scalp.paint))
    scalp.drawing.add("hair", *spikes)


def _curls(scalp: Scalp) -> None:
    n, half, wide = scalp.wear.numbers, scalp.half, scalp.wide
    count, size = 11, 0.34 + 0.16 * n[14]
    span = 4.2 + 1.2 * n[15]
    curls = []
    for k in range(count):
        angle = (k / (count - 1) - 0.5) * span
        at = scalp.frame.at(0.12 * half + 0.92 * half * math.cos(angle), 0.98 * wide * math.sin(angle))
        curls.append(oval(at, size * half, size * half, scalp.paint))
    scalp.drawing.add("hair", *curls)


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
