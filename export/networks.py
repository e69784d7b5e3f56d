"""The embedded networks that are exported: which class, with which weights, in which form. One table.

Knows where networks are; `graph` makes a graph of one.
"""

import hashlib
import inspect
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from torch import nn

from deployments.backends import ordered
from deployments.denoiser import network as denoiser
from deployments.denoiser.signature import SIGNATURE as DENOISER
from deployments.garments import network as garments
from deployments.garments.signature import SIGNATURE as PARSE
from deployments.keypoints import network as keypoints
from deployments.keypoints.signature import SIGNATURE as POSE
from deployments.runtime import WEIGHTS, Runner, load, rounded
from deployments.signature import Signature
from deployments.upscaler import network as upscaler
from deployments.upscaler.signature import at_factor
from export import graph


@dataclass(frozen=True)
class Embedded:
    """`form` makes what is exported of the network that holds the weights."""

    signature: Signature
    network: Callable[[], nn.Module]
    form: Callable[[nn.Module], nn.Module] = lambda network: network

    def load(self, directory: Path = WEIGHTS) -> tuple[Runner, nn.Module]:
        """The network as it is served, and the module to export. Raises WeightsError."""
        runner = load(self.signature.weights, self.network(), directory)
        return runner, self.form(runner.module).eval()

    def served(self, directory: Path = WEIGHTS) -> Runner:
        """What is exported, as torch runs it in serving: on weights of its own, rounded where it serves in bfloat16."""
        runner, form = self.load(directory)
        return replace(rounded(runner), module=form)

    def exporter_sha256(self) -> str:
        """Of export's own code: when it is another, so is the graph, even of the same network."""
        return hashlib.sha256("".join(map(inspect.getsource, (ordered, graph))).encode()).hexdigest()


EMBEDDED = (
    Embedded(POSE, keypoints.PoseNetwork),
    Embedded(PARSE, garments.ParseNetwork),
    Embedded(DENOISER, denoiser.DenoiserNetwork),
    *(Embedded(at_factor(n), upscaler.UpscalerNetwork, partial(upscaler.AtFactor, factor=n)) for n in upscaler.FACTORS),
)
