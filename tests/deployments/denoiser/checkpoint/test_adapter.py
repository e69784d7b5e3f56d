"""Which of a folder's IP-Adapters is taken, and with which image encoder."""

from pathlib import Path

import pytest

from deployments.denoiser.checkpoint.adapter import adapter_files
from pose.errors import WeightsError


def laid_out(root: Path, *files: str) -> Path:
    for file in files:
        place = root / file
        place.parent.mkdir(parents=True, exist_ok=True)
        place.touch() if place.suffix else place.mkdir(exist_ok=True)
    return root


WHOLE = (
    "models/ip-adapter_sd15.safetensors",
    "models/ip-adapter-plus_sd15.safetensors",
    "models/image_encoder",
    "sdxl_models/ip-adapter_sdxl.safetensors",
    "sdxl_models/ip-adapter-plus_sdxl_vit-h.safetensors",
    "sdxl_models/ip-adapter-faceid_sdxl.safetensors",
    "sdxl_models/image_encoder",
)


@pytest.mark.parametrize(
    ("within", "weights", "encoder"),
    [
        ("models", "models/ip-adapter-plus_sd15.safetensors", "models/image_encoder"),
        ("sdxl_models", "sdxl_models/ip-adapter-plus_sdxl_vit-h.safetensors", "models/image_encoder"),
    ],
)
def test_takes_what_keeps_most_of_an_identity(tmp_path: Path, within: str, weights: str, encoder: str) -> None:
    root = laid_out(tmp_path, *WHOLE)
    assert adapter_files(root, within) == (root / weights, root / encoder)


def test_a_section_alone_has_no_encoder_for_vit_h(tmp_path: Path) -> None:
    root = laid_out(tmp_path, *WHOLE) / "sdxl_models"
    assert adapter_files(root, "sdxl_models")[0] == root / "ip-adapter_sdxl.safetensors"


def test_one_adapter_is_taken_whatever_its_name(tmp_path: Path) -> None:
    root = laid_out(tmp_path, "mine_vit-h.safetensors", "image_encoder")
    assert adapter_files(root, "models") == (root / "mine_vit-h.safetensors", root / "image_encoder")


@pytest.mark.parametrize("files", [("a.safetensors", "b.safetensors", "image_encoder"), ("faceid.safetensors",)])
def test_refuses_where_there_is_no_telling(tmp_path: Path, files: tuple[str, ...]) -> None:
    with pytest.raises(WeightsError, match="expected one IP-Adapter"):
        adapter_files(laid_out(tmp_path, *files), "models")
