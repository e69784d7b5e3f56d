"""The deformation deployment: retargets, then warps. Plain class; the composition root wraps it for Ray Serve.

Knows figures and poses, no pictures on disk and no networks.
"""

from typing import Literal

from deployments.deformation.place import Framing
from deployments.deformation.rehearsal import compile_all
from deployments.deformation.warp import warp_figure
from pose.figure import Figure, Warp
from pose.pose import Pose
from pose.retarget import retarget as retarget_pose


class Deformation:
    """One CPU replica. The constructor compiles (or loads from the cache) what the first request would wait for."""

    def __init__(self) -> None:
        compile_all()

    def warp(
        self, figure: Figure, target: Pose, retarget: Literal["proportions", "none"] = "proportions",
        framing: Literal["fit", "source"] = "fit",
    ) -> Warp:  # fmt: skip
        """The figure in the target pose: 'proportions' keeps its own bones' lengths; 'none' takes the joints exactly.

        Raises InvalidKeypoints and NoFigure as `warp_figure` does.
        """
        if retarget == "none":
            return warp_figure(figure, target, "exact")
        frame: Framing = framing
        return warp_figure(figure, retarget_pose(figure.pose, target), frame)
