"""Where on a result the judgement is made: where it had to be changed, and where the warp was right. Masks only.

shown   the truth, or a warp of the case, shows something there; the same for every method
U       holes, seams and texels that are not trusted, with the band that the lock opens around them, of either the
        plain or the completed figure's warp
T       the rest of `shown`: where the lock lets nothing change
R       where no channel of the plain warp, premultiplied, is further than WRONG from the truth; it overlaps U
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from deployments.denoiser.lock import band, seeds
from deployments.denoiser.sample import figure_height, premultiplied
from pose.figure import Warp
from training.cases import Case
from training.methods import Warps
from training.restoration import WRONG

Mask = NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Regions:
    """(H, W) bool each."""

    shown: Mask
    u: Mask
    t: Mask
    r: Mask


def regions(case: Case, warps: Warps) -> Regions:
    """The case's regions."""
    height = figure_height(case.figure)
    both = (warps.plain, warps.completed)
    shown = np.logical_or.reduce([case.truth[..., 3] > 0, *((warp.rgba[..., 3] > 0) | warp.hole for warp in both)])
    changeable = np.logical_or.reduce([_changeable(warp, height) for warp in both])
    error = np.abs(_signed(warps.plain.rgba) - _signed(case.truth)).max(-1)
    return Regions(shown, shown & changeable, shown & ~changeable, shown & (error <= WRONG * 255))


def _changeable(warp: Warp, height: float) -> Mask:
    return np.asarray(band(seeds(warp.trust, warp.rgba[..., 3] / np.float32(255), warp.hole), height) > 0)


def _signed(rgba: NDArray[Any]) -> NDArray[np.int16]:
    return premultiplied(rgba).astype(np.int16)
