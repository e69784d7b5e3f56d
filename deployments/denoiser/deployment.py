"""The denoiser stage as a deployment: one network, two tasks. Plain class, wrapped by the composition root."""

import numpy as np
from numpy.typing import NDArray

from deployments.denoiser.complete import complete_figure
from deployments.denoiser.network import DenoiserNetwork
from deployments.denoiser.repair import repair_warp
from deployments.denoiser.run import restore_samples
from deployments.denoiser.sample import Sample
from deployments.runtime import load, rounded
from pose.figure import Figure, Warp
from pose.skeleton import BIPED

STEPS = 1


class Denoiser:
    """Loads the weights and warms the network when made; raises WeightsError where they are missing or corrupted."""

    def __init__(self) -> None:
        self.network = rounded(load("denoiser", DenoiserNetwork()))
        restore_samples([_blank(256), _blank(256)], self.network, 1, 0)
        restore_samples([_blank(384)], self.network, 1, 0)

    @property
    def sha256(self) -> str:
        """The weights' hash, for reports."""
        return self.network.sha256

    def complete(self, figure: Figure, seed: int = 0) -> Figure:
        """Every layer filled under what hides it."""
        return complete_figure(figure, self.network, seed)

    def repair(self, figure: Figure, warp: Warp, steps: int = STEPS, seed: int = 0) -> NDArray[np.uint8]:
        """The warp with seams and holes repaired, (H, W, 4) uint8."""
        return repair_warp(figure, warp, self.network, steps, seed)


def _blank(size: int) -> Sample:
    picture, plane = np.zeros((size, size, 4), np.uint8), np.zeros((size, size), np.uint8)
    joints = np.zeros((len(BIPED.joints), 3), np.float32)
    source = np.zeros((128, 128, 4), np.uint8)
    return Sample(picture, picture, picture, plane, plane > 0, plane > 0, joints, size, source, joints)
