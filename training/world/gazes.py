"""Draws the faces of richer characters: eyes with lashes, noses, mouths, marks. The same primitives in every pose."""

from training.world.designs import Design
from training.world.drawing import Colour, Drawing, Frame, Paint, Shape
from training.world.faces import EYE_AZIMUTH, on_face
from training.world.forms import limb, oval, stroke
from training.world.posed import Posed
from training.world.shapes import SUPER
from training.world.wardrobe import Wardrobe


def draw_features(drawing: Drawing, design: Design, wear: Wardrobe, posed: Posed, frame: Frame, part: str) -> None:
    """Brows, eyes, nose, mouth and marks on the front of the skull; they move round it as it turns."""
    half, wide = 0.5 * design.proportions.head, design.proportions.skull
    eye = design.proportions.eye_height * design.proportions.head - design.proportions.face_drop
    unit = min(half, 1.1 * wide)
    animal = design.nose == "snout"
    if animal:
        at = on_face(posed, frame, wide, 0, eye - 0.42 * unit)
        drawing.add(part, oval(at, 0.26 * unit, 0.36 * unit, Paint(design.palette["inner"]), 0.5, egg=-0.1))
    for sign in (-1.0, 1.0):
        _eye(drawing, design, wear, on_face(posed, frame, wide, sign * EYE_AZIMUTH, eye), unit, part, sign)
        _brow(
            drawing, design, wear, on_face(posed, frame, wide, sign * EYE_AZIMUTH, eye + 0.42 * unit), unit, part, sign
        )
    _nose(drawing, design, wear, on_face(posed, frame, wide, 0, eye - 0.27 * unit), unit, part, animal)
    _mouth(
        drawing,
        design,
        wear,
        on_face(posed, frame, wide, 0, eye - (0.56 + 0.08 * design.numbers[2]) * unit),
        unit,
        part,
    )
    _mark(drawing, design, wear, posed, frame, (unit, wide, eye), part)


def _eye(drawing: Drawing, design: Design, wear: Wardrobe, at: Frame, unit: float, part: str, sign: float) -> None:
    n = wear.numbers
    size = unit * (0.9 + 0.35 * n[2])
    ink, white = Paint(_ink(design)), Paint(design.palette["white"])
    style = wear.eyes
    look = at.at(0.0, 0.1 * wear.gaze * size)
    if style in ("anime", "sparkle"):
        _large_eye(drawing, design, at, look, size, part, sign, style == "sparkle")
    elif style == "almond":
        _almond(drawing, design, at, look, 0.8 * size, part, sign)
    elif style == "bead":
        drawing.add(part, oval(at, 0.15 * size, 0.12 * size, ink, 0.0, flat=True))
        drawing.add(part, oval(at.at(0.06 * size, 0.035 * size), 0.045 * size, 0.04 * size, white, 0.0, flat=True))
    elif style in ("cartoon", "pie"):
        drawing.add(part, oval(at, 0.27 * size, 0.2 * size, white, 0.6, flat=True))
        drawing.add(
            part, oval(look.at(-0.02 * size, -sign * 0.03 * size), 0.15 * size, 0.11 * size, ink, 0.0, flat=True)
        )
        drawing.add(part, oval(look.at(0.04 * size, 0.0), 0.05 * size, 0.04 * size, white, 0.0, flat=True))
        if style == "cartoon":
            lid = Paint(design.palette["skin"])
            cut = (0.29 * size, 0.215 * size * at.side, 2.0, 0.0, (0.06 + 0.14 * n[3]) * size)
            drawing.add(part, Shape(SUPER, at, cut, lid, line=0.6, flat=True))
    else:
        drawing.add(part, stroke(at, 0.17 * size, -0.1 * size, 0.022 * size + 0.001, ink))


def _large_eye(
    drawing: Drawing, design: Design, at: Frame, look: Frame, size: float, part: str, sign: float, sparkle: bool
) -> None:
    ink, white = Paint(_ink(design)), Paint(design.palette["white"])
    iris = design.palette.get("iris", design.palette["accent"])
    tall = (0.25 + 0.07 * design.numbers[3]) * size
    drawing.add(part, oval(at, tall, 0.2 * size, white, 0.0, flat=True, power=2.3))
    drawing.add(
        part, oval(look.at(-0.01 * size, 0.0), 0.9 * tall, 0.155 * size, Paint(_dark(iris, 0.4)), 0.0, flat=True)
    )
    shine = Paint(iris, _light(iris), pattern=5)
    drawing.add(part, oval(look.at(-0.06 * size, 0.0), 0.72 * tall, 0.13 * size, shine, 0.0, flat=True))
    drawing.add(
        part, oval(look.at(0.01 * size, 0.0), 0.4 * tall, 0.06 * size, Paint(_dark(iris, 0.25)), 0.0, flat=True)
    )
    drawing.add(part, oval(look.at(0.42 * tall, 0.06 * size), 0.065 * size, 0.055 * size, white, 0.0, flat=True))
    if sparkle:
        drawing.add(part, oval(look.at(-0.45 * tall, -0.06 * size), 0.035 * size, 0.03 * size, white, 0.0, flat=True))
    lid = at.at(0.9 * tall, 0.0, -sign * 0.1)
    drawing.add(part, stroke(lid, 0.22 * size, -0.13 * size, 0.04 * size, ink))
    lash = at.at(0.72 * tall, sign * 0.2 * size, sign * 1.1)
    drawing.add(part, limb(lash, 0.1 * size, (0.03 * size, 0.005 * size), ink, line=0.0, flat=True))
    drawing.add(part, stroke(at.at(-0.93 * tall, 0.0), 0.1 * size, 0.03 * size, 0.012 * size, ink))


def _almond(drawing: Drawing, design: Design, at: Frame, look: Frame, size: float, part: str, sign: float) -> None:
    ink, white = Paint(_ink(design)), Paint(design.palette["white"])
    iris = design.palette.get("iris", design.palette["accent"])
    drawing.add(part, oval(at, 0.095 * size, 0.19 * size, white, 0.0, flat=True, power=1.7))
    drawing.add(part, oval(look, 0.095 * size, 0.085 * size, Paint(iris), 0.0, flat=True))
    drawing.add(part, oval(look, 0.05 * size, 0.045 * size, ink, 0.0, flat=True))
    drawing.add(part, oval(look.at(0.035 * size, 0.03 * size), 0.02 * size, 0.02 * size, white, 0.0, flat=True))
    drawing.add(part, stroke(at.at(0.055 * size, 0.0, -sign * 0.12), 0.21 * size, -0.09 * size, 0.026 * size, ink))
    crease = Paint(_dark(design.palette["skin"], 0.75))
    drawing.add(part, stroke(at.at(0.14 * size, 0.0, -sign * 0.1), 0.18 * size, -0.07 * size, 0.012 * size, crease))


def _brow(drawing: Drawing, design: Design, wear: Wardrobe, at: Frame, unit: float, part: str, sign: float) -> None:
    hair = design.palette["hair"] if design.family.fill == "colour" and wear.hair != "none" else _ink(design)
    n = wear.numbers
    if not design.brows and wear.eyes in ("bead", "happy"):
        return
    turned = at.at(0.0, 0.0, sign * (0.5 * n[4] - 0.25))
    thick = (0.03 + 0.03 * n[5] * (wear.build == "masc")) * unit
    drawing.add(part, stroke(turned, 0.17 * unit, -0.06 * unit, thick, Paint(_dark(hair, 0.7), material="hair")))


def _nose(drawing: Drawing, design: Design, wear: Wardrobe, at: Frame, unit: float, part: str, animal: bool) -> None:
    dark, skin = Paint(_ink(design)), design.palette["skin"]
    shade = Paint(_dark(skin, 0.78) if design.family.fill == "colour" else design.palette["ink"])
    if animal:
        drawing.add(part, oval(at, 0.08 * unit, 0.12 * unit, dark, 0.0, egg=0.2))
        drawing.add(
            part,
            oval(at.at(0.03 * unit, 0.0), 0.02 * unit, 0.04 * unit, Paint(design.palette["white"]), 0.0, flat=True),
        )
    elif wear.nose == "dot":
        drawing.add(part, oval(at, 0.03 * unit, 0.035 * unit, shade, 0.0, flat=True))
    elif wear.nose == "wedge":
        drawing.add(
            part,
            limb(at.at(0.02 * unit, 0.0, 2.6), 0.12 * unit, (0.008 * unit, 0.035 * unit), shade, line=0.0, flat=True),
        )
    elif wear.nose == "button":
        drawing.add(part, oval(at, 0.085 * unit, 0.1 * unit, Paint(_mix(skin, (0.95, 0.45, 0.4), 0.3)), 0.5))
        drawing.add(
            part,
            oval(
                at.at(0.03 * unit, 0.03 * unit),
                0.02 * unit,
                0.025 * unit,
                Paint(design.palette["white"]),
                0.0,
                flat=True,
            ),
        )
    elif wear.nose in ("bridge", "shadow"):
        drawing.add(part, stroke(at.at(-0.04 * unit, 0.0), 0.08 * unit, 0.05 * unit, 0.018 * unit, shade))
        if wear.nose == "shadow":
            drawing.add(part, limb(at.at(0.3 * unit, 0.06 * unit * at.side, 3.1), 0.28 * unit,
                                   (0.012 * unit, 0.02 * unit, 0.03 * unit), shade, line=0.0, flat=True))  # fmt: skip


def _mouth(drawing: Drawing, design: Design, wear: Wardrobe, at: Frame, unit: float, part: str) -> None:
    n = wear.numbers
    wide, thick, ink = (0.15 + 0.16 * n[8]) * unit, 0.02 * unit + 0.0008, Paint(_ink(design))
    lip = Paint(design.palette["lip"], material="skin")
    if wear.mouth == "laugh":
        under = at._replace(ax=-at.ax, ay=-at.ay)
        numbers = (0.26 * unit, wide * at.side, 2.0, 0.0, 0.0)
        drawing.add(
            part,
            Shape(
                SUPER,
                under,
                numbers,
                Paint((0.45, 0.1, 0.12) if design.family.fill == "colour" else design.palette["white"]),
                line=0.7,
                flat=True,
            ),
        )
        if n[9] > 0.4 and design.family.fill == "colour":
            drawing.add(
                part,
                oval(under.at(0.17 * unit, 0.0), 0.06 * unit, 0.55 * wide, Paint((0.9, 0.42, 0.45)), 0.0, flat=True),
            )
        drawing.add(
            part,
            oval(under.at(0.04 * unit, 0.0), 0.04 * unit, 0.75 * wide, Paint(design.palette["white"]), 0.0, flat=True),
        )
    elif wear.mouth == "lips":
        drawing.add(part, oval(at.at(-0.035 * unit, 0.0), 0.05 * unit, 0.62 * wide, lip, 0.0, flat=True))
        dark = Paint(_dark(design.palette["lip"], 0.7) if design.family.fill == "colour" else design.palette["ink"])
        drawing.add(part, stroke(at.at(0.005 * unit, 0.0), 0.75 * wide, 0.03 * unit, 0.03 * unit, dark))
    elif wear.mouth in ("smirk", "fang"):
        sign = 1.0 if wear.odd_side else -1.0
        drawing.add(part, stroke(at.at(0.0, sign * 0.3 * wide, sign * 0.2), wide, 0.12 * unit, thick, ink))
        if wear.mouth == "fang":
            tooth = at.at(-0.01 * unit, sign * 0.6 * wide, 3.14)
            drawing.add(
                part,
                limb(
                    tooth, 0.07 * unit, (0.04 * unit, 0.004 * unit), Paint(design.palette["white"]), line=0.5, flat=True
                ),
            )
    else:
        bend, share = {"smile": (0.22, 1.0), "small": (0.08, 0.5), "pout": (-0.07, 0.5)}[wear.mouth]
        drawing.add(part, stroke(at, share * wide, bend * unit, thick, ink))


def _mark(
    drawing: Drawing,
    design: Design,
    wear: Wardrobe,
    posed: Posed,
    frame: Frame,
    sizes: tuple[float, float, float],
    part: str,
) -> None:
    unit, wide, eye = sizes
    sign = 1.0 if wear.odd_side else -1.0
    blush, dark = Paint(design.palette["blush"]), Paint(_dark(design.palette["skin"], 0.6))
    if wear.mark == "blush":
        for s in (-1.0, 1.0):
            drawing.add(
                part,
                oval(
                    on_face(posed, frame, wide, s * 40, eye - 0.33 * unit),
                    0.08 * unit,
                    0.14 * unit,
                    blush,
                    0.0,
                    flat=True,
                ),
            )
    elif wear.mark == "freckles":
        for s in (-1.0, 1.0):
            for k in range(3):
                at = on_face(posed, frame, wide, s * (26 + 9 * k), eye - (0.3 + 0.06 * (k % 2)) * unit)
                drawing.add(part, oval(at, 0.018 * unit, 0.018 * unit, dark, 0.0, flat=True))
    elif wear.mark == "mole":
        drawing.add(
            part,
            oval(
                on_face(posed, frame, wide, sign * 30, eye - 0.4 * unit),
                0.022 * unit,
                0.022 * unit,
                dark,
                0.0,
                flat=True,
            ),
        )
    elif wear.mark == "stripe":
        paint = Paint(design.palette["accent"])
        drawing.add(
            part,
            limb(
                on_face(posed, frame, wide, sign * 36, eye - 0.2 * unit).at(0, 0, 1.9),
                0.22 * unit,
                (0.035 * unit,) * 2,
                paint,
                line=0.0,
                flat=True,
            ),
        )
    elif wear.mark == "beard":
        hair = Paint(design.palette["hair"], material="hair")
        chin = on_face(posed, frame, wide, 0, eye - 0.85 * unit)
        drawing.add(part, oval(chin, 0.2 * unit, 0.45 * unit, hair, 0.6, power=2.4))
        drawing.add(
            part,
            stroke(on_face(posed, frame, wide, 0, eye - 0.43 * unit), 0.26 * unit, -0.08 * unit, 0.05 * unit, hair),
        )


def _ink(design: Design) -> Colour:
    return design.palette["ink"]


def _dark(colour: Colour, share: float) -> Colour:
    return (share * colour[0], share * colour[1], share * colour[2])


def _light(colour: Colour) -> Colour:
    return _mix(colour, (1.0, 1.0, 1.0), 0.5)


def _mix(a: Colour, b: Colour, share: float) -> Colour:
    return (a[0] + (b[0] - a[0]) * share, a[1] + (b[1] - a[1]) * share, a[2] + (b[2] - a[2]) * share)
