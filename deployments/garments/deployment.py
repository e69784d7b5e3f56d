"""The garments stage as a deployment class: loads the parse network, warms up, parses. Plain; knows no Ray."""

import numpy as np
import torch
from numpy.typing import NDArray

from deployments.backends.choice import serve_network
from deployments.backends.spec import Runtime
from deployments.checkpoints.opening import Checkpoint
from deployments.checkpoints.pretrained import by_torch
from deployments.garments.checkpoint import open_clothes_parser
from deployments.garments.maps import CHANNELS
from deployments.garments.network import SIZE, ParseNetwork
from deployments.garments.parse import parse_figure
from deployments.garments.sight import look
from deployments.garments.signature import SIGNATURE
from deployments.garments.warmup import compile_all
from deployments.runtime import load
from pose.figure import Figure, Reading


class Garments:
    """checkpoint: a SegFormer of clothes, which is asked beside the embedded network.

    Raises WeightsError on construction where weights are missing or corrupted, or the checkpoint is refused,
    ArtefactError where the backend is not to be had, and with a checkpoint for all but torch.
    """

    def __init__(self, checkpoint: Checkpoint | None = None, runtime: Runtime | None = None) -> None:
        runtime = runtime or Runtime()
        self._clothes = (
            None if checkpoint is None else open_clothes_parser(checkpoint.base, *by_torch(runtime, "garments"))
        )
        self.network = serve_network(load("parse", ParseNetwork()), SIGNATURE, runtime)
        self.network(torch.zeros(1, 3, SIZE, SIZE), torch.zeros(1, CHANNELS, SIZE, SIZE))
        if self._clothes is not None:
            self._clothes.see(np.zeros((SIZE, SIZE, 3), np.uint8))
        compile_all()

    def parse(self, picture: NDArray[np.uint8], reading: Reading, mask: NDArray[np.uint8] | None = None) -> Figure:
        """picture (H, W, 3|4), reading in its pixels, mask (H, W) 0..255 or None -> the figure, at full size."""
        looking = look if self._clothes is None else self._clothes.look
        return parse_figure(picture, reading, mask, self.network, looking)

    def weights(self) -> dict[str, str]:
        """{name: SHA-256} of the weights in use, for the report."""
        own = {self.network.name: self.network.sha256}
        return own if self._clothes is None else own | {self._clothes.network.name: self._clothes.network.sha256}
