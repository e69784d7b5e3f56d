"""Which indices of parts are opened; by name what is not."""

import json
from pathlib import Path

import pytest

from deployments.checkpoints.components import NEEDED, open_pipeline
from pose.errors import WeightsError
from tests.deployments.checkpoints.test_opening import network, write_json

KINDS = sorted(NEEDED)


def whole(folder: Path, kind: str) -> Path:
    index: dict[str, object] = {"_class_name": kind, "safety_checker": [None, None], "requires_safety_checker": False}
    for name, known in NEEDED[kind].items():
        library, part = next(iter(known)).split(".")
        index[name] = [library, part]
        network(folder / name, part)
    write_json(folder / "model_index.json", index)
    return folder


def changed(folder: Path, **parts: object) -> Path:
    file = folder / "model_index.json"
    write_json(file, {**json.loads(file.read_text()), **parts})
    return folder


@pytest.mark.parametrize("kind", KINDS)
def test_a_pipeline_of_known_parts_opens(tmp_path: Path, kind: str) -> None:
    assert open_pipeline(str(whole(tmp_path, kind)), KINDS).name == kind


@pytest.mark.parametrize("kind", KINDS)
def test_every_needed_part_has_to_be_there(tmp_path: Path, kind: str) -> None:
    folder = whole(tmp_path, kind)
    named = json.loads((folder / "model_index.json").read_text())
    for name in NEEDED[kind]:
        changed(folder, **{name: [None, None]})
        with pytest.raises(WeightsError, match=rf"names no {name}, which a {kind} needs; fetch"):
            open_pipeline(str(folder), KINDS)
        changed(folder, **{name: named[name]})


@pytest.mark.parametrize(
    ("parts", "told"),
    [
        ({"unet": ["diffusers", "UNet3DConditionModel"]}, r"'unet' of diffusers\.UNet3D.*UNet2DConditionModel; give"),
        ({"vae": ["transformers", "AutoencoderKL"]}, r"'vae' of transformers\.AutoencoderKL"),
        ({"scheduler": ["diffusers", "AutoencoderKL"]}, "'scheduler' of .*DDIMScheduler"),
        ({"unet": ["diffusers", "UNet2DConditionModel", "more"]}, r"UNet2DConditionModel\.more"),
        ({"tokenizer_2": ["transformers", "CLIPTokenizer"]}, "'tokenizer_2' .* expected no such part"),
    ],
)
def test_parts_of_other_classes_are_refused_by_name(tmp_path: Path, parts: dict[str, object], told: str) -> None:
    folder = changed(whole(tmp_path, "StableDiffusionPipeline"), **parts)
    (folder / "tokenizer_2").mkdir()
    with pytest.raises(WeightsError, match=told):
        open_pipeline(str(folder), KINDS)
