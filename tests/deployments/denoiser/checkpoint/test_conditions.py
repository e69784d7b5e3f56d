"""What is prepared of one request."""

from dataclasses import replace
from pathlib import Path

import pytest
import torch

from deployments.denoiser.checkpoint.conditions import Request, control_scales, guidance_rows
from pose.errors import InvalidInput
from tests.deployments.denoiser.checkpoint.paintings import SAMPLING, checkpoint, painter, painting

Folders = dict[str, Path]


@pytest.mark.parametrize(
    ("window", "heard"),
    [((0.0, 1.0), [1, 1, 1, 1]), ((0.0, 0.5), [1, 1, 0, 0]), ((0.3, 1.0), [0, 0, 1, 1]), ((0.25, 0.6), [0, 1, 0, 0])],
)
def test_the_controlnet_is_heard_within_its_window(window: tuple[float, float], heard: list[int]) -> None:
    request = Request(painting(1), replace(SAMPLING, control_scale=0.5), window)
    assert control_scales(4, request) == [0.5 * step for step in heard]


@pytest.mark.parametrize(
    ("name", "guidance", "rows"), [("sd", 5.0, 2), ("sd", 1.0, 1), ("xl", 1.5, 2), ("lcm", 5.0, 1)]
)
def test_guidance_fills_two_rows(folders: Folders, name: str, guidance: float, rows: int) -> None:
    sampling = replace(SAMPLING, guidance=guidance)
    program = painter(checkpoint(folders, name), sampling)
    assert guidance_rows(program._pipeline, sampling) == rows
    conditions = program.start(program.job(painting(1))).conditions
    assert conditions.rows == rows == len(conditions.references[0])
    assert (conditions.pooled is None) == (conditions.time_ids is None) == (name != "xl")
    assert (conditions.wish is None) == (name != "lcm")


def test_only_what_the_unet_takes_is_held(folders: Folders) -> None:
    four, nine = (painter(checkpoint(folders, name, False)) for name in ("sd", "sd9"))
    held = [program.start(program.job(painting(1))).conditions for program in (four, nine)]
    assert held[0].image is not None
    assert held[0].masked is None
    assert held[1].image is None
    assert held[1].masked is not None
    assert held[1].masked.shape == (1, 5, 8, 8)
    assert all(one.references == () for one in held)
    assert torch.equal(held[0].mask, held[1].masked[:, :1])


def test_steps_that_a_scheduler_does_not_have_are_refused(folders: Folders) -> None:
    program = painter(checkpoint(folders, "lcm", False, "LCMScheduler"))
    with pytest.raises(InvalidInput, match="60 steps do not fit"):
        program.job(painting(1), steps=60)
