import json
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest
import torch
from safetensors.torch import save_file

from deployments.checkpoints.manifest import file_hash, write_manifest
from serve import doctor
from serve.cli import main
from serve.doctor import examine
from serve.findings import Row, Status, as_json, as_table, could_start
from serve.settings import Settings, parse_settings
from serve.weights import weights_directory

SWIN = "Swin2SRForImageSuperResolution"


def works(name: str, seconds: float) -> tuple[Status, str]:
    return "ok", f"{name} tried"


def fine(python: str = sys.executable) -> Settings:
    return parse_settings({"blazepose_python": python})


@pytest.fixture(autouse=True)
def mediapipe(monkeypatch: pytest.MonkeyPatch) -> None:
    """The interpreter of these tests has none."""
    found = [Row("blazepose", "interpreter", "ok", "here", True)]
    monkeypatch.setattr(doctor, "interpreter", lambda python: iter(found))


def rows_of(settings: Settings, area: str) -> dict[str, Row]:
    return {row.name: row for row in examine(settings, weights_directory(), works) if row.area == area}


def swin(folder: Path) -> Path:
    (folder / "config.json").write_text(json.dumps({"architectures": [SWIN]}))
    save_file({"weight": torch.zeros(4)}, folder / "model.safetensors")
    return folder


def upscaler(folder: Path, **more: str) -> Settings:
    return parse_settings({"upscaler": {"checkpoint": {"base": str(folder)} | more}})


def test_a_whole_installation_could_start() -> None:
    rows = examine(fine(), weights_directory(), works)
    assert could_start(rows) == []
    assert {row.area for row in rows} == {"packages", "devices", "backends", "blazepose", "weights", "stages"}
    assert "the service could start" in as_table(rows)


def test_every_stage_is_told_with_its_weights() -> None:
    rows = rows_of(parse_settings({"garments": {"min_replicas": 2, "max_replicas": 4}}), "stages")
    assert list(rows) == ["keypoints", "blazepose", "garments", "denoiser", "deformation", "backgrounds", "upscaler"]
    assert "embedded 'parse'" in rows["garments"].told
    assert "2 to 4 replicas" in rows["garments"].told


def test_a_checkpoint_is_told_with_class_and_hash(tmp_path: Path) -> None:
    settings = upscaler(swin(tmp_path))
    rows = rows_of(settings, "stages")
    assert rows["upscaler.base"].status == "ok"
    assert SWIN in rows["upscaler.base"].told
    assert "no manifest" in rows["upscaler.base"].told
    files = {name: file_hash(tmp_path / name) for name in ("config.json", "model.safetensors")}
    write_manifest(tmp_path, {"org/name": "f" * 40}, files)
    assert "unchanged since it was pulled" in rows_of(settings, "stages")["upscaler.base"].told


def test_a_checkpoint_that_is_refused_stands_in_the_way(tmp_path: Path) -> None:
    swin(tmp_path).joinpath("model.safetensors").rename(tmp_path / "pytorch_model.bin")
    rows = examine(upscaler(tmp_path), weights_directory(), works)
    assert [row.name for row in could_start(rows)] == ["upscaler.base"]
    assert "cannot start: stages upscaler.base: " in as_table(rows)


def test_a_part_that_its_stage_does_not_take_stands_in_the_way(tmp_path: Path) -> None:
    rows = rows_of(upscaler(swin(tmp_path), controlnet="a/b"), "stages")
    assert rows["upscaler.controlnet"].status == "broken"
    assert "takes no controlnet" in rows["upscaler.controlnet"].told


def test_a_scheduler_may_be_named_by_its_class(tmp_path: Path) -> None:
    checkpoint = {"base": str(tmp_path), "scheduler": "EulerDiscreteScheduler:trailing"}
    rows = rows_of(parse_settings({"denoiser": {"checkpoint": checkpoint}}), "stages")
    assert rows["denoiser.scheduler"].status == "ok"
    assert rows["denoiser.base"].status == "broken"


def test_checkpoints_need_their_libraries(monkeypatch: pytest.MonkeyPatch) -> None:
    def version(name: str) -> str:
        if name == "diffusers":
            raise doctor.PackageNotFoundError(name)
        return "1"

    monkeypatch.setattr(doctor, "version", version)
    for wanted in (True, False):
        (row,) = [row for row in doctor.packages(wanted) if row.name == "diffusers"]
        assert (row.status, row.needed) == ("missing", wanted)
        assert "contrapposto[checkpoints]" in row.told


def test_weights_that_differ_stand_in_the_way(tmp_path: Path) -> None:
    broken = could_start(list(doctor.embedded(tmp_path)))
    assert [row.name for row in broken] == ["pose", "parse", "denoiser", "upscaler"]
    assert "restore" in broken[0].told


def test_gpus_that_are_reserved_and_not_there_stand_in_the_way(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    rows = list(doctor.devices(parse_settings({"denoiser": {"num_gpus": 1}})))
    assert [row.name for row in could_start(rows)] == ["gpus"]
    assert could_start(list(doctor.devices(fine()))) == []


def test_each_gpu_is_told_with_architecture_and_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    card = SimpleNamespace(name="Card", major=9, minor=0, total_memory=80 * 2**30)
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    monkeypatch.setattr(torch.cuda, "device_count", lambda: 2)
    monkeypatch.setattr(torch.cuda, "get_device_properties", lambda index: card)
    rows = {row.name: row.told for row in doctor.devices(parse_settings({"denoiser": {"num_gpus": 1}}))}
    assert rows["gpu 1"] == "Card, sm90, 80 GiB"
    assert "gpus" not in rows


def test_a_missing_interpreter_stands_in_the_way(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()
    (absent,) = doctor.interpreter(tmp_path / "python")
    (other,) = doctor.interpreter(Path(sys.executable))
    assert (absent.status, other.status) == ("missing", "broken")
    assert "make install" in absent.told
    assert could_start([absent, other]) == [absent, other]


def test_backends_share_the_time() -> None:
    now, given = [0.0], []

    def slow(name: str, seconds: float) -> tuple[Status, str]:
        given.append(seconds)
        now[0] += 40.0
        return "ok", ""

    rows = list(doctor.backends(slow, lambda: now[0]))
    assert given == [60.0, 20.0]
    assert [row.status for row in rows] == ["ok", "ok", "broken", "broken"]
    assert "not tried" in rows[-1].told


def test_only_torch_itself_is_needed_of_the_backends() -> None:
    rows = list(doctor.backends(lambda name, seconds: ("broken", "")))
    assert [row.name for row in could_start(rows)] == ["eager"]


def test_a_trial_runs_apart_and_is_ended_in_time(monkeypatch: pytest.MonkeyPatch) -> None:
    status, told = doctor.try_apart("onnxruntime", 60.0)
    assert (status, "CPUExecutionProvider" in told) == ("ok", True)
    assert doctor.try_apart("eager", 0.01) == ("broken", "not done after 0 s")
    monkeypatch.setattr(sys, "executable", "/bin/false")
    assert doctor.try_apart("eager", 60.0) == ("broken", "the trial ended with code 1: ")


def test_the_command_says_by_its_exit_code(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(doctor, "try_apart", works)
    assert main(["doctor", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["could_start"] is True
    assert {"area", "name", "status", "told", "needed"} == set(told["rows"][0])
    settings = tmp_path / "settings.json"
    settings.write_text(json.dumps({"garments": {"checkpoint": {"base": str(tmp_path)}}}))
    assert main(["doctor", "--settings", str(settings)]) == 1
    assert "cannot start: stages garments.base" in capsys.readouterr().out


def test_json_holds_every_row() -> None:
    rows = [Row("a", "b", "missing", "c"), Row("a", "d", "broken", "e", True)]
    told = json.loads(as_json(rows))
    assert told["could_start"] is False
    assert [row["name"] for row in told["rows"]] == ["b", "d"]
