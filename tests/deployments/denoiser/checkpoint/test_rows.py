"""Rows of a batch: joined, taken, and each under its own scale of the ControlNet."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import torch

from deployments.denoiser.checkpoint.rows import gather, scaled
from tests.deployments.denoiser.checkpoint.paintings import SAMPLING, checkpoint, painter, painting


def test_joins_paintings_at_their_own_times(folders: dict[str, Path]) -> None:
    program = painter(checkpoint(folders, "sd9"))
    jobs = [program.job(painting(1)), program.job(painting(2), sampling=replace(SAMPLING, guidance=1.0))]
    held = [program.start(job) for job in jobs]
    program.step(held[:1])
    rows = gather([(one.conditions, one.latents, one.done) for one in held])
    first, second = (one.conditions.timesteps for one in held)
    assert rows.timesteps.tolist() == [first[1], first[1], second[0]]
    assert rows.sample.shape == (3, 9, 8, 8)
    assert torch.equal(rows.take(torch.tensor([2])).latents, held[1].latents)
    assert torch.equal(rows.take(torch.tensor([2])).references[0], held[1].conditions.references[0])


def test_scales_each_row() -> None:
    down: list[Any] = [torch.ones(2, 3, 4, 4), torch.ones(2, 5, 2, 2)]
    residuals, middle = scaled((down, torch.ones(2, 5, 1, 1)), torch.tensor([0.0, 0.5]))
    assert [one[0].sum().item() for one in (*residuals, middle)] == [0, 0, 0]
    assert [one[1].unique().tolist() for one in (*residuals, middle)] == [[0.5]] * 3


def test_scales_half_precision_as_a_plain_number_does() -> None:
    tensor = torch.randn(1, 4, 8, 8, dtype=torch.bfloat16, generator=torch.Generator().manual_seed(0))
    assert torch.equal(scaled(([], tensor), torch.tensor([0.8]))[1], tensor * 0.8)
