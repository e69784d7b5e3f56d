"""The face of a richer character in one picture: where its features lie, how large they are, what they are added to.

Knows the skull's size and turn; no feature.
"""

from dataclasses import dataclass

from training.world.designs import Design
from training.world.drawing import Colour, Drawing, Frame, Paint, Shape
from training.world.faces import on_face
from training.world.posed import Posed
from training.world.wardrobe import Wardrobe


@dataclass(frozen=True)
class Visage:
    """`frame` is the skull's; heights are along its axis. All sizes in body heights."""

    drawing: Drawing
    design: Design
    wear: Wardrobe
    posed: Posed
    frame: Frame
    part: str

    @property
    def unit(self) -> float:
        """The measure of all features: half the head, less where the skull is narrow."""
        return min(0.5 * self.design.proportions.head, 1.1 * self.design.proportions.skull)

    @property
    def eye_height(self) -> float:
        body = self.design.proportions
        return body.eye_height * body.head - body.face_drop

    @property
    def coloured(self) -> bool:
        return self.design.family.fill == "colour"

    @property
    def odd_sign(self) -> float:
        return 1.0 if self.wear.odd_side else -1.0

    def at(self, azimuth: float, below: float) -> Frame:
        """The spot at `azimuth` degrees round the skull, `below` under the eyes."""
        return on_face(self.posed, self.frame, self.design.proportions.skull, azimuth, self.eye_height - below)

    def add(self, *shapes: Shape) -> None:
        self.drawing.add(self.part, *shapes)

    def colour(self, name: str) -> Colour:
        return self.design.palette[name]

    def paint(self, name: str, material: str = "skin") -> Paint:
        return Paint(self.colour(name), material=material)
