"""Runs TensorRT engines. The only module that imports TensorRT; export builds engines by the module it is given here.

An engine is executable and no library notices that one was altered: bytes come from `read_artefact` alone, which also
sees that they were built for this card and this TensorRT. Written for TensorRT 11 and checked against its real Python
classes in the tests. NOT RUN ON A GPU so far.
"""

import importlib.util
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType
from typing import Any

import torch
from torch import Tensor

from deployments.artefacts import REMEDY, artefact_name, read_artefact
from deployments.backends.code import code_sha256
from deployments.backends.padding import Run
from deployments.signature import Bucket, Signature
from pose.errors import ArtefactError, GraphError

Enqueue = Callable[[], None]
Capture = Callable[[Enqueue], Enqueue]


@dataclass(frozen=True)
class Lane:
    """Where engines run: a device and one of its streams, as torch.cuda gives it."""

    device: str
    stream: Any

    @classmethod
    def on_card(cls) -> "Lane":
        """A stream of its own: on the default one TensorRT would wait for the whole card."""
        return cls("cuda", torch.cuda.Stream())


def tensorrt_module() -> ModuleType | None:
    """TensorRT where it is installed."""
    if importlib.util.find_spec("tensorrt") is None:
        return None
    import tensorrt

    module: ModuleType = tensorrt
    return module


def architecture() -> str | None:
    """The first GPU's, such as sm90; None without one."""
    if not torch.cuda.is_available():
        return None
    major, minor = torch.cuda.get_device_capability()
    return f"sm{major}{minor}"


def engine_runs(folder: Path, signature: Signature, precision: str, weights_sha256: str) -> dict[Bucket, Run]:
    """The engines of all buckets on this machine's card, each batch captured as a CUDA graph when it first runs.

    Raises ArtefactError where there is no card, no TensorRT, or an engine that was made for something else.
    """
    card = OnCard.here()
    runs = {}
    for bucket in signature.buckets:
        data = read_engine(folder, signature, bucket, precision, weights_sha256, card)
        runs[bucket] = card.run(data, signature, bucket)
    return dict(runs)


@dataclass(frozen=True)
class OnCard:
    """A GPU with TensorRT: its architecture, the module, and the stream on which its engines run."""

    architecture: str
    tensorrt: Any
    lane: Lane

    @classmethod
    def here(cls) -> "OnCard":
        """Raises ArtefactError where there is no GPU or no TensorRT."""
        found, trt = architecture(), tensorrt_module()
        if found is None:
            raise ArtefactError("TensorRT needs a GPU, and torch sees none; set `backend: eager`.")
        if trt is None:
            raise ArtefactError(
                "TensorRT is not installed; pip install contrapposto[tensorrt], or set `backend: compiled`."
            )
        return cls(found, trt, Lane.on_card())

    def run(self, plan: bytes, signature: Signature, bucket: Bucket, answers: str = "cpu") -> Run:
        """A checked engine's run, each batch captured as a CUDA graph when it first runs."""
        return EngineRun(
            load_engine(plan, self.tensorrt), signature, bucket, self.lane, captured(self.lane), answers=answers
        )


def read_engine(
    folder: Path, signature: Signature, bucket: Bucket, precision: str, weights: str, card: OnCard
) -> bytes:
    """The engine's bytes; `weights`: their SHA-256. Raises ArtefactError."""
    path = folder / artefact_name(signature.network, bucket, precision, "engine")
    return read_artefact(path, expected_engine(signature, bucket, precision, weights, card))[0]


def expected_engine(signature: Signature, bucket: Bucket, precision: str, weights: str, card: OnCard) -> dict[str, Any]:
    """What the manifest of an engine must say for it to be served here."""
    return {
        "network": signature.network,
        "bucket": bucket,
        "precision": precision,
        "weights_sha256": weights,
        "code_sha256": code_sha256(signature, bucket),
        "architecture": card.architecture,
        "tensorrt": card.tensorrt.__version__,
    }


def load_engine(plan: bytes, trt: Any) -> Any:
    """The engine of bytes that `read_artefact` has checked: never give it any others."""
    engine = trt.Runtime(trt.Logger(trt.Logger.WARNING)).deserialize_cuda_engine(plan)
    if engine is None:
        raise GraphError(f"TensorRT refuses the engine; {REMEDY}.")
    return engine


@dataclass(frozen=True)
class EngineRun:
    """An engine of one bucket as a function of tensors, in the signature's order; answers lie on the device `answers`.

    Each batch has a context and buffers of its own, so that it can be captured once (`capture`) and replayed.
    """

    engine: Any
    signature: Signature
    bucket: Bucket
    lane: Lane
    capture: Capture = lambda enqueue: enqueue
    answers: str = "cpu"
    _ready: dict[int, "_Batch"] = field(default_factory=dict)

    def __call__(self, inputs: Sequence[Tensor]) -> list[Tensor]:
        rows = len(inputs[0])
        if rows not in self._ready:
            self._ready[rows] = self._prepared(rows)
        batch = self._ready[rows]
        for tensor, buffer in zip(inputs, batch.inputs.values(), strict=True):
            buffer.copy_(tensor)
        if self.lane.device == "cuda":
            self.lane.stream.wait_stream(torch.cuda.current_stream())
        batch.enqueue()
        self.lane.stream.synchronize()
        return [buffer.to(self.answers, copy=True) for buffer in batch.outputs.values()]

    def _prepared(self, rows: int) -> "_Batch":
        inputs, outputs = (
            {port.name: torch.zeros((rows, *port.shape(*self.bucket)), device=self.lane.device) for port in ports}
            for ports in (self.signature.inputs, self.signature.outputs)
        )
        context = self.engine.create_execution_context()
        for name, buffer in inputs.items():
            if not context.set_input_shape(name, tuple(buffer.shape)):
                raise GraphError(
                    f"the engine of '{self.signature.network}' does not take {name} of {tuple(buffer.shape)}; {REMEDY}."
                )
        for name, buffer in {**inputs, **outputs}.items():
            context.set_tensor_address(name, buffer.data_ptr())

        def enqueue() -> None:
            if not context.execute_async_v3(self.lane.stream.cuda_stream):
                raise GraphError("the engine did not run; its log says why.")

        return _Batch(inputs, outputs, self.capture(enqueue))


@dataclass(frozen=True)
class _Batch:
    """Buffers by port's name, and what runs the engine on them."""

    inputs: Mapping[str, Tensor]
    outputs: Mapping[str, Tensor]
    enqueue: Enqueue


def captured(lane: Lane) -> Capture:
    """Turns a call into the replay of a CUDA graph; it is run once before, for TensorRT allocates on its first run."""

    def capture(enqueue: Enqueue) -> Enqueue:
        lane.stream.wait_stream(torch.cuda.current_stream())
        enqueue()
        lane.stream.synchronize()
        graph = torch.cuda.CUDAGraph()
        with torch.cuda.graph(graph, stream=lane.stream):
            enqueue()

        def replay() -> None:
            with torch.cuda.stream(lane.stream):
                graph.replay()

        return replay

    return capture
