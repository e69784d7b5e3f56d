"""Draws the bodies of things with limbs: cups, fruit, boxes, mushrooms, drops, bottles, cones. The same primitives in
every pose (see `drawing`)."""

from dataclasses import dataclass

from training.world.bodies import shaded
from training.world.designs import Design
from training.world.drawing import BARS, DIAGONAL, FADE, STRIPES, Drawing, Frame, Paint, Shape
from training.world.forms import form, limb, oval, stroke
from training.world.posed import Posed
from training.world.trunks import trunk_frame
from training.world.wardrobe import Wardrobe


@dataclass(frozen=True)
class Shell:
    """The thing in one picture: a frame that runs down from its top, its height and half width in body heights, and
    the paints of its crust and its trim."""

    drawing: Drawing
    design: Design
    wear: Wardrobe
    top: Frame
    tall: float
    wide: float
    crust: Paint
    trim: Paint

    def at(self, down: float, across: float, turn: float = 0.0) -> Frame:
        """`down` heights below the top, `across` half widths from the middle."""
        return self.top.at(down * self.tall, across * self.wide, turn)

    def add(self, *shapes: Shape) -> None:
        self.drawing.add("torso", *shapes)

    def paint(self, name: str, material: str = "skin") -> Paint:
        return Paint(self.design.palette[name], material=material)


def draw_shell(drawing: Drawing, design: Design, wear: Wardrobe, posed: Posed) -> None:
    """The body that also carries the face."""
    body, colour = design.proportions, design.palette["shirt"]
    half = 0.5 * (body.head + body.torso) + 0.02
    top = trunk_frame(design, posed).at(0.5 * (body.torso - body.head), 0.0).at(-half, 0.0)
    crust = Paint(colour, shaded(colour, 0.75), pattern=FADE, material="rigid")
    trim = Paint(design.palette["lower"], material="rigid")
    _DRAWN[wear.shell](Shell(drawing, design, wear, top, 2 * half, 1.06 * body.shoulder, crust, trim))


def _cup(shell: Shell) -> None:
    tall, wide, n = shell.tall, shell.wide, shell.wear.numbers
    straw = Paint(
        shell.design.palette["accent"],
        shell.design.palette["white"],
        pattern=STRIPES,
        frequency=200.0,
        material="rigid",
    )
    sign = 1.0 if shell.wear.odd_side else -1.0
    shell.add(limb(shell.at(0.05, sign * 0.3, 3.14 - sign * 0.2), 0.42 * tall, (0.06 * wide,) * 2, straw))
    shell.add(form(shell.top, tall, (wide, 0.95 * wide, 0.88 * wide, 0.8 * wide), 0.08 * wide, shell.crust))
    glass = shell.paint("white", "rigid")
    shell.add(form(shell.top, 0.1 * tall, (1.08 * wide, 1.06 * wide), 0.04 * wide, glass))
    if n[5] > 0.4:
        shell.add(form(shell.at(0.72, 0.0), 0.2 * tall, (0.86 * wide, 0.83 * wide), 0.0, shell.trim, 0.5))
    shell.add(limb(shell.at(0.2, 0.72), 0.4 * tall, (0.05 * wide, 0.03 * wide), glass, line=0.0, flat=True))


def _fruit(shell: Shell) -> None:
    tall, wide, n = shell.tall, shell.wide, shell.wear.numbers
    green = Paint((0.3, 0.6 + 0.2 * n[6], 0.25), (0.2, 0.4, 0.15), pattern=BARS, frequency=120.0, material="rigid")
    stem = Paint((0.4, 0.28, 0.16), material="rigid")
    shell.add(limb(shell.at(0.04, 0.0, 3.14), 0.14 * tall, (0.06 * wide, 0.04 * wide), stem))
    egg = (0.0, 0.22, -0.2)[int(2.99 * n[5])]
    shell.add(oval(shell.at(0.5, 0.0), 0.5 * tall, 1.1 * wide, shell.crust, egg=egg))
    sign = 1.0 if shell.wear.odd_side else -1.0
    for turn in (sign * 1.2, -sign * 0.9)[: 1 + (n[7] > 0.5)]:
        leaf = shell.at(0.02, 0.0, 3.14 + turn)
        shell.add(limb(leaf, 0.7 * wide, (0.03 * wide, 0.2 * wide, 0.22 * wide, 0.02 * wide), green))
    if n[8] > 0.6:
        for k in range(7):
            seed = shell.at(0.25 + 0.1 * k, 0.75 - 1.5 * ((k * 0.38) % 1))
            shell.add(oval(seed, 0.02 * tall, 0.04 * wide, shell.trim, 0.0))


def _box(shell: Shell) -> None:
    tall, wide, n = shell.tall, shell.wide, shell.wear.numbers
    for sign in (-1.0, 1.0):
        flap = shell.at(0.02, sign * 0.5, 3.14 - sign * 0.6)
        shell.add(form(flap, 0.25 * tall, (0.5 * wide, 0.45 * wide), 0.0, shell.crust))
    shell.add(form(shell.top, tall, (wide, wide), 0.05 * wide, shell.crust))
    shell.add(form(shell.at(0.7 if n[5] > 0.5 else 0.04, 0.0), 0.18 * tall, (wide, wide), 0.0, shell.trim, 0.6))


def _mushroom(shell: Shell) -> None:
    tall, wide = shell.tall, shell.wide
    stalk = shell.paint("skin")
    shell.add(form(shell.at(0.25, 0.0), 0.75 * tall, (0.75 * wide, 0.75 * wide, 0.95 * wide), 0.3 * wide, stalk))
    shell.add(form(shell.top, 0.48 * tall, (0.35 * wide, 1.0 * wide, 1.3 * wide, 1.45 * wide), 0.2 * wide, shell.crust))
    dots = shell.paint("white", "rigid")
    for u, v, r in ((0.3, 0.75, 0.2), (0.16, -0.1, 0.24), (0.33, -0.8, 0.17)):
        shell.add(oval(shell.at(u, v), r * wide, r * wide, dots, 0.5))


def _drop(shell: Shell) -> None:
    tall, wide = shell.tall, shell.wide
    shell.add(
        form(
            shell.at(-0.06, 0.0),
            1.06 * tall,
            (0.1 * wide, 0.5 * wide, 1.0 * wide, 1.2 * wide, 1.15 * wide, 0.8 * wide),
            0.5 * wide,
            shell.crust,
        )
    )
    shine = shell.paint("white", "rigid")
    shell.add(limb(shell.at(0.42, 0.78), 0.2 * tall, (0.05 * wide, 0.07 * wide), shine, line=0.0, flat=True))


def _bottle(shell: Shell) -> None:
    tall, wide = shell.tall, shell.wide
    cap = shell.paint("accent", "rigid")
    shell.add(form(shell.top, 0.12 * tall, (0.4 * wide, 0.4 * wide), 0.02, cap))
    shell.add(
        form(
            shell.at(0.1, 0.0),
            0.9 * tall,
            (0.35 * wide, 0.6 * wide, wide, wide, wide, 0.98 * wide),
            0.2 * wide,
            shell.crust,
        )
    )
    shell.add(form(shell.at(0.74, 0.0), 0.17 * tall, (1.0 * wide, 1.0 * wide), 0.0, shell.trim, 0.6))


def _cone(shell: Shell) -> None:
    tall, wide = shell.tall, shell.wide
    wafer = Paint((0.87, 0.65, 0.36), (0.7, 0.47, 0.22), pattern=DIAGONAL, frequency=130.0, material="rigid")
    shell.add(form(shell.at(0.4, 0.0), 0.6 * tall, (1.0 * wide, 0.8 * wide, 0.55 * wide), 0.06 * wide, wafer))
    shell.add(oval(shell.at(0.28, 0.0), 0.34 * tall, 1.15 * wide, shell.crust))
    shell.add(oval(shell.at(-0.05, 0.0), 0.1 * wide, 0.14 * wide, shell.trim))
    shell.add(stroke(shell.at(0.55, 0.0), 1.0 * wide, 0.06 * tall, 0.03 * wide, shell.crust))


_DRAWN = {
    "cup": _cup,
    "fruit": _fruit,
    "box": _box,
    "mushroom": _mushroom,
    "drop": _drop,
    "bottle": _bottle,
    "cone": _cone,
}
