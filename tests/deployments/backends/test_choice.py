"""Every backend that this machine has answers as torch does, and the choice is the fastest of those that do."""

import dataclasses
import logging
import shutil

import pytest
import torch

from deployments.backends import choice, compiled
from deployments.backends.choice import Runtime, Served, serve_network
from deployments.backends.ordered import ordered
from deployments.backends.trial import BOUNDS, distance, example_inputs, outputs_of
from deployments.runtime import Runner, load
from deployments.signature import Signature
from deployments.upscaler.network import AtFactor, UpscalerNetwork
from deployments.upscaler.signature import at_factor
from export.artefacts import Plan, export
from export.networks import Embedded
from pose.errors import ArtefactError, GraphError, WeightsError
from tests.export.tiny import EMBEDDED, SIGNATURE, tiny_network
from training import card

UPSCALER = dataclasses.replace(at_factor(2), buckets=((32, 32),), batch=2)  # small, so that it is quick
NEEDS_COMPILER = pytest.mark.skipif(shutil.which("g++") is None, reason="torch.compile needs g++")
BUCKET = (8, 12)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Weights and graphs of the tiny network and of the shipped upscaler."""
    folder = tmp_path_factory.mktemp("artefacts")
    card.save("tiny", tiny_network(), {"steps": 1}, folder)
    tuple(export(Plan(folder, "fp32", weights=folder), [EMBEDDED], lambda _: None))
    shipped = Embedded(UPSCALER, UpscalerNetwork, lambda network: AtFactor(network, 2))
    tuple(export(Plan(folder, "fp32"), [shipped], lambda _: None))
    return folder


@pytest.fixture
def tiny(folder):
    return load("tiny", tiny_network(), folder)


def upscaler() -> Runner:
    runner = load("upscaler", UpscalerNetwork())
    return dataclasses.replace(runner, module=AtFactor(runner.module, 2))


def expected(network, signature: Signature, inputs):
    with torch.inference_mode():
        return list(ordered(network.eval(), signature)(*inputs))


@pytest.mark.parametrize(
    ("backend", "precision"),
    [
        ("eager", "fp32"),
        ("eager", "bf16"),
        ("onnxruntime", "fp32"),
        ("onnxruntime", "auto"),
        pytest.param("compiled", "fp32", marks=NEEDS_COMPILER),
    ],
)
def test_a_small_network_by_each(folder, tiny, backend, precision) -> None:
    """TensorRT's calls are in test_engines.py. Graphs for ONNX Runtime are fp32 unless told otherwise."""
    bound = BOUNDS["bf16" if precision == "bf16" else "fp32"]
    served = serve_network(tiny, SIGNATURE, Runtime(backend, folder, "cpu", precision, batches=(2,)))
    assert (served.backend, served.sha256) == (backend, tiny.sha256)
    for batch in (1, 3):
        inputs = example_inputs(SIGNATURE, BUCKET, batch, seed=batch)
        got = outputs_of(served(*inputs), SIGNATURE)
        assert distance(expected(tiny_network(), SIGNATURE, inputs), got) < bound


def test_the_shipped_upscaler_by_its_graph_at_its_size_and_padded_to_it(folder) -> None:
    served = serve_network(upscaler(), UPSCALER, Runtime("onnxruntime", folder, "cpu", "fp32"))
    for size, batch in (((32, 32), 1), ((32, 32), 3), ((24, 17), 1)):
        inputs = example_inputs(UPSCALER, size, batch)
        (want,) = expected(upscaler().module, UPSCALER, inputs)
        assert distance([want], [served(*inputs)]) < 1e-3


def test_a_size_that_padding_would_change_runs_by_torch(folder, tiny) -> None:
    served = serve_network(tiny, SIGNATURE, Runtime("onnxruntime", folder, "cpu", "fp32"))
    inputs = example_inputs(SIGNATURE, (6, 12), 1)
    assert distance(expected(tiny_network(), SIGNATURE, inputs), outputs_of(served(*inputs), SIGNATURE)) < 1e-3


@NEEDS_COMPILER
def test_a_compiled_network_takes_what_inference_made_in_any_layout(folder, tiny) -> None:
    served = serve_network(tiny, SIGNATURE, Runtime("compiled", folder, "cpu", "fp32", batches=(2,)))
    picture, shift = example_inputs(SIGNATURE, BUCKET, 1)
    with torch.inference_mode():
        other = picture.clone().contiguous(memory_format=torch.channels_last)
        again = served(other, shift.clone())
    assert torch.equal(again["first"], served(picture, shift)["first"])


def test_a_compiler_that_is_missing_is_told(folder, tiny, monkeypatch) -> None:
    def broken(*_, **__):
        raise RuntimeError("no working C++ compiler")

    monkeypatch.setattr(compiled.torch, "compile", broken)
    with pytest.raises(GraphError, match=r"no working C\+\+ compiler.*g\+\+.*eager"):
        serve_network(tiny, SIGNATURE, Runtime("compiled", folder, "cpu"))


def test_a_backend_that_is_asked_for_and_cannot_run_is_an_error(tmp_path, tiny) -> None:
    with pytest.raises(ArtefactError, match=r"contrapposto export.*--rebuild"):
        serve_network(tiny, SIGNATURE, Runtime("onnxruntime", tmp_path, "cpu"))


def test_a_graph_of_other_weights_is_an_error(folder, tiny) -> None:
    with pytest.raises(ArtefactError, match="weights_sha256"):
        serve_network(dataclasses.replace(tiny, sha256="0" * 64), SIGNATURE, Runtime("onnxruntime", folder, "cpu"))


def test_a_gpu_that_is_not_there_is_told(tiny, monkeypatch) -> None:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    with pytest.raises(WeightsError, match="device: cpu"):
        serve_network(tiny, SIGNATURE, Runtime(device="cuda"))


def _fake(monkeypatch, seconds, wrong=()):
    """Backends that take a known time each, by a clock of their own; those in `wrong` answer something else."""
    passed = [0.0]

    def served(options, backend):
        if backend not in seconds:
            raise ArtefactError(f"no {backend} here")

        def call(*inputs):
            passed[0] += seconds[backend]
            answer = options.reference(*inputs)
            return {name: tensor + (backend in wrong) for name, tensor in answer.items()}

        return Served(options.runner.name, options.runner.sha256, backend, call)

    monkeypatch.setattr(choice.Options, "served", served)
    return lambda: passed[0]


@pytest.mark.parametrize(
    ("seconds", "wrong", "best"),
    [
        ({"eager": 3, "compiled": 2, "onnxruntime": 1}, (), "onnxruntime"),
        ({"eager": 3, "compiled": 2, "onnxruntime": 1}, ("onnxruntime",), "compiled"),
        ({"eager": 1, "tensorrt": 2}, (), "eager"),
        ({"eager": 3, "tensorrt": 2}, (), "tensorrt"),
    ],
)
def test_auto_takes_the_fastest_that_agrees_and_tells_of_the_rest(
    tiny, monkeypatch, caplog, seconds, wrong, best
) -> None:
    clock = _fake(monkeypatch, seconds, wrong)
    with caplog.at_level(logging.INFO, "contrapposto.runtime"), torch.no_grad():
        assert serve_network(tiny, SIGNATURE, Runtime("auto", device="cpu"), clock).backend == best
    left = {"compiled", "onnxruntime", "tensorrt"} - set(seconds)
    assert all(f"tiny not by {backend}: no {backend} here" in caplog.text for backend in left)
    assert all(f"not by {backend}: it differs" in caplog.text for backend in wrong)


@pytest.mark.parametrize(
    ("hardware", "network", "there", "backend"),
    [
        (torch.bfloat16, "pose", True, "eager"),
        (torch.float32, "pose", True, "onnxruntime"),
        (torch.float32, "pose", False, "eager"),
        (torch.float32, "denoiser", True, "eager"),
    ],
)
def test_the_default_is_what_was_measured_as_the_faster(tiny, monkeypatch, hardware, network, there, backend) -> None:
    monkeypatch.setattr(choice, "precision", lambda device: hardware)
    _fake(monkeypatch, {"eager": 1, **({"onnxruntime": 1} if there else {})})
    signature = dataclasses.replace(SIGNATURE, network=network)
    assert serve_network(tiny, signature, Runtime(device="cpu")).backend == backend
