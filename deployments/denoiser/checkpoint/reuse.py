"""Feature caching, decided for each painting of a batch alone: who has hardly changed skips the UNet's deep blocks.

The UNet is split after its first down block. A painting whose output there changed by less than its threshold since it
last ran in full takes the features that then entered the last up block (DeepCache, Ma et al. 2023) and runs that block
alone; the others go through the middle as a smaller batch. That the first block's change decides is the idea of
First Block Cache (ParaAttention). The ControlNet runs for the full ones alone: its residuals at the outer skip
connections are kept with the features, so a painting whose ControlNet's scale changed runs in full.

Knows the blocks of diffusers' UNet2DConditionModel; no schedulers. Not measured with trained weights or on a GPU.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from deployments.denoiser.checkpoint.rows import Networks, Rows, control, scaled
from pose.errors import ArtefactError, WeightsError


@dataclass(frozen=True, eq=False)
class Kept:
    """Of a painting's last full run, all with its rows. first: the first block's output; deep: what entered the last
    up block; outer: the ControlNet's residuals there, at scale 1; scale: the ControlNet's then."""

    first: Tensor
    deep: Tensor
    outer: tuple[Tensor, ...]
    scale: float


@dataclass(frozen=True)
class Turn:
    """A painting in a batch. rows: how many are its own; scale: the ControlNet's at this step; bound: the relative
    change from which it runs in full."""

    kept: Kept | None
    rows: int
    scale: float
    bound: float


@dataclass(frozen=True, eq=False)
class Head:
    """What the first down block made of a batch. time (n, t): its embedding; context: of the cross-attention; first:
    its output; skips: of all its layers, conv_in's before."""

    time: Tensor
    context: Any
    first: Tensor
    skips: tuple[Tensor, ...]

    def take(self, chosen: Tensor) -> "Head":
        return Head(
            self.time[chosen],
            _chosen(self.context, chosen),
            self.first[chosen],
            tuple(skip[chosen] for skip in self.skips),
        )


def check_split(networks: Networks, unet: Any) -> None:
    """Raises ArtefactError or WeightsError where a UNet cannot be run block by block."""
    if networks.monolithic:
        raise ArtefactError(
            "expected a UNet that runs block by block, got an engine compiled as one; set reuse to 0, or run the UNet "
            "by torch."
        )
    config = unet.config
    if len(unet.down_blocks) < 2 or config.class_embed_type is not None or config.center_input_sample:
        raise WeightsError("this checkpoint's UNet cannot reuse features; set reuse to 0.")


def predict_reusing(networks: Networks, unet: Any, rows: Rows, turns: Sequence[Turn]) -> tuple[Tensor, list[Kept]]:
    """The UNet's output (n, 4, h, w), and what each painting keeps from now on."""
    head, spans = enter(unet, rows), _spans([turn.rows for turn in turns])
    full = stale(head.first, spans, turns)
    new = _run_in_full(networks, unet, rows, head, [place for place, old in enumerate(full) if old], turns)
    kept = [new.get(place, turn.kept) for place, turn in enumerate(turns)]
    held = [one for one in kept if one is not None]
    deep = torch.cat([one.deep for one in held])
    outer = [torch.cat(ones) for ones in zip(*(one.outer for one in held), strict=True)]
    return leave(unet, rows, head, deep, outer), held


def stale(first: Tensor, spans: Sequence[slice], turns: Sequence[Turn]) -> list[bool]:
    """Whom to run in full: by the mean change of the first block's output (n, c, h, w) since the last time, relative to
    its mean magnitude then, over all of a painting's rows."""
    known = {place: turn.kept for place, turn in enumerate(turns) if turn.kept is not None}
    changes = [(first[spans[place]] - one.first).abs().mean() / one.first.abs().mean() for place, one in known.items()]
    change = dict(zip(known, torch.stack(changes).tolist() if changes else [], strict=True))
    return [
        turn.kept is None or turn.kept.scale != turn.scale or not change[place] < turn.bound
        for place, turn in enumerate(turns)
    ]


def enter(unet: Any, rows: Rows) -> Head:
    """conv_in and the first down block."""
    sample = rows.sample
    time = unet.time_embedding(unet.get_time_embed(sample=sample, timestep=rows.timesteps), rows.wish)
    more = unet.get_aug_embed(emb=time, encoder_hidden_states=rows.embeds, added_cond_kwargs=rows.added)
    time = time if more is None else time + more
    time = time if unet.time_embed_act is None else unet.time_embed_act(time)
    context = unet.process_encoder_hidden_states(encoder_hidden_states=rows.embeds, added_cond_kwargs=rows.added)
    sample = unet.conv_in(sample)
    first, skips = _down(unet.down_blocks[0], sample, time, context)
    return Head(time, context, first, (sample, *skips))


def deepen(unet: Any, head: Head, down: Sequence[Tensor], middle: Tensor) -> Tensor:
    """What enters the last up block: down from the second block, middle, and up to the last block.

    down, middle: the ControlNet's residuals, scaled.
    """
    sample, skips = head.first, list(head.skips)
    for block in unet.down_blocks[1:]:
        sample, more = _down(block, sample, head.time, head.context)
        skips.extend(more)
    skips = [skip + residual for skip, residual in zip(skips, down, strict=True)]
    if unet.mid_block is not None:
        attends = {"encoder_hidden_states": head.context} if _attends(unet.mid_block) else {}
        sample = unet.mid_block(sample, head.time, **attends)
    sample = sample + middle
    for block in unet.up_blocks[:-1]:
        taken, skips = skips[-len(block.resnets) :], skips[: -len(block.resnets)]
        sample = _up(block, sample, head.time, taken, head.context)
    return sample


def leave(unet: Any, rows: Rows, head: Head, deep: Tensor, outer: Sequence[Tensor]) -> Tensor:
    """The last up block and the output (n, 4, h, w); outer: the ControlNet's residuals there, at scale 1."""
    residuals, _ = scaled((outer, deep), rows.scales)
    skips = [skip + residual for skip, residual in zip(head.skips, residuals, strict=False)]
    sample = _up(unet.up_blocks[-1], deep, head.time, skips, head.context)
    if unet.conv_norm_out:
        sample = unet.conv_act(unet.conv_norm_out(sample))
    return unet.conv_out(sample)


def _run_in_full(
    networks: Networks, unet: Any, rows: Rows, head: Head, places: Sequence[int], turns: Sequence[Turn]
) -> dict[int, Kept]:
    """What the paintings at some places of the batch keep, which run in full, as a batch of their own."""
    if not places:
        return {}
    spans = _spans([turn.rows for turn in turns])
    chosen = torch.cat([torch.arange(spans[place].start, spans[place].stop) for place in places])
    chosen = chosen.to(rows.latents.device)
    some, entered = rows.take(chosen), head.take(chosen)
    residuals = control(networks, some)
    deep = deepen(unet, entered, *scaled(residuals, some.scales))
    outer = residuals[0][: len(unet.up_blocks[-1].resnets)]
    kept = {}
    for place, span in zip(places, _spans([turns[place].rows for place in places]), strict=True):
        own = tuple(one[span].clone() for one in outer)  # copies: a view would keep the whole batch
        kept[place] = Kept(entered.first[span].clone(), deep[span].clone(), own, turns[place].scale)
    return kept


def _down(block: Any, sample: Tensor, time: Tensor, context: Any) -> tuple[Tensor, tuple[Tensor, ...]]:
    attends = {"encoder_hidden_states": context} if _attends(block) else {}
    return block(hidden_states=sample, temb=time, **attends)


def _up(block: Any, sample: Tensor, time: Tensor, skips: Sequence[Tensor], context: Any) -> Tensor:
    attends = {"encoder_hidden_states": context} if _attends(block) else {}
    return block(hidden_states=sample, temb=time, res_hidden_states_tuple=tuple(skips), **attends)


def _attends(block: Any) -> bool:
    return bool(getattr(block, "has_cross_attention", False))


def _spans(counts: Sequence[int]) -> list[slice]:
    ends = torch.tensor(counts).cumsum(0).tolist()
    return [slice(end - count, end) for count, end in zip(counts, ends, strict=True)]


def _chosen(context: Any, chosen: Tensor) -> Any:
    """The prompt's rows, and with adapters the references' beside them: (prompt, [reference, ...])."""
    if isinstance(context, tuple):
        prompt, references = context
        return prompt[chosen], [reference[chosen] for reference in references]
    return context[chosen]
