"""What is compared: each method's picture of a case, made by the serving stages' own functions.

Knows figures, warps and networks as callables; nothing of scores. The same seed for every case.
"""

from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from deployments.deformation.warp import warp_figure
from deployments.denoiser.complete import complete_figure
from deployments.denoiser.repair import pushpull_warp, repair_warp
from deployments.denoiser.run import Restore, restoring
from deployments.denoiser.sample import premultiplied, straight
from deployments.garments.parse import parse_figure
from deployments.keypoints.read import largest, network_reader, read_figures
from deployments.keypoints.reader import PoseReader
from pose.errors import NoFigure
from pose.figure import Figure, Warp
from training.cases import Case
from training.yardsticks import cut_out

COPY, CUT_OUT, WARP, PUSHPULL, REGRESSION = "copy", "rigid cut-out", "warp", "warp + push-pull", "regression, 1 step"
PUSHPULL_LAYERS = "push-pull layers + push-pull"
PLACED = "push-pull, texels truly placed"
FULL = {steps: f"full, {steps} step{'s' * (steps > 1)}" for steps in (1, 2, 4)}
SERVED = "as served: "
BASELINES = (WARP, PUSHPULL)
SEED = 0
Array = NDArray[Any]


@dataclass(frozen=True)
class Networks:
    """What there are weights for: runners of the denoiser, the regression network and the parse network, a reader."""

    denoiser: Any = None
    regression: Any = None
    parse: Any = None
    reader: PoseReader | None = None

    @property
    def restore(self) -> Restore | None:
        """By the denoiser."""
        return None if self.denoiser is None else restoring(self.denoiser)


@dataclass(frozen=True, eq=False)
class Warps:
    """A figure's warps: as parsed, completed by push-pull, completed by the network, and that completed figure."""

    plain: Warp
    pushpull: Warp
    completed: Warp
    figure: Figure


def warps_of(figure: Figure, case: Case, restore: Restore | None) -> Warps:
    """Every warp that the methods need."""
    pushpull, completed = complete_figure(figure, None, SEED), complete_figure(figure, restore, SEED)
    plain, filled, whole = (warp_figure(each, case.target, "exact") for each in (figure, pushpull, completed))
    return Warps(plain, filled, whole, completed)


def results(case: Case, warps: Warps, networks: Networks) -> dict[str, Array]:
    """Each method's picture, (H, W, 4) uint8; those whose network is missing are left out."""
    found = {
        COPY: case.figure.image,
        CUT_OUT: cut_out(case.figure, case.target),
        WARP: warps.plain.rgba,
        PUSHPULL: pushpull_warp(warps.plain),
        PUSHPULL_LAYERS: pushpull_warp(warps.pushpull),
        PLACED: truly_placed(case, pushpull_warp(warps.plain)),
    }
    if networks.regression is not None:
        found[REGRESSION] = repair_warp(case.figure, warps.pushpull, restoring(networks.regression), 1, SEED)
    if networks.denoiser is not None:
        for steps, name in FULL.items():
            found[name] = repair_warp(warps.figure, warps.completed, networks.restore, steps, SEED)
    return found


def truly_placed(case: Case, picture: Array) -> Array:
    """The picture (H, W, 4) uint8 with the source's own texels at their true places wherever both pictures show them: a
    bound on better geometry, and no method."""
    across, down = ((case.place[..., axis] - 0.5).astype(np.float32) for axis in (0, 1))
    copied = cv2.remap(premultiplied(case.figure.image), across, down, cv2.INTER_LINEAR)
    return np.where(case.both_show[..., None], straight(copied.astype(np.float32) / 255), picture).astype(np.uint8)


def served(case: Case, networks: Networks) -> dict[str, Array]:
    """The same from the uploaded picture alone: joints read, figure parsed, warped, repaired in one step.

    Nothing at all is shown where no figure is found, as a user would get nothing.
    """
    nothing = np.zeros_like(case.truth)
    try:
        figure = served_figure(case.picture, networks)
    except NoFigure:
        return {SERVED + PUSHPULL: nothing, SERVED + FULL[1]: nothing}
    completed = complete_figure(figure, networks.restore, SEED)
    warp = warp_figure(completed, case.target, "exact")
    return {
        SERVED + PUSHPULL: pushpull_warp(warp_figure(figure, case.target, "exact")),
        SERVED + FULL[1]: repair_warp(completed, warp, networks.restore, 1, SEED),
    }


def served_figure(picture: Array, networks: Networks) -> Figure:
    """(H, W, 3) uint8 -> the largest figure, as our own reader and parser have it (without BlazePose).

    Raises NoFigure where they find none.
    """
    if networks.reader is None:
        raise NoFigure("there is no reader; give the pose network's weights.")
    reading = largest(read_figures(picture, [network_reader(networks.reader)]))
    return parse_figure(picture, reading, None, networks.parse)
