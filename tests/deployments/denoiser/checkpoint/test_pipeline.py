"""Which folders become a pipeline, and which are refused with what remedy."""

import sys
from dataclasses import replace
from pathlib import Path

import pytest
import torch

from deployments.checkpoints.opening import Checkpoint
from deployments.denoiser.checkpoint.pipeline import SD, SDXL, assemble, library
from pose.errors import WeightsError
from tests.deployments.denoiser.checkpoint import tiny_diffusion
from tests.deployments.denoiser.checkpoint.paintings import CPU, checkpoint

Folders = dict[str, Path]


@pytest.mark.parametrize(("name", "kind"), [("sd", SD), ("sd9", SD), ("xl", SDXL)])
def test_puts_every_part_into_the_librarys_pipeline(folders: Folders, name: str, kind: str) -> None:
    made = assemble(checkpoint(folders, name), CPU, torch.float32)
    assert type(made.pipeline).__name__ == kind
    assert (made.xl, made.adapted) == (name == "xl", True)
    assert not any(parameter.requires_grad for parameter in made.pipeline.unet.parameters())


def test_tells_checkpoints_apart_by_every_part(folders: Folders) -> None:
    asked = checkpoint(folders, "sd", adapted=False)
    others = [
        asked,
        checkpoint(folders, "sd"),
        replace(asked, vae=str(folders["vae"])),
        replace(asked, scheduler="LCMScheduler"),
    ]
    hashes = {assemble(one, CPU, torch.float32).sha256 for one in others}
    assert len(hashes) == 4
    assert assemble(asked, CPU, torch.float32).sha256 in hashes


def test_takes_another_vae(folders: Folders) -> None:
    asked = checkpoint(folders, "sd", adapted=False)
    ours, theirs = (assemble(one, CPU, torch.float32) for one in (asked, replace(asked, vae=str(folders["vae"]))))
    weights = [made.pipeline.vae.decoder.conv_in.weight for made in (ours, theirs)]
    assert not torch.equal(*weights)


def test_a_whole_controlnet_pipeline_needs_no_controlnet_beside(folders: Folders, tmp_path: Path) -> None:
    assemble(checkpoint(folders, "sd", adapted=False), CPU, torch.float32).pipeline.save_pretrained(tmp_path)
    made = assemble(Checkpoint(str(tmp_path)), CPU, torch.float32)
    assert type(made.pipeline).__name__ == SD


@pytest.mark.parametrize(
    ("parts", "told"),
    [
        ({"controlnet": None}, r"set checkpoint\.controlnet"),
        ({"controlnet": "xl-control"}, "trained for this base"),
        ({"controlnet": "sd"}, "known are ControlNetModel"),
        ({"base": "sd-control"}, "known are StableDiffusion"),
        ({"vae": "sd"}, "known are AutoencoderKL"),
        ({"ip_adapter": "xl-adapter"}, "does not load"),
        ({"ip_adapter": "vae"}, "known are IPAdapter"),
    ],
)
def test_refuses_what_does_not_fit(folders: Folders, parts: dict[str, str | None], told: str) -> None:
    given = {name: None if folder is None else str(folders[folder]) for name, folder in parts.items()}
    with pytest.raises(WeightsError, match=told):
        assemble(replace(checkpoint(folders, "sd"), **given), CPU, torch.float32)  # type: ignore[arg-type]


def test_refuses_a_unet_of_other_channels(folders: Folders, tmp_path: Path) -> None:
    base = tiny_diffusion.stable_diffusion(tmp_path / "odd", in_channels=8)
    with pytest.raises(WeightsError, match="4 or 9 channels, got 8"):
        assemble(replace(checkpoint(folders, "sd"), base=str(base)), CPU, torch.float32)


def test_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "diffusers", None)
    with pytest.raises(WeightsError, match=r"pip install contrapposto\[checkpoints\]"):
        library("diffusers")
