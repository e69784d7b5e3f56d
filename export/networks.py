"""The embedded networks that are exported: which class, with which weights, in which form. One table.

Knows where networks are; `graph` makes a graph of one.
"""

import hashlib
import inspect
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from types import ModuleType

from torch import nn

from deployments.backends import ordered
from deployments.denoiser import limbs
from deployments.denoiser import network as denoiser
from deployments.denoiser.signature import SIGNATURE as DENOISER
from deployments.garments import network as garments
from deployments.garments.signature import SIGNATURE as PARSE
from deployments.keypoints import network as keypoints
from deployments.keypoints.signature import SIGNATURE as POSE
from deployments.runtime import WEIGHTS, Runner, load, rounded
from deployments.signature import Bucket, Signature
from deployments.upscaler import network as upscaler
from deployments.upscaler.signature import at_factor
from export import graph


@dataclass(frozen=True)
class Embedded:
    """`form` makes what is exported of the network that holds the weights; `sources` is the code that it runs."""

    signature: Signature
    network: Callable[[], nn.Module]
    sources: tuple[ModuleType, ...]
    form: Callable[[nn.Module], nn.Module] = lambda network: network

    def load(self, directory: Path = WEIGHTS) -> tuple[Runner, nn.Module]:
        """The network as it is served, and the module to export. Raises WeightsError."""
        runner = load(self.signature.weights, self.network(), directory)
        return runner, self.form(runner.module).eval()

    def served(self, directory: Path = WEIGHTS) -> Runner:
        """What is exported, as torch runs it in serving: on weights of its own, rounded where it serves in bfloat16."""
        runner, form = self.load(directory)
        return replace(rounded(runner), module=form)

    def code_sha256(self) -> str:
        """Of sources, ports and export's own code: when one is another, so is the graph, even of the same weights."""
        sources = [inspect.getsource(module) for module in (*self.sources, ordered, graph)]
        ports = [repr(_ports(self.signature, bucket)) for bucket in self.signature.buckets]
        return hashlib.sha256("".join((*sources, *ports)).encode()).hexdigest()


def _ports(signature: Signature, bucket: Bucket) -> list[list[tuple[str, tuple[int, ...], float, float]]]:
    """What a bucket's graph takes, and what it gives: name, shape, low and high of each port."""
    return [
        [(port.name, port.shape(*bucket), port.low, port.high) for port in ports]
        for ports in (signature.inputs, signature.outputs)
    ]


EMBEDDED = (
    Embedded(POSE, keypoints.PoseNetwork, (keypoints,)),
    Embedded(PARSE, garments.ParseNetwork, (garments,)),
    Embedded(DENOISER, denoiser.DenoiserNetwork, (denoiser, limbs)),
    *(
        Embedded(at_factor(n), upscaler.UpscalerNetwork, (upscaler,), partial(upscaler.AtFactor, factor=n))
        for n in upscaler.FACTORS
    ),
)
