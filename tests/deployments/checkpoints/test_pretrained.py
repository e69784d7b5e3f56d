"""Opening a network of transformers': in which precision it runs, and what is told where it cannot be opened."""

import sys
from pathlib import Path

import pytest
import torch
import transformers
from safetensors.torch import load_file, save_file

from deployments.backends.spec import Backend, Runtime
from deployments.checkpoints.pretrained import Pretrained, by_torch, load_pretrained
from pose.errors import ArtefactError, WeightsError

NETWORKS = {"Swin2SRForImageSuperResolution": "Swin2SRImageProcessorPil"}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    torch.manual_seed(0)
    config = transformers.Swin2SRConfig(embed_dim=16, depths=[1], num_heads=[2], window_size=8)
    transformers.Swin2SRForImageSuperResolution(config).save_pretrained(tmp_path)
    transformers.Swin2SRImageProcessorPil().save_pretrained(tmp_path)
    return tmp_path


def opened(folder: Path, dtype: torch.dtype = torch.float32) -> Pretrained:
    return load_pretrained(str(folder), NETWORKS, torch.device("cpu"), dtype)


def test_bfloat16_is_near_float32_and_its_linear_weights_are_rounded_once(folder: Path) -> None:
    picture = torch.rand(1, 3, 16, 16, generator=torch.Generator().manual_seed(1))
    exact, mixed = opened(folder), opened(folder, torch.bfloat16)
    a, b = (network(pixel_values=picture).reconstruction.float() for network in (exact, mixed))
    assert 0 < (a - b).abs().max() < 0.02
    linear = [layer for layer in mixed.module.modules() if isinstance(layer, torch.nn.Linear)]
    assert {layer.weight.dtype for layer in linear} == {torch.bfloat16}
    assert not mixed.module.training


def test_the_library_is_quiet_and_its_level_is_put_back(folder: Path, capfd: pytest.CaptureFixture[str]) -> None:
    level = transformers.utils.logging.get_verbosity()
    capfd.readouterr()
    opened(folder)
    assert capfd.readouterr() == ("", "")
    assert transformers.utils.logging.get_verbosity() == level
    assert transformers.utils.logging.is_progress_bar_enabled()


def test_weights_that_are_not_all_there_are_refused(folder: Path) -> None:
    tensors = load_file(folder / "model.safetensors")
    gone = next(name for name in tensors if name.endswith("weight"))
    rest = {name: tensor for name, tensor in tensors.items() if name != gone}
    save_file(rest, folder / "model.safetensors", {"format": "pt"})
    with pytest.raises(WeightsError, match=rf"lacks 1 .*{gone}.*fetch"):
        opened(folder)


def test_weights_of_other_shapes_are_refused(folder: Path) -> None:
    tensors = load_file(folder / "model.safetensors")
    wrong = next(name for name in tensors if name.endswith("weight"))
    save_file(tensors | {wrong: torch.zeros(5)}, folder / "model.safetensors", {"format": "pt"})
    with pytest.raises(WeightsError, match=r"do not fit its config\.json.*fetch"):
        opened(folder)


def test_a_missing_processor_file_is_told(folder: Path) -> None:
    (folder / "preprocessor_config.json").unlink()
    with pytest.raises(WeightsError, match=r"preprocessor_config\.json"):
        opened(folder)


def test_without_the_library_the_remedy_is_told(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "transformers", None)
    with pytest.raises(WeightsError, match=r"pip install contrapposto\[checkpoints\]"):
        opened(folder)


@pytest.mark.parametrize("backend", ["compiled", "onnxruntime", "tensorrt"])
def test_backends_other_than_torch_are_refused_by_name(backend: Backend) -> None:
    with pytest.raises(ArtefactError, match=rf"garments stage.*got {backend}.*backend: eager"):
        by_torch(Runtime(backend), "garments")


def test_device_and_precision_are_the_runtimes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    cpu = torch.device("cpu")
    assert by_torch(Runtime("eager", precision="fp32"), "garments") == (cpu, torch.float32)
    assert by_torch(Runtime("auto", precision="bf16"), "garments") == (cpu, torch.bfloat16)
    assert by_torch(Runtime(), "garments") == (cpu, None)
    with pytest.raises(WeightsError, match="no GPU"):
        by_torch(Runtime(device="cuda"), "garments")
