"""How a step runs on its device, whatever the family: it ends when its work is done, and a lack of memory has one name.

Knows a device; no networks and no states.
"""

from collections.abc import Iterator
from contextlib import contextmanager

import torch

from deployments.denoiser.engine.memory import refusing
from deployments.denoiser.engine.slots import OutOfMemory


@contextmanager
def stepping(device: torch.device) -> Iterator[None]:
    """Around a step's work. A GPU is waited for: its kernels are only launched until then, and what the engine measures
    and bounds is the work. Raises OutOfMemory where the batch does not fit; other faults of the device come out too.
    """
    with refusing(OutOfMemory):
        yield
        if device.type == "cuda":
            torch.cuda.synchronize(device)
