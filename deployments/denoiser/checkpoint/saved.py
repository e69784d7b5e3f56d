"""What is saved of a painting under way, as numpy arrays and plain values, and what it belongs to.

It passes through processes without the device and without torch, so neither may be needed to read it. Knows tensors and
what holds them; no family's state.
"""

import logging
from collections.abc import Mapping
from hashlib import sha256
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

LOG = logging.getLogger("contrapposto.denoiser")
_KIND, _VALUES = "tensor of", "values"


def belonging(*parts: object) -> str:
    """The key of what a state belongs to, of all that tells it from others of the same program, as that prints."""
    return sha256(repr(parts).encode()).hexdigest()


def saved(of: str, steps: int, state: Mapping[str, Any]) -> dict[str, Any]:
    """A state as it is saved. of: see `belonging`; steps: of all its way."""
    return {"of": of, "steps": steps, **plain(dict(state))}


def taken_up(saved: Any, of: str, steps: int) -> Mapping[str, Any] | None:
    """What was saved of just this; None where there is nothing, or, with a line in the log, something else's."""
    if saved is None:
        return None
    if isinstance(saved, Mapping) and (saved.get("of"), saved.get("steps")) == (of, steps):
        return saved
    LOG.warning("what was saved belongs to another checkpoint, sampling or picture; it is painted from the beginning")
    return None


def plain(value: Any) -> Any:
    """Every tensor in nested lists, tuples and mappings as an array on the CPU, beside its type."""
    if isinstance(value, Tensor):
        return {_KIND: str(value.dtype).removeprefix("torch."), _VALUES: _array(value)}
    if isinstance(value, dict):
        return {name: plain(each) for name, each in value.items()}
    return type(value)(map(plain, value)) if isinstance(value, list | tuple) else value


def tensors(value: Any, device: torch.device) -> Any:
    """What `plain` was given, to the bit: tensors of the same types, on a device."""
    if isinstance(value, dict):
        if _KIND in value:
            return torch.tensor(value[_VALUES]).to(device, getattr(torch, value[_KIND]))
        return {name: tensors(each, device) for name, each in value.items()}
    return type(value)(tensors(each, device) for each in value) if isinstance(value, list | tuple) else value


def _array(tensor: Tensor) -> NDArray[Any]:
    """A copy on the CPU; bfloat16, which numpy does not have, as the float32 that holds it exactly."""
    here = tensor.detach().cpu()
    return np.array((here.float() if here.dtype == torch.bfloat16 else here).numpy())
