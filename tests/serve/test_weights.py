"""The check before the start: whole, missing, altered."""

import hashlib
import json

import pytest

from pose.errors import WeightsError
from serve.cli import main
from serve.settings import ROOT
from serve.weights import check_weights


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
