"""Compiles what compiles on first use (pymatting's numba kernels), so that no request waits for it.

Called at install (`python -m deployments.garments.warmup`) and again when a replica starts, where it finds the
compiled kernels in numba's cache.
"""

import numpy as np

from deployments.garments.parse import parse_figure
from pose.figure import Figure, Reading
from pose.pose import from_named

_JOINTS = {
    "nose": (48.0, 22.0), "neck": (48.0, 36.0),
    "r_shoulder": (38.0, 38.0), "r_elbow": (30.0, 50.0), "r_wrist": (24.0, 60.0),
    "l_shoulder": (58.0, 38.0), "l_elbow": (66.0, 50.0), "l_wrist": (72.0, 60.0),
    "r_hip": (42.0, 64.0), "r_knee": (41.0, 78.0), "r_ankle": (40.0, 90.0),
    "l_hip": (54.0, 64.0), "l_knee": (55.0, 78.0), "l_ankle": (56.0, 90.0),
}  # fmt: skip


def compile_all() -> Figure:
    """Parses a tiny doll on paper, which runs every compiled kernel; the doll's figure is returned."""
    picture = np.full((110, 96, 3), 235, np.uint8)
    picture[12:66, 34:62] = (180, 60, 60)
    picture[36:64, 22:74] = (60, 90, 180)
    picture[64:94, 36:46] = picture[64:94, 50:60] = (60, 60, 70)
    pose = from_named({name: tuple(point) for name, point in _JOINTS.items()}, 96, 110)
    return parse_figure(picture, Reading(pose, "drawing", "user", 1.0, (20, 10, 76, 96)))


if __name__ == "__main__":
    compile_all()
