"""A richer character's hair in one picture: where its head lies, how large it is, what paints the hair.

Knows no style of hair.
"""

import math
from dataclasses import dataclass

from training.world.designs import Design
from training.world.drawing import STRANDS, Drawing, Frame, Paint
from training.world.posed import Posed
from training.world.wardrobe import Wardrobe


@dataclass(frozen=True)
class Scalp:
    """`frame` is the skull's; half its height and half its width in body heights; `turn` the sine of the head's."""

    drawing: Drawing
    design: Design
    wear: Wardrobe
    frame: Frame
    half: float
    wide: float
    paint: Paint
    turn: float

    @staticmethod
    def of(drawing: Drawing, design: Design, wear: Wardrobe, posed: Posed, frame: Frame) -> "Scalp":
        half, wide = 0.5 * design.proportions.head, design.proportions.skull
        turn = math.sin(math.radians(posed.yaw + posed.head_yaw))
        return Scalp(drawing, design, wear, frame, half, wide, hair_paint(design, wear), turn)

    def tie(self) -> Paint:
        """What holds hair together."""
        return Paint(self.design.palette["accent"], material="rigid")

    def widths(self, *shares: float) -> tuple[float, ...]:
        """Half widths as shares of the head's."""
        return tuple(share * self.wide for share in shares)


def hair_paint(design: Design, wear: Wardrobe) -> Paint:
    """The hair's colour, in strands where the family draws in colour."""
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
