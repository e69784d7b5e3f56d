"""Tiny random checkpoints of the Stable Diffusion families, as folders that an operator would bring.

Built from the libraries' own classes and saved by `save_pretrained`: 8 pixels to a latent as in the real ones, two
or three levels in the UNet, a handful of channels. Nothing in them means anything; every part changes the picture.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch
from diffusers import (
    AutoencoderKL,
    ControlNetModel,
    DDIMScheduler,
    StableDiffusionInpaintPipeline,
    StableDiffusionPipeline,
    StableDiffusionXLInpaintPipeline,
    StableDiffusionXLPipeline,
    UNet2DConditionModel,
)
from safetensors.torch import save_file
from torch import nn
from transformers import (
    CLIPTextConfig,
    CLIPTextModel,
    CLIPTextModelWithProjection,
    CLIPTokenizer,
    CLIPVisionConfig,
    CLIPVisionModelWithProjection,
)

CROSS = 16
CHANNELS = (8, 16)
TRAINED = {"beta_start": 0.00085, "beta_end": 0.012, "beta_schedule": "scaled_linear"}
MOST_TOKENS = 16
CLIP_IMAGE = {"hidden_size": 16, "num_hidden_layers": 2, "num_attention_heads": 2, "intermediate_size": 16}


def stable_diffusion(folder: Path, **unet: Any) -> Path:
    """A 4-channel base, `StableDiffusionPipeline`; `unet`: more of its UNet's configuration."""
    _seeded(lambda: _base(StableDiffusionPipeline, _unet(**unet)).save_pretrained(folder))
    return folder


def stable_diffusion_inpaint(folder: Path) -> Path:
    """A 9-channel base, `StableDiffusionInpaintPipeline`."""
    _seeded(lambda: _base(StableDiffusionInpaintPipeline, _unet(in_channels=9)).save_pretrained(folder))
    return folder


def stable_diffusion_xl(folder: Path, **unet: Any) -> Path:
    """A 4-channel SDXL base with two text encoders, `StableDiffusionXLPipeline`."""
    _seeded(lambda: _xl_base(_unet(**_XL, **unet)).save_pretrained(folder))
    return folder


def stable_diffusion_xl_inpaint(folder: Path) -> Path:
    """A 9-channel SDXL base, `StableDiffusionXLInpaintPipeline`."""
    _seeded(lambda: _xl_base(_unet(**_XL, in_channels=9), StableDiffusionXLInpaintPipeline).save_pretrained(folder))
    return folder


def controlnet(folder: Path, base: Path) -> Path:
    """A ControlNet for a base, with all of its output convolutions random (untrained ones are zero and do nothing)."""
    kept = ("down_block_types", "block_out_channels", "layers_per_block", "norm_num_groups", "cross_attention_dim")
    xl = ("attention_head_dim", "addition_embed_type", "addition_time_embed_dim")
    more = ("projection_class_embeddings_input_dim", "use_linear_projection", "transformer_layers_per_block")
    config = UNet2DConditionModel.load_config(base / "unet")
    chosen = {name: config[name] for name in (*kept, *xl, *more)}
    _seeded(lambda: _awake(ControlNetModel(**chosen, conditioning_embedding_out_channels=(4, 4, 8, 8)), folder))
    return folder


def ip_adapter(folder: Path, base: Path, name: str = "ip-adapter_sd15.safetensors") -> Path:
    """An IP-Adapter for a base: its safetensors and image_encoder/, as h94/IP-Adapter lays them out.

    name: with `plus` in it, one that looks at every patch of the reference.
    """
    _seeded(lambda: _adapter(folder, UNet2DConditionModel.from_pretrained(base / "unet"), name))
    return folder


def vae(folder: Path) -> Path:
    """An autoencoder to put in the place of a base's own."""
    _seeded(lambda: _vae().save_pretrained(folder), seed=9)
    return folder


_XL: dict[str, Any] = {
    "down_block_types": ("DownBlock2D", "CrossAttnDownBlock2D", "CrossAttnDownBlock2D"),
    "up_block_types": ("CrossAttnUpBlock2D", "CrossAttnUpBlock2D", "UpBlock2D"),
    "block_out_channels": (8, 16, 16),
    "layers_per_block": 2,
    "cross_attention_dim": 2 * CROSS,
    "attention_head_dim": (2, 4, 4),
    "use_linear_projection": True,
    "transformer_layers_per_block": (1, 1, 2),
    "addition_embed_type": "text_time",
    "addition_time_embed_dim": 8,
    "projection_class_embeddings_input_dim": 6 * 8 + CROSS,
}


def _seeded(build: Callable[[], object], seed: int = 0) -> None:
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        build()


def _unet(**more: Any) -> Any:
    chosen: dict[str, Any] = {
        "in_channels": 4,
        "sample_size": 8,
        "down_block_types": ("CrossAttnDownBlock2D", "DownBlock2D"),
        "up_block_types": ("UpBlock2D", "CrossAttnUpBlock2D"),
        "block_out_channels": CHANNELS,
        "layers_per_block": 1,
        "norm_num_groups": 4,
        "cross_attention_dim": CROSS,
        "attention_head_dim": 2,
    }
    return UNet2DConditionModel(**{**chosen, **more})


def _vae() -> Any:
    return AutoencoderKL(
        down_block_types=("DownEncoderBlock2D",) * 4,
        up_block_types=("UpDecoderBlock2D",) * 4,
        block_out_channels=(4, 4, 8, 8),
        norm_num_groups=4,
        sample_size=64,
        scaling_factor=0.5,
    )


def _text(projected: bool = False) -> Any:
    config = CLIPTextConfig(
        vocab_size=64,
        hidden_size=CROSS,
        intermediate_size=CROSS,
        num_hidden_layers=2,
        num_attention_heads=2,
        max_position_embeddings=MOST_TOKENS,
        projection_dim=CROSS,
        bos_token_id=0,
        eos_token_id=1,
        pad_token_id=1,
    )
    return (CLIPTextModelWithProjection if projected else CLIPTextModel)(config).eval()


def _tokenizer() -> Any:
    """Letters as tokens, of which a few are known."""
    letters = [*"abcdefghijklmnopqrst", *(f"{letter}</w>" for letter in "abcdefghijklmnopqrst")]
    vocabulary = {token: place for place, token in enumerate(["<|startoftext|>", "<|endoftext|>", *letters])}
    return CLIPTokenizer(vocab=vocabulary, merges=[], model_max_length=MOST_TOKENS)


def _base(pipeline: Any, unet: Any) -> Any:
    return pipeline(
        vae=_vae(),
        text_encoder=_text(),
        tokenizer=_tokenizer(),
        unet=unet,
        scheduler=DDIMScheduler(**TRAINED, steps_offset=1, clip_sample=False),
        safety_checker=None,
        feature_extractor=None,
        requires_safety_checker=False,
    )


def _xl_base(unet: Any, pipeline: Any = StableDiffusionXLPipeline) -> Any:
    return pipeline(
        vae=_vae(),
        text_encoder=_text(),
        text_encoder_2=_text(projected=True),
        tokenizer=_tokenizer(),
        tokenizer_2=_tokenizer(),
        unet=unet,
        scheduler=DDIMScheduler(**TRAINED, steps_offset=1, clip_sample=False),
    )


def _awake(network: Any, folder: Path) -> None:
    for parameter in network.parameters():
        if not parameter.any():
            nn.init.normal_(parameter, std=0.1)
    network.save_pretrained(folder)


def _projection(tokens: int, cross: int) -> dict[str, torch.Tensor]:
    return {
        "image_proj.proj.weight": torch.randn(tokens * cross, CROSS) * 0.3,
        "image_proj.proj.bias": torch.randn(tokens * cross) * 0.1,
        "image_proj.norm.weight": torch.ones(cross),
        "image_proj.norm.bias": torch.zeros(cross),
    }


def _resampler(tokens: int, cross: int, inner: int = 64) -> dict[str, torch.Tensor]:
    """Four layers under the names that the adapter's authors gave them."""
    shapes: dict[str, tuple[int, ...]] = {
        "latents": (1, tokens, inner),
        "proj_in.weight": (inner, CLIP_IMAGE["hidden_size"]),
        "proj_in.bias": (inner,),
        "proj_out.weight": (cross, inner),
        "proj_out.bias": (cross,),
        "norm_out.weight": (cross,),
        "norm_out.bias": (cross,),
    }
    for layer in (f"layers.{place}" for place in range(4)):
        for norm in ("0.norm1", "0.norm2", "1.0"):
            shapes |= {f"{layer}.{norm}.weight": (inner,), f"{layer}.{norm}.bias": (inner,)}
        shapes |= {f"{layer}.0.to_q.weight": (inner, inner), f"{layer}.0.to_kv.weight": (2 * inner, inner)}
        shapes |= {f"{layer}.0.to_out.weight": (inner, inner)}
        shapes |= {f"{layer}.1.1.weight": (4 * inner, inner), f"{layer}.1.3.weight": (inner, 4 * inner)}
    return {f"image_proj.{name}": torch.randn(shape) * 0.2 for name, shape in shapes.items()}


def _adapter(folder: Path, unet: Any, name: str) -> None:
    tokens, cross = 4, unet.config.cross_attention_dim
    weights = _resampler(tokens, cross) if "plus" in name else _projection(tokens, cross)
    place = 1
    for where in unet.attn_processors:
        if where.endswith("attn2.processor"):
            values = unet.get_submodule(where.removesuffix(".processor")).to_k.weight
            weights[f"ip_adapter.{place}.to_k_ip.weight"] = torch.randn_like(values) * 0.3
            weights[f"ip_adapter.{place}.to_v_ip.weight"] = torch.randn_like(values) * 0.3
            place += 2
    folder.mkdir(parents=True, exist_ok=True)
    save_file(weights, folder / name)
    config = CLIPVisionConfig(**CLIP_IMAGE, image_size=32, patch_size=8, projection_dim=CROSS)
    CLIPVisionModelWithProjection(config).eval().save_pretrained(folder / "image_encoder")
