"""Where a head lies on the page and how its skull is shaped."""

import math

import numpy as np

from training.world.designs import Design
from training.world.drawing import Frame
from training.world.posed import Posed
from training.world.poses import ROW


def head_frame(design: Design, posed: Posed) -> Frame:
    """Origin at the skull's centre, axis to its top."""
    top = posed.points[ROW["head_top"]]
    low = posed.points[ROW["neck"]]
    half = 0.5 * design.proportions.head * posed.scale
    eyes = 0.5 * (posed.points[ROW["r_ear"]] + posed.points[ROW["l_ear"]])
    drop = (
        (design.proportions.eye_height - 0.04) * design.proportions.head - design.proportions.face_drop
    ) * posed.scale
    way = top - eyes if half - drop > 1e-3 else top - low
    way = way / max(float(np.linalg.norm(way)), 1e-6)
    centre = top - way * half
    z = float(posed.depth[ROW["r_ear"]] + posed.depth[ROW["l_ear"]]) / 2
    return Frame(centre[0], centre[1], way[0], way[1], posed.scale, z0=z, z1=z, up=True)


def skull_shape(design: Design) -> tuple[float, ...]:
    """The shape parameters of the skull."""
    half, wide = 0.5 * design.proportions.head, design.proportions.skull
    if design.skull == "hexagon":
        return max(half, wide), 0.88, 6.0, 0.0, 1.0, 0.0, -9.0
    exponent, egg, stretch = {
        "round": (2.0, 0.0, 1.0), "egg": (2.0, 0.14, 0.95), "wide": (2.4, -0.06, 1.15), "chin": (2.0, 0.26, 0.95),
        "box": (5.0, 0.0, 1.0), "pear": (2.2, -0.3, 1.0),
    }[design.skull]  # fmt: skip
    return half, wide * stretch, exponent, egg, -9.0


def hanging(frame: Frame, gravity: float, lean: float = 0.0) -> Frame:
    """A frame at the same origin that points down: partly the page's down, partly the head's."""
    dx, dy = -frame.ax * (1 - gravity) + lean, -frame.ay * (1 - gravity) + gravity
    norm = max(math.hypot(dx, dy), 1e-6)
    return frame._replace(ax=dx / norm, ay=dy / norm, up=False, z0=frame.z0 + 0.05, z1=0.08)
