"""A richer character's trunk in one picture: where it lies, how wide it is, what is added to it.

Knows no garment. Convention: a trunk's frame starts between the shoulders and runs down to the pelvis; its positive v
is the page's left (the character's own right, seen from the front).
"""

import math
from dataclasses import dataclass

import numpy as np

from training.world.designs import Design
from training.world.drawing import Drawing, Frame, Paint, Shape
from training.world.posed import Posed
from training.world.poses import ROW, Points, Proportions
from training.world.wardrobe import Wardrobe

# Half widths at six even stops from the collar to the crotch: the first four are shares of the shoulders, the rest
# of the hips.
_BUILDS = {
    "fem": (0.30, 0.92, 0.86, 0.64, 0.98, 0.90),
    "masc": (0.32, 0.96, 0.98, 0.84, 0.92, 0.90),
    "slim": (0.30, 0.92, 0.88, 0.76, 0.92, 0.88),
    "child": (0.40, 0.94, 0.98, 1.00, 1.05, 0.95),
    "round": (0.50, 1.05, 1.30, 1.45, 1.35, 0.95),
}


@dataclass(frozen=True)
class Trunk:
    """`shift`: how far the middle of the front goes across when the body turns; `widths`: half widths at six even
    stops; `start` and `length` along the frame. Body heights."""

    drawing: Drawing
    design: Design
    wear: Wardrobe
    posed: Posed
    frame: Frame
    shift: float
    widths: tuple[float, ...]
    start: float
    length: float

    @staticmethod
    def of(drawing: Drawing, design: Design, wear: Wardrobe, posed: Posed) -> "Trunk":
        shift = -0.9 * design.proportions.shoulder * math.sin(math.radians(posed.yaw))
        start = -1.0 * design.arm[0] - 0.07 * design.proportions.torso
        length = design.proportions.torso - start + 0.8 * design.leg[0]
        frame, widths = trunk_frame(design, posed), trunk_widths(design, wear)
        return Trunk(drawing, design, wear, posed, frame, shift, widths, start, length)

    @property
    def body(self) -> Proportions:
        return self.design.proportions

    @property
    def odd_sign(self) -> float:
        return 1.0 if self.wear.odd_side == 0 else -1.0

    def at(self, down: float, turned: float, across: float = 0.0, turn: float = 0.0) -> Frame:
        """`down` torsos below the shoulders, at `turned` of the shift of the front."""
        return self.frame.at(down * self.body.torso, turned * self.shift + across, turn)

    def add(self, *shapes: Shape) -> None:
        self.drawing.add("torso", *shapes)

    def paint(self, name: str, material: str = "skin") -> Paint:
        return Paint(self.design.palette[name], material=material)

    def hanging(
        self, root: Frame, start: Points, end: Points, pull: tuple[float, float], depths: tuple[float, float]
    ) -> Frame:
        """A frame at `root` along the line from start to end, pulled aside, with its own depths at root and end."""
        way = (end - start) / max(float(np.linalg.norm(end - start)), 1e-6) + np.array(pull)
        way = way / max(float(np.linalg.norm(way)), 1e-6)
        return Frame(root.x, root.y, way[0], way[1], self.posed.scale, side=self.frame.side, z0=depths[0], z1=depths[1])


def trunk_frame(design: Design, posed: Posed) -> Frame:
    """The frame of a trunk; it never narrows to a line."""
    neck, pelvis = posed.points[ROW["neck"]], posed.middle("r_hip", "l_hip")
    frame = posed.between(neck, pelvis, design.proportions.torso)
    return frame._replace(side=max(math.cos(math.radians(posed.yaw)), 0.7), z1=0.0, z0=0.0)


def trunk_widths(design: Design, wear: Wardrobe) -> tuple[float, ...]:
    """Half widths of the trunk at six stops."""
    body = design.proportions
    top, low = body.shoulder + 0.15 * design.arm[0], body.hip + 0.92 * design.leg[0]
    shares = _BUILDS[wear.build]
    waist = shares[3] * (0.5 * (top + low) if wear.build in ("child", "round") else 0.55 * top + 0.4 * low)
    return shares[0] * top, shares[1] * top, shares[2] * top, waist, shares[4] * low, shares[5] * low
