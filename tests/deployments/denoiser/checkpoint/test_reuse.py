"""Reuse of deep features: whose, and what of; never a neighbour's."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from deployments.denoiser.checkpoint.inpaint import InpaintProgram
from deployments.denoiser.checkpoint.reuse import Kept, Turn, stale
from deployments.denoiser.checkpoint.rows import Networks
from pose.errors import ArtefactError
from tests.deployments.denoiser.checkpoint.paintings import (
    SAMPLING,
    by_library,
    checkpoint,
    painter,
    painting,
    reusing_much,
    run,
)

CLOSE = 1e-4
SOME = 0.3
pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation doesn't accept a copy:DeprecationWarning")


def reusing(folders: dict[str, Path], name: str, reuse: float, steps: int = 8) -> InpaintProgram:
    return painter(checkpoint(folders, name), replace(SAMPLING, reuse=reuse, steps=steps))


def full_runs(program: InpaintProgram) -> list[int]:
    """The batch sizes of the ControlNet, which runs for the rows alone that run in full; grows as the program runs."""
    sizes: list[int] = []
    networks = program._networks

    def counted(latents: torch.Tensor, *rest: Any, **more: Any) -> Any:
        sizes.append(len(latents))
        return networks.controlnet(latents, *rest, **more)

    program._networks = Networks(networks.unet, counted)
    return sizes


@pytest.mark.parametrize("name", ["sd", "sd9", "xl", "lcm"])
def test_a_tiny_bound_paints_as_no_reuse(folders: dict[str, Path], name: str) -> None:
    program = reusing(folders, name, 1e-9, steps=4)
    plain = painter(checkpoint(folders, name))
    window = (0.0, 0.6)
    result = run(program, [program.job(painting(1), window=window)])[0]
    assert np.abs(result - run(plain, [plain.job(painting(1), window=window)])[0]).max() < CLOSE


def test_no_reuse_keeps_nothing_and_paints_as_the_library_does(folders: dict[str, Path]) -> None:
    program = reusing(folders, "sd", 0.0, steps=4)
    state = program.start(program.job(painting(1)))
    program.step([state])
    assert state.kept is None
    result = run(program, [program.job(painting(1))])[0]
    assert np.abs(result - by_library(checkpoint(folders, "sd"), "sd", painting(1), SAMPLING)).max() < CLOSE


@pytest.mark.parametrize("name", ["sd", "xl"])
def test_each_of_a_batch_decides_on_its_own(folders: dict[str, Path], name: str) -> None:
    """In one batch: one that reuses all it can, one that reuses nothing, one in between; each as it does alone."""
    program = reusing(folders, name, SOME)
    wanted = [
        program.job(painting(1), sampling=reusing_much(replace(SAMPLING, steps=8), 100.0)),
        program.job(painting(2), sampling=replace(SAMPLING, reuse=1e-9, steps=8, guidance=1.0)),
        program.job(painting(3)),
    ]
    alone = [run(program, [job])[0] for job in wanted]
    sizes = full_runs(program)
    results = run(program, wanted)
    assert sizes[0] == 5
    assert sizes.count(1) >= 1
    assert max(sizes[1:]) <= 3
    for result, one in zip(results, alone, strict=True):
        assert np.abs(result - one).max() < CLOSE


def test_reuse_saves_runs_and_changes_the_picture_a_little(folders: dict[str, Path]) -> None:
    program = reusing(folders, "sd", SOME)
    plain = painter(checkpoint(folders, "sd"), replace(SAMPLING, steps=8))
    sizes = full_runs(program)
    result = run(program, [program.job(painting(1))])[0]
    assert 1 <= len(sizes) < 8
    assert 0 < np.abs(result - run(plain, [plain.job(painting(1))])[0]).mean() < 0.05


def test_goes_on_elsewhere_with_what_was_kept(folders: dict[str, Path]) -> None:
    first, second = reusing(folders, "sd", SOME), reusing(folders, "sd", SOME)
    job = first.job(painting(2))
    expected = run(first, [job])[0]
    state = first.start(job)
    for _ in range(3):
        first.step([state])
    assert np.array_equal(run(second, [replace(job, saved=first.save(state))])[0], expected)


def test_a_painting_whose_control_ends_runs_in_full() -> None:
    first = torch.ones(2, 4, 8, 8)
    turns = [_turn(first[:1], scale=0.8), _turn(first[1:], scale=0.0)]
    assert stale(first, [slice(0, 1), slice(1, 2)], turns) == [False, True]


def test_both_guidance_rows_decide_together() -> None:
    before = torch.ones(4, 4, 8, 8)
    now = before.clone()
    now[1] += 0.3  # one of two rows: 0.15 in the mean
    spans = [slice(0, 2), slice(2, 4)]
    assert stale(now, spans, [_turn(before[:2], rows=2), _turn(before[2:], rows=2)]) == [True, False]
    assert stale(now, spans, [_turn(before[:2], rows=2, bound=0.2), Turn(None, 2, 0.8, 9.0)]) == [False, True]


def test_a_monolithic_engine_refuses(folders: dict[str, Path]) -> None:
    plain = painter(checkpoint(folders, "sd"))
    engine = replace(plain._networks, monolithic=True)
    with pytest.raises(ArtefactError, match="set reuse to 0"):
        painter(checkpoint(folders, "sd"), replace(SAMPLING, reuse=0.1), engine)
    program = painter(checkpoint(folders, "sd"), SAMPLING, engine)
    with pytest.raises(ArtefactError, match="set reuse to 0"):
        program.job(painting(1), sampling=replace(SAMPLING, reuse=0.1))
    assert run(program, [program.job(painting(1))])[0].shape == (64, 64, 3)


def _turn(first: torch.Tensor, rows: int = 1, scale: float = 0.8, bound: float = 0.1) -> Turn:
    return Turn(Kept(first, first, (first,), 0.8), rows, scale, bound)
