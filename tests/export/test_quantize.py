"""What the quantiser is asked, what is refused before it is asked, and what its failure says.

nvidia-modelopt cannot be installed beside this ONNX; a script stands in its place, which notes its arguments.
"""

import json
import sys
from pathlib import Path

import numpy as np
import onnx
import onnx_ir as ir
import pytest

from export.artefacts import Plan
from export.graph import traced
from export.operators import unsupported
from export.quantize import Quantizer
from pose.errors import GraphError
from tests.export.tiny import EMBEDDED, SIGNATURE, tiny_network

BUCKET = (8, 12)


@pytest.fixture(scope="module")
def model():
    return traced(tiny_network(), SIGNATURE, BUCKET)


@pytest.fixture
def calibration(tmp_path) -> Path:
    path = tmp_path / "calibration.npz"
    np.savez(path, picture=np.ones((5, 3, 8, 12), np.float32), shift=np.ones((5, 8), np.float32))
    return path


def interpreter(folder: Path, body: str) -> Path:
    """An executable that gets `python -m modelopt.onnx.quantization`'s arguments as `given`."""
    path = folder / "python"
    head = f"#!{sys.executable}\nimport json, shutil, sys\nfrom pathlib import Path\nassert sys.argv[1] == '-m'\n"
    read = "given = dict(zip(sys.argv[3:-1:2], sys.argv[4:-1:2]))\n"
    path.write_text(head + read + body + "\n")
    path.chmod(0o755)
    return path


def test_the_graph_goes_to_the_model_optimizer_and_comes_back(model, calibration, tmp_path) -> None:
    noted = tmp_path / "noted.json"
    body = "shutil.copy(given['--onnx_path'], given['--output_path'])\n"
    body += f"Path({str(noted)!r}).write_text(json.dumps(sys.argv))"
    quantizer = Quantizer("int8", calibration, interpreter(tmp_path, body))
    assert ir.to_proto(quantizer.quantized(model)) == ir.to_proto(model)
    words = json.loads(noted.read_text())
    asked = dict(zip(words[3:-1:2], words[4:-1:2], strict=True))
    assert words[1:3] == ["-m", "modelopt.onnx.quantization"]
    assert asked["--quantize_mode"] == "int8"
    assert asked["--calibration_data_path"] == str(calibration)


@pytest.mark.parametrize(
    ("body", "told"),
    [
        ("sys.exit('No module named modelopt')", "No module named modelopt"),
        ("pass", "wrote nothing"),
    ],
)
def test_a_failure_says_what_the_optimizer_said_and_the_remedy(model, calibration, tmp_path, body, told) -> None:
    with pytest.raises(GraphError, match=rf"{told}.*nvidia-modelopt\[onnx\]"):
        Quantizer("fp8", calibration, interpreter(tmp_path, body)).quantized(model)


def test_an_interpreter_that_is_not_there_is_told(model, calibration, tmp_path) -> None:
    with pytest.raises(GraphError, match=r"nowhere.*nvidia-modelopt\[onnx\]"):
        Quantizer("fp8", calibration, tmp_path / "nowhere").quantized(model)


@pytest.mark.parametrize(
    "arrays",
    [
        {"picture": np.ones((5, 3, 8, 12))},
        {"picture": np.ones((5, 3, 8, 16)), "shift": np.ones((5, 8))},
        {"picture": np.ones((5, 3, 8, 12)), "offset": np.ones((5, 8))},
    ],
    ids=["missing", "shape", "name"],
)
def test_inputs_that_do_not_fit_are_told_before_anything_runs(model, tmp_path, arrays) -> None:
    path = tmp_path / "other.npz"
    np.savez(path, **arrays)
    with pytest.raises(GraphError, match=r"expected to hold.*'shift': \[8\].*numpy.savez"):
        Quantizer("int8", path, tmp_path / "nowhere").quantized(model)


def test_no_npz_and_pickles_are_told(model, tmp_path) -> None:
    path = tmp_path / "other.npz"
    with pytest.raises(GraphError, match=r"numpy.savez"):
        Quantizer("int8", path, tmp_path).quantized(model)
    np.savez(path, picture=np.array([object()]))
    with pytest.raises(GraphError, match=r"numpy.savez"):
        Quantizer("int8", path, tmp_path).quantized(model)


def test_other_inputs_to_calibrate_on_make_another_graph(calibration, tmp_path) -> None:
    plan = Plan(tmp_path, "fp32", quantizer=Quantizer("int8", calibration, tmp_path))
    before = plan.exporter_sha256(EMBEDDED)
    assert (plan.kind, before) != ("fp32", EMBEDDED.exporter_sha256())
    np.savez(calibration, picture=np.zeros((5, 3, 8, 12), np.float32))
    assert plan.exporter_sha256(EMBEDDED) != before


@pytest.mark.parametrize("kind", [onnx.TensorProto.INT8, onnx.TensorProto.FLOAT8E4M3FN])
def test_tensorrt_takes_the_operators_of_a_quantised_graph(kind) -> None:
    helper = onnx.helper
    nodes = [
        helper.make_node("QuantizeLinear", ["x", "scale", "zero"], ["low"]),
        helper.make_node("DequantizeLinear", ["low", "scale", "zero"], ["y"]),
    ]
    fixed = [helper.make_tensor("scale", onnx.TensorProto.FLOAT, [], [0.1]), helper.make_tensor("zero", kind, [], [0])]
    ends = [helper.make_tensor_value_info(name, onnx.TensorProto.FLOAT, [3]) for name in "xy"]
    graph = helper.make_graph(nodes, "low", ends[:1], ends[1:], fixed)
    assert unsupported(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 22)])) == []
