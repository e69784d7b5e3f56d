"""Makes the artefacts of networks: graphs everywhere, engines where a GPU and TensorRT are. Resumable.

A graph of many weights has them in a file beside it (`beside`), once for all sizes. What is on disk is kept only if
`deployments.artefacts` would take it; all else is made anew, never loaded. A graph is written after it was run beside
torch and found equal, and after its operators were found in TensorRT's table. Knows what to make and in which order;
not how it is told to anybody.
"""

import hashlib
import os
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from importlib.metadata import version
from pathlib import Path
from typing import Any, Protocol

import onnx
import onnx_ir as ir
import torch
from torch import nn

from deployments.artefacts import (
    DataFile,
    Manifest,
    artefact_name,
    check_data,
    read_artefact,
    read_data,
    write_artefact,
)
from deployments.backends.code import code_sha256
from deployments.backends.engines import EngineRun, Lane, load_engine
from deployments.backends.graphs import OPSET, Graph, read_graph, tensors_of
from deployments.runtime import WEIGHTS, Runner
from deployments.signature import Bucket, Signature
from export.beside import named_by, put_beside, remove_unused, size_of
from export.engine import build_engine
from export.graph import in_precision, plain, traced
from export.operators import unsupported
from export.parity import ENGINE_BOUNDS, GRAPH_BOUNDS, check_parity, session
from export.quantize import Quantizer
from pose.errors import ArtefactError, GraphError

LARGEST = 2**30  # bytes of weights within a graph's own file, of which a protobuf message holds 2 GB with all else


@dataclass(frozen=True)
class Card:
    """Where engines are built: the GPU's architecture and the `tensorrt` module."""

    architecture: str
    tensorrt: Any

    @property
    def timings(self) -> str:
        """The name of the file in which TensorRT keeps what it has timed on this card."""
        return f"timings-{self.architecture}-{self.tensorrt.__version__}.cache"


class Exportable(Protocol):
    """What can be exported: a row of `networks.EMBEDDED`, or a `components.Component` of an operator's folder."""

    @property
    def signature(self) -> Signature: ...

    def load(self, directory: Path) -> tuple[Runner, nn.Module]:
        """The network as it is served, and the module to export."""
        ...

    def served(self, directory: Path) -> Runner:
        """What is exported, as torch runs it in serving, on weights of its own."""
        ...

    def exporter_sha256(self) -> str:
        """Of all that makes the graph, but the network's weights and its own code (`backends.code`)."""
        ...


@dataclass(frozen=True)
class Plan:
    """What is asked for. Without a card no engine is made; a quantizer is given a graph of `precision`; weights of more
    than `largest` bytes lie beside their graph."""

    out: Path
    precision: str
    rebuild: bool = False
    weights: Path = WEIGHTS
    card: Card | None = None
    quantizer: Quantizer | None = None
    largest: int = LARGEST

    @property
    def kind(self) -> str:
        """The precision that names the artefacts."""
        return self.quantizer.mode if self.quantizer else self.precision

    def exporter_sha256(self, embedded: Exportable) -> str:
        """Of what makes the graph; with a quantizer of what it is calibrated on, too."""
        code = embedded.exporter_sha256()
        return self.quantizer.sha256(code) if self.quantizer else code


@dataclass(frozen=True)
class Outcome:
    """One artefact: where it is, what it is, and why it was made (None: it was there already)."""

    path: Path
    manifest: Manifest
    made: str | None


@dataclass(frozen=True)
class Loaded:
    """A network of the table with its weights in it: as it is served, and in the form that is exported."""

    embedded: Exportable
    runner: Runner
    form: nn.Module


@dataclass(frozen=True)
class Made:
    """An artefact's bytes, how far it is from torch, and what lies beside it already."""

    model: bytes
    parity: float
    data: tuple[DataFile, ...] = ()


Maker = Callable[[Plan, Loaded, Bucket], Made]


def export(plan: Plan, networks: Sequence[Exportable], starting: Callable[[str], None]) -> Iterator[Outcome]:
    """Every artefact in turn; `starting` is told the name of what is made now. Raises GraphError, WeightsError."""
    makers: dict[str, Maker] = {"onnx": _graph}
    if plan.card is not None:
        makers["engine"] = partial(_engine, plan.card)
    for embedded in networks:
        loaded = Loaded(embedded, *embedded.load(plan.weights))
        for bucket in embedded.signature.buckets:
            for kind, make in makers.items():
                yield _made(plan, loaded, bucket, kind, starting, make)


def count(plan: Plan, networks: Sequence[Exportable]) -> int:
    """How many artefacts `export` will yield."""
    return sum(len(embedded.signature.buckets) for embedded in networks) * (1 if plan.card is None else 2)


def expected(plan: Plan, loaded: Loaded, bucket: Bucket, kind: str) -> dict[str, Any]:
    """What the manifest must say for an artefact to be kept."""
    engine = plan.card if kind == "engine" else None
    return {
        "network": loaded.embedded.signature.network,
        "bucket": bucket,
        "precision": plan.kind,
        "batch": loaded.embedded.signature.batch,
        "weights_sha256": loaded.runner.sha256,
        "code_sha256": code_sha256(loaded.embedded.signature, bucket),
        "exporter_sha256": plan.exporter_sha256(loaded.embedded),
        "opset": OPSET,
        "torch": torch.__version__,
        "onnx": version("onnx"),
        "tensorrt": engine.tensorrt.__version__ if engine else None,
        "architecture": engine.architecture if engine else None,
    }


def graph_on_disk(plan: Plan, loaded: Loaded, bucket: Bucket) -> Graph:
    """Raises ArtefactError where it is not what it should be."""
    name = artefact_name(loaded.embedded.signature.network, bucket, plan.kind, "onnx")
    return read_graph(plan.out / name, expected(plan, loaded, bucket, "onnx"))


def _made(
    plan: Plan,
    loaded: Loaded,
    bucket: Bucket,
    kind: str,
    starting: Callable[[str], None],
    make: Maker,
) -> Outcome:
    """Keeps what is there, or makes it and writes it with its manifest."""
    path = plan.out / artefact_name(loaded.embedded.signature.network, bucket, plan.kind, kind)
    wanted = expected(plan, loaded, bucket, kind)
    reason = "asked for anew" if plan.rebuild else "not there"
    if not plan.rebuild and path.exists():
        try:
            return Outcome(path, _kept(path, wanted), None)
        except ArtefactError as error:
            reason = error.message
    starting(path.name)
    made = make(plan, loaded, bucket)
    digest = hashlib.sha256(made.model).hexdigest()
    manifest = Manifest(**wanted, sha256=digest, bytes=len(made.model), parity=made.parity, data=made.data)
    earlier = named_by(path)
    write_artefact(path, made.model, manifest)
    remove_unused(plan.out, earlier)
    return Outcome(path, manifest, reason)


def _kept(path: Path, wanted: dict[str, Any]) -> Manifest:
    manifest = read_artefact(path, wanted)[1]
    for file in manifest.data:
        check_data(path, file)
    return manifest


def _graph(plan: Plan, loaded: Loaded, bucket: Bucket) -> Made:
    signature = loaded.embedded.signature
    model = traced(in_precision(loaded.form, plan.precision), signature, bucket)
    if plan.quantizer is not None:
        model = plan.quantizer.quantized(model)
    if size_of(model) > plan.largest:
        return _divided(plan, loaded, bucket, model)
    whole = plain(ir.to_proto(model))
    onnx.checker.check_model(whole, full_check=True)
    parity = _judged(plan, loaded, bucket, whole, {})
    return Made(whole.SerializeToString(deterministic=True), parity)


def _divided(plan: Plan, loaded: Loaded, bucket: Bucket, model: ir.Model) -> Made:
    """A graph with its weights beside it, which are run as they were written, and moved to their place if they pass."""
    plan.out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".making-", dir=plan.out) as scratch:
        path = Path(scratch, "graph.onnx")
        found, file = put_beside(model, path.parent, f"{loaded.embedded.signature.network}-{plan.kind}")
        data = plain(found).SerializeToString(deterministic=True)
        path.write_bytes(data)
        onnx.checker.check_model(str(path), full_check=True)
        parity = _judged(plan, loaded, bucket, found, tensors_of(read_data(path, file)))
        os.replace(path.with_name(file.name), plan.out / file.name)
    return Made(data, parity, (file,))


def _judged(
    plan: Plan, loaded: Loaded, bucket: Bucket, model: onnx.ModelProto, weights: Mapping[str, torch.Tensor]
) -> float:
    """The graph's parity. Raises GraphError where TensorRT would not take it, or where it differs from the network."""
    signature = loaded.embedded.signature
    problems = unsupported(model)
    if problems:
        raise GraphError(
            f"TensorRT does not take the graph of '{signature.network}': {'; '.join(problems)}. "
            "Write the network with operators that it takes (docs/export.md)."
        )
    return check_parity(session(model, weights), loaded.form, signature, bucket, GRAPH_BOUNDS[plan.kind])


def _engine(card: Card, plan: Plan, loaded: Loaded, bucket: Bucket) -> Made:
    """From the graph as it lies on disk, checked once more, then run on the card beside torch on the CPU."""
    signature = loaded.embedded.signature
    graph = graph_on_disk(plan, loaded, bucket)
    built = build_engine(graph, signature, bucket, plan.out / card.timings, card.tensorrt)
    run = EngineRun(load_engine(built, card.tensorrt), signature, bucket, Lane.on_card())
    return Made(built, check_parity(run, loaded.form, signature, bucket, ENGINE_BOUNDS[plan.kind]))
