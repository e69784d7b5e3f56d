"""A character of boxes with an arm across its torso, its warp, and networks that stand in for the trained one."""

import numpy as np
import torch

from pose.figure import PART_INDEX, Figure, Layer, Warp
from pose.pose import Pose, from_named

SIZE = 96
JOINTS = {
    "nose": (48.0, 22.0), "neck": (48.0, 34.0), "r_shoulder": (36.0, 38.0), "l_shoulder": (60.0, 38.0),
    "r_elbow": (44.0, 48.0), "r_wrist": (58.0, 52.0), "r_hip": (42.0, 66.0), "l_hip": (54.0, 66.0),
    "r_knee": (42.0, 76.0), "l_knee": (54.0, 76.0), "r_ankle": (42.0, 86.0), "l_ankle": (54.0, 86.0),
}  # fmt: skip


def pose() -> Pose:
    return from_named(JOINTS, SIZE, SIZE)


def figure() -> Figure:
    """A torso 32 wide with stripes, hidden in the middle by an arm; a head above."""
    parts = np.zeros((SIZE, SIZE), np.uint8)
    parts[34:88, 32:64] = PART_INDEX["torso"]
    parts[12:34, 38:58] = PART_INDEX["head"]
    parts[44:54, 36:62] = PART_INDEX["r_arm"]
    image = np.zeros((SIZE, SIZE, 4), np.uint8)
    colours = {"torso": (200, 40, 40), "head": (230, 200, 170), "r_arm": (40, 80, 200)}
    layers = []
    for name, colour in colours.items():
        known = parts == PART_INDEX[name]
        image[known] = (*colour, 255)
        missing = np.zeros_like(known)
        if name == "torso":
            image[34:88:6, 32:64][known[34:88:6, 32:64]] = (250, 220, 60, 255)
            missing[40:58, 34:64] = True
            missing &= parts == PART_INDEX["r_arm"]
        rgba = np.where(known[..., None], image, 0).astype(np.uint8)
        layers.append(Layer(name, (0, 0, SIZE, SIZE), rgba, known, missing))
    return Figure(image, pose(), parts, np.where(parts > 0, 4, 0).astype(np.uint8), tuple(layers))


def warp(fig: Figure, hole: tuple[slice, slice] | None = np.s_[60:66, 40:50]) -> Warp:
    """The figure as it is, with a hole, and little trust around it."""
    rgba = fig.image.copy()
    y, x = np.mgrid[:SIZE, :SIZE].astype(np.float32) + 0.5
    grid = np.where(rgba[..., 3:] > 0, np.stack([x, y], -1), np.nan).astype(np.float32)
    holes = np.zeros((SIZE, SIZE), bool)
    if hole is not None:
        holes[hole] = True
    rgba[holes] = 0
    trust = ((rgba[..., 3] > 0) & ~holes).astype(np.float32)
    nothing = np.zeros_like(holes)
    return Warp(rgba, grid, fig.parts, np.ones((SIZE, SIZE), np.float32), trust, holes, nothing, grid, (0, 0), fig.pose)


def echo(maps, points, condition, source, source_points):
    """Answers with the state that it got, and doubts everything."""
    return {"clean": maps[:, :4], "doubt": torch.full_like(maps[:, :1], 9.0)}


def red(maps, points, condition, source, source_points):
    """Answers with opaque red, and doubts everything."""
    picture = torch.zeros_like(maps[:, :4])
    picture[:, [0, 3]] = 1
    return {"clean": picture, "doubt": torch.full_like(maps[:, :1], 9.0)}
