"""What will run is told as it will be, and every stage that would not start is told with its remedy."""

from pathlib import Path

import pytest
import torch

from deployments.backends.spec import Runtime
from deployments.checkpoints.opening import Opened
from serve import outlook
from serve.findings import Row, could_start
from serve.settings import parse_settings
from serve.weights import weights_directory
from tests.deployments.denoiser.checkpoint import tiny_diffusion

TRIED = {name: Row("backends", name, "ok", "tried") for name in ("eager", "compiled", "onnxruntime", "tensorrt")}
QWEN = "QwenImageEditPlusPipeline"


def rows_of(settings: dict, tried: dict[str, Row] = TRIED) -> dict[str, Row]:
    return {row.name: row for row in outlook.stages(parse_settings(settings), weights_directory(), tried)}


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    root = tmp_path_factory.mktemp("checkpoints")
    base = tiny_diffusion.stable_diffusion(root / "sd")
    return {"base": str(base), "controlnet": str(tiny_diffusion.controlnet(root / "control", base))}


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each folder is of the class that its name says."""
    monkeypatch.setattr(outlook, "open_checkpoint", lambda where, known: Opened(Path(where), where, "a" * 64))


def test_a_base_needs_its_controlnet(folders: dict[str, str]) -> None:
    alone = rows_of({"denoiser": {"checkpoint": {"base": folders["base"]}}})
    assert [row.name for row in could_start(list(alone.values()))] == ["denoiser.controlnet"]
    assert "set checkpoint.controlnet" in alone["denoiser.controlnet"].told
    assert could_start(list(rows_of({"denoiser": {"checkpoint": folders}}).values())) == []


@pytest.mark.parametrize(
    ("stage", "checkpoint", "faults"),
    [
        ("denoiser", {"base": "StableDiffusionXLInpaintPipeline"}, ["denoiser.controlnet"]),
        ("denoiser", {"base": "StableDiffusionXLControlNetInpaintPipeline"}, []),
        ("denoiser", {"base": QWEN}, []),
        ("denoiser", {"base": QWEN, "ip_adapter": "h94/IP-Adapter"}, ["denoiser.ip_adapter"]),
        ("keypoints", {"base": "VitPoseForPoseEstimation"}, ["keypoints.detector"]),
    ],
)
def test_what_goes_together_and_what_does_not(opened, monkeypatch, stage, checkpoint, faults) -> None:
    monkeypatch.setattr(outlook, "kinds_of", lambda stage, role: ("one",))
    rows = list(outlook.stages(parse_settings({stage: {"checkpoint": checkpoint}}), weights_directory(), TRIED))
    assert [row.name for row in could_start(rows)] == faults
    assert all(row.status == "broken" for row in could_start(rows))


@pytest.mark.parametrize("backend", ["compiled", "onnxruntime", "tensorrt"])
@pytest.mark.parametrize("stage", ["keypoints", "denoiser"])
def test_a_backend_that_does_not_work_here_stands_in_the_way(stage: str, backend: str) -> None:
    tried = TRIED | {backend: Row("backends", backend, "missing", "needs what is not there")}
    rows = rows_of({stage: {"runtime": {"backend": backend}}}, tried)
    assert [row.name for row in could_start(list(rows.values()))] == [stage]
    assert "does not work here: needs what is not there; mend that, or set `backend: eager`" in rows[stage].told


def test_artefacts_that_are_missing_stand_in_the_way(tmp_path: Path, folders: dict[str, str]) -> None:
    runtime = {"backend": "onnxruntime", "artefacts": str(tmp_path)}
    rows = rows_of({"garments": {"runtime": runtime}, "denoiser": {"checkpoint": folders, "runtime": runtime}})
    assert [row.name for row in could_start(list(rows.values()))] == ["garments", "denoiser"]
    assert "contrapposto export" in rows["garments"].told
    assert "contrapposto export --checkpoint" in rows["denoiser"].told


def test_a_gpu_that_is_asked_for_and_not_there_stands_in_the_way(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    rows = rows_of({"upscaler": {"runtime": {"device": "cuda"}}})
    assert (rows["upscaler"].status, "device: cpu" in rows["upscaler"].told) == ("broken", True)


def test_what_runs_in_one_piece_reuses_nothing(folders: dict[str, str]) -> None:
    stage = {"checkpoint": folders, "sampling": {"reuse": 0.1}, "runtime": {"backend": "compiled"}}
    assert "set reuse to 0" in rows_of({"denoiser": stage})["denoiser"].told
    told = rows_of({"denoiser": stage | {"sampling": {"steps": 4}}})["denoiser"].told
    assert told.startswith("checkpoint by compiled")


def test_qwen_runs_by_torch_or_compiled(opened) -> None:
    stage = {"checkpoint": {"base": QWEN}, "runtime": {"backend": "onnxruntime"}}
    row = rows_of({"denoiser": stage})["denoiser"]
    assert (row.status, "set `backend: eager`" in row.told) == ("broken", True)


def test_the_other_stages_checkpoints_run_by_torch_and_are_told_so(opened) -> None:
    stage = {"checkpoint": {"base": "Swin2SRForImageSuperResolution"}, "runtime": {"backend": "onnxruntime"}}
    row = rows_of({"upscaler": stage})["upscaler"]
    assert row.status == "ok"
    assert row.told.startswith("checkpoint by eager whatever `runtime` says")
    assert "embedded" not in row.told


def test_graphs_are_told_in_float32_and_torch_in_what_is_fast(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("deployments.backends.choice.precision", lambda device: torch.bfloat16)
    monkeypatch.setattr(outlook, "check_embedded", lambda *given: None)
    for backend, precision in (("onnxruntime", "fp32"), ("eager", "bf16"), ("compiled", "bf16"), ("default", "bf16")):
        told = rows_of({"upscaler": {"runtime": {"backend": backend, "device": "cpu"}}})["upscaler"].told
        ran = "eager" if backend == "default" else backend
        assert f"embedded 'upscaler' by {ran}, {precision} on cpu" in told


def test_the_default_is_told_as_what_it_becomes(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("deployments.backends.choice.precision", lambda device: torch.float32)
    stage = {"garments": {"runtime": {"device": "cpu", "artefacts": str(tmp_path)}}}
    assert "by eager, fp32 on cpu (no graphs in" in rows_of(stage)["garments"].told
    asked: list[Runtime] = []
    monkeypatch.setattr(outlook, "check_embedded", lambda name, runtime, weights: asked.append(runtime))
    assert "by onnxruntime, fp32 on cpu" in rows_of(stage)["garments"].told
    assert {runtime.backend for runtime in asked} == {"onnxruntime"}
