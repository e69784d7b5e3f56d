"""Chooses what runs a network: torch, torch compiled, ONNX Runtime or TensorRT, by settings or by measurement.

Whatever is chosen has the signature of the network itself, `served(*tensors) -> output`, tensors on the CPU in and out.
Knows runners, signatures and the folder of artefacts; no stage and no request. What was not to be had is told in the
log with its reason. Backends on a GPU were NOT RUN so far.
"""

import copy
import logging
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import torch

from deployments.backends.compiled import compiled_runs
from deployments.backends.engines import engine_runs
from deployments.backends.graphs import graph_runs
from deployments.backends.padding import Padded, Run
from deployments.backends.spec import Backend, Runtime
from deployments.backends.trial import BOUNDS, bears_padding, distance, example_inputs, median_seconds, outputs_of
from deployments.runtime import Runner, placed, precision, rounded
from deployments.signature import Bucket, Signature
from pose.errors import ContrappostoError, WeightsError

Call = Callable[..., Any]

QUICKER_AS_GRAPHS = ("pose", "parse")  # by ONNX Runtime, where torch has float32 alone; docs/export.md, Times
LOG = logging.getLogger("contrapposto.runtime")
_DTYPES = {"fp32": torch.float32, "fp16": torch.float16, "bf16": torch.bfloat16}
_NAMES = {dtype: name for name, dtype in _DTYPES.items()}


@dataclass(frozen=True)
class Served:
    """A network as it is served. `sha256` names its weights; `backend` what runs it, `device` where: cpu or cuda."""

    name: str
    sha256: str
    backend: Backend
    call: Call
    device: str = "cpu"

    def __call__(self, *inputs: torch.Tensor) -> Any:
        return self.call(*inputs)


def serve_network(
    runner: Runner, signature: Signature, runtime: Runtime, clock: Callable[[], float] = time.perf_counter
) -> Served:
    """The network by the backend that is asked for, warm. Moves and rounds the runner's weights in place.

    The answer is a dict by the signature's outputs, or the tensor where there is one. Raises WeightsError where the
    device is not there, ArtefactError and GraphError where the backend asked for cannot run; each with the remedy.
    """
    reference = copy.deepcopy(runner.module).float()  # before the weights are rounded
    options = Options(_on_device(runner, runtime), reference, signature, runtime)
    if runtime.backend == "auto":
        return quickest(options, clock)
    if runtime.backend != "default":
        return options.served(runtime.backend)
    return _default(options)


@dataclass(frozen=True)
class Options:
    """The backends of one network. runner: eager, as served; reference: the module in float32 on the CPU."""

    runner: Runner
    reference: torch.nn.Module
    signature: Signature
    runtime: Runtime

    def served(self, backend: Backend) -> Served:
        """By one backend, warm; raises as `serve_network` does."""
        call = self._makers[backend]()
        for bucket in self.signature.buckets:
            call(*example_inputs(self.signature, bucket, batch=1))
        return Served(self.runner.name, self.runner.sha256, backend, call, self.runner.device.type)

    def precision_of(self, backend: Backend) -> str:
        """Of what a backend would run here; float32 graphs for ONNX Runtime, whose CPU kernels are few below it."""
        if backend == "onnxruntime" and self.runtime.precision == "auto":
            return "fp32"
        return precision_name(self.runner.dtype)

    @property
    def _makers(self) -> dict[Backend, Callable[[], Call]]:
        return {
            "eager": lambda: self.runner,
            "compiled": self._compiled,
            "onnxruntime": self._graphs,
            "tensorrt": self._engines,
        }

    def _compiled(self) -> Call:
        batches = self._batches()
        runs = compiled_runs(self.runner, self.signature, batches)
        return self._padded(runs, batches)

    def _graphs(self) -> Call:
        folder, device = self.runtime.artefacts, self.runner.device.type
        precision = self.precision_of("onnxruntime")
        return self._padded(graph_runs(folder, self.signature, precision, self.runner.sha256, device), ())

    def _engines(self) -> Call:
        precision = self.precision_of("tensorrt")
        runs = engine_runs(self.runtime.artefacts, self.signature, precision, self.runner.sha256)
        return self._padded(runs, self._batches())

    def _batches(self) -> tuple[int, ...]:
        return tuple(sorted(batch for batch in self.runtime.batches if batch <= self.signature.batch))

    def _padded(self, runs: dict[Bucket, Run], batches: tuple[int, ...]) -> Padded:
        bears = bears_padding(self.reference, self.signature, BOUNDS["fp32"])
        return Padded(self.signature, runs, self.runner, batches, bears)


def quickest(options: Options, clock: Callable[[], float]) -> Served:
    """The fastest backend whose answers agree with torch in float32, at batch 1 over all buckets.

    Eager is always to be had; another that cannot run, or that differs, is left out with a line in the log.
    """
    eager = options.served("eager")
    best, least = eager, _seconds(eager, options.signature, clock)
    LOG.info("%s by eager: %.1f ms", eager.name, 1000 * least)
    others: tuple[Backend, ...] = ("compiled", "onnxruntime", "tensorrt")
    for backend in others:
        try:
            served = options.served(backend)
        except (ContrappostoError, RuntimeError) as error:
            LOG.warning("%s not by %s: %s", eager.name, backend, error)
            continue
        error_found = parity(served, options)
        taken = _seconds(served, options.signature, clock)
        LOG.info("%s by %s: %.1f ms, parity %.1e", eager.name, backend, 1000 * taken, error_found)
        if error_found > BOUNDS[options.precision_of(backend)]:
            LOG.warning("%s not by %s: it differs from torch by %.1e", eager.name, backend, error_found)
        elif taken < least:
            best, least = served, taken
    return best


def parity(served: Served, options: Options) -> float:
    """The largest relative difference from torch in float32, over buckets and batches of 1 and 3."""
    worst = 0.0
    for bucket in options.signature.buckets:
        for batch in (1, 3):
            inputs = example_inputs(options.signature, bucket, batch, seed=batch)
            with torch.inference_mode():
                expected = outputs_of(options.reference(*inputs), options.signature)
            worst = max(worst, distance(expected, outputs_of(served(*inputs), options.signature)))
    return worst


def _default(options: Options) -> Served:
    """ONNX Runtime where it was measured as the faster and its graphs are there; else torch."""
    slow = options.runner.device.type == "cpu" and options.runner.dtype == torch.float32
    if slow and options.signature.network in QUICKER_AS_GRAPHS:
        try:
            return options.served("onnxruntime")
        except ContrappostoError as error:
            LOG.info("%s not by onnxruntime: %s", options.runner.name, error)
    return options.served("eager")


def place(runtime: Runtime) -> tuple[torch.device, torch.dtype]:
    """The device and the precision that are asked for. Raises WeightsError where there is no such device."""
    here = torch.cuda.is_available()
    if runtime.device == "cuda" and not here:
        raise WeightsError("`device: cuda` was asked for, but torch sees no GPU; set `device: cpu` or `auto`.")
    device = torch.device("cuda" if here and runtime.device != "cpu" else "cpu")
    dtype = precision(device) if runtime.precision == "auto" else _DTYPES[runtime.precision]
    return device, dtype


def precision_name(dtype: torch.dtype) -> str:
    """As artefacts are named."""
    return _NAMES[dtype]


def _on_device(runner: Runner, runtime: Runtime) -> Runner:
    return rounded(placed(replace(runner), *place(runtime)))


def _seconds(served: Served, signature: Signature, clock: Callable[[], float]) -> float:
    total = 0.0
    for bucket in signature.buckets:
        inputs = example_inputs(signature, bucket, batch=1)
        total += median_seconds(lambda inputs=inputs: served(*inputs), clock)  # type: ignore[misc]
    return total
