"""The check before the start: whole, missing, altered."""

import hashlib
import json

import pytest
import torch
from safetensors.torch import save_file

from deployments.checkpoints.opening import Checkpoint
from pose.errors import WeightsError
from serve.cli import main
from serve.settings import ROOT, parse_settings
from serve.weights import check_checkpoints, check_weights, located


@pytest.fixture
def folder(tmp_path):
    for name in ("pose", "parse", "denoiser", "upscaler"):
        (tmp_path / f"{name}.safetensors").write_bytes(name.encode())
        card = {"sha256": hashlib.sha256(name.encode()).hexdigest()}
        (tmp_path / f"{name}.json").write_text(json.dumps(card))
    return tmp_path


def test_whole_weights_are_named_by_their_hash(folder):
    assert check_weights(folder)["pose"] == hashlib.sha256(b"pose").hexdigest()


def test_every_shipped_weight_is_checked(folder):
    assert set(check_weights(folder)) == {path.stem for path in (ROOT / "weights").glob("*.safetensors")}


@pytest.mark.parametrize("damage", ["missing", "altered", "cut card", "empty card"])
def test_the_service_refuses_to_start_with_one_sentence(folder, damage, monkeypatch, capsys):
    if damage == "missing":
        (folder / "parse.safetensors").unlink()
    if damage == "altered":
        (folder / "parse.safetensors").write_bytes(b"parsf")
    if damage == "cut card":
        (folder / "parse.json").write_text('{"sha')
    if damage == "empty card":
        (folder / "parse.json").write_text("[]")
    with pytest.raises(WeightsError, match="parse"):
        check_weights(folder)
    monkeypatch.setenv("CONTRAPPOSTO_WEIGHTS", str(folder))
    assert main(["serve"]) == 2
    told = capsys.readouterr().err
    assert told.startswith("contrapposto: cannot start: weights 'parse'")
    assert told.count("\n") == 1


def upscaler(folder, name="Swin2SRForImageSuperResolution", **more):
    (folder / "config.json").write_text(json.dumps({"architectures": [name]}))
    save_file({"weight": torch.zeros(4)}, folder / "model.safetensors")
    return parse_settings({"upscaler": {"checkpoint": {"base": str(folder), **more}}})


def test_checkpoints_are_named_by_their_hash(tmp_path):
    first = check_checkpoints(upscaler(tmp_path))
    assert list(first) == ["upscaler.base"]
    assert check_checkpoints(upscaler(tmp_path)) == first
    save_file({"weight": torch.ones(4)}, tmp_path / "model.safetensors")
    assert check_checkpoints(parse_settings({"upscaler": {"checkpoint": {"base": str(tmp_path)}}})) != first
    assert check_checkpoints(parse_settings({})) == {}


def test_a_checkpoint_of_an_unknown_class_or_part_is_refused_before_the_start(tmp_path, capsys):
    settings = upscaler(tmp_path, "EdsrModel")
    with pytest.raises(WeightsError, match=r"EdsrModel.*known are Swin2SR"):
        check_checkpoints(settings)
    with pytest.raises(WeightsError, match="takes no vae; leave it out"):
        check_checkpoints(upscaler(tmp_path, vae="somewhere"))
    (tmp_path / "settings.json").write_text(json.dumps({"upscaler": {"checkpoint": {"base": str(tmp_path / "none")}}}))
    assert main(["serve", "--settings", str(tmp_path / "settings.json")]) == 2
    assert "cannot start: there is no folder" in capsys.readouterr().err


def test_folders_become_absolute_and_hub_ids_stay(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "mine").mkdir()
    found = located(Checkpoint("mine", controlnet="org/name", scheduler="DDIMScheduler"))
    assert found == Checkpoint(str(tmp_path / "mine"), controlnet="org/name", scheduler="DDIMScheduler")
    assert located(None) is None
