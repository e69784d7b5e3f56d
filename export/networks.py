"""The embedded networks that are exported: which class, with which weights, in which form. One table.

Knows where networks are; `graph` makes a graph of one.
"""

import hashlib
import inspect
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from types import ModuleType

from torch import nn

from deployments.denoiser import limbs
from deployments.denoiser import network as denoiser
from deployments.denoiser.signature import SIGNATURE as DENOISER
from deployments.garments import network as garments
from deployments.garments.signature import SIGNATURE as PARSE
from deployments.keypoints import network as keypoints
from deployments.keypoints.signature import SIGNATURE as POSE
from deployments.runtime import WEIGHTS, Runner, load
from deployments.signature import Signature
from deployments.upscaler import network as upscaler
from deployments.upscaler.signature import at_factor
from export import graph


@dataclass(frozen=True)
class Embedded:
    """`form` makes what is exported of the network that holds the weights; `sources` is the code that it runs.

    strict: trace its bytecode. Slower; needed where a batch is asked for by `len`, which the other tracer fixes.
    """

    signature: Signature
    network: Callable[[], nn.Module]
    sources: tuple[ModuleType, ...]
    form: Callable[[nn.Module], nn.Module] = lambda network: network
    strict: bool = False

    def load(self, directory: Path = WEIGHTS) -> tuple[Runner, nn.Module]:
        """The network as it is served, and the module to export. Raises WeightsError."""
        runner = load(self.signature.weights, self.network(), directory)
        return runner, self.form(runner.module).eval()

    def code_sha256(self) -> str:
        """Of the source, export's own too: other code makes another graph, even of the same weights."""
        source = "".join(inspect.getsource(module) for module in (*self.sources, graph))
        return hashlib.sha256(source.encode()).hexdigest()


EMBEDDED = (
    Embedded(POSE, keypoints.PoseNetwork, (keypoints,)),
    Embedded(PARSE, garments.ParseNetwork, (garments,)),
    Embedded(DENOISER, denoiser.DenoiserNetwork, (denoiser, limbs), strict=True),
    *(
        Embedded(at_factor(n), upscaler.UpscalerNetwork, (upscaler,), partial(upscaler.AtFactor, factor=n))
        for n in upscaler.FACTORS
    ),
)
