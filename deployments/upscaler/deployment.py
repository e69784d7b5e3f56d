"""The upscaler stage as a deployment: thin. Plain class, wrapped by the composition root."""

from typing import Literal

import numpy as np
from numpy.typing import NDArray

from deployments.backends.choice import Served, serve_network
from deployments.backends.spec import Runtime
from deployments.checkpoints.opening import Checkpoint
from deployments.checkpoints.pretrained import by_torch
from deployments.runtime import load
from deployments.upscaler.checkpoint import open_swin2sr
from deployments.upscaler.network import FACTORS, MARGIN, UpscalerNetwork
from deployments.upscaler.run import at, upsampler
from deployments.upscaler.signature import at_factor
from deployments.upscaler.upscale import TILE, Scale, Upsampler, upscale


class Upscaler:
    """Loads the weights (the checkpoint's, a Swin2SR, where one is given) and warms the network when made.

    Raises WeightsError where they are missing or corrupted, or the checkpoint is refused, ArtefactError where the
    backend is not to be had: a checkpoint is run by torch alone.
    """

    upsample: Upsampler
    _largest: Literal[2, 4]

    def __init__(self, checkpoint: Checkpoint | None = None, runtime: Runtime | None = None) -> None:
        runtime = runtime or Runtime()
        if checkpoint is None:
            networks = {factor: _served(factor, runtime) for factor in FACTORS}
            self.upsample, self._margin, self._largest = upsampler(networks), MARGIN, 4
            self._sha256 = networks[FACTORS[0]].sha256
        else:
            swin2sr = open_swin2sr(checkpoint.base, *by_torch(runtime, "upscaler"))
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


def _served(factor: int, runtime: Runtime) -> Served:
    """The embedded network at a factor. Each has weights of its own: what serves it rounds them in place."""
    return serve_network(at(load("upscaler", UpscalerNetwork()), factor), at_factor(factor), runtime)
