"""The upscaler stage as a deployment: thin. Plain class, wrapped by the composition root."""

from typing import Literal

import numpy as np
from numpy.typing import NDArray

from deployments.checkpoints import Checkpoint
from deployments.runtime import load, rounded
from deployments.upscaler.checkpoint import open_swin2sr
from deployments.upscaler.network import MARGIN, UpscalerNetwork
from deployments.upscaler.run import network_upsampler
from deployments.upscaler.upscale import TILE, Scale, Upsampler, upscale


class Upscaler:
    """Loads the weights (the checkpoint's, a Swin2SR, where one is given) and warms the network when made.

    Raises WeightsError where they are missing or corrupted, or the checkpoint is refused.
    """

    upsample: Upsampler
    _largest: Literal[2, 4]

    def __init__(self, checkpoint: Checkpoint | None = None) -> None:
        if checkpoint is None:
            network = rounded(load("upscaler", UpscalerNetwork()))
            self.upsample, self._margin, self._largest = network_upsampler(network), MARGIN, 4
            self._sha256 = network.sha256
        else:
            swin2sr = open_swin2sr(checkpoint.base)
            self.upsample, self._margin, self._largest = swin2sr, swin2sr.margin, swin2sr.largest
            self._sha256 = swin2sr.sha256
        sample = np.zeros((TILE, TILE, 4), np.uint8)
        sample[::2] = 255
        scales: tuple[Scale, ...] = (2, 4) if self._largest == 4 else (2,)
        for scale in scales:
            self.upscale(sample, scale)

    @property
    def sha256(self) -> str:
        """The weights' hash, for reports."""
        return self._sha256

    def upscale(self, rgba: NDArray[np.uint8], scale: Scale) -> NDArray[np.uint8]:
        """See `deployments.upscaler.upscale.upscale`."""
        return upscale(rgba, scale, self.upsample, self._margin, self._largest)
