"""Takes a graph's weights out of it, into a safetensors file beside: one ONNX file holds 2 GB at most.

The graph names the file, and each tensor's place in it, as ONNX's external data, so that other tools read it too; the
service itself reads the file by its own header. It is named after what it holds: graphs of the same network in several
sizes share it. Tensors are written one after the other, so that no second copy of the weights is made. Knows onnx_ir's
models; not what is in them.
"""

import hashlib
import json
import os
from collections.abc import Sequence
from itertools import chain
from pathlib import Path
from typing import Any

import onnx
import onnx_ir as ir

from deployments.artefacts import DataFile, read_manifest
from pose.errors import ArtefactError

SMALLEST = 1024  # bytes; what is smaller, shapes and axes for one, stays in the graph
_TYPES = {
    ir.DataType.DOUBLE: "F64",
    ir.DataType.FLOAT: "F32",
    ir.DataType.FLOAT16: "F16",
    ir.DataType.BFLOAT16: "BF16",
    ir.DataType.FLOAT8E4M3FN: "F8_E4M3",
    ir.DataType.INT64: "I64",
    ir.DataType.INT32: "I32",
    ir.DataType.INT8: "I8",
    ir.DataType.UINT8: "U8",
}


def size_of(model: ir.Model) -> int:
    """Bytes of all weights."""
    return sum(_tensor(value).nbytes for value in model.graph.initializers.values())


def put_beside(model: ir.Model, folder: Path, stem: str) -> tuple[onnx.ModelProto, DataFile]:
    """The graph without its weights, which are written into `folder`; the model given is changed in place."""
    moved = sorted(
        (value for value in model.graph.initializers.values() if _moves(_tensor(value))),
        key=lambda value: (-_tensor(value).dtype.bitwidth, str(value.name)),  # each lies at a multiple of its own size
    )
    header, offsets = _header(moved)
    partial = folder / f"{stem}.part"
    digest, size = hashlib.sha256(), 0
    with open(partial, "wb") as stream:
        for part in chain([header], (_tensor(value).tobytes() for value in moved)):
            stream.write(part)
            digest.update(part)
            size += len(part)
    file = DataFile(f"{stem}-{digest.hexdigest()[:16]}.safetensors", size, digest.hexdigest())
    os.replace(partial, folder / file.name)
    for value, offset in zip(moved, offsets, strict=True):
        value.const_value = _placed(value, file.name, len(header) + offset, folder)
    return ir.to_proto(model), file


def named_by(path: Path) -> set[str]:
    """The files of weights that an artefact's manifest names, if it has one that can be read."""
    try:
        return {file.name for file in read_manifest(path).data}
    except ArtefactError:
        return set()


def remove_unused(folder: Path, earlier: set[str]) -> None:
    """Of the weights that an artefact had, those that no graph in the folder names any more."""
    graphs = folder.glob("*.onnx") if earlier else ()
    for name in earlier - {name for path in graphs for name in named_by(path)}:
        (folder / Path(name).name).unlink(missing_ok=True)


def _header(values: Sequence[ir.Value]) -> tuple[bytes, list[int]]:
    """safetensors' header, and where each tensor begins behind it."""
    told: dict[str, Any] = {}
    offsets, end = [], 0
    for value in values:
        tensor = _tensor(value)
        offsets.append(end)
        end += tensor.nbytes
        told[str(value.name)] = {
            "dtype": _TYPES[tensor.dtype],
            "shape": [int(length) for length in tensor.shape.numpy()],
            "data_offsets": [offsets[-1], end],
        }
    text = json.dumps(told).encode()
    text += b" " * (-(8 + len(text)) % 64)
    return len(text).to_bytes(8, "little") + text, offsets


def _placed(value: ir.Value, file: str, offset: int, folder: Path) -> ir.ExternalTensor:
    tensor, name = _tensor(value), str(value.name)
    shape = ir.Shape(tensor.shape.numpy())
    return ir.ExternalTensor(file, offset, tensor.nbytes, tensor.dtype, shape=shape, name=name, base_dir=folder)


def _moves(tensor: ir.TensorProtocol) -> bool:
    return tensor.nbytes >= SMALLEST and tensor.dtype in _TYPES


def _tensor(value: ir.Value) -> ir.TensorProtocol:
    if value.const_value is None:
        raise ValueError(f"expected an initializer with a value, got none in '{value.name}'.")
    return value.const_value
