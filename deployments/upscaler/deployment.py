"""The upscaler stage as a deployment: thin. Plain class, wrapped by the composition root."""

import numpy as np
from numpy.typing import NDArray

from deployments.runtime import load, rounded
from deployments.upscaler.network import UpscalerNetwork
from deployments.upscaler.run import network_upsampler
from deployments.upscaler.upscale import TILE, Scale, upscale


class Upscaler:
    """Loads the weights and warms the network when made; raises WeightsError where they are missing or corrupted."""

    def __init__(self) -> None:
        self.network = rounded(load("upscaler", UpscalerNetwork()))
        self.upsample = network_upsampler(self.network)
        sample = np.zeros((TILE, TILE, 4), np.uint8)
        sample[::2] = 255
        for scale in (2, 4):
            upscale(sample, scale, self.upsample)

    @property
    def sha256(self) -> str:
        """The weights' hash, for reports."""
        return self.network.sha256

    def upscale(self, rgba: NDArray[np.uint8], scale: Scale) -> NDArray[np.uint8]:
        """See `deployments.upscaler.upscale.upscale`."""
        return upscale(rgba, scale, self.upsample)
