"""Compares a graph's operators, types and attributes with what TensorRT's ONNX parser says that it takes.

The facts are in tensorrt_operators.json, whose source it names. Knows graphs; needs neither TensorRT nor a GPU. A graph
that passes may still fail to build (the table does not tell shapes), one that fails will not build.
"""

import json
from collections import Counter
from functools import cache
from pathlib import Path
from typing import Any

import onnx
from onnx import TensorProto, helper

TABLE = Path(__file__).with_name("tensorrt_operators.json")
_NAMES = {
    TensorProto.FLOAT: "FP32",
    TensorProto.FLOAT16: "FP16",
    TensorProto.BFLOAT16: "BF16",
    TensorProto.DOUBLE: "DOUBLE",
    TensorProto.INT8: "INT8",
    TensorProto.INT32: "INT32",
    TensorProto.INT64: "INT64",
    TensorProto.UINT8: "UINT8",
    TensorProto.FLOAT8E4M3FN: "FP8",
    TensorProto.BOOL: "BOOL",
}
_FLOATING = {"FP32", "FP16", "BF16", "DOUBLE"}


def unsupported(model: onnx.ModelProto) -> list[str]:
    """What TensorRT would not take, in words, each thing once; empty where it takes the graph."""
    table = _table()
    low, high = table["opsets"]
    problems = [
        f"opset {entry.version} of '{entry.domain or 'ai.onnx'}' (expected {low} to {high} of ai.onnx)"
        for entry in model.opset_import
        if entry.domain not in ("", "ai.onnx") or not low <= entry.version <= high
    ]
    types = _types(model)
    constants = {tensor.name for tensor in model.graph.initializer}
    constants |= {name for node in model.graph.node if node.op_type == "Constant" for name in node.output}
    for node in model.graph.node:
        problems += _of_node(node, types, constants, table)
    return list(dict.fromkeys(problems))


def operators(model: onnx.ModelProto) -> dict[str, int]:
    """How often each operator occurs."""
    return dict(Counter(node.op_type for node in model.graph.node))


def _of_node(node: onnx.NodeProto, types: dict[str, str], constants: set[str], table: dict[str, Any]) -> list[str]:
    if node.op_type not in table["types"]:
        return [f"operator {node.op_type}"]
    taken = set(table["types"][node.op_type].split())
    problems = [f"{node.op_type} of {found}" for found in sorted(_checked(node, types) - taken)]
    for attribute in node.attribute:
        allowed = table["attributes"].get(node.op_type, {}).get(attribute.name)
        value = helper.get_attribute_value(attribute)
        value = value.decode() if isinstance(value, bytes) else value
        if allowed is not None and value not in allowed:
            problems.append(f"{node.op_type} with {attribute.name}={value}")
    for row in table["constant_inputs"].get(node.op_type, []):
        if len(node.input) > row and node.input[row] and node.input[row] not in constants:
            problems.append(f"{node.op_type} with an input {row} that is no constant")
    if len(node.output) > table["outputs"].get(node.op_type, len(node.output)):
        problems.append(f"{node.op_type} with {len(node.output)} outputs")
    return problems


def _checked(node: onnx.NodeProto, types: dict[str, str]) -> set[str]:
    """The types that the table speaks of: of what is worked on (the first input), and every floating one.

    Indices, sizes and answers of comparisons have types of their own, which the table leaves out, as it does what
    values are scaled back to.
    """
    ports = [*node.input, *node.output]
    first = next((types[name] for name in ports if name in types), None)
    if node.op_type == "DequantizeLinear":
        return set() if first is None else {first}
    found = {types[name] for name in ports if types.get(name) in _FLOATING}
    return found if first is None else found | {first}


def _types(model: onnx.ModelProto) -> dict[str, str]:
    """Every tensor's type by name."""
    graph = onnx.shape_inference.infer_shapes(model).graph
    types = {tensor.name: tensor.data_type for tensor in graph.initializer}
    for value in (*graph.input, *graph.output, *graph.value_info):
        types[value.name] = value.type.tensor_type.elem_type
    return {name: _NAMES.get(kind, TensorProto.DataType.Name(kind)) for name, kind in types.items()}


@cache
def _table() -> dict[str, Any]:
    table: dict[str, Any] = json.loads(TABLE.read_text())
    return table
