"""Random paintings, painters of the tiny checkpoints, and what the library's own pipeline paints of them."""

from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import diffusers
import numpy as np
import torch
from diffusers import ControlNetModel
from numpy.typing import NDArray
from PIL import Image

from deployments.checkpoints.opening import Checkpoint
from deployments.denoiser.checkpoint.conditions import Window
from deployments.denoiser.checkpoint.inpaint import InpaintProgram, open_painter
from deployments.denoiser.checkpoint.painting import Painting, Sampling
from deployments.denoiser.checkpoint.pipeline import assemble
from deployments.denoiser.checkpoint.rows import Networks
from deployments.denoiser.engine.caps import Caps
from deployments.denoiser.engine.engine import Engine, Handle
from deployments.denoiser.engine.slots import Job

CPU = torch.device("cpu")
SAMPLING = Sampling(prompt="a good cat", negative_prompt="bad fog", steps=4)
FAMILIES = {
    "sd": diffusers.StableDiffusionControlNetInpaintPipeline,
    "sd9": diffusers.StableDiffusionControlNetInpaintPipeline,
    "lcm": diffusers.StableDiffusionControlNetInpaintPipeline,
    "xl": diffusers.StableDiffusionXLControlNetInpaintPipeline,
    "xl9": diffusers.StableDiffusionXLControlNetInpaintPipeline,
}


def painting(seed: int, height: int = 64, width: int = 64) -> Painting:
    """Noise everywhere, a hole in the middle."""
    random = np.random.default_rng(seed)
    missing = np.zeros((height, width), bool)
    missing[height // 4 : -height // 8, 8 : width // 2 + 3 * seed] = True
    picture, skeleton = random.integers(0, 256, (2, height, width, 3), dtype=np.uint8)
    return Painting(picture, missing, skeleton, random.integers(0, 256, (40, 40, 3), dtype=np.uint8), seed)


def reusing_much(sampling: Sampling, reuse: float) -> Sampling:
    """A bound beyond what an operator may set: random networks change by more than all of what trained ones answer."""
    chosen = replace(sampling)
    object.__setattr__(chosen, "reuse", reuse)
    return chosen


def checkpoint(folders: dict[str, Path], name: str, adapted: bool = True, scheduler: str | None = None) -> Checkpoint:
    adapter = str(folders[f"{name}-adapter"]) if adapted else None
    return Checkpoint(str(folders[name]), str(folders[f"{name}-control"]), adapter, scheduler=scheduler)


def painter(asked: Checkpoint, sampling: Sampling = SAMPLING, networks: Networks | None = None) -> InpaintProgram:
    """A painter as an operator opens it, in float32 on the CPU."""
    if networks is not None:
        return InpaintProgram(assemble(asked, CPU, torch.float32), sampling, CPU, networks)
    opened = open_painter(asked, sampling, CPU, torch.float32)
    assert isinstance(opened, InpaintProgram)
    return opened


def run(program: InpaintProgram, jobs: list[Job], joins: list[int] | None = None) -> list[Any]:
    """The jobs' results from one engine; joins: the turn before which each is submitted, all at once by default."""
    engine = Engine(program, Caps(unmeasured=16))
    handles: dict[int, Handle] = {}
    turn = 0
    while len(handles) < len(jobs) or any(not handle.future.done() for handle in handles.values()):
        for place, job in enumerate(jobs):
            if place not in handles and (joins is None or joins[place] <= turn):
                handles[place] = engine.submit(job)
        engine.turn()
        turn += 1
    return [handles[place].future.result() for place in range(len(jobs))]


def by_library(asked: Checkpoint, name: str, wanted: Painting, sampling: Sampling, window: Window = (0.0, 1.0)) -> Any:
    """(H, W, 3) float32: the library's own pipeline, called as its documentation says."""
    pipeline = _pipeline(asked, name)
    more: dict[str, Any] = {}
    if asked.ip_adapter is not None:
        pipeline.set_ip_adapter_scale(sampling.identity_scale)
        more["ip_adapter_image"] = Image.fromarray(wanted.reference)
    return pipeline(
        prompt=sampling.prompt,
        negative_prompt=sampling.negative_prompt,
        image=Image.fromarray(wanted.picture),
        mask_image=_black_and_white(wanted.missing),
        control_image=Image.fromarray(wanted.skeleton),
        height=wanted.missing.shape[0],
        width=wanted.missing.shape[1],
        num_inference_steps=sampling.steps,
        guidance_scale=sampling.guidance,
        strength=sampling.strength,
        controlnet_conditioning_scale=sampling.control_scale,
        control_guidance_start=window[0],
        control_guidance_end=window[1],
        generator=torch.Generator().manual_seed(wanted.seed),
        output_type="np",
        **more,
    ).images[0]


@cache
def _pipeline(asked: Checkpoint, name: str) -> Any:
    control = ControlNetModel.from_pretrained(asked.controlnet, low_cpu_mem_usage=False)
    family = FAMILIES[name]
    unguarded = {} if name.startswith("xl") else {"safety_checker": None, "requires_safety_checker": False}
    pipeline = family.from_pretrained(asked.base, controlnet=control, low_cpu_mem_usage=False, **unguarded)
    if asked.scheduler is not None:
        scheduler, _, trailing = asked.scheduler.partition(":")
        spacing = {"timestep_spacing": trailing} if trailing else {}
        pipeline.scheduler = getattr(diffusers, scheduler).from_config(pipeline.scheduler.config, **spacing)
    if asked.ip_adapter is not None:
        file = next(Path(asked.ip_adapter).glob("*.safetensors")).name
        pipeline.load_ip_adapter(asked.ip_adapter, subfolder="", weight_name=file, low_cpu_mem_usage=False)
    pipeline.set_progress_bar_config(disable=True)
    return pipeline


def _black_and_white(mask: NDArray[np.bool_]) -> Image.Image:
    return Image.fromarray(np.where(mask, np.uint8(255), np.uint8(0)))
