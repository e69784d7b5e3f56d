from collections.abc import Sequence
from typing import Any

import pytest
import torch
from diffusers import QwenImageTransformer2DModel
from torch import Tensor

from deployments.denoiser.checkpoint.first_block import Call, Memory, alike, parted, whole

SHAPES = ((1, 3, 4), (1, 2, 2))


def transformer(still: bool = False) -> Any:
    torch.manual_seed(0)
    network = QwenImageTransformer2DModel(
        in_channels=8,
        out_channels=2,
        num_layers=3,
        attention_head_dim=8,
        num_attention_heads=2,
        joint_attention_dim=6,
        axes_dims_rope=(4, 2, 2),
        zero_cond_t=still,
    ).eval()
    return network.requires_grad_(False)


def call(owners: Sequence[tuple[int, int]], seed: int = 0, words: int = 5) -> Call:
    random = torch.Generator().manual_seed(seed)
    rows = len(owners)

    def noise(*shape: int) -> Tensor:
        return torch.randn(shape, generator=random)

    return Call(noise(rows, 16, 8), noise(rows, words, 6), torch.linspace(0.2, 0.9, rows), SHAPES, tuple(owners))


def deep_rows(network: Any) -> list[int]:
    """Filled with how many rows go through the last block, each time."""
    counts: list[int] = []

    def count(block: Any, args: Any, kwargs: Any) -> None:
        counts.append(len(kwargs["hidden_states"]))

    network.transformer_blocks[-1].register_forward_pre_hook(count, with_kwargs=True)
    return counts


@pytest.mark.parametrize("still", [False, True])
def test_parted_in_full_is_the_whole(still: bool) -> None:
    network = transformer(still)
    calls = [call([(0, 0), (1, 0)]), call([(0, 1)], seed=1, words=3)]
    velocities, memories = parted(network, calls, [None, None], [0.1, 0.0])
    for asked, velocity in zip(calls, velocities, strict=True):
        assert velocity.shape == (len(asked.tokens), 12, 8)
        torch.testing.assert_close(velocity, whole(network, asked), rtol=0, atol=1e-6)
    assert memories[0] is not None
    assert memories[0].first.shape == memories[0].rest.shape == (2, 12, 16)
    assert memories[1] is None, "a slot that never reuses keeps nothing"


@pytest.mark.parametrize("still", [False, True])
def test_one_slot_reuses_while_another_goes_through(still: bool) -> None:
    network = transformer(still)
    before = call([(0, 0), (1, 0)])
    _, memories = parted(network, [before], [None, None], [0.1, 0.1])
    counts = deep_rows(network)
    moved = before.tokens.clone()
    moved[1] = torch.randn(16, 8, generator=torch.Generator().manual_seed(5))
    now = Call(moved, before.words, before.time, SHAPES, before.owners)
    (velocity,), after = parted(network, [now], memories, [0.1, 0.1])
    assert counts == [1]
    assert after[0] is memories[0]
    assert after[1] is not memories[1]
    torch.testing.assert_close(velocity, whole(network, now), rtol=0, atol=1e-5)


def test_what_is_reused_is_what_the_deeper_blocks_added() -> None:
    network = transformer()
    asked = call([(0, 0)])
    _, (memory,) = parted(network, [asked], [None], [0.1])
    assert memory is not None
    wrong = Memory(memory.first, memory.rest * -1.0)
    (velocity,), _ = parted(network, [asked], [wrong], [0.1])
    assert (velocity - whole(network, asked)).abs().max() > 1e-2


def test_each_row_reuses_its_own() -> None:
    network = transformer()
    calls = [call([(0, 0)]), call([(0, 1)], seed=1, words=3)]
    full, memories = parted(network, calls, [None], [0.1])
    counts = deep_rows(network)
    reused, _ = parted(network, calls, memories, [0.1])
    assert counts == []
    torch.testing.assert_close(reused, full, rtol=0, atol=1e-5)
    assert (full[0] - full[1]).abs().max() > 1e-2


def test_rows_of_a_slot_decide_together() -> None:
    network = transformer()
    wanted, unwanted = call([(0, 0)]), call([(0, 1)], seed=1, words=3)
    _, memories = parted(network, [wanted, unwanted], [None], [0.1])
    counts = deep_rows(network)
    parted(network, [wanted, call([(0, 1)], seed=9, words=3)], memories, [0.1])
    assert counts == [1, 1]


@pytest.mark.parametrize(("change", "limit", "same"), [(0.05, 0.1, True), (0.2, 0.1, False), (0.0, 0.0, False)])
def test_alike_is_a_relative_change(change: float, limit: float, same: bool) -> None:
    first = torch.full((2, 3, 4), 7.0)
    assert alike(Memory(first, first), first * (1 + change), limit) is same


def test_nothing_is_alike_without_memory_or_when_not_finite() -> None:
    first = torch.ones(1, 3, 4)
    assert not alike(None, first, 0.5)
    assert not alike(Memory(first, first), first * torch.nan, 0.5)
