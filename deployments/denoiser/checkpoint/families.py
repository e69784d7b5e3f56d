"""Which painter a checkpoint gets: by the class of its base, unknown ones being refused by name.

Knows where families are; opens none of their files. Their libraries are imported when one is opened.
"""

from collections.abc import Callable

import torch

from deployments.checkpoints import Checkpoint, open_checkpoint
from deployments.denoiser.checkpoint import inpaint, qwen
from deployments.denoiser.checkpoint.painting import Painter, Sampling
from deployments.denoiser.checkpoint.pipeline import BASES
from deployments.runtime import precision

Open = Callable[[Checkpoint, Sampling, torch.device, torch.dtype], Painter]
FAMILIES: dict[str, Open] = {**dict.fromkeys(BASES, inpaint.open_painter), qwen.FAMILY: qwen.open_painter}


def open_painter(checkpoint: Checkpoint, sampling: Sampling) -> Painter:
    """The painter of an operator's checkpoint, on the first GPU where there is one.

    Raises WeightsError for what is unknown, unsafe, incomplete, or needs a library that is not installed.
    """
    opened = open_checkpoint(checkpoint.base, tuple(FAMILIES))
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    dtype = torch.bfloat16 if device.type == "cuda" else precision()
    return FAMILIES[opened.name](checkpoint, sampling, device, dtype)
