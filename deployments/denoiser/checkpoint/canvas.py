"""A painting under way: what a step makes of the networks' output, and what is saved so that it goes on elsewhere.

Knows one painting with its scheduler and its generator; no networks and no batch.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from torch import Tensor

from deployments.denoiser.checkpoint.conditions import Conditions, Request
from deployments.denoiser.checkpoint.reuse import Kept, Turn
from deployments.denoiser.checkpoint.saved import saved, tensors
from deployments.denoiser.checkpoint.schedulers import placed, remembered, remind


@dataclass(eq=False)
class Canvas:
    """A painting under way. of: what it belongs to, see `saved.belonging`; latents (1, 4, h, w); kept: see `reuse`,
    None where nothing is reused."""

    of: str
    request: Request
    conditions: Conditions
    latents: Tensor
    done: int = 0
    kept: Kept | None = None


def advance(state: Canvas, noise: Tensor) -> None:
    """Guidance, the scheduler's step and, for 4-channel UNets, the known region at the next step's noise."""
    conditions, time = state.conditions, state.conditions.timesteps[state.done]
    noise = _guided(noise, state.request.sampling.guidance)
    latents = conditions.scheduler.step(noise, time, state.latents, **conditions.extra, return_dict=False)[0]
    if conditions.image is not None:
        known, after = conditions.image, conditions.timesteps[state.done + 1 : state.done + 2]
        if len(after):
            known = conditions.scheduler.add_noise(known, conditions.noise, after.cpu())
        latents = (1 - conditions.mask) * known + conditions.mask * latents
    state.latents = latents
    state.done += 1


def snapshot(canvas: Canvas) -> dict[str, Any]:
    """All that further steps depend on beyond the request itself; untouched by them."""
    return {
        "latents": canvas.latents,
        "generator": canvas.conditions.generator.get_state(),
        "scheduler": remembered(canvas.conditions.scheduler),
        "done": canvas.done,
        "kept": canvas.kept,
    }


def restore(canvas: Canvas, before: Mapping[str, Any]) -> None:
    """Puts a canvas where `snapshot` found it."""
    remind(canvas.conditions.scheduler, before["scheduler"])
    canvas.conditions.generator.set_state(before["generator"])
    canvas.latents, canvas.done, canvas.kept = before["latents"], before["done"], before["kept"]


def save(canvas: Canvas) -> dict[str, Any]:
    """What `resume` goes on from on another replica."""
    kept = None if canvas.kept is None else vars(canvas.kept)
    return saved(canvas.of, len(canvas.conditions.timesteps), snapshot(canvas) | {"kept": kept})


def resume(canvas: Canvas, found: Mapping[str, Any]) -> None:
    """Puts a fresh canvas where `save` found another of the same request: on its own device."""
    device, kept = canvas.latents.device, found["kept"]
    before = {
        "latents": tensors(found["latents"], device),
        "generator": tensors(found["generator"], canvas.conditions.generator.device),
        "scheduler": placed(canvas.conditions.scheduler, found["scheduler"], device),
        "done": found["done"],
        "kept": None if kept is None else Kept(**tensors(kept, device)),
    }
    restore(canvas, before)


def turn(state: Canvas) -> Turn:
    """The canvas in the next step's batch, where features are reused."""
    conditions = state.conditions
    return Turn(state.kept, conditions.rows, conditions.scales[state.done], state.request.sampling.reuse)


def _guided(noise: Tensor, guidance: float) -> Tensor:
    """Classifier-free guidance (Ho & Salimans 2022) of two rows; a copy of a single one, free of its batch."""
    if len(noise) == 1:
        return noise.clone()
    bad, good = noise.chunk(2)
    return bad + guidance * (good - bad)
