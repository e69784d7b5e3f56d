"""The garments stage as a deployment class: loads the parse network, warms up, parses. Plain; knows no Ray."""

import numpy as np
import torch
from numpy.typing import NDArray

from deployments import runtime
from deployments.garments.maps import CHANNELS
from deployments.garments.network import SIZE, ParseNetwork
from deployments.garments.parse import parse_figure
from deployments.garments.warmup import compile_all
from pose.figure import Figure, Reading


class Garments:
    """Raises WeightsError on construction where the parse weights are missing or corrupted."""

    def __init__(self) -> None:
        self.network = runtime.rounded(runtime.load("parse", ParseNetwork()))
        self.network(torch.zeros(1, 3, SIZE, SIZE), torch.zeros(1, CHANNELS, SIZE, SIZE))
        compile_all()

    def parse(self, picture: NDArray[np.uint8], reading: Reading, mask: NDArray[np.uint8] | None = None) -> Figure:
        """picture (H, W, 3|4), reading in its pixels, mask (H, W) 0..255 or None -> the figure, at full size."""
        return parse_figure(picture, reading, mask, self.network)

    def weights(self) -> dict[str, str]:
        """{name: SHA-256} of the weights in use, for the report."""
        return {self.network.name: self.network.sha256}
