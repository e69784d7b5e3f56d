"""Draws the bodies of things with limbs: cups, fruit, boxes, mushrooms, drops, bottles, cones. The same primitives in
every pose (see `drawing`)."""

from training.world.bodies import shaded
from training.world.designs import Design
from training.world.drawing import FADE, Drawing, Frame, Paint
from training.world.forms import form, limb, oval, stroke
from training.world.posed import Posed
from training.world.trunks import trunk_frame
from training.world.wardrobe import Wardrobe


def draw_shell(drawing: Drawing, design: Design, wear: Wardrobe, posed: Posed) -> None:
    """The body that also carries the face; its frame runs down from its top."""
    body = design.proportions
    half = 0.5 * (body.head + body.torso) + 0.02
    middle = trunk_frame(design, posed).at(0.5 * (body.torso - body.head), 0.0)
    wide = 1.06 * body.shoulder
    top = middle.at(-half, 0.0)
    shell = Paint(design.palette["shirt"], shaded(design.palette["shirt"], 0.75), pattern=FADE, material="rigid")
    trim = Paint(design.palette["lower"], material="rigid")
    _DRAWN[wear.shell](drawing, design, wear, top, 2 * half, wide, shell, trim)


def _cup(
    drawing: Drawing, design: Design, wear: Wardrobe, top: Frame, tall: float, wide: float, shell: Paint, trim: Paint
) -> None:
    straw = Paint(design.palette["accent"], design.palette["white"], pattern=1, frequency=200.0, material="rigid")
    sign = 1.0 if wear.odd_side else -1.0
    drawing.add(
        "torso", limb(top.at(0.05 * tall, sign * 0.3 * wide, 3.14 - sign * 0.2), 0.42 * tall, (0.06 * wide,) * 2, straw)
    )
    drawing.add("torso", form(top, tall, (wide, 0.95 * wide, 0.88 * wide, 0.8 * wide), 0.08 * wide, shell))
    glass = Paint(design.palette["white"], material="rigid")
    drawing.add("torso", form(top, 0.1 * tall, (1.08 * wide, 1.06 * wide), 0.04 * wide, glass))
    if wear.numbers[5] > 0.4:
        drawing.add("torso", form(top.at(0.72 * tall, 0.0), 0.2 * tall, (0.86 * wide, 0.83 * wide), 0.0, trim, 0.5))
    drawing.add(
        "torso",
        limb(top.at(0.2 * tall, 0.72 * wide), 0.4 * tall, (0.05 * wide, 0.03 * wide), glass, line=0.0, flat=True),
    )


def _fruit(
    drawing: Drawing, design: Design, wear: Wardrobe, top: Frame, tall: float, wide: float, shell: Paint, trim: Paint
) -> None:
    green = Paint(
        (0.3, 0.6 + 0.2 * wear.numbers[6], 0.25), (0.2, 0.4, 0.15), pattern=2, frequency=120.0, material="rigid"
    )
    stem = Paint((0.4, 0.28, 0.16), material="rigid")
    drawing.add("torso", limb(top.at(0.04 * tall, 0.0, 3.14), 0.14 * tall, (0.06 * wide, 0.04 * wide), stem))
    egg = (0.0, 0.22, -0.2)[int(2.99 * wear.numbers[5])]
    drawing.add("torso", oval(top.at(0.5 * tall, 0.0), 0.5 * tall, 1.1 * wide, shell, egg=egg))
    sign = 1.0 if wear.odd_side else -1.0
    for turn in (sign * 1.2, -sign * 0.9)[: 1 + (wear.numbers[7] > 0.5)]:
        leaf = top.at(0.02 * tall, 0.0, 3.14 + turn)
        drawing.add("torso", limb(leaf, 0.7 * wide, (0.03 * wide, 0.2 * wide, 0.22 * wide, 0.02 * wide), green))
    if wear.numbers[8] > 0.6:
        for k in range(7):
            seed = top.at((0.25 + 0.1 * k) * tall, (0.75 - 1.5 * ((k * 0.38) % 1)) * wide)
            drawing.add("torso", oval(seed, 0.02 * tall, 0.04 * wide, trim, 0.0))


def _box(
    drawing: Drawing, design: Design, wear: Wardrobe, top: Frame, tall: float, wide: float, shell: Paint, trim: Paint
) -> None:
    for sign in (-1.0, 1.0):
        flap = top.at(0.02 * tall, sign * 0.5 * wide, 3.14 - sign * 0.6)
        drawing.add("torso", form(flap, 0.25 * tall, (0.5 * wide, 0.45 * wide), 0.0, shell))
    drawing.add("torso", form(top, tall, (wide, wide), 0.05 * wide, shell))
    drawing.add(
        "torso",
        form(top.at((0.7 if wear.numbers[5] > 0.5 else 0.04) * tall, 0.0), 0.18 * tall, (wide, wide), 0.0, trim, 0.6),
    )


def _mushroom(
    drawing: Drawing, design: Design, wear: Wardrobe, top: Frame, tall: float, wide: float, shell: Paint, trim: Paint
) -> None:
    stalk = Paint(design.palette["skin"])
    drawing.add(
        "torso", form(top.at(0.25 * tall, 0.0), 0.75 * tall, (0.75 * wide, 0.75 * wide, 0.95 * wide), 0.3 * wide, stalk)
    )
    drawing.add("torso", form(top, 0.48 * tall, (0.35 * wide, 1.0 * wide, 1.3 * wide, 1.45 * wide), 0.2 * wide, shell))
    dots = Paint(design.palette["white"], material="rigid")
    for u, v, r in ((0.3, 0.75, 0.2), (0.16, -0.1, 0.24), (0.33, -0.8, 0.17)):
        drawing.add("torso", oval(top.at(u * tall, v * wide), r * wide, r * wide, dots, 0.5))


def _drop(
    drawing: Drawing, design: Design, wear: Wardrobe, top: Frame, tall: float, wide: float, shell: Paint, trim: Paint
) -> None:
    drawing.add(
        "torso",
        form(
            top.at(-0.06 * tall, 0.0),
            1.06 * tall,
            (0.1 * wide, 0.5 * wide, 1.0 * wide, 1.2 * wide, 1.15 * wide, 0.8 * wide),
            0.5 * wide,
            shell,
        ),
    )
    shine = Paint(design.palette["white"], material="rigid")
    drawing.add(
        "torso",
        limb(top.at(0.42 * tall, 0.78 * wide), 0.2 * tall, (0.05 * wide, 0.07 * wide), shine, line=0.0, flat=True),
    )


def _bottle(
    drawing: Drawing, design: Design, wear: Wardrobe, top: Frame, tall: float, wide: float, shell: Paint, trim: Paint
) -> None:
    cap = Paint(design.palette["accent"], material="rigid")
    drawing.add("torso", form(top, 0.12 * tall, (0.4 * wide, 0.4 * wide), 0.02, cap))
    drawing.add(
        "torso",
        form(
            top.at(0.1 * tall, 0.0),
            0.9 * tall,
            (0.35 * wide, 0.6 * wide, wide, wide, wide, 0.98 * wide),
            0.2 * wide,
            shell,
        ),
    )
    drawing.add("torso", form(top.at(0.74 * tall, 0.0), 0.17 * tall, (1.0 * wide, 1.0 * wide), 0.0, trim, 0.6))


def _cone(
    drawing: Drawing, design: Design, wear: Wardrobe, top: Frame, tall: float, wide: float, shell: Paint, trim: Paint
) -> None:
    wafer = Paint((0.87, 0.65, 0.36), (0.7, 0.47, 0.22), pattern=6, frequency=130.0, material="rigid")
    drawing.add(
        "torso", form(top.at(0.4 * tall, 0.0), 0.6 * tall, (1.0 * wide, 0.8 * wide, 0.55 * wide), 0.06 * wide, wafer)
    )
    drawing.add("torso", oval(top.at(0.28 * tall, 0.0), 0.34 * tall, 1.15 * wide, shell))
    drawing.add("torso", oval(top.at(-0.05 * tall, 0.0), 0.1 * wide, 0.14 * wide, trim))
    drawing.add("torso", stroke(top.at(0.55 * tall, 0.0), 1.0 * wide, 0.06 * tall, 0.03 * wide, shell))


_DRAWN = {
    "cup": _cup,
    "fruit": _fruit,
    "box": _box,
    "mushroom": _mushroom,
    "drop": _drop,
    "bottle": _bottle,
    "cone": _cone,
}
