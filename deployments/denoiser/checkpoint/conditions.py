"""What a request gives the networks: prompts, latents, mask, control picture and reference, made by the library itself.

The order in which the library draws from the generator is kept (image, noise, masked image), so that a job has the
noise of `pipe(..., generator=torch.Generator().manual_seed(seed))`. Knows one request at a time; no batches, no steps.
"""

import copy
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import torch
from PIL import Image
from torch import Tensor

from deployments.denoiser.checkpoint.painting import Painting, Sampling
from pose.errors import InvalidInput

Window = tuple[float, float]
AESTHETIC, NEGATIVE_AESTHETIC = 6.0, 2.5


@dataclass(frozen=True, eq=False)
class Request:
    """window: shares of the steps between which the ControlNet is heard."""

    painting: Painting
    sampling: Sampling
    window: Window = (0.0, 1.0)


@dataclass(frozen=True, eq=False)
class Prompts:
    """embeds (2, T, D), the negative prompt's first; pooled (2, P), SDXL's alone."""

    embeds: Tensor
    pooled: Tensor | None


@dataclass(frozen=True, eq=False)
class Conditions:
    """Of one request. rows: 2 with guidance.

    scheduler and generator: its own, which its steps move on; all else stays. latents, noise (1, 4, h, w): it starts
    with. image (1, 4, h, w): what the known region is, for 4-channel UNets; masked (1, 5, h, w): mask and known
    latents, for 9-channel ones. mask (1, 1, h, w): 1 where to invent. control (1, 3, H, W). references: one (rows, ...)
    per adapter. time_ids (rows, 6), SDXL's alone. wish (1, n): the guidance as an embedding, for distilled UNets.
    scales: the ControlNet's at each step. extra: of the scheduler's step.
    """

    scheduler: Any
    generator: torch.Generator
    timesteps: Tensor
    latents: Tensor
    noise: Tensor
    mask: Tensor
    image: Tensor | None
    masked: Tensor | None
    control: Tensor
    references: tuple[Tensor, ...]
    embeds: Tensor
    pooled: Tensor | None
    time_ids: Tensor | None
    wish: Tensor | None
    scales: list[float] = field(default_factory=list)
    extra: dict[str, Any] = field(default_factory=dict)

    @property
    def rows(self) -> int:
        return len(self.embeds)


def encode_prompts(pipeline: Any, xl: bool, sampling: Sampling, device: torch.device) -> Prompts:
    """Both prompts, once for all requests."""
    asked = {"prompt": sampling.prompt, "negative_prompt": sampling.negative_prompt, "device": device}
    if xl:
        good, bad, pooled, bad_pooled = pipeline.encode_prompt(**asked, do_classifier_free_guidance=True)
        return Prompts(torch.cat([bad, good]), torch.cat([bad_pooled, pooled]))
    good, bad = pipeline.encode_prompt(**asked, num_images_per_prompt=1, do_classifier_free_guidance=True)
    return Prompts(torch.cat([bad, good]), None)


def guidance_rows(pipeline: Any, sampling: Sampling) -> int:
    """2 with classifier-free guidance; distilled UNets take the guidance as an embedding, in one row."""
    return 2 if sampling.guidance > 1 and pipeline.unet.config.time_cond_proj_dim is None else 1


def scheduled(pipeline: Any, steps: int, strength: float, device: torch.device) -> tuple[Any, Tensor]:
    """A pipeline with a scheduler of its own, and the timesteps left after `strength`. Raises InvalidInput for none."""
    own = copy.copy(pipeline)
    own.scheduler = copy.deepcopy(pipeline.scheduler)
    try:
        own.scheduler.set_timesteps(steps, device=device)
        timesteps, _ = own.get_timesteps(steps, strength, device)
    except ValueError as error:
        raise InvalidInput(f"{steps} steps do not fit this checkpoint's scheduler ({error}); ask for fewer.") from error
    if not len(timesteps):
        raise InvalidInput(f"expected a step at least, got {steps} steps of strength {strength}; ask for more of them.")
    return own, timesteps


def prepare(pipeline: Any, prompts: Prompts, request: Request, device: torch.device) -> Conditions:
    """All that the library's pipeline prepares before its first step, for one picture."""
    painting, sampling = request.painting, request.sampling
    own, timesteps = scheduled(pipeline, sampling.steps, sampling.strength, device)
    generator = torch.Generator().manual_seed(painting.seed)
    height, width = painting.missing.shape
    inpainting, dtype = pipeline.unet.config.in_channels == 9, prompts.embeds.dtype
    known = own.image_processor.preprocess(Image.fromarray(painting.picture), height=height, width=width)
    hole = own.mask_processor.preprocess(Image.fromarray(np.uint8(255) * painting.missing), height=height, width=width)
    latents, noise, *image = own.prepare_latents(
        1,
        own.vae.config.latent_channels,
        height,
        width,
        dtype,
        device,
        generator,
        image=known,
        timestep=timesteps[:1],
        is_strength_max=sampling.strength == 1.0,
        return_noise=True,
        return_image_latents=not inpainting,
    )
    mask, masked = own.prepare_mask_latents(
        hole, known * (hole < 0.5), 1, height, width, dtype, device, generator, do_classifier_free_guidance=False
    )
    rows = guidance_rows(pipeline, sampling)
    return Conditions(
        scheduler=own.scheduler,
        generator=generator,
        timesteps=timesteps,
        latents=latents,
        noise=noise,
        mask=mask,
        image=None if inpainting else image[0],
        masked=torch.cat([mask, masked], dim=1) if inpainting else None,
        control=_control(own, painting, device),
        references=encode_reference(own, painting, rows, device),
        embeds=prompts.embeds[-rows:],
        pooled=None if prompts.pooled is None else prompts.pooled[-rows:],
        time_ids=_time_ids(own, prompts, (height, width), rows, device),
        wish=_wish(own, sampling.guidance, dtype, device),
        scales=control_scales(len(timesteps), request),
        extra=own.prepare_extra_step_kwargs(generator, 0.0),
    )


def encode_reference(pipeline: Any, painting: Painting, rows: int, device: torch.device) -> tuple[Tensor, ...]:
    """The reference as the adapters' image embeddings, one (rows, 1, ...) each; none without an adapter."""
    if pipeline.unet.config.encoder_hid_dim_type != "ip_image_proj":
        return ()
    picture = Image.fromarray(painting.reference)
    return tuple(pipeline.prepare_ip_adapter_image_embeds([picture], None, device, 1, rows == 2))


def control_scales(steps: int, request: Request) -> list[float]:
    """The ControlNet's scale at each step: 0 outside the window."""
    start, end = request.window
    heard = [not (step / steps < start or (step + 1) / steps > end) for step in range(steps)]
    return [request.sampling.control_scale * keep for keep in heard]


def with_steps(sampling: Sampling, steps: int | None) -> Sampling:
    return sampling if steps is None else replace(sampling, steps=steps)


def _control(pipeline: Any, painting: Painting, device: torch.device) -> Tensor:
    height, width = painting.missing.shape
    control: Tensor = pipeline.prepare_control_image(
        image=Image.fromarray(painting.skeleton),
        width=width,
        height=height,
        batch_size=1,
        num_images_per_prompt=1,
        device=device,
        dtype=pipeline.controlnet.dtype,
        crops_coords=None,
        resize_mode="default",
    )
    return control


def _time_ids(pipeline: Any, prompts: Prompts, size: tuple[int, int], rows: int, device: torch.device) -> Tensor | None:
    """SDXL's sizes: the canvas is the original, nothing cropped."""
    if prompts.pooled is None:
        return None
    good, bad = pipeline._get_add_time_ids(
        size,
        (0, 0),
        size,
        AESTHETIC,
        NEGATIVE_AESTHETIC,
        dtype=prompts.embeds.dtype,
        text_encoder_projection_dim=prompts.pooled.shape[-1],
    )
    return torch.cat([bad, good])[-rows:].to(device)


def _wish(pipeline: Any, guidance: float, dtype: torch.dtype, device: torch.device) -> Tensor | None:
    """The guidance as an embedding (LCM, Luo et al. 2023), where the UNet was distilled to take one."""
    from diffusers import StableDiffusionPipeline

    dimensions = pipeline.unet.config.time_cond_proj_dim
    if dimensions is None:
        return None
    wanted = torch.tensor([guidance - 1])
    wish: Tensor = StableDiffusionPipeline.get_guidance_scale_embedding(pipeline, wanted, embedding_dim=dimensions)
    return wish.to(device=device, dtype=dtype)
