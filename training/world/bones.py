"""Joints to be drawn as an abstraction, some of them absent. Knows no looks."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from training.world.drawing import Frame
from training.world.poses import ROW, Points

LIMBS = tuple(f"{side}_{bone}" for side in "rl" for bone in ("upper_arm", "forearm", "thigh", "shin"))
_ENDS = {
    "upper_arm": ("shoulder", "elbow"),
    "forearm": ("elbow", "wrist"),
    "thigh": ("hip", "knee"),
    "shin": ("knee", "ankle"),
}


@dataclass(frozen=True)
class Bones:
    """One pose: points (23, 2) pixels, present (23,), depth (23,), height: the figure's size in pixels."""

    points: Points
    present: NDArray[np.bool_]
    depth: Points
    height: float

    def has(self, *names: str) -> bool:
        return bool(self.present[[ROW[name] for name in names]].all())

    def at(self, name: str) -> Points:
        return self.points[ROW[name]]

    def frame(self, a: Points, b: Points) -> tuple[Frame, float]:
        """The frame from a to b and its length in figure heights."""
        dx, dy = b - a
        length = max(math.hypot(dx, dy), 1e-3)
        return Frame(a[0], a[1], dx / length, dy / length, self.height), length / self.height

    def head(self) -> tuple[Points, float] | None:
        """The skull's centre and radius (pixels), from whatever is there."""
        if self.has("r_ear", "l_ear", "head_top"):
            centre = 0.5 * (self.at("r_ear") + self.at("l_ear"))
            top = self.at("head_top")
            low = self.at("nose") + 0.9 * (self.at("nose") - centre) if self.has("nose") else centre
            middle = 0.5 * (top + low + 0.6 * (centre - top))
            return middle, max(0.55 * float(np.linalg.norm(top - low)) + 0.0, 0.03 * self.height)
        if self.has("nose", "neck"):
            return self.at("nose"), 0.6 * float(np.linalg.norm(self.at("nose") - self.at("neck")))
        return None


def limb_ends(limb: str) -> tuple[str, str]:
    a, b = _ENDS[limb[2:]]
    return f"{limb[0]}_{a}", f"{limb[0]}_{b}"
