"""The upscaler replica: thin. Runs on CPU with Lanczos; takes a network on a GPU later, behind the same method."""

import numpy as np
from numpy.typing import NDArray

from deployments.upscaler.upscale import Scale, upscale


class Upscaler:
    """Ready when constructed."""

    def __init__(self) -> None:
        upscale(np.zeros((8, 8, 4), np.uint8), 2)

    def upscale(self, rgba: NDArray[np.uint8], scale: Scale) -> NDArray[np.uint8]:
        """See `deployments.upscaler.upscale.upscale`."""
        return upscale(rgba, scale)
