"""What is opened as Qwen-Image-Edit, and what is refused."""

import shutil
import sys
from pathlib import Path
from typing import Any

import pytest
import torch
from PIL import Image

from deployments.denoiser.checkpoint.qwen_parts import tell_pictures
from pose.errors import WeightsError
from tests.deployments.denoiser.checkpoint.tiny_qwen import changed, opened, painting, save_tiny


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return save_tiny(tmp_path_factory.mktemp("qwen"))


def test_the_text_encoder_is_told_what_the_processor_says(folder: Path) -> None:
    pipeline, told = opened(folder).parts._pipeline, []
    picture = Image.fromarray(painting().reference)
    says = pipeline.processor(
        text=["a<|vision_start|><|image_pad|><|vision_end|>b"], images=[picture], return_tensors="pt"
    )
    _, named = tell_pictures(pipeline.text_encoder, (), {"input_ids": says["input_ids"]})
    assert torch.equal(named["mm_token_type_ids"], says["mm_token_type_ids"])
    assert int(says["mm_token_type_ids"].sum()) == int(says["image_grid_thw"].prod()) // 4
    _, kept = tell_pictures(pipeline.text_encoder, (), {"input_ids": says["input_ids"], "mm_token_type_ids": told})
    assert kept["mm_token_type_ids"] is told


@pytest.mark.parametrize("name", ["controlnet", "ip_adapter"])
def test_parts_of_other_families_are_refused(folder: Path, name: str) -> None:
    with pytest.raises(WeightsError, match=f"no {name}; leave it out"):
        opened(folder, **{name: str(folder)})


def test_missing_libraries_are_named_with_the_remedy(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "deployments.denoiser.checkpoint.qwen_parts", None)
    monkeypatch.delattr("deployments.denoiser.checkpoint.qwen_parts", raising=False)
    with pytest.raises(WeightsError, match=r"pip install contrapposto\[checkpoints\]"):
        opened(folder)


@pytest.mark.parametrize(
    ("file", "change", "message"),
    [
        ("model_index.json", {"scheduler": ["diffusers", "EulerDiscreteScheduler"]}, "got EulerDiscreteScheduler"),
        ("transformer/config.json", {"guidance_embeds": True}, "guidance_embeds"),
        ("transformer/config.json", {"num_attention_heads": 5}, "does not load"),
        ("transformer/config.json", {"num_layers": 4}, "lacks .* of its weights"),
        ("model_index.json", {"_class_name": "QwenImagePipeline"}, "is a QwenImagePipeline"),
    ],
)
def test_other_kinds_are_refused(folder: Path, tmp_path: Path, file: str, change: Any, message: str) -> None:
    shutil.copytree(folder, tmp_path / "other")
    changed(tmp_path / "other" / file, **change)
    with pytest.raises(WeightsError, match=message):
        opened(tmp_path / "other")
