"""What one replica runs: the embedded network, the operator's checkpoint where there is one, and their measured caps.

Puts programs together in one loop; knows no canvases and no Ray.
"""

from collections.abc import Hashable
from dataclasses import dataclass

import torch

from deployments.backends.choice import Served
from deployments.backends.spec import Runtime
from deployments.checkpoints.opening import Checkpoint
from deployments.denoiser.checkpoint.families import open_painter
from deployments.denoiser.checkpoint.painting import Painter, Sampling
from deployments.denoiser.engine.caps import Caps
from deployments.denoiser.engine.programs import Programs
from deployments.denoiser.engine.slots import Job, Program
from deployments.denoiser.program import BridgeProgram, Network, Restoration
from deployments.denoiser.signature import SIGNATURE
from deployments.denoiser.warmup import (
    PAINTED_SIZES,
    SIZES,
    blank_painting,
    blank_restorations,
    company_bound,
    measured_caps,
    noise_restorations,
    restoration_bucket,
)
from deployments.signature import Bucket


@dataclass(frozen=True)
class Assembly:
    """`painter` None: without a checkpoint. company: how far company moves a result, see `company_bound`."""

    program: Program
    caps: Caps
    company: float
    painter: Painter | None = None


def buckets_for(served: Served) -> tuple[Bucket, ...]:
    """Sizes up to which samples are padded: where a backend has fixed ones, or batches pay (a GPU)."""
    return () if served.backend == "eager" and served.device == "cpu" else SIGNATURE.buckets


def assemble(network: Network, checkpoint: Checkpoint | None, sampling: Sampling, runtime: Runtime) -> Assembly:
    """Loads, measures and joins. Raises WeightsError where the checkpoint is refused, and what its backend raises."""
    bridge = BridgeProgram(network)
    rows = measured_caps(bridge, blank_restorations())
    company = company_bound(bridge, noise_restorations(max(SIZES)))
    if checkpoint is None:
        return Assembly(bridge, Caps(rows, alike=restoration_bucket), company)
    return joined(bridge, rows, company, open_painter(checkpoint, sampling, runtime))


def joined(bridge: BridgeProgram, rows: dict[Hashable, int], company: float, painter: Painter) -> Assembly:
    """Both in one loop. All canvases of a checkpoint have about the same area: one is measured for all.

    Without a GPU only a single painting is: a larger batch of such a network would take minutes and gain nothing.
    """
    square = blank_painting(painter)
    rows = rows | measured_caps(painter, [square], PAINTED_SIZES if torch.cuda.is_available() else (1,))

    def choose(job: Job) -> Program:
        return bridge if isinstance(job.work, Restoration) else painter

    def alike(key: Hashable) -> Hashable:
        bucket = restoration_bucket(key)
        return square.key if bucket is None else bucket

    return Assembly(Programs(choose), Caps(rows, alike=alike), company, painter)
