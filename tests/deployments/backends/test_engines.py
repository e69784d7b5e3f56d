"""Every call that loads and runs an engine, against TensorRT 11's real classes; and every engine that is refused."""

import dataclasses
import hashlib
from types import SimpleNamespace

import pytest
import torch

from deployments.artefacts import Manifest, artefact_name, write_artefact
from deployments.backends import engines
from deployments.backends.code import code_sha256
from deployments.backends.engines import EngineRun, Lane, OnCard, architecture, engine_runs, load_engine
from deployments.signature import Port, Signature
from pose.errors import ArtefactError, GraphError
from tests.export.bindings import RecordedModule, load_bindings

BUCKET = (8, 12)
SIGNATURE = Signature("one", "one", (Port("x", lambda h, w: (3, h)),), (Port("y", lambda h, w: (w,)),), (BUCKET,), 4)
PLAN = b"a plan"
MANIFEST = Manifest(
    network="one", bucket=BUCKET, precision="bf16", batch=4, sha256=hashlib.sha256(PLAN).hexdigest(), bytes=len(PLAN),
    weights_sha256="a" * 64, code_sha256=code_sha256(SIGNATURE, BUCKET), exporter_sha256="b" * 64,
    opset=22, torch="2.13.0", onnx="1.23.2", tensorrt="11.4.0",
    architecture="sm90", parity=1e-3,
)  # fmt: skip


@pytest.fixture(scope="module")
def bindings(tmp_path_factory):
    return load_bindings(tmp_path_factory.mktemp("tensorrt"))


@pytest.fixture
def lane():
    waited = []
    return Lane("cpu", SimpleNamespace(cuda_stream=7, synchronize=lambda: waited.append(True), waited=waited))


@pytest.fixture
def card(monkeypatch):
    """A machine with a card, TensorRT 11.4.0 and no CUDA: what is read is told, nothing is deserialised."""
    loaded = []
    monkeypatch.setattr(engines, "architecture", lambda: "sm90")
    monkeypatch.setattr(engines, "tensorrt_module", lambda: SimpleNamespace(__version__="11.4.0"))
    monkeypatch.setattr(engines, "load_engine", lambda data, trt: loaded.append(data))
    monkeypatch.setattr(engines.Lane, "on_card", lambda: None)
    return loaded


def _write(folder, data=PLAN, **changes):
    path = folder / artefact_name("one", BUCKET, "bf16", "engine")
    write_artefact(path, PLAN, dataclasses.replace(MANIFEST, **changes))
    path.write_bytes(data)


def test_an_engine_is_run_with_named_tensors_in_buffers_of_its_own(bindings, lane) -> None:
    trt = RecordedModule(bindings, IExecutionContext__set_input_shape=True)
    run = EngineRun(load_engine(b"plan", trt), SIGNATURE, BUCKET, lane)
    assert trt.calls("Runtime.deserialize_cuda_engine") == [{"serialized_engine": b"plan"}]
    (answer,) = run([torch.ones(2, 3, 8)])
    assert answer.shape == (2, 12)
    run([torch.zeros(2, 3, 8)])
    assert trt.calls("IExecutionContext.set_input_shape") == [{"name": "x", "shape": (2, 3, 8)}]
    addresses = [(call["name"], call["memory"]) for call in trt.calls("IExecutionContext.set_tensor_address")]
    assert [name for name, _ in addresses] == ["x", "y"]
    assert addresses[1][1] != answer.data_ptr()
    assert trt.calls("IExecutionContext.execute_async_v3") == [{"stream_handle": 7}] * 2
    assert len(lane.stream.waited) == 2


def test_each_batch_has_a_context_and_is_captured_once(bindings, lane) -> None:
    trt, captures = RecordedModule(bindings, IExecutionContext__set_input_shape=True), []
    run = EngineRun(load_engine(b"plan", trt), SIGNATURE, BUCKET, lane, lambda call: captures.append(1) or call)
    for rows in (1, 4, 1, 4):
        run([torch.ones(rows, 3, 8)])
    assert len(captures) == len(trt.calls("ICudaEngine.create_execution_context")) == 2
    assert len(trt.calls("IExecutionContext.execute_async_v3")) == 4


def test_a_checked_engine_becomes_a_run_that_answers_where_it_is_told(bindings, lane) -> None:
    trt = RecordedModule(bindings, IExecutionContext__set_input_shape=True)
    run = OnCard("sm90", trt, lane).run(b"plan", SIGNATURE, BUCKET, "meta")
    assert trt.calls("Runtime.deserialize_cuda_engine") == [{"serialized_engine": b"plan"}]
    assert isinstance(run, EngineRun)
    (answer,) = dataclasses.replace(run, capture=lambda enqueue: enqueue)([torch.ones(2, 3, 8)])
    assert (answer.device.type, answer.shape) == ("meta", (2, 12))


def test_a_batch_beyond_the_profile_and_a_failed_run_are_told(bindings, lane) -> None:
    trt = RecordedModule(bindings, IExecutionContext__set_input_shape=False)
    with pytest.raises(GraphError, match=r"x of \(9, 3, 8\).*--rebuild"):
        EngineRun(load_engine(b"plan", trt), SIGNATURE, BUCKET, lane)([torch.ones(9, 3, 8)])
    failing = {"IExecutionContext__set_input_shape": True, "IExecutionContext__execute_async_v3": False}
    with pytest.raises(GraphError, match="did not run"):
        EngineRun(load_engine(b"plan", RecordedModule(bindings, **failing)), SIGNATURE, BUCKET, lane)(
            [torch.ones(1, 3, 8)]
        )


def test_a_refused_engine_names_the_remedy(bindings) -> None:
    with pytest.raises(GraphError, match="--rebuild"):
        load_engine(b"plan", RecordedModule(bindings, Runtime__deserialize_cuda_engine=None))


def test_an_engine_of_this_card_is_deserialised(tmp_path, card, monkeypatch) -> None:
    monkeypatch.setattr(engines, "captured", lambda lane: lane)
    _write(tmp_path)
    assert list(engine_runs(tmp_path, SIGNATURE, "bf16", "a" * 64)) == [BUCKET]
    assert card == [PLAN]


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"architecture": "sm120"}, "architecture sm120, not sm90"),
        ({"tensorrt": "11.3.0"}, "tensorrt 11.3.0, not 11.4.0"),
        ({"precision": "fp16"}, "precision fp16, not bf16"),
        ({"bucket": (8, 8)}, "bucket"),
        ({"weights_sha256": "c" * 64}, "weights_sha256"),
        ({"code_sha256": "c" * 64}, "code_sha256"),
        ({"data": PLAN[:-1]}, "5 bytes"),
        ({"data": b"a plax"}, "SHA-256"),
    ],
)
def test_every_other_engine_is_refused_before_it_is_deserialised(tmp_path, card, changes, told) -> None:
    _write(tmp_path, **changes)
    with pytest.raises(ArtefactError, match=f"{told}.*export.*--rebuild"):
        engine_runs(tmp_path, SIGNATURE, "bf16", "a" * 64)
    assert card == []


def test_without_a_card_or_tensorrt_the_remedy_is_told(tmp_path, monkeypatch) -> None:
    monkeypatch.setattr(engines, "architecture", lambda: None)
    with pytest.raises(ArtefactError, match="backend: eager"):
        engine_runs(tmp_path, SIGNATURE, "bf16", "a" * 64)
    monkeypatch.setattr(engines, "architecture", lambda: "sm90")
    monkeypatch.setattr(engines, "tensorrt_module", lambda: None)
    with pytest.raises(ArtefactError, match=r"contrapposto\[tensorrt\]"):
        engine_runs(tmp_path, SIGNATURE, "bf16", "a" * 64)


def test_no_card_without_a_gpu() -> None:
    assert (architecture() is None) == (not torch.cuda.is_available())
