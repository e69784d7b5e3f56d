"""Warps a small made-up figure once, so that everything compiled is compiled (or read from its cache).

Called at install and when a replica starts; knows nothing of requests.
"""

import numpy as np

from deployments.deformation.warp import warp_figure
from pose.figure import PART_INDEX, Figure, Layer
from pose.pose import from_named


def compile_all() -> None:
    """Compiles the drawing kernels for the types that serving uses."""
    image = np.zeros((48, 32, 4), np.uint8)
    image[4:44, 8:24] = 200, 120, 60, 255
    known = image[..., 3] > 0
    parts = np.where(known, PART_INDEX["torso"], 0).astype(np.uint8)
    pose = from_named({"neck": (16, 12), "r_shoulder": (10, 12), "l_shoulder": (22, 12), "r_hip": (12, 36)}, 32, 48)
    layer = Layer("torso", (0, 0, 32, 48), image, known, np.zeros_like(known))
    figure = Figure(image, pose, parts, np.zeros_like(parts), (layer,))
    warp_figure(figure, pose.moved((2.5, 1.0), 32, 48), "fit")
