"""One batch of the networks: the rows of several paintings, each at its own time, and what ControlNet and UNet make of
them. Knows tensors and two networks; no schedulers, no engine.

A painting fills one row, or two with guidance (the negative prompt's first). The networks are called as diffusers'
pipelines call theirs, but with one timestep and one scale of the ControlNet a row.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields, replace
from typing import Any

import torch
from torch import Tensor

from deployments.denoiser.checkpoint.conditions import Conditions

Residuals = tuple[Sequence[Tensor], Tensor]


@dataclass(frozen=True)
class Networks:
    """unet and controlnet: called as diffusers' UNet2DConditionModel and ControlNetModel are. monolithic: one compiled
    whole (a TensorRT engine), which cannot be run block by block."""

    unet: Callable[..., Any]
    controlnet: Callable[..., Any]
    monolithic: bool = False


@dataclass(frozen=True, eq=False)
class Rows:
    """latents (n, 4, h, w), scaled as the schedulers ask; masked (n, 5, h, w) for 9-channel UNets; timesteps (n,);
    scales (n,): the ControlNet's; the rest: see Conditions, n rows of each."""

    latents: Tensor
    timesteps: Tensor
    scales: Tensor
    embeds: Tensor
    control: Tensor
    references: tuple[Tensor, ...]
    masked: Tensor | None
    pooled: Tensor | None
    time_ids: Tensor | None
    wish: Tensor | None

    def take(self, chosen: Tensor) -> "Rows":
        """Some of the rows; chosen (m,): which."""
        held = {place.name: getattr(self, place.name) for place in fields(self)}
        return replace(self, **{name: _taken(value, chosen) for name, value in held.items()})

    @property
    def sample(self) -> Tensor:
        """The UNet's input (n, 4 or 9, h, w)."""
        return self.latents if self.masked is None else torch.cat([self.latents, self.masked], dim=1)

    @property
    def sizes(self) -> dict[str, Any]:
        """SDXL's pooled prompt and sizes, as both networks take them; else empty."""
        return {} if self.pooled is None else {"text_embeds": self.pooled, "time_ids": self.time_ids}

    @property
    def added(self) -> dict[str, Any]:
        """What the UNet takes beside the prompt."""
        return {**self.sizes, "image_embeds": list(self.references)} if self.references else self.sizes


def gather(held: Sequence[tuple[Conditions, Tensor, int]]) -> Rows:
    """The rows of paintings, each given as its conditions, its latents and the steps it has done."""
    parts = [_rows(*one) for one in held]
    joined: dict[str, Any] = {}
    for place in fields(Rows):
        values = [getattr(part, place.name) for part in parts]
        if isinstance(values[0], tuple):
            joined[place.name] = tuple(torch.cat(ones) for ones in zip(*values, strict=True))
        else:
            joined[place.name] = None if values[0] is None else torch.cat(values)
    return Rows(**joined)


def predict(networks: Networks, rows: Rows) -> Tensor:
    """The UNet's output (n, 4, h, w) under the ControlNet's residuals."""
    down, middle = scaled(control(networks, rows), rows.scales)
    return networks.unet(
        rows.sample,
        rows.timesteps,
        encoder_hidden_states=rows.embeds,
        timestep_cond=rows.wish,
        added_cond_kwargs=rows.added,
        down_block_additional_residuals=down,
        mid_block_additional_residual=middle,
        return_dict=False,
    )[0]


def control(networks: Networks, rows: Rows) -> Residuals:
    """The ControlNet's residuals at scale 1: of each of the UNet's skip connections, and of its middle."""
    down, middle = networks.controlnet(
        rows.latents,
        rows.timesteps,
        encoder_hidden_states=rows.embeds,
        controlnet_cond=rows.control,
        conditioning_scale=1.0,
        added_cond_kwargs=rows.sizes,
        return_dict=False,
    )
    return down, middle


def scaled(residuals: Residuals, scales: Tensor) -> Residuals:
    """The residuals at each row's scale; multiplied in float32, as by a plain number."""
    down, middle = residuals
    weights = scales[:, None, None, None]
    return [(one * weights).to(one.dtype) for one in down], (middle * weights).to(middle.dtype)


def _rows(conditions: Conditions, latents: Tensor, done: int) -> Rows:
    count, time = conditions.rows, conditions.timesteps[done]
    return Rows(
        latents=_repeated(conditions.scheduler.scale_model_input(latents, time), count),
        timesteps=time.repeat(count),
        scales=torch.full((count,), conditions.scales[done], device=latents.device),
        embeds=conditions.embeds,
        control=_repeated(conditions.control, count),
        references=conditions.references,
        masked=None if conditions.masked is None else _repeated(conditions.masked, count),
        pooled=conditions.pooled,
        time_ids=conditions.time_ids,
        wish=conditions.wish,
    )


def _repeated(tensor: Tensor, count: int) -> Tensor:
    return tensor.expand(count, *tensor.shape[1:])


def _taken(value: Any, chosen: Tensor) -> Any:
    if isinstance(value, tuple):
        return tuple(one[chosen] for one in value)
    return None if value is None else value[chosen]
