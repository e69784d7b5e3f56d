"""Makes the artefacts of the embedded networks: graphs everywhere, engines where a GPU and TensorRT are. Resumable.

What is on disk is kept only if `deployments.artefacts` would take it; all else is made anew, never loaded. A graph is
written after it was run beside torch and found equal, and after its operators were found in TensorRT's table. Knows
what to make and in which order; not how it is told to anybody.
"""

import hashlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from importlib.metadata import version
from pathlib import Path
from typing import Any

import onnx
import torch
from torch import nn

from deployments.artefacts import Manifest, artefact_name, read_artefact, write_artefact
from deployments.engines import EngineRun, Lane, load_engine
from deployments.graphs import OPSET
from deployments.runtime import WEIGHTS, Runner
from deployments.signature import Bucket
from deployments.trial import BOUNDS
from export.engine import build_engine
from export.graph import in_precision, to_onnx
from export.networks import Embedded
from export.operators import unsupported
from export.parity import ENGINE_BOUNDS, check_parity, session, widened
from pose.errors import ArtefactError, GraphError


@dataclass(frozen=True)
class Card:
    """Where engines are built: the GPU's architecture and the `tensorrt` module."""

    architecture: str
    tensorrt: Any

    @property
    def timings(self) -> str:
        """The name of the file in which TensorRT keeps what it has timed on this card."""
        return f"timings-{self.architecture}-{self.tensorrt.__version__}.cache"


@dataclass(frozen=True)
class Plan:
    """What is asked for. Without a card no engine is made."""

    out: Path
    precision: str
    rebuild: bool = False
    weights: Path = WEIGHTS
    card: Card | None = None


@dataclass(frozen=True)
class Outcome:
    """One artefact: where it is, what it is, and why it was made (None: it was there already)."""

    path: Path
    manifest: Manifest
    made: str | None


@dataclass(frozen=True)
class Loaded:
    """A network of the table with its weights in it: as it is served, and in the form that is exported."""

    embedded: Embedded
    runner: Runner
    form: nn.Module


Maker = Callable[[Plan, Loaded, Bucket], tuple[bytes, float]]  # the artefact and its parity


def export(plan: Plan, networks: Sequence[Embedded], starting: Callable[[str], None]) -> Iterator[Outcome]:
    """Every artefact in turn; `starting` is told the name of what is made now. Raises GraphError, WeightsError."""
    makers: dict[str, Maker] = {"onnx": _graph}
    if plan.card is not None:
        makers["engine"] = partial(_engine, plan.card)
    for embedded in networks:
        loaded = Loaded(embedded, *embedded.load(plan.weights))
        for bucket in embedded.signature.buckets:
            for kind, make in makers.items():
                yield _made(plan, loaded, bucket, kind, starting, make)


def count(plan: Plan, networks: Sequence[Embedded]) -> int:
    """How many artefacts `export` will yield."""
    return sum(len(embedded.signature.buckets) for embedded in networks) * (1 if plan.card is None else 2)


def expected(plan: Plan, loaded: Loaded, bucket: Bucket, kind: str) -> dict[str, Any]:
    """What the manifest must say for an artefact to be kept."""
    engine = plan.card if kind == "engine" else None
    return {
        "network": loaded.embedded.signature.network,
        "bucket": bucket,
        "precision": plan.precision,
        "batch": loaded.embedded.signature.batch,
        "weights_sha256": loaded.runner.sha256,
        "code_sha256": loaded.embedded.code_sha256(),
        "opset": OPSET,
        "torch": torch.__version__,
        "onnx": version("onnx"),
        "tensorrt": engine.tensorrt.__version__ if engine else None,
        "architecture": engine.architecture if engine else None,
    }


def read_graph(plan: Plan, loaded: Loaded, bucket: Bucket) -> bytes:
    """The graph on disk, serialised. Raises ArtefactError where it is not what it should be."""
    name = artefact_name(loaded.embedded.signature.network, bucket, plan.precision, "onnx")
    return read_artefact(plan.out / name, expected(plan, loaded, bucket, "onnx"))[0]


def _made(
    plan: Plan,
    loaded: Loaded,
    bucket: Bucket,
    kind: str,
    starting: Callable[[str], None],
    make: Maker,
) -> Outcome:
    """Keeps what is there, or makes it and writes it with its manifest."""
    path = plan.out / artefact_name(loaded.embedded.signature.network, bucket, plan.precision, kind)
    wanted = expected(plan, loaded, bucket, kind)
    reason = "asked for anew" if plan.rebuild else "not there"
    if not plan.rebuild and path.exists():
        try:
            return Outcome(path, read_artefact(path, wanted)[1], None)
        except ArtefactError as error:
            reason = error.message
    starting(path.name)
    data, parity = make(plan, loaded, bucket)
    manifest = Manifest(**wanted, sha256=hashlib.sha256(data).hexdigest(), bytes=len(data), parity=parity)
    write_artefact(path, data, manifest)
    return Outcome(path, manifest, reason)


def _graph(plan: Plan, loaded: Loaded, bucket: Bucket) -> tuple[bytes, float]:
    signature = loaded.embedded.signature
    model = to_onnx(in_precision(loaded.form, plan.precision), signature, bucket)
    onnx.checker.check_model(model, full_check=True)
    problems = unsupported(model)
    if problems:
        raise GraphError(
            f"TensorRT does not take the graph of '{signature.network}': {'; '.join(problems)}. "
            "Write the network with operators that it takes (docs/export.md)."
        )
    bound = BOUNDS[plan.precision]
    parity = check_parity(session(widened(model)), loaded.form, signature, bucket, bound)
    return model.SerializeToString(deterministic=True), parity


def _engine(card: Card, plan: Plan, loaded: Loaded, bucket: Bucket) -> tuple[bytes, float]:
    """From the graph as it lies on disk, checked once more, then run on the card beside torch on the CPU."""
    signature = loaded.embedded.signature
    graph = read_graph(plan, loaded, bucket)
    built = build_engine(graph, signature, bucket, plan.out / card.timings, card.tensorrt)
    run = EngineRun(load_engine(built, card.tensorrt), signature, bucket, Lane.on_card())
    return built, check_parity(run, loaded.form, signature, bucket, ENGINE_BOUNDS[plan.precision])
