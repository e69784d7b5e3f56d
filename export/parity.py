"""Runs an exported graph in ONNX Runtime beside torch: how far apart they are, and how long each takes.

Knows graphs and tensors; not where artefacts lie. ONNX Runtime has no bfloat16 convolutions on a CPU, so a bfloat16
graph is run with its bfloat16 tensors widened to float32 (the weights stay rounded): that shows that the graph is the
right one, not what bfloat16 arithmetic adds.
"""

import statistics
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

import numpy as np
import onnx
import torch
from onnx import TensorProto, numpy_helper
from torch import Tensor, nn

from deployments.backends.graphs import Graph, open_session
from deployments.backends.ordered import ordered
from deployments.backends.padding import Run
from deployments.backends.trial import BOUNDS, example_inputs, relative_error
from deployments.runtime import Runner
from deployments.signature import Bucket, Signature
from pose.errors import GraphError

# What a quantised network computes only its pictures can judge; a graph that is another network is farther off.
GRAPH_BOUNDS = {**BOUNDS, "int8": 0.3, "fp8": 0.3}
ENGINE_BOUNDS = {**GRAPH_BOUNDS, "fp32": 1e-2}  # on a GPU float32 is multiplied as TF32, unless told otherwise


def check_parity(run: Run, network: nn.Module, signature: Signature, bucket: Bucket, bound: float) -> float:
    """The largest relative difference between `run` and the network in float32, over outputs and batches of 1 and 3.

    Raises GraphError beyond `bound`.
    """
    reference = ordered(network, signature)
    worst = 0.0
    for batch in (1, 3):
        inputs = example_inputs(signature, bucket, batch, seed=batch)
        with torch.inference_mode():
            expected = reference(*inputs)
        for port, want, got in zip(signature.outputs, expected, run(inputs), strict=True):
            error = relative_error(want, got)
            if not error <= bound:
                raise GraphError(
                    f"the graph of '{signature.network}' differs from the network in '{port.name}' by {error:.1e} "
                    f"(bound {bound:.0e}); it was not written. Export it at another --precision."
                )
            worst = max(worst, error)
    return worst


def session(model: onnx.ModelProto, weights: Mapping[str, Tensor] | None = None) -> Run:
    """Runs a graph on the CPU, widened; inputs in the graph's order. weights: those that lie beside it."""
    held = {name: _wide(tensor) for name, tensor in (weights or {}).items()}
    return open_session(Graph(widened(model).SerializeToString(), held))


def widened(model: onnx.ModelProto) -> onnx.ModelProto:
    """The same graph with float32 for bfloat16, values kept; of weights beside it the types alone."""
    copy = onnx.ModelProto()
    copy.CopyFrom(model)
    for tensor in copy.graph.initializer:
        _widen(tensor)
    for node in copy.graph.node:
        for attribute in node.attribute:
            if attribute.name == "to" and attribute.i == TensorProto.BFLOAT16:
                attribute.i = TensorProto.FLOAT
            if attribute.HasField("t"):
                _widen(attribute.t)
    for value in (*copy.graph.input, *copy.graph.output, *copy.graph.value_info):
        if value.type.tensor_type.elem_type == TensorProto.BFLOAT16:
            value.type.tensor_type.elem_type = TensorProto.FLOAT
    return copy


def times(
    network: nn.Module,
    served: Runner,
    run: Run,
    inputs: Sequence[Tensor],
    repeats: int = 7,
    clock: Callable[[], float] = time.perf_counter,
) -> dict[str, float]:
    """Median milliseconds of torch in float32, of torch as served, and of a graph's session; in turns, in one process.

    `network` must not be the module that `served` holds, whose weights may be rounded. On a busy machine, with one
    thread, `time.process_time` is the clock to trust.
    """
    whole = replace(served, module=network, dtype=torch.float32)
    ways: dict[str, Callable[[], object]] = {
        "torch fp32": lambda: whole(*inputs),
        "torch as served": lambda: served(*inputs),
        "onnxruntime": lambda: run(inputs),
    }
    taken: dict[str, list[float]] = {name: [] for name in ways}
    for turn in range(repeats + 1):
        for name, way in ways.items():
            start = clock()
            way()
            if turn:  # the first turn warms
                taken[name].append(1000 * (clock() - start))
    return {name: statistics.median(values) for name, values in taken.items()}


def _wide(tensor: Tensor) -> Tensor:
    return tensor.float() if tensor.dtype == torch.bfloat16 else tensor


def _widen(tensor: TensorProto) -> None:
    if tensor.data_type != TensorProto.BFLOAT16:
        return
    if tensor.data_location == TensorProto.EXTERNAL:
        tensor.data_type = TensorProto.FLOAT
    else:
        values = numpy_helper.to_array(tensor).astype(np.float32)
        tensor.CopyFrom(numpy_helper.from_array(values, tensor.name))
