"""Artefacts that a backend would run are judged by manifest and size, each fault with its remedy."""

import hashlib
from pathlib import Path
from types import SimpleNamespace

import pytest

from deployments.artefacts import Manifest, artefact_name, manifest_path, write_artefact
from deployments.backends.engines import OnCard, expected_engine
from deployments.backends.graphs import expected_graph
from deployments.backends.spec import Runtime
from deployments.checkpoints.opening import Checkpoint
from deployments.denoiser.checkpoint.parts import weights_sha256
from deployments.keypoints.signature import SIGNATURE as POSE
from pose.errors import ArtefactError
from serve.exported import check_embedded, check_painter
from serve.weights import check_weights, weights_directory
from tests.deployments.denoiser.checkpoint import tiny_diffusion

BUCKET = POSE.buckets[0]
DATA = b"a graph"
REST = {"batch": 8, "exporter_sha256": "e" * 64, "opset": 22, "torch": "2", "onnx": "1", "tensorrt": None}
CARD = OnCard("sm90", SimpleNamespace(__version__="11.4.0"), None)


def write(folder: Path, kind: str, told: dict) -> Path:
    path = folder / artefact_name(told["network"], told["bucket"], told["precision"], kind)
    made = {**REST, "architecture": None, "parity": 1e-6, "code_sha256": "c" * 64, **told}
    write_artefact(path, DATA, Manifest(**made, sha256=hashlib.sha256(DATA).hexdigest(), bytes=len(DATA)))
    return path


def pose_weights() -> str:
    return check_weights(weights_directory(), ["pose"])["pose"]


def test_graphs_that_are_there_and_whole_pass_and_a_truncated_one_does_not(tmp_path: Path) -> None:
    runtime = Runtime("onnxruntime", tmp_path)
    with pytest.raises(ArtefactError, match=r"pose-256x256-fp32.*missing.*export"):
        check_embedded("keypoints", runtime, weights_directory())
    path = write(tmp_path, "onnx", expected_graph(POSE, BUCKET, "fp32", pose_weights()))
    check_embedded("keypoints", runtime, weights_directory())
    path.write_bytes(DATA[:-1])
    with pytest.raises(ArtefactError, match=r"6 bytes, its manifest says 7.*--rebuild"):
        check_embedded("keypoints", runtime, weights_directory())
    path.unlink()
    with pytest.raises(ArtefactError, match=r"cannot be read.*--rebuild"):
        check_embedded("keypoints", runtime, weights_directory())


@pytest.mark.parametrize("field", ["weights_sha256", "code_sha256"])
def test_graphs_of_something_else_do_not_pass(tmp_path: Path, field: str) -> None:
    write(tmp_path, "onnx", expected_graph(POSE, BUCKET, "fp32", pose_weights()) | {field: "f" * 64})
    with pytest.raises(ArtefactError, match=f"made for {field}"):
        check_embedded("keypoints", Runtime("onnxruntime", tmp_path), weights_directory())


def test_engines_of_this_card_pass_and_without_a_card_none_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    runtime = Runtime("tensorrt", tmp_path, precision="bf16")
    with pytest.raises(ArtefactError, match="needs a GPU"):
        check_embedded("keypoints", runtime, weights_directory())
    monkeypatch.setattr(OnCard, "here", lambda: CARD)
    write(tmp_path, "engine", expected_engine(POSE, BUCKET, "bf16", pose_weights(), CARD))
    check_embedded("keypoints", runtime, weights_directory())
    write(tmp_path, "engine", expected_engine(POSE, BUCKET, "bf16", pose_weights(), CARD) | {"architecture": "sm120"})
    with pytest.raises(ArtefactError, match="architecture sm120, not sm90"):
        check_embedded("keypoints", runtime, weights_directory())


def test_a_checkpoint_needs_one_canvas_of_each_network(tmp_path: Path) -> None:
    base = tiny_diffusion.stable_diffusion(tmp_path / "sd")
    checkpoint = Checkpoint(str(base), str(tiny_diffusion.controlnet(tmp_path / "control", base)))
    runtime = Runtime("onnxruntime", tmp_path / "out")
    for kind in ("unet", "controlnet"):
        with pytest.raises(ArtefactError, match=f"no {kind} for onnxruntime.*export --checkpoint"):
            check_painter(checkpoint, runtime)
        told = {"network": kind, "bucket": (64, 64), "precision": "fp32"}
        path = write(tmp_path / "out", "onnx", told | {"weights_sha256": weights_sha256(kind, checkpoint)})
    check_painter(checkpoint, runtime)
    manifest_path(path).unlink()
    with pytest.raises(ArtefactError, match=r"controlnet-64x64.*missing"):
        check_painter(checkpoint, runtime)
