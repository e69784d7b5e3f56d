"""What the command tells, and how it ends."""

import subprocess

import pytest

from export import command
from export.command import main
from serve import cli
from tests.export.tiny import EMBEDDED, tiny_network
from training import card


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.setattr(command, "EMBEDDED", (EMBEDDED,))
    monkeypatch.setattr(command, "architecture", lambda: None)
    card.save("tiny", tiny_network(), {"steps": 1}, tmp_path)
    return tmp_path


@pytest.mark.parametrize("precision", ["fp32", "bf16"])
def test_it_makes_compares_and_says_what_was_not_run(folder, capsys, precision) -> None:
    arguments = ["--all", "--out", str(folder / "out"), "--weights", str(folder), "--precision", precision]
    assert main([*arguments, "--compare", "--json", str(folder / "times.json")]) == 0
    out, err = capsys.readouterr()
    assert "1/1" in err
    assert "Not run, for want of a GPU: building 1 TensorRT engines" in out
    assert "onnxruntime" in out
    assert "Conv" in (folder / "times.json").read_text()
    assert main(arguments) == 0
    assert "kept" in capsys.readouterr().err


def test_a_gpu_without_tensorrt_is_told(folder, monkeypatch) -> None:
    monkeypatch.setattr(command, "architecture", lambda: "sm90")
    monkeypatch.setattr(command, "tensorrt_module", lambda: None)
    assert command._card() == (None, "for want of TensorRT (pip install contrapposto[tensorrt])")


def test_missing_weights_end_with_1(folder, capsys) -> None:
    assert main(["--all", "--out", str(folder / "out"), "--weights", str(folder / "nowhere")]) == 1
    assert "CONTRAPPOSTO_WEIGHTS" in capsys.readouterr().err


def test_a_folder_that_cannot_be_written_to_ends_with_1(folder, capsys) -> None:
    assert main(["--all", "--out", "/dev/null/out", "--weights", str(folder)]) == 1
    (last,) = [line for line in capsys.readouterr().err.splitlines() if line.startswith("contrapposto: ")]
    assert "/dev/null/out" in last
    assert "--out" in last


def test_the_console_command_hands_its_arguments_on(monkeypatch) -> None:
    asked = []
    done = subprocess.CompletedProcess([], 3)
    monkeypatch.setattr(cli.subprocess, "run", lambda words, **_: asked.append(words) or done)
    assert cli.main(["export", "--all", "--rebuild"]) == 3
    assert asked[0][1:] == ["-m", "export.command", "--all", "--rebuild"]


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["--checkpoint", "folder"], "--component unet --bucket 512x512"),
        (["--checkpoint", "folder", "--bucket", "all"], "--component or --controlnet"),
        (["--all", "--ip-adapter", "folder"], "of a --checkpoint"),
        (["--all", "--quantize", "int8"], "of a --checkpoint"),
        (["--checkpoint", "f", "--component", "unet", "--bucket", "512x512", "--quantize", "int8"], "--calibration"),
        (["--checkpoint", "folder", "--component", "unet", "--bucket", "500x512"], "multiples of 8"),
        (["--checkpoint", "folder", "--component", "unet", "--bucket", "foo"], "all, or HEIGHTxWIDTH"),
        (["--checkpoint", "folder", "--component", "unet", "--bucket", "512"], "all, or HEIGHTxWIDTH"),
        (["--all", "--checkpoint", "folder"], "not allowed with"),
    ],
)
def test_options_that_do_not_go_together_are_told(capsys, arguments, told) -> None:
    with pytest.raises(SystemExit):
        main(arguments)
    assert told in capsys.readouterr().err


def test_a_folder_that_is_no_checkpoint_ends_with_1(tmp_path, capsys) -> None:
    arguments = ["--checkpoint", str(tmp_path), "--component", "unet", "--bucket", "64x64", "128x64"]
    assert main([*arguments, "--out", str(tmp_path / "out")]) == 1
    assert "checkpoint" in capsys.readouterr().err
