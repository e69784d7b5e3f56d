"""One pass of Qwen-Image's transformer over the rows of a batch: whole, or parted after the first block.

Parted, a slot whose first block changes its tokens nearly as it did at the slot's last full pass takes what the deeper
blocks added then; the others go through them as a smaller batch. The idea is First Block Cache's (ParaAttention, 2024;
TeaCache, arXiv:2411.19108), here with one decision a slot. Knows tensors and rows, no schedules and no pictures.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import prod
from typing import Any

import torch
from torch import Tensor

Shape = tuple[int, int, int]


@dataclass(frozen=True, eq=False)
class Call:
    """Rows of one text length: they share a pass with nothing padded and nothing masked.

    tokens (B, S, C): the target's N first, then the pictures'. words (B, L, W). time (B,) in 0..1. shapes: frames,
    rows and columns of the target and of each picture, in tokens. owners: whose row each is, by slot and row of it.
    """

    tokens: Tensor
    words: Tensor
    time: Tensor
    shapes: tuple[Shape, ...]
    owners: tuple[tuple[int, int], ...]

    @property
    def target(self) -> int:
        """N: how many tokens the target has."""
        return prod(self.shapes[0])


@dataclass(frozen=True, eq=False)
class Memory:
    """A slot's last full pass, over its rows R and the target's tokens. (R, N, D): what the first block added, and
    what all the others did."""

    first: Tensor
    rest: Tensor


@dataclass(frozen=True, eq=False)
class Entered:
    """A call after the first block. tokens (B, S, D), words (B, L, D), first (B, N, D): what the block added."""

    call: Call
    tokens: Tensor
    words: Tensor
    first: Tensor
    times: tuple[Tensor, ...]
    more: dict[str, Any]


def whole(transformer: Any, call: Call) -> Tensor:
    """(B, N, C): the velocity of the target's tokens."""
    shapes = [list(call.shapes)] * len(call.tokens)
    answer = transformer(
        hidden_states=call.tokens,
        encoder_hidden_states=call.words,
        timestep=call.time,
        img_shapes=shapes,
        return_dict=False,
    )
    velocity: Tensor = answer[0][:, : call.target]
    return velocity


def parted(
    transformer: Any, calls: Sequence[Call], memories: Sequence[Memory | None], limits: Sequence[float]
) -> tuple[list[Tensor], list[Memory | None]]:
    """The velocity (B, N, C) of each call, and each slot's memory from now on.

    memories and limits are the slots', by number; a slot of limit 0 always goes through every block.
    """
    entered = [enter(transformer, call) for call in calls]
    firsts = _by_slot(calls, [each.first for each in entered], len(memories))
    full = [not alike(*of_slot) for of_slot in zip(memories, firsts, limits, strict=True)]
    ends = [_end(transformer, each, memories, full) for each in entered]
    rests = _by_slot(calls, [end - _target(each) for end, each in zip(ends, entered, strict=True)], len(memories))
    after = [
        (Memory(first, rest) if fresh else memory) if limit > 0 else None
        for first, rest, fresh, memory, limit in zip(firsts, rests, full, memories, limits, strict=True)
    ]
    velocities = [_leave(transformer, end, each.times[0]) for end, each in zip(ends, entered, strict=True)]
    return velocities, after


def alike(memory: Memory | None, first: Tensor, limit: float) -> bool:
    """Whether the first block added so nearly what it did at the last full pass; every row (R, N, D) has a say."""
    if memory is None or limit <= 0:
        return False
    moved = (first - memory.first).float().abs().mean((1, 2))
    return bool((moved < limit * memory.first.float().abs().mean((1, 2))).all())


def enter(transformer: Any, call: Call) -> Entered:
    """The call's rows through the embeddings and the first block."""
    tokens = transformer.img_in(call.tokens)
    words = transformer.txt_in(transformer.txt_norm(call.words))
    times = _times(transformer, call.time.to(tokens.dtype), tokens)
    rotary = transformer.pos_embed(
        [list(call.shapes)] * len(tokens), max_txt_seq_len=words.shape[1], device=tokens.device
    )
    more = {"encoder_hidden_states_mask": None, "image_rotary_emb": rotary}
    if len(times) > 1:
        pictures = tokens.shape[1] - call.target
        still = torch.tensor([0] * call.target + [1] * pictures, dtype=torch.int, device=tokens.device)
        more["modulate_index"] = still.expand(len(tokens), -1)
    words, through = _block(transformer.transformer_blocks[0], words, tokens, times, more)
    return Entered(call, through, words, (through - tokens)[:, : call.target], times, more)


def _end(transformer: Any, entered: Entered, memories: Sequence[Memory | None], full: Sequence[bool]) -> Tensor:
    """(B, N, D): the target's tokens after the last block, by way of it or from memory."""
    rows = [row for row, (slot, _) in enumerate(entered.call.owners) if full[slot]]
    through = iter(_deeper(transformer, entered, rows) if rows else ())
    ends = []
    for now, (slot, row) in zip(_target(entered), entered.call.owners, strict=True):
        memory = memories[slot]
        ends.append(next(through) if memory is None or full[slot] else now + memory.rest[row])
    return torch.stack(ends)


def _deeper(transformer: Any, entered: Entered, rows: list[int]) -> Tensor:
    """Some rows through all blocks but the first: (b, N, D), the target's tokens."""
    tokens, words = entered.tokens[rows], entered.words[rows]
    times = tuple(time[rows] for time in entered.times)
    more = dict(entered.more)
    if "modulate_index" in more:
        more["modulate_index"] = more["modulate_index"][rows]
    for block in transformer.transformer_blocks[1:]:
        words, tokens = _block(block, words, tokens, times, more)
    return tokens[:, : entered.call.target]


def _block(
    block: Any, words: Tensor, tokens: Tensor, times: tuple[Tensor, ...], more: dict[str, Any]
) -> tuple[Tensor, Tensor]:
    words, tokens = block(hidden_states=tokens, encoder_hidden_states=words, temb=torch.cat(times), **more)
    return words, tokens


def _leave(transformer: Any, end: Tensor, time: Tensor) -> Tensor:
    """(B, N, C) of the target's tokens after the last block; the norm and the projection are a token's own."""
    velocity: Tensor = transformer.proj_out(transformer.norm_out(end, time))
    return velocity


def _times(transformer: Any, time: Tensor, tokens: Tensor) -> tuple[Tensor, ...]:
    """(B, D): the embedded time, and that of 0 where the pictures are modulated by it (`zero_cond_t`)."""
    if not transformer.zero_cond_t:
        return (transformer.time_text_embed(time, tokens, None),)
    embedded = transformer.time_text_embed(torch.cat([time, time * 0]), tokens, None)
    return tuple(embedded.chunk(2))


def _target(entered: Entered) -> Tensor:
    return entered.tokens[:, : entered.call.target]


def _by_slot(calls: Sequence[Call], values: Sequence[Tensor], slots: int) -> list[Tensor]:
    """Values (B, ...) of calls' rows, stacked for each slot in the order of its rows: (R, ...)."""
    found = {
        owner: value
        for call, batch in zip(calls, values, strict=True)
        for owner, value in zip(call.owners, batch, strict=True)
    }
    return [torch.stack([found[owner] for owner in sorted(found) if owner[0] == slot]) for slot in range(slots)]
