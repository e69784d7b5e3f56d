"""What Qwen-Image-Edit takes and gives back: pictures and words in, packed latents and embeddings out, and decoding.

The library's own methods do the work, in the order of its own pipeline; only the loop over time is not here. One of
its faults is mended: it does not tell its text encoder which tokens are pictures (see `tell_pictures`). Imports
diffusers and transformers, so only `qwen.open_painter` imports this. Not run with trained weights or on a GPU so far.
"""

from collections.abc import Sequence
from copy import deepcopy
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from diffusers import (
    AutoencoderKLQwenImage,
    FlowMatchEulerDiscreteScheduler,
    QwenImageEditPlusPipeline,
    QwenImageTransformer2DModel,
)
from diffusers.pipelines.qwenimage import pipeline_qwenimage_edit_plus as library
from numpy.typing import NDArray
from PIL import Image
from torch import Tensor
from transformers import Qwen2_5_VLForConditionalGeneration, Qwen2VLProcessor
from transformers.processing_utils import ProcessorMixin

from deployments.checkpoints.opening import Opened
from deployments.denoiser.checkpoint.first_block import Shape
from deployments.denoiser.checkpoint.pipeline import fitting, load_part
from pose.errors import NotFinite, WeightsError

Picture = NDArray[np.uint8]


class PictureProcessor(Qwen2VLProcessor):
    """Qwen's processor less its videos, which would need torchvision; the library makes it of what its constructor
    names."""

    def __init__(self, image_processor: Any = None, tokenizer: Any = None, chat_template: Any = None) -> None:
        self.image_token, self.video_token = "<|image_pad|>", "<|video_pad|>"
        self.image_token_id, self.video_token_id = tokenizer.convert_tokens_to_ids([self.image_token, self.video_token])
        ProcessorMixin.__init__(self, image_processor, tokenizer, chat_template=chat_template)


@dataclass(frozen=True, eq=False)
class Prepared:
    """noise (1, N, C): the target's packed latents at the start; pictures (1, M, C): the pictures', clean.

    words: (1, L, W) of each prompt. shapes: frames, rows and columns of the target and each picture, in tokens.
    """

    noise: Tensor
    pictures: Tensor
    words: tuple[Tensor, ...]
    shapes: tuple[Shape, ...]


class Parts:
    """The library's pipeline, of which everything is used but its loop."""

    def __init__(self, pipeline: Any) -> None:
        self._pipeline = pipeline
        self.transformer = pipeline.transformer
        self.multiple = 2 * int(pipeline.vae_scale_factor)

    def shapes(self, height: int, width: int, pictures: Sequence[Picture]) -> tuple[Shape, ...]:
        """As `Prepared.shapes`, of a canvas in pixels and of pictures (h, w, 3)."""
        sides = [(width, height), *(_vae_sides(picture) for picture in pictures)]
        return tuple((1, high // self.multiple, wide // self.multiple) for wide, high in sides)

    @torch.no_grad()
    def prepare(
        self, height: int, width: int, pictures: Sequence[Picture], prompts: Sequence[str], generator: torch.Generator
    ) -> Prepared:
        """Words and pictures as the network takes them; the noise is drawn from the generator, on its device."""
        pipeline, device = self._pipeline, self._pipeline.device
        seen = [self._seen(picture) for picture in pictures]
        encoded = [self._encodable(picture) for picture in pictures]
        words = tuple(pipeline.encode_prompt(prompt, seen, device)[0] for prompt in prompts)
        channels = self.transformer.config.in_channels // 4
        noise, latents = pipeline.prepare_latents(
            encoded, 1, channels, height, width, words[0].dtype, device, generator
        )
        return Prepared(noise, latents, words, self.shapes(height, width, pictures))

    def schedule(self, steps: int, tokens: int) -> Any:
        """A scheduler with the timesteps of a target of so many tokens."""
        scheduler = deepcopy(self._pipeline.scheduler)
        config = scheduler.config
        shift = library.calculate_shift(
            tokens, config.base_image_seq_len, config.max_image_seq_len, config.base_shift, config.max_shift
        )
        sigmas = np.linspace(1.0, 1 / steps, steps).tolist()
        library.retrieve_timesteps(scheduler, steps, self._pipeline.device, sigmas=sigmas, mu=shift)
        return scheduler

    @torch.no_grad()
    def decode(self, latents: Tensor, height: int, width: int) -> NDArray[np.float32]:
        """Packed latents (1, N, C) as a picture (H, W, 3) in 0..1. Raises NotFinite."""
        vae = self._pipeline.vae
        unpacked = self._pipeline._unpack_latents(latents, height, width, self._pipeline.vae_scale_factor).to(vae.dtype)
        mean, spread = (
            torch.tensor(values).view(1, -1, 1, 1, 1).to(unpacked)
            for values in (vae.config.latents_mean, vae.config.latents_std)
        )
        decoded = vae.decode(unpacked * spread + mean, return_dict=False)[0][:, :, 0]
        picture: NDArray[np.float32] = self._pipeline.image_processor.postprocess(decoded, output_type="np")[0]
        if not np.isfinite(picture).all():
            raise NotFinite("the decoded picture was not finite; try another seed, or float32.")
        return picture

    def _seen(self, picture: Picture) -> Image.Image:
        """The picture as the text encoder sees it."""
        wide, high = library.calculate_dimensions(library.CONDITION_IMAGE_SIZE, picture.shape[1] / picture.shape[0])
        resized: Image.Image = self._pipeline.image_processor.resize(Image.fromarray(picture), high, wide)
        return resized

    def _encodable(self, picture: Picture) -> Tensor:
        """(1, 3, 1, h, w) in -1..1, for the VAE."""
        wide, high = _vae_sides(picture)
        tensor: Tensor = self._pipeline.image_processor.preprocess(Image.fromarray(picture), high, wide).unsqueeze(2)
        return tensor


def load(
    base: Opened, vae: Opened | None, scheduler: Opened | None, device: torch.device | str, dtype: torch.dtype
) -> Parts:
    """The parts in folders that passed the checks; vae and scheduler, where given, replace its own.

    Raises WeightsError for what cannot be loaded, or is not sampled by this loop.
    """
    pipeline = _pipeline(base, vae, scheduler, dtype)
    _check(pipeline, base.folder)
    pipeline.text_encoder.register_forward_pre_hook(tell_pictures, with_kwargs=True)
    return Parts(pipeline.to(device))


def tell_pictures(
    encoder: Any, inputs: tuple[Any, ...], named: dict[str, Any]
) -> tuple[tuple[Any, ...], dict[str, Any]]:
    """Before the text encoder's forward: which tokens are pictures, where the caller does not say.

    Without it transformers 5 takes the pictures' tokens for words in a row instead of rows and columns, and diffusers'
    pipelines leave it out, so that pictures come out otherwise than the checkpoint learnt (diffusers issue 14194).
    """
    if named.get("mm_token_type_ids") is None:
        named = {**named, "mm_token_type_ids": (named["input_ids"] == encoder.config.image_token_id).int()}
    return inputs, named


def _pipeline(base: Opened, vae: Opened | None, scheduler: Opened | None, dtype: torch.dtype) -> Any:
    parts = {
        "transformer": _network(QwenImageTransformer2DModel, base, dtype, subfolder="transformer"),
        "text_encoder": _network(Qwen2_5_VLForConditionalGeneration, base, dtype, subfolder="text_encoder"),
    }
    own = {} if vae else {"subfolder": "vae"}
    parts["vae"] = _network(AutoencoderKLQwenImage, vae or base, dtype, **own)
    with fitting(base.folder):
        parts["processor"] = PictureProcessor.from_pretrained(base.folder / "processor", local_files_only=True)
    if scheduler is not None:
        parts["scheduler"] = FlowMatchEulerDiscreteScheduler.from_pretrained(scheduler.folder, local_files_only=True)
    return load_part(QwenImageEditPlusPipeline, base, dtype, **parts)


def _network(cls: Any, opened: Opened, dtype: torch.dtype, **where: str) -> Any:
    """A network of which every weight is there: what is missing, the libraries would make up."""
    network, told = load_part(cls, opened, dtype, output_loading_info=True, **where)
    missing = sorted(told["missing_keys"])
    if missing:
        raise WeightsError(
            f"the {cls.__name__} in '{opened.folder}' lacks {len(missing)} of its weights, {missing[0]} among them; "
            "fetch the whole checkpoint again."
        )
    return network


def _check(pipeline: Any, folder: Path) -> None:
    scheduler, config = type(pipeline.scheduler), pipeline.transformer.config
    if scheduler is not FlowMatchEulerDiscreteScheduler:
        raise WeightsError(
            f"expected a FlowMatchEulerDiscreteScheduler in '{folder}', got {scheduler.__name__}; name a folder with "
            "one as `scheduler`."
        )
    for option in ("guidance_embeds", "use_additional_t_cond", "use_layer3d_rope"):
        if config[option]:
            raise WeightsError(
                f"'{folder}' has a transformer with {option}, which image editing does not use; expected one as in "
                "Qwen/Qwen-Image-Edit-2509."
            )


def _vae_sides(picture: Picture) -> tuple[int, int]:
    """Width and height at which the VAE encodes a picture (h, w, 3): a megapixel of the same aspect."""
    wide, high = library.calculate_dimensions(library.VAE_IMAGE_SIZE, picture.shape[1] / picture.shape[0])
    return wide, high
