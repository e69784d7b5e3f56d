"""Runs exported graphs by ONNX Runtime. Bytes come from `read_artefact` alone, checked before they are deserialised.

Knows graphs and tensors; not how graphs are made (export) nor how pictures are padded. ONNX Runtime is imported when a
session is opened: it comes with `contrapposto[export]`.
"""

import importlib.util
from collections.abc import Sequence
from pathlib import Path

import torch
from torch import Tensor

from deployments.artefacts import artefact_name, read_artefact
from deployments.padding import Run
from deployments.signature import Bucket, Signature
from pose.errors import ArtefactError

OPSET = 22  # the first in which a convolution may be bfloat16; TensorRT 11 reads 9 to 24
PROVIDERS = {"cpu": "CPUExecutionProvider", "cuda": "CUDAExecutionProvider"}


def graph_runs(
    folder: Path, signature: Signature, precision: str, weights_sha256: str, device: str = "cpu"
) -> dict[Bucket, Run]:
    """A session a bucket. Raises ArtefactError where a graph is missing, altered or of other weights."""
    expected = {"network": signature.network, "precision": precision, "weights_sha256": weights_sha256, "opset": OPSET}
    runs = {}
    for bucket in signature.buckets:
        path = folder / artefact_name(signature.network, bucket, precision, "onnx")
        data, _ = read_artefact(path, {**expected, "bucket": bucket, "tensorrt": None, "architecture": None})
        runs[bucket] = open_session(data, device=device)
    return runs


def open_session(graph: bytes, threads: int | None = None, device: str = "cpu") -> Run:
    """A serialised graph as a function of tensors on the CPU, in the graph's order.

    As many threads as torch unless told otherwise. Raises ArtefactError where ONNX Runtime or its provider is missing,
    or where it refuses the graph.
    """
    if importlib.util.find_spec("onnxruntime") is None:
        raise ArtefactError("ONNX Runtime is not installed; pip install contrapposto[export], or set `backend: eager`.")
    import onnxruntime

    if PROVIDERS[device] not in onnxruntime.get_available_providers():
        raise ArtefactError(
            f"ONNX Runtime has no {PROVIDERS[device]}; pip install onnxruntime-gpu, or another backend."
        )
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads or torch.get_num_threads()
    options.log_severity_level = 3
    try:
        session = onnxruntime.InferenceSession(graph, options, providers=[PROVIDERS[device]])
    except Exception as error:  # its errors have no base of their own
        raise ArtefactError(f"ONNX Runtime refuses the graph ({error}); set `backend: eager`.") from error
    names = [port.name for port in session.get_inputs()]

    def run(inputs: Sequence[Tensor]) -> list[Tensor]:
        feed = {name: tensor.numpy(force=True) for name, tensor in zip(names, inputs, strict=True)}
        return [torch.from_numpy(output) for output in session.run(None, feed)]

    return run
