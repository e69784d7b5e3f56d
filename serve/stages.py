"""The stages as the pipeline sees them: one async method each. Knows nothing of where they run.

A result is `Held`: the value, and the reference under which the cluster keeps it, so that passing it on moves no
bytes. In one process (tests) there is no reference and the value itself is passed.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Generic, Protocol, TypeVar

import numpy as np
from numpy.typing import NDArray

from deployments.backgrounds.spec import Background
from deployments.denoiser.spec import Order, Progress
from pose.figure import Figure, Reading, Warp
from pose.pose import Pose

Value = TypeVar("Value")
Image = NDArray[np.uint8]
Told = Callable[[Progress], None]
Bounds = tuple[float, float, float, float]
STAGES = ("keypoints", "blazepose", "garments", "denoiser", "deformation", "backgrounds", "upscaler")


@dataclass(frozen=True, eq=False)
class Held(Generic[Value]):
    """A value and, where it lives in a cluster's object store, its reference there."""

    value: Value
    reference: Any = None


def untold(progress: Progress) -> None:
    """Tells nobody."""


class Stages(Protocol):
    """Every method raises the errors of `pose.errors` as they were raised in the stage."""

    def hold(self, value: Value) -> Held[Value]:
        """Makes a value passable by reference."""
        ...

    async def read(self, picture: Held[Image]) -> Held[list[Reading]]:
        """keypoints: the figures in a picture (H, W, 3|4), largest first."""
        ...

    async def reread(self, picture: Held[Image], box: Bounds) -> Held[list[Reading]]:
        """keypoints: the one figure of a box (x0, y0, x1, y1) pixels, by our own network alone; a tenth of `read`."""
        ...

    async def parse(self, picture: Held[Image], reading: Reading, mask: Image | None) -> Held[Figure]:
        """garments: the figure of a reading."""
        ...

    async def complete(self, figure: Held[Figure], order: Order) -> Held[Figure]:
        """denoiser: every layer filled under what hides it."""
        ...

    async def warp(self, figure: Held[Figure], target: Pose, retarget: str, framing: str) -> Held[Warp]:
        """deformation: the figure in the target pose."""
        ...

    async def repair(self, figure: Held[Figure], warp: Held[Warp], order: Order, told: Told) -> Held[Image]:
        """denoiser: seams and holes closed; (H, W, 4) on the warp's canvas. `told` hears of each step but the last."""
        ...

    async def plate(
        self, picture: Held[Image], alpha: Held[Image], origin: tuple[int, int], size: tuple[int, int]
    ) -> Held[Image]:
        """backgrounds: the source without its figure (H, W, 3), on a canvas of size (height, width) at origin."""
        ...

    async def compose(
        self,
        rgba: Held[Image],
        background: Background,
        picture: Held[Image],
        alpha: Held[Image],
        origin: tuple[int, int],
        has_alpha: bool,
        plate: Held[Image] | None = None,
    ) -> Held[Image]:
        """backgrounds: the result before its background; picture and alpha are the source and its matte."""
        ...

    async def upscale(self, rgba: Held[Image], scale: int | str) -> Held[Image]:
        """upscaler: at the scale asked for."""
        ...

    async def ready(self) -> dict[str, bool]:
        """Whether each stage is loaded and warm."""
        ...
