"""Weights are read only as the card says, and every way in which they can be wrong is refused with a remedy."""

import json
from pathlib import Path

import pytest
import torch
from torch import nn

from deployments import runtime
from pose.errors import WeightsError
from training import card


def _network() -> nn.Module:
    torch.manual_seed(0)
    return nn.Conv2d(3, 4, 3)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    card.save("tiny", _network(), {"steps": 1}, tmp_path)
    return tmp_path


def test_a_saved_network_computes_the_same(folder: Path) -> None:
    runner = runtime.load("tiny", nn.Conv2d(3, 4, 3), folder)
    picture = torch.rand(1, 3, 8, 8)
    assert torch.allclose(runner(picture).float(), _network()(picture), atol=2e-2)
    assert runner.sha256 == json.loads((folder / "tiny.json").read_text())["sha256"]


def test_missing_weights(tmp_path: Path) -> None:
    with pytest.raises(WeightsError, match="CONTRAPPOSTO_WEIGHTS"):
        runtime.load("tiny", _network(), tmp_path)


def test_corrupted_weights(folder: Path) -> None:
    file = folder / "tiny.safetensors"
    data = bytearray(file.read_bytes())
    data[-1] ^= 1
    file.write_bytes(data)
    with pytest.raises(WeightsError, match="restore"):
        runtime.load("tiny", _network(), folder)


def test_a_corrupted_card(folder: Path) -> None:
    (folder / "tiny.json").write_text("{")
    with pytest.raises(WeightsError, match="unreadable"):
        runtime.load("tiny", _network(), folder)


def test_weights_of_another_network(folder: Path) -> None:
    with pytest.raises(WeightsError, match="do not fit"):
        runtime.load("tiny", nn.Conv2d(3, 5, 3), folder)


def test_rounding_the_weights_once_changes_no_bit() -> None:
    torch.manual_seed(0)
    network = nn.Sequential(nn.Conv2d(3, 8, 3), nn.GroupNorm(2, 8), nn.Conv2d(8, 4, 1), nn.Flatten(), nn.Linear(144, 5))
    runner = runtime.Runner("tiny", "", network.eval(), torch.bfloat16)
    picture = torch.rand(1, 3, 8, 8)
    before = runner(picture)
    assert torch.equal(runtime.rounded(runner)(picture), before)
    assert network[0].weight.dtype == torch.bfloat16
    assert network[1].weight.dtype == torch.float32


@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
def test_a_runner_placed_elsewhere_takes_and_gives_tensors_of_the_cpu(dtype: torch.dtype) -> None:
    cpu = torch.device("cpu", 0)
    runner = runtime.placed(runtime.Runner("tiny", "", _network().eval(), torch.float32), cpu, dtype)
    picture = torch.rand(1, 3, 8, 8)
    assert (runner.device, runner(picture).dtype) == (cpu, dtype)
    assert torch.allclose(runner(picture).float(), _network()(picture), atol=2e-2)


def test_the_type_of_a_gpu_depends_on_its_age(monkeypatch: pytest.MonkeyPatch) -> None:
    for able, dtype in ((True, torch.bfloat16), (False, torch.float16)):
        monkeypatch.setattr(torch.cuda, "is_bf16_supported", lambda able=able: able)
        assert runtime.precision(torch.device("cuda")) == dtype
