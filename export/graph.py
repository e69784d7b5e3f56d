"""A network -> an ONNX graph, through a wrapper that orders its outputs. Knows torch and ONNX; no files, no engines.

One graph a bucket, the batch left open. Engines of TensorRT 11 are strongly typed, so the graph itself carries the
precision: below float32, convolutions and linear layers work in the smaller type (weights and what comes in), while
normalisation, blending and sampling stay float32, as do inputs and outputs. Casting everything would be wrong: in
bfloat16 a joint at x = 300 moves by a pixel and a copied colour loses its last bit.
"""

import copy
import logging
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import onnx
import onnx_ir as ir
import torch
from torch import Tensor, nn

from deployments.backends.graphs import OPSET
from deployments.backends.ordered import ordered
from deployments.backends.trial import example_inputs
from deployments.signature import Bucket, Signature

PRECISIONS = {"fp32": torch.float32, "bf16": torch.bfloat16, "fp16": torch.float16}
_MULTIPLYING = (nn.Conv2d, nn.Linear)
_NORMALISING = (nn.GroupNorm, nn.LayerNorm, nn.BatchNorm2d, nn.MultiheadAttention)


def in_precision(network: nn.Module, precision: str) -> nn.Module:
    """A copy whose multiplications have the type of `precision`, one of PRECISIONS; the same network for fp32.

    The copy shares what stays as it is, and has the rest in the smaller type alone.
    """
    dtype = PRECISIONS[precision]
    if dtype == torch.float32:
        return network
    network = copy.deepcopy(network, _sharing(network, dtype))
    multiplying = _multiplying(network)
    for layer in network.modules():
        if layer in multiplying:
            _works_in(layer.to(dtype), dtype)
        elif isinstance(layer, _NORMALISING):
            _works_in(layer, torch.float32)
    return network


def to_onnx(network: nn.Module, signature: Signature, bucket: Bucket) -> onnx.ModelProto:
    """The graph of one bucket, weights and all; see `traced`."""
    return plain(ir.to_proto(traced(network, signature, bucket)))


def traced(network: nn.Module, signature: Signature, bucket: Bucket) -> ir.Model:
    """The graph of one bucket on the network's own weights, its first axis open from 1 to the signature's batch.

    Raises torch's own UserError where the network fixes the batch.
    """
    inputs = example_inputs(signature, bucket, batch=2)
    wrapper = ordered(network, signature)
    batch = torch.export.Dim("batch", min=1, max=max(signature.batch, 2))
    with _quiet(), torch.no_grad():
        axes = (tuple({0: batch} for _ in inputs),)
        program = torch.export.export(wrapper, inputs, dynamic_shapes=axes)
        exported = torch.onnx.export(
            program,
            dynamo=True,
            opset_version=OPSET,
            input_names=[port.name for port in signature.inputs],
            output_names=[port.name for port in signature.outputs],
            verbose=False,
        )
    if exported is None:
        raise RuntimeError(f"torch exported nothing for '{signature.network}'.")
    model: ir.Model = exported.model
    return model


def plain(model: onnx.ModelProto) -> onnx.ModelProto:
    """Names the open axis, and drops what torch notes about source lines: the same code gives the same bytes."""
    graph = model.graph
    symbols = {dim.dim_param for port in graph.input for dim in port.type.tensor_type.shape.dim if dim.dim_param}
    for value in (*graph.input, *graph.output, *graph.value_info):
        for dim in value.type.tensor_type.shape.dim:
            if dim.dim_param in symbols:
                dim.dim_param = "batch"
    for part in (model, graph, *graph.node, *graph.input, *graph.output, *graph.value_info, *graph.initializer):
        del part.metadata_props[:]
    for node in graph.node:
        node.ClearField("doc_string")
    return model


def _multiplying(network: nn.Module) -> set[nn.Module]:
    attention = [child for child in network.modules() if isinstance(child, nn.MultiheadAttention)]
    kept = {child for module in attention for child in module.modules()}
    return {layer for layer in network.modules() if isinstance(layer, _MULTIPLYING) and layer not in kept}


def _sharing(network: nn.Module, dtype: torch.dtype) -> dict[int, Any]:
    """What stands for each tensor in a copy, by its id: see `copy.deepcopy`."""
    shared: dict[int, Any] = {id(tensor): tensor for tensor in (*network.parameters(), *network.buffers())}
    for layer in _multiplying(network):
        for tensor in layer.parameters(recurse=False):
            shared[id(tensor)] = nn.Parameter(tensor.detach().to(dtype), requires_grad=tensor.requires_grad)
    return shared


def _works_in(layer: nn.Module, dtype: torch.dtype) -> None:
    def cast(_: nn.Module, inputs: tuple[Tensor, ...]) -> tuple[Tensor, ...]:
        return tuple(tensor.to(dtype) for tensor in inputs)

    layer.register_forward_pre_hook(cast)


@contextmanager
def _quiet() -> Iterator[None]:
    """Without torch's own chatter, and without the fused attention that no graph can hold."""
    chatter = logging.getLogger("torch.onnx")
    level, fast = chatter.level, torch.backends.mha.get_fastpath_enabled()
    chatter.setLevel(logging.ERROR)
    torch.backends.mha.set_fastpath_enabled(False)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        chatter.setLevel(level)
        torch.backends.mha.set_fastpath_enabled(fast)
