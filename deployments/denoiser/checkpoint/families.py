"""Which painter a checkpoint gets: by the class of its base, unknown ones being refused by name.

Knows where families are; opens none of their files. Their libraries are imported when one is opened.
"""

from collections.abc import Callable

import torch

from deployments.backends.choice import place
from deployments.backends.spec import Runtime
from deployments.checkpoints.opening import Checkpoint, open_checkpoint
from deployments.denoiser.checkpoint import inpaint, qwen
from deployments.denoiser.checkpoint.networks import BY_TORCH, DEFAULT
from deployments.denoiser.checkpoint.painting import Painter, Sampling
from deployments.denoiser.checkpoint.pipeline import BASES
from pose.errors import ArtefactError

Open = Callable[[Checkpoint, Sampling, torch.device, torch.dtype, Runtime], Painter]


def open_painter(checkpoint: Checkpoint, sampling: Sampling, runtime: Runtime = DEFAULT) -> Painter:
    """The painter of an operator's checkpoint, run as asked for.

    Raises WeightsError for what is unknown, unsafe, incomplete, or needs a library or a device that is not there,
    ArtefactError and GraphError for what the backend asked for cannot run.
    """
    opened = open_checkpoint(checkpoint.base, tuple(FAMILIES))
    return FAMILIES[opened.name](checkpoint, sampling, *place(runtime), runtime)


def _qwen(
    checkpoint: Checkpoint, sampling: Sampling, device: torch.device, dtype: torch.dtype, runtime: Runtime
) -> Painter:
    """By torch alone; compiled is each of its transformer's blocks, once for all shapes, when first run: at warm-up."""
    known = (*BY_TORCH, "compiled")
    if runtime.backend not in known:
        raise ArtefactError(
            f"expected {', '.join(known)} as the backend of a {qwen.FAMILY}, got {runtime.backend}; set "
            "`backend: eager`."
        )
    painter = qwen.open_painter(checkpoint, sampling, device, dtype)
    if runtime.backend == "compiled":
        painter.parts.transformer.compile_repeated_blocks(dynamic=True)
    return painter


FAMILIES: dict[str, Open] = {**dict.fromkeys(BASES, inpaint.open_painter), qwen.FAMILY: _qwen}
