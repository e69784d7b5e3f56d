"""A character's joints on the page, and the frames of its bones. Knows no looks.

Convention: pixels, x right, y down; depths in body heights, smaller is nearer.
"""

import math
from dataclasses import dataclass

import numpy as np

from training.world.drawing import Frame
from training.world.poses import ROW, Points


@dataclass(frozen=True)
class Posed:
    """Joints on the page: points (23, 2) pixels, depth (23,) body heights, scale pixels per body height."""

    points: Points
    depth: Points
    scale: float
    yaw: float
    head_yaw: float

    def bone(self, start: str, end: str, length: float) -> Frame:
        """The frame of a bone of true `length`, along it, foreshortened as it is seen."""
        a, b = self.points[ROW[start]], self.points[ROW[end]]
        return self.between(a, b, length, self.depth[ROW[start]], self.depth[ROW[end]])

    def between(self, a: Points, b: Points, length: float, z0: float = 0.0, z1: float = 0.0) -> Frame:
        """The same between two points of the page."""
        dx, dy = b - a
        seen = math.hypot(dx, dy)
        if seen < 1e-6:
            dx, dy, seen = 0.0, 1.0, 1.0
        fore = min(max(seen / (length * self.scale), 0.2), 1.6)
        return Frame(a[0], a[1], dx / seen, dy / seen, self.scale, fore, 1.0, z0, z1)

    def middle(self, *names: str) -> Points:
        return np.mean([self.points[ROW[name]] for name in names], axis=0)

    def deepness(self, start: str, end: str) -> float:
        """How much farther the second joint is than the first, body heights."""
        return float(self.depth[ROW[end]] - self.depth[ROW[start]])
