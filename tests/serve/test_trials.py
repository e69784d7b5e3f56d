from pathlib import Path

import onnx
import pytest

from serve import trials
from serve.trials import GRAPH, attempt
from tests.export.bindings import RecordedModule, load_bindings


def test_the_graph_is_valid() -> None:
    onnx.checker.check_model(onnx.load_from_string(GRAPH), full_check=True)


@pytest.mark.parametrize("name", ["eager", "onnxruntime"])
def test_what_works_is_told(name: str) -> None:
    assert attempt(name)[0] == "ok"


def test_a_backend_that_raises_is_broken_with_its_reason(monkeypatch: pytest.MonkeyPatch) -> None:
    def failing() -> trials.Verdict:
        raise RuntimeError("no\ncompiler")

    monkeypatch.setitem(trials.TRIALS, "compiled", failing)
    assert attempt("compiled") == ("broken", "RuntimeError: no compiler")


def test_onnxruntime_that_computes_something_else_is_broken(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(trials, "open_session", lambda graph, threads: lambda inputs: inputs)
    assert attempt("onnxruntime")[0] == "broken"


def test_tensorrt_needs_a_card_and_the_library(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(trials, "architecture", lambda: None)
    assert attempt("tensorrt") == ("missing", "needs an NVIDIA GPU that torch sees")
    monkeypatch.setattr(trials, "architecture", lambda: "sm90")
    monkeypatch.setattr(trials, "tensorrt_module", lambda: None)
    assert "contrapposto[tensorrt]" in attempt("tensorrt")[1]


def test_tensorrt_is_called_as_its_classes_say(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    bindings = load_bindings(tmp_path)
    monkeypatch.setattr(trials, "architecture", lambda: "sm90")
    monkeypatch.setattr(trials, "tensorrt_module", lambda: RecordedModule(bindings))
    assert attempt("tensorrt") == ("ok", f"{bindings.__version__}, sm90")
    monkeypatch.setattr(
        trials, "tensorrt_module", lambda: RecordedModule(bindings, Runtime__deserialize_cuda_engine=None)
    )
    assert attempt("tensorrt") == ("broken", "builds no engine of two layers")
