"""A tiny random Qwen-Image-Edit checkpoint in the layout that an operator has, and the library's own answer to a
painting. The library's two picture areas are made small too: at a megapixel each, a test would take minutes."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from diffusers import AutoencoderKLQwenImage, FlowMatchEulerDiscreteScheduler, QwenImageTransformer2DModel
from diffusers.pipelines.qwenimage import pipeline_qwenimage_edit_plus as library
from PIL import Image
from tokenizers import pre_tokenizers
from transformers import Qwen2_5_VLConfig, Qwen2_5_VLForConditionalGeneration, Qwen2Tokenizer, Qwen2VLImageProcessorPil

from deployments.checkpoints.opening import Checkpoint
from deployments.denoiser.checkpoint.painting import Painting, Sampling
from deployments.denoiser.checkpoint.qwen import QwenPainter, open_painter

GUIDED = Sampling(steps=4, guidance=4.0)
AREA = 64 * 64
SPECIAL = ("<|im_start|>", "<|im_end|>", "<|vision_start|>", "<|vision_end|>", "<|image_pad|>", "<|video_pad|>")


def save_tiny(folder: Path, still: bool = False) -> Path:
    """Writes the checkpoint, safetensors throughout. still: the pictures are modulated at time 0, as of Edit-2511."""
    torch.manual_seed(0)
    _scaled(_transformer(still), 3.0).save_pretrained(folder / "transformer")
    _vae().save_pretrained(folder / "vae")
    tokenizer = _tokenizer()
    _text_encoder(tokenizer).save_pretrained(folder / "text_encoder")
    tokenizer.save_pretrained(folder / "tokenizer")
    tokenizer.save_pretrained(folder / "processor")
    _picture_settings(folder / "processor")
    FlowMatchEulerDiscreteScheduler(use_dynamic_shifting=True, shift_terminal=0.02).save_pretrained(
        folder / "scheduler"
    )
    (folder / "model_index.json").write_text(json.dumps(_index()))
    return folder


def changed(file: Path, **values: Any) -> None:
    """Other values in a JSON file of the checkpoint."""
    file.write_text(json.dumps(json.loads(file.read_text()) | values))


@contextmanager
def small_areas() -> Iterator[None]:
    """While the library shrinks pictures to few pixels."""
    with pytest.MonkeyPatch.context() as patch:
        for name in ("CONDITION_IMAGE_SIZE", "VAE_IMAGE_SIZE"):
            patch.setattr(library, name, AREA)
        yield


def opened(folder: Path, **more: str) -> QwenPainter:
    return open_painter(Checkpoint(str(folder), **more), GUIDED, "cpu", torch.float32)


def painting(height: int = 48, width: int = 64, seed: int = 0) -> Painting:
    """A painting of noise blocks; the reference is larger than the canvas, as a source's crop is."""
    random = np.random.default_rng(seed)

    def blocks(rows: int, columns: int) -> Any:
        return random.integers(0, 256, (rows // 8, columns // 8, 3), np.uint8).repeat(8, 0).repeat(8, 1)

    missing = np.zeros((height, width), bool)
    missing[height // 4 : height // 2, width // 4 : width // 2] = True
    return Painting(blocks(height, width), missing, blocks(height, width), blocks(80, 80), seed)


def library_answer(pipeline: Any, asked: Painting, sampling: Sampling, prompt: str) -> Any:
    """(H, W, 3) float32 of the library's own pipeline."""
    height, width = asked.missing.shape
    guided = sampling.guidance > 1
    return pipeline(
        image=[Image.fromarray(picture) for picture in (asked.reference, asked.skeleton, asked.picture)],
        prompt=prompt,
        negative_prompt=sampling.negative_prompt if guided else None,
        true_cfg_scale=sampling.guidance,
        height=height,
        width=width,
        num_inference_steps=sampling.steps,
        generator=torch.Generator().manual_seed(asked.seed),
        output_type="np",
    ).images[0]


def _transformer(still: bool) -> Any:
    return QwenImageTransformer2DModel(
        patch_size=2,
        in_channels=16,
        out_channels=4,
        num_layers=3,
        attention_head_dim=16,
        num_attention_heads=3,
        joint_attention_dim=16,
        axes_dims_rope=(8, 4, 4),
        zero_cond_t=still,
    )


def _vae() -> Any:
    return AutoencoderKLQwenImage(
        base_dim=8,
        z_dim=4,
        dim_mult=[1, 2, 4],
        num_res_blocks=1,
        temperal_downsample=[False, True],
        latents_mean=[0.1, -0.2, 0.0, 0.3],
        latents_std=[1.0, 2.0, 0.5, 1.5],
    )


def _text_encoder(tokenizer: Any) -> Any:
    ids = {name: tokenizer.convert_tokens_to_ids(f"<|{name}|>") for name in ("image_pad", "video_pad", "vision_start")}
    rope = {"mrope_section": [1, 1, 2], "rope_type": "default", "rope_theta": 1000000.0}
    text = {
        "hidden_size": 16,
        "intermediate_size": 16,
        "num_hidden_layers": 2,
        "num_attention_heads": 2,
        "num_key_value_heads": 2,
        "vocab_size": len(tokenizer),
        "rope_parameters": rope,
        "bos_token_id": None,
        "eos_token_id": 0,
    }
    vision = {"depth": 2, "hidden_size": 16, "intermediate_size": 16, "num_heads": 2, "out_hidden_size": 16}
    config = Qwen2_5_VLConfig(
        text_config=text,
        vision_config=vision,
        image_token_id=ids["image_pad"],
        video_token_id=ids["video_pad"],
        vision_start_token_id=ids["vision_start"],
        vision_end_token_id=tokenizer.convert_tokens_to_ids("<|vision_end|>"),
    )
    return _scaled(Qwen2_5_VLForConditionalGeneration(config), 10.0)


def _tokenizer() -> Any:
    """Bytes, a few words and the special tokens of Qwen."""
    vocabulary = {"<|endoftext|>": 0}
    for letter in sorted(pre_tokenizers.ByteLevel.alphabet()):
        vocabulary[letter] = len(vocabulary)
    tokenizer = Qwen2Tokenizer(vocab=vocabulary, merges=[])
    tokenizer.add_special_tokens({"additional_special_tokens": list(SPECIAL)})
    return tokenizer


def _picture_settings(folder: Path) -> None:
    """Says what the published checkpoints say: the class that needs torchvision, which an operator may not have."""
    Qwen2VLImageProcessorPil(min_pixels=28 * 28, max_pixels=84 * 84).save_pretrained(folder)
    file = folder / "preprocessor_config.json"
    published = {"image_processor_type": "Qwen2VLImageProcessorFast", "processor_class": "Qwen2VLProcessor"}
    changed(file, **published)


def _scaled(network: Any, factor: float) -> Any:
    """The network with larger matrices: at their initial size its answer hardly depends on what it is asked."""
    with torch.no_grad():
        for weight in network.parameters():
            if weight.ndim == 2:
                weight.mul_(factor)
    return network


def _index() -> dict[str, Any]:
    return {
        "_class_name": "QwenImageEditPlusPipeline",
        "_diffusers_version": "0.36.0.dev0",
        "processor": ["transformers", "Qwen2VLProcessor"],
        "scheduler": ["diffusers", "FlowMatchEulerDiscreteScheduler"],
        "text_encoder": ["transformers", "Qwen2_5_VLForConditionalGeneration"],
        "tokenizer": ["transformers", "Qwen2Tokenizer"],
        "transformer": ["diffusers", "QwenImageTransformer2DModel"],
        "vae": ["diffusers", "AutoencoderKLQwenImage"],
    }
