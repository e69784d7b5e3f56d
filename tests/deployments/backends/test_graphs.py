"""A graph on disk is run only as its manifest says and as is expected; every other one is refused with the remedy."""

import dataclasses
import importlib.util
import json
from pathlib import Path
from types import SimpleNamespace

import pytest
import torch
from safetensors.torch import save

from deployments.artefacts import manifest_path
from deployments.backends.graphs import graph_runs, open_session, tensors_of
from deployments.backends.ordered import ordered
from deployments.backends.trial import distance, example_inputs
from export import beside
from export.artefacts import Plan, export
from pose.errors import ArtefactError
from tests.export.tiny import EMBEDDED, SIGNATURE, tiny_network
from training import card

BUCKET = (8, 12)


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """The graph's bytes and manifest, as export writes them."""
    folder = tmp_path_factory.mktemp("made")
    card.save("tiny", tiny_network(), {"steps": 1}, folder)
    (outcome,) = export(Plan(folder, "fp32", weights=folder), [EMBEDDED], lambda _: None)
    return outcome.path.read_bytes(), json.loads(manifest_path(outcome.path).read_text())


@pytest.fixture
def graph(made, tmp_path) -> Path:
    data, manifest = made
    path = tmp_path / "tiny-8x12-fp32.onnx"
    path.write_bytes(data)
    manifest_path(path).write_text(json.dumps(manifest))
    return path


def runs(graph, made, **changes):
    signature = dataclasses.replace(SIGNATURE, **changes.pop("signature", {}))
    return graph_runs(graph.parent, signature, "fp32", made[1]["weights_sha256"], **changes)


@pytest.mark.parametrize("batch", [1, 4])
def test_it_computes_what_torch_does(graph, made, batch) -> None:
    inputs = example_inputs(SIGNATURE, BUCKET, batch)
    with torch.inference_mode():
        expected = ordered(tiny_network(), SIGNATURE)(*inputs)
    assert distance(expected, runs(graph, made)[BUCKET](inputs)) < 1e-3


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("weights_sha256", "c" * 64),
        ("code_sha256", "c" * 64),
        ("precision", "bf16"),
        ("bucket", [8, 8]),
        ("opset", 21),
        ("network", "other"),
        ("architecture", "sm90"),
    ],
)
def test_a_graph_of_something_else_is_refused(graph, made, field, value) -> None:
    manifest_path(graph).write_text(json.dumps(made[1] | {field: value}))
    with pytest.raises(ArtefactError, match=f"{field}.*export.*--rebuild"):
        runs(graph, made)


@pytest.mark.parametrize(("spoil", "told"), [(lambda data: data[:-9], "bytes"), (lambda data: data[::-1], "SHA-256")])
def test_a_truncated_or_altered_file_is_refused(graph, made, spoil, told) -> None:
    graph.write_bytes(spoil(made[0]))
    with pytest.raises(ArtefactError, match=f"{told}.*export.*--rebuild"):
        runs(graph, made)


@pytest.fixture
def divided(made, tmp_path, monkeypatch) -> Path:
    """A graph with its weights beside it."""
    monkeypatch.setattr(beside, "SMALLEST", 64)
    card.save("tiny", tiny_network(), {"steps": 1}, tmp_path)
    (outcome,) = export(Plan(tmp_path, "fp32", weights=tmp_path, largest=100), [EMBEDDED], lambda _: None)
    return outcome.path


def test_weights_beside_a_graph_are_heard(divided, made) -> None:
    inputs = example_inputs(SIGNATURE, BUCKET, 2)
    with torch.inference_mode():
        expected = ordered(tiny_network(), SIGNATURE)(*inputs)
    assert distance(expected, runs(divided, made)[BUCKET](inputs)) < 1e-3


@pytest.mark.parametrize(
    ("spoil", "told"),
    [
        (lambda path: path.write_bytes(path.read_bytes()[:-9]), "bytes"),
        (lambda path: path.write_bytes(path.read_bytes()[:-1] + b"!"), "SHA-256"),
        (lambda path: path.unlink(), "cannot be read"),
    ],
    ids=["truncated", "altered", "missing"],
)
def test_weights_that_were_spoilt_are_refused(divided, made, spoil, told) -> None:
    (weights,) = divided.parent.glob("*-*.safetensors")
    spoil(weights)
    with pytest.raises(ArtefactError, match=f"{weights.name}.*{told}.*export.*--rebuild"):
        runs(divided, made)


def test_a_manifest_that_names_weights_elsewhere_is_refused(divided, made) -> None:
    told = json.loads(manifest_path(divided).read_text())
    told["data"][0]["name"] = "../" + told["data"][0]["name"]
    manifest_path(divided).write_text(json.dumps(told))
    with pytest.raises(ArtefactError, match="not beside it"):
        runs(divided, made)


@pytest.mark.parametrize("dtype", [torch.float32, torch.float16, torch.bfloat16, torch.float8_e4m3fn])
def test_tensors_of_every_type_are_read_as_safetensors_wrote_them(dtype) -> None:
    written = {"a": torch.rand(3, 5).to(dtype), "b": torch.arange(4)}
    found = tensors_of(bytearray(save(written)))
    assert all(torch.equal(found[name].float(), tensor.float()) for name, tensor in written.items())


def test_a_bucket_without_a_graph_is_refused(graph, made) -> None:
    with pytest.raises(ArtefactError, match=r"tiny-16x16.*missing.*export.*--rebuild"):
        runs(graph, made, signature={"buckets": (BUCKET, (16, 16))})


def test_what_is_no_graph_though_its_hash_fits_is_told(tmp_path, monkeypatch) -> None:
    monkeypatch.setattr(
        "deployments.backends.graphs.read_artefact", lambda path, expected: (b"no graph", SimpleNamespace(data=()))
    )
    with pytest.raises(ArtefactError, match="backend: eager"):
        graph_runs(tmp_path, SIGNATURE, "fp32", "a" * 64)


def test_a_provider_or_a_library_that_is_missing_is_told(made, monkeypatch) -> None:
    with pytest.raises(ArtefactError, match="onnxruntime-gpu"):
        open_session(made[0], device="cuda")
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    with pytest.raises(ArtefactError, match=r"contrapposto\[export\]"):
        open_session(made[0])
