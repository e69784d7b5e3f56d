"""The library's own inpainting pipeline, put together from the folders that an operator brought.

Stable Diffusion and SDXL bases with a ControlNet, and where given an IP-Adapter, another VAE and another scheduler.
Every folder passes `open_checkpoint` before a network is made of it; only safetensors are read, no code that comes with
a checkpoint is run and no hub is asked. Knows diffusers; knows no requests and no engine. Not run with full-size
weights or on a GPU so far.
"""

import importlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

import torch

from deployments.checkpoints.components import open_pipeline
from deployments.checkpoints.opening import Checkpoint, Opened, open_checkpoint
from deployments.denoiser.checkpoint.adapter import add_adapter
from deployments.denoiser.checkpoint.schedulers import choose_scheduler
from pose.errors import WeightsError

SD = "StableDiffusionControlNetInpaintPipeline"
SDXL = "StableDiffusionXLControlNetInpaintPipeline"
PIPELINES = {
    "StableDiffusionPipeline": SD,
    "StableDiffusionInpaintPipeline": SD,
    SD: SD,
    "StableDiffusionXLPipeline": SDXL,
    "StableDiffusionXLInpaintPipeline": SDXL,
    SDXL: SDXL,
}
BASES = tuple(PIPELINES)


@dataclass(frozen=True)
class Assembled:
    """pipeline: a StableDiffusion(XL)ControlNetInpaintPipeline. xl: which. sha256: of all that it was made of."""

    pipeline: Any
    xl: bool
    sha256: str

    @property
    def canvas(self) -> tuple[int, int]:
        """The side of the square canvas that it was trained on, and what every side is a multiple of: pixels."""
        pipeline = self.pipeline
        side: int = pipeline.unet.config.sample_size * pipeline.vae_scale_factor
        return side, pipeline.vae_scale_factor * 2**pipeline.unet.num_upsamplers

    @property
    def adapted(self) -> bool:
        """Whether an IP-Adapter carries the reference's identity."""
        return self.pipeline.unet.config.encoder_hid_dim_type == "ip_image_proj"


def assemble(checkpoint: Checkpoint, device: torch.device, dtype: torch.dtype) -> Assembled:
    """Loads every part onto the device. Raises WeightsError naming the folder that is missing, unknown or unfit."""
    diffusers = library("diffusers")
    base = open_pipeline(checkpoint.base, BASES)
    kind, hashes = PIPELINES[base.name], [base.sha256]
    parts = _unguarded(kind)
    if checkpoint.controlnet is None and base.name != kind:
        raise WeightsError(
            f"expected a ControlNet beside the {base.name} in '{checkpoint.base}', got none; set checkpoint.controlnet "
            "to a folder of an OpenPose ControlNetModel for the same base."
        )
    for name, where, cls in (
        ("controlnet", checkpoint.controlnet, "ControlNetModel"),
        ("vae", checkpoint.vae, "AutoencoderKL"),
    ):
        if where is not None:
            opened = open_checkpoint(where, (cls,))
            parts[name] = load_part(getattr(diffusers, cls), opened, dtype)
            hashes.append(opened.sha256)
    pipeline = load_part(getattr(diffusers, kind), base, dtype, **parts)
    pipeline.scheduler, told = choose_scheduler(diffusers, pipeline.scheduler, checkpoint.scheduler)
    hashes.append(told)
    if checkpoint.ip_adapter is not None:
        opened = open_checkpoint(checkpoint.ip_adapter, ("IPAdapter",))
        with fitting(opened.folder):
            add_adapter(pipeline, opened.folder, "sdxl_models" if kind == SDXL else "models", dtype)
        hashes.append(opened.sha256)
    _check(pipeline)
    _settle(pipeline, device, dtype)
    return Assembled(pipeline, kind == SDXL, sha256(" ".join(hashes).encode()).hexdigest())


def library(name: str) -> Any:
    """A library of the optional extra. Raises WeightsError where it is not installed."""
    try:
        return importlib.import_module(name)
    except ImportError as error:
        raise WeightsError(
            f"a checkpoint needs the library '{name}', which is not installed; pip install contrapposto[checkpoints]."
        ) from error


def load_part(cls: Any, opened: Opened, dtype: torch.dtype, **more: Any) -> Any:
    """What `cls.from_pretrained` makes of a folder. Raises WeightsError where it does not fit."""
    with fitting(opened.folder):
        return cls.from_pretrained(
            str(opened.folder),
            dtype=dtype,
            variant=opened.variant,
            use_safetensors=True,
            local_files_only=True,
            low_cpu_mem_usage=library("diffusers.utils").is_accelerate_available(),
            **more,
        )


@contextmanager
def fitting(folder: Path) -> Iterator[None]:
    """The libraries' own complaints about a folder as WeightsError."""
    try:
        yield
    except (OSError, ValueError, RuntimeError, KeyError, TypeError) as error:
        raise WeightsError(f"the checkpoint in '{folder}' does not load: {error}; bring one that fits.") from error


def _unguarded(pipeline: str) -> dict[str, Any]:
    """What the service has no use for: the safety checker; the adapter brings an image encoder of its own."""
    nothing = {"image_encoder": None, "feature_extractor": None}
    return nothing if pipeline == SDXL else {**nothing, "safety_checker": None, "requires_safety_checker": False}


def _check(pipeline: Any) -> None:
    """Refuses what would load and then fail, or paint something else, at the first request."""
    unet, control = pipeline.unet.config, pipeline.controlnet
    if unet.in_channels not in (4, 9):
        raise WeightsError(f"expected a UNet of 4 or 9 channels, got {unet.in_channels}; bring an inpainting base.")
    if type(control).__name__ != "ControlNetModel" or control.config.global_pool_conditions:
        raise WeightsError(
            f"expected one ControlNetModel that keeps places, got a {type(control).__name__} that does not; "
            "bring an OpenPose ControlNet."
        )
    expected = {name: unet[name] for name in ("cross_attention_dim", "block_out_channels", "layers_per_block")}
    for name, value in {**expected, "in_channels": 4, "conditioning_channels": 3}.items():
        if _plain(control.config[name]) != _plain(value):
            raise WeightsError(
                f"expected a ControlNet whose {name} is {value}, got {control.config[name]}; "
                "bring one that was trained for this base."
            )


def _plain(value: Any) -> Any:
    return list(value) if isinstance(value, list | tuple) else value


def _settle(pipeline: Any, device: torch.device, dtype: torch.dtype) -> None:
    """Moves the networks to the device; convolutions in half precision run several times faster with channels last."""
    pipeline.to(device)
    pipeline.set_progress_bar_config(disable=True)
    for network in (pipeline.unet, pipeline.controlnet, pipeline.vae):
        network.eval().requires_grad_(False)
        if dtype != torch.float32:
            network.to(memory_format=torch.channels_last)
