"""Which schedulers a checkpoint may have, and what one remembers between steps. Knows diffusers' names, no networks.

A job owns a copy of the painter's scheduler, so that stateful multistep ones mix in a batch. Those that draw their
noise from a generator of their own (torchsde) are not on the list: a job could not be taken up again elsewhere.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from deployments.checkpoints.opening import open_checkpoint
from deployments.denoiser.checkpoint.saved import tensors
from pose.errors import WeightsError

SCHEDULERS = (
    "DDIMScheduler",
    "DDPMScheduler",
    "DPMSolverMultistepScheduler",
    "DPMSolverSinglestepScheduler",
    "EulerAncestralDiscreteScheduler",
    "EulerDiscreteScheduler",
    "HeunDiscreteScheduler",
    "LCMScheduler",
    "LMSDiscreteScheduler",
    "PNDMScheduler",
    "TCDScheduler",
    "UniPCMultistepScheduler",
)
TRAILING = ":trailing"


def choose_scheduler(diffusers: Any, present: Any, asked: str | None) -> tuple[Any, str]:
    """The scheduler that was asked for, and what to hash of it.

    asked: None for the base's own; a name of SCHEDULERS, which keeps the base's noise schedule, with `:trailing` behind
    it for timesteps spaced from the end (Lightning, Turbo); or a folder with a scheduler_config.json.
    Raises WeightsError for any other.
    """
    if asked is None:
        _known(type(present).__name__)
        return present, type(present).__name__
    name = asked.removesuffix(TRAILING)
    if name in SCHEDULERS:
        spacing = {"timestep_spacing": "trailing"} if asked.endswith(TRAILING) else {}
        return getattr(diffusers, name).from_config(present.config, **spacing), asked
    if not Path(asked).exists() and "/" not in asked:
        _known(asked)
    opened = open_checkpoint(asked, SCHEDULERS)
    return getattr(diffusers, opened.name).from_pretrained(str(opened.folder), local_files_only=True), opened.sha256


def remembered(scheduler: Any) -> dict[str, Any]:
    """All that a scheduler knows beyond its configuration, as it is now: copies, since PNDM writes in place."""
    return {name: _own(value) for name, value in vars(scheduler).items() if name != "_internal_dict"}


def remind(scheduler: Any, memory: dict[str, Any]) -> None:
    """Puts a scheduler of the same class and configuration where `remembered` left another."""
    vars(scheduler).update({name: _own(value) for name, value in memory.items()})


def placed(scheduler: Any, memory: Mapping[str, Any], device: torch.device) -> dict[str, Any]:
    """A saved memory for `remind`: each tensor where the scheduler has its own of that name, and what it has yet to
    collect (earlier outputs) on the latents' device."""
    own = {name: value.device for name, value in vars(scheduler).items() if isinstance(value, Tensor)}
    return {name: tensors(value, own.get(name, device)) for name, value in memory.items()}


def _own(value: Any) -> Any:
    if isinstance(value, Tensor):
        return value.clone()
    return list(value) if isinstance(value, list) else value


def _known(name: str) -> None:
    if name not in SCHEDULERS:
        raise WeightsError(
            f"expected a folder with a scheduler_config.json or one of {', '.join(SCHEDULERS)}, got '{name}'; "
            "set checkpoint.scheduler to one of them."
        )
