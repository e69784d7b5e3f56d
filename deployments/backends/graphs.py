"""Runs exported graphs by ONNX Runtime. Bytes come from `read_graph` alone, checked before they are deserialised.

Weights that lie beside a graph are handed over from the memory in which they were hashed: ONNX Runtime opens no file,
so there is no moment between check and use. Knows graphs and tensors; not how graphs are made (export) nor how pictures
are padded. ONNX Runtime is imported when a session is opened: it comes with `contrapposto[export]`.
"""

import importlib.util
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType
from typing import Any

import torch
from torch import Tensor

from deployments.artefacts import artefact_name, read_artefact, read_data
from deployments.backends.code import code_sha256
from deployments.backends.padding import Run
from deployments.signature import Bucket, Signature
from pose.errors import ArtefactError

OPSET = 22  # the first in which a convolution may be bfloat16; TensorRT 11 reads 9 to 24
PROVIDERS = {"cpu": "CPUExecutionProvider", "cuda": "CUDAExecutionProvider"}


TYPES = {
    "F64": torch.float64,
    "F32": torch.float32,
    "F16": torch.float16,
    "BF16": torch.bfloat16,
    "F8_E4M3": torch.float8_e4m3fn,
    "I64": torch.int64,
    "I32": torch.int32,
    "I8": torch.int8,
    "U8": torch.uint8,
}
# What numpy does not know: what stands for it there, and its number in ONNX
_FOREIGN = {torch.bfloat16: (torch.int16, 16), torch.float8_e4m3fn: (torch.uint8, 17)}


@dataclass(frozen=True)
class Graph:
    """A checked graph: the serialised model, and by name the weights that are not in it."""

    model: bytes
    weights: Mapping[str, Tensor] = field(default_factory=dict)


def read_graph(path: Path, expected: Mapping[str, Any], loaded: dict[str, dict[str, Tensor]] | None = None) -> Graph:
    """The graph and its weights; loaded: weights by their file's SHA-256, for graphs that share them.

    Raises ArtefactError as `read_artefact` does, for every file.
    """
    known = {} if loaded is None else loaded
    model, manifest = read_artefact(path, expected)
    for file in manifest.data:
        if file.sha256 not in known:
            known[file.sha256] = tensors_of(read_data(path, file))
    return Graph(model, {name: tensor for file in manifest.data for name, tensor in known[file.sha256].items()})


def tensors_of(data: bytearray) -> dict[str, Tensor]:
    """The tensors of a safetensors file, in its own memory."""
    start = 8 + int.from_bytes(data[:8], "little")
    found = {}
    for name, told in json.loads(data[8:start]).items():
        dtype, (first, last) = TYPES[told["dtype"]], told["data_offsets"]
        count = (last - first) // dtype.itemsize
        found[name] = torch.frombuffer(data, dtype=dtype, count=count, offset=start + first).reshape(told["shape"])
    return found


def graph_runs(
    folder: Path, signature: Signature, precision: str, weights_sha256: str, device: str = "cpu"
) -> dict[Bucket, Run]:
    """A session a bucket. Raises ArtefactError where a graph is missing, altered, or of other weights or code."""
    runs, loaded = {}, dict[str, dict[str, Tensor]]()
    for bucket in signature.buckets:
        graph = graph_of(folder, signature, bucket, precision, weights_sha256, loaded)
        runs[bucket] = open_session(graph, device=device)
    return runs


def graph_of(
    folder: Path,
    signature: Signature,
    bucket: Bucket,
    precision: str,
    weights_sha256: str,
    loaded: dict[str, dict[str, Tensor]] | None = None,
) -> Graph:
    """The graph of one bucket; see `read_graph`."""
    path = folder / artefact_name(signature.network, bucket, precision, "onnx")
    return read_graph(path, expected_graph(signature, bucket, precision, weights_sha256), loaded)


def expected_graph(signature: Signature, bucket: Bucket, precision: str, weights_sha256: str) -> dict[str, Any]:
    """What the manifest of a graph must say for it to be served."""
    return {
        "network": signature.network,
        "bucket": bucket,
        "precision": precision,
        "weights_sha256": weights_sha256,
        "code_sha256": code_sha256(signature, bucket),
        "opset": OPSET,
        "tensorrt": None,
        "architecture": None,
    }


def open_session(graph: Graph | bytes, threads: int | None = None, device: str = "cpu") -> Run:
    """A graph as a function of tensors, in the graph's order; its answers lie on the CPU.

    As many threads as torch unless told otherwise. Raises ArtefactError as `onnxruntime_on` does, or where ONNX Runtime
    refuses the graph.
    """
    onnxruntime = onnxruntime_on(device)
    given = graph if isinstance(graph, Graph) else Graph(graph)
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads or torch.get_num_threads()
    options.log_severity_level = 3
    values = {name: _value(onnxruntime.OrtValue, tensor) for name, tensor in given.weights.items()}
    if values:
        options.add_external_initializers(list(values), list(values.values()))
    try:
        session = onnxruntime.InferenceSession(given.model, options, providers=[PROVIDERS[device]])
    except Exception as error:  # its errors have no base of their own
        raise ArtefactError(f"ONNX Runtime refuses the graph ({error}); set `backend: eager`.") from error
    names = [port.name for port in session.get_inputs()]

    def run(inputs: Sequence[Tensor], held: Any = (given, values)) -> list[Tensor]:  # the session may point into them
        feed = {name: tensor.numpy(force=True) for name, tensor in zip(names, inputs, strict=True)}
        return [torch.from_numpy(output) for output in session.run(None, feed)]

    return run


def onnxruntime_on(device: str) -> ModuleType:
    """ONNX Runtime for a device, cpu or cuda. Raises ArtefactError where it or its provider is missing."""
    if importlib.util.find_spec("onnxruntime") is None:
        raise ArtefactError("ONNX Runtime is not installed; pip install contrapposto[export], or set `backend: eager`.")
    import onnxruntime

    if PROVIDERS[device] not in onnxruntime.get_available_providers():
        raise ArtefactError(
            f"ONNX Runtime has no {PROVIDERS[device]}; pip install onnxruntime-gpu, or another backend."
        )
    module: ModuleType = onnxruntime
    return module


def _value(kind: Any, tensor: Tensor) -> Any:
    if tensor.dtype not in _FOREIGN:
        return kind.ortvalue_from_numpy(tensor.numpy())
    stand_in, number = _FOREIGN[tensor.dtype]
    return kind.ortvalue_from_numpy_with_onnx_type(tensor.view(stand_in).numpy(), number)
