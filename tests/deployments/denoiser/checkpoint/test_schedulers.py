"""Schedulers by name, by folder, refused; and what one remembers."""

from inspect import signature
from pathlib import Path
from typing import Any

import diffusers
import pytest
import torch

from deployments.denoiser.checkpoint.schedulers import SCHEDULERS, choose_scheduler, remembered, remind
from pose.errors import WeightsError
from tests.deployments.denoiser.checkpoint.tiny_diffusion import TRAINED

pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation doesn't accept a copy:DeprecationWarning")


def base() -> Any:
    return diffusers.DDIMScheduler(**TRAINED, prediction_type="v_prediction")


@pytest.mark.parametrize("name", SCHEDULERS)
def test_a_name_keeps_the_bases_noise_schedule(name: str) -> None:
    chosen, told = choose_scheduler(diffusers, base(), name)
    assert type(chosen).__name__ == told == name
    assert chosen.config.beta_schedule == "scaled_linear"
    assert chosen.config.prediction_type == "v_prediction"


def test_trailing_spaces_the_timesteps_from_the_end() -> None:
    chosen, told = choose_scheduler(diffusers, base(), "EulerDiscreteScheduler:trailing")
    chosen.set_timesteps(4)
    assert told.endswith(":trailing")
    assert chosen.timesteps.tolist() == [999, 749, 499, 249]


def test_none_is_the_bases_own() -> None:
    own = base()
    assert choose_scheduler(diffusers, own, None) == (own, "DDIMScheduler")


def test_a_folder_brings_its_own_schedule(tmp_path: Path) -> None:
    diffusers.LCMScheduler(beta_start=0.001).save_pretrained(tmp_path)
    chosen, told = choose_scheduler(diffusers, base(), str(tmp_path))
    assert (type(chosen).__name__, chosen.config.beta_start, len(told)) == ("LCMScheduler", 0.001, 64)


def test_refuses_others_by_name(tmp_path: Path) -> None:
    other = diffusers.FlowMatchEulerDiscreteScheduler()
    other.save_pretrained(tmp_path)
    for present, asked in ((base(), "FastScheduler"), (other, None), (base(), str(tmp_path))):
        with pytest.raises(WeightsError, match="DDIMScheduler, DDPMScheduler"):
            choose_scheduler(diffusers, present, asked)


@pytest.mark.parametrize("name", SCHEDULERS)
def test_goes_on_from_what_it_remembered(name: str) -> None:
    """One scheduler runs through; another takes over in the middle. To the bit, and untouched by the first's steps."""
    first, second = (choose_scheduler(diffusers, base(), name)[0] for _ in range(2))
    for scheduler in (first, second):
        scheduler.set_timesteps(8)
    noise = torch.randn(len(first.timesteps), 1, 4, 4, 4, generator=torch.Generator().manual_seed(0))
    through, state = _stepped(first, noise, range(3), noise[0])
    memory = remembered(first)
    expected, _ = _stepped(first, noise, range(3, len(noise)), through, state)
    remind(second, memory)
    taken, _ = _stepped(second, noise, range(3, len(noise)), through, state)
    assert torch.equal(taken, expected)


def _stepped(
    scheduler: Any, noise: torch.Tensor, steps: range, sample: torch.Tensor, state: torch.Tensor | None = None
) -> tuple[torch.Tensor, torch.Tensor]:
    generator = torch.Generator().manual_seed(1)
    if state is not None:
        generator.set_state(state)
    drawn = {"generator": generator} if "generator" in signature(scheduler.step).parameters else {}
    for step in steps:
        time = scheduler.timesteps[step]
        scaled = scheduler.scale_model_input(sample, time)
        sample = scheduler.step(noise[step] + 0.1 * scaled, time, sample, **drawn, return_dict=False)[0]
    return sample, generator.get_state()
