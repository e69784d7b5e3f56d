"""What runs in place of a checkpoint's UNet and ControlNet: compiled ones, exported graphs, TensorRT engines.

Each is called as `rows` calls the networks themselves and has fixed sizes. Canvases are few (`framing`), so none is
padded to another: what a size has no graph for runs by torch, which a line in the log tells once. A network is compiled
at the start alone, for the canvases that are given: to compile at the first request of a size would hold up every
request's steps for minutes. Graphs and engines are opened at the start too, all that were exported; one that was made
for another network, card or version is refused. Batches are filled up to 1, 2, 4 or 8 rows, larger ones are split.

Knows ports, artefacts and torch's networks; no schedulers, no requests. NOT RUN ON A GPU so far. The checkpoint's own
networks stay on the device for the sizes that are left: what runs by an engine holds its weights besides.
"""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import torch
from torch import Tensor

from deployments.artefacts import artefact_name, manifest_path
from deployments.backends.choice import precision_name
from deployments.backends.compiled import compiled_runs
from deployments.backends.engines import OnCard, read_engine
from deployments.backends.graphs import graph_of, open_session
from deployments.backends.padding import Padded, Run
from deployments.backends.spec import Runtime
from deployments.denoiser.checkpoint.framing import canvases
from deployments.denoiser.checkpoint.parts import Part
from deployments.denoiser.checkpoint.ports import (
    LATENT,
    Kind,
    Positional,
    answer_of,
    scale_heard,
    signature_of,
    tensors_of,
)
from deployments.denoiser.checkpoint.rows import Networks
from deployments.runtime import Runner
from deployments.signature import Bucket, Signature
from pose.errors import ArtefactError

DEFAULT = Runtime()
BY_TORCH = ("eager", "default", "auto")  # nothing was measured that another would be the default by
LOG = logging.getLogger("contrapposto.runtime")
COMPILED = (1.0, 7 / 4)  # height to width: the square, and as most standing figures are framed


@dataclass(eq=False)
class Substitute:
    """A network of fixed sizes, called as diffusers' own is; `other` runs what has no size here. See `rows`."""

    signature: Signature
    runs: Mapping[Bucket, Run]
    other: Any
    batches: tuple[int, ...]
    _told: set[Bucket] = field(default_factory=set)

    def __call__(self, sample: Tensor, timestep: Tensor, **named: Any) -> Any:
        size = sample.shape[-2] * LATENT, sample.shape[-1] * LATENT
        if size not in self.runs:
            self._tell(size)
            return self.other(sample, timestep, **named)
        scale = scale_heard(self.other) if self.signature.network == "unet" else 1.0
        inputs = tensors_of(self.signature, sample, timestep, scale, named)
        padded = Padded(self.signature, self.runs, self.other, self.batches, to_buckets=False)
        answer = padded(*inputs)
        found = answer.values() if isinstance(answer, dict) else [answer]
        tensors = [tensor.to(sample.device, sample.dtype) for tensor in found]
        return answer_of(self.signature.network, tensors)  # type: ignore[arg-type]

    def _tell(self, size: Bucket) -> None:
        if size not in self._told:
            self._told.add(size)
            LOG.warning("%s at %dx%d runs by torch: it is not among %s", self.signature.network, *size, _listed(self))


def substitutes(
    parts: Sequence[Part], runtime: Runtime, device: torch.device, dtype: torch.dtype, side: int, multiple: int
) -> Networks:
    """What runs the UNet and the ControlNet by a backend that is not one of BY_TORCH.

    parts: both, as they lie on the device; side, multiple: of the checkpoint's canvases. Raises ArtefactError where no
    canvas has an artefact, and where one is not what it should be; GraphError where torch cannot compile.
    """
    sizes = canvases(side, multiple)
    unet, controlnet = (_substitute(part, runtime, device, dtype, sizes) for part in parts)
    return Networks(unet, controlnet, monolithic=True)


def _substitute(
    part: Part, runtime: Runtime, device: torch.device, dtype: torch.dtype, sizes: tuple[Bucket, ...]
) -> Substitute:
    makers = {"compiled": _compiled, "onnxruntime": _graphs, "tensorrt": _engines}
    whole = signature_of(part.kind, part.network.config, part.given, sizes)
    runs = makers[runtime.backend](part, whole, runtime, device, dtype)
    if not runs:
        raise _none(part.kind, runtime, whole.buckets, _precision(runtime, dtype))
    batches = () if runtime.backend == "onnxruntime" else _batches(runtime, whole)
    found = Substitute(whole, runs, part.network, batches)
    LOG.info("%s by %s at %s; other canvases by torch", part.kind, runtime.backend, _listed(found))
    return found


def _compiled(
    part: Part, whole: Signature, runtime: Runtime, device: torch.device, dtype: torch.dtype
) -> dict[Bucket, Run]:
    usual = tuple(min(whole.buckets, key=lambda size: abs(size[0] / size[1] - aspect)) for aspect in COMPILED)
    signature = signature_of(part.kind, part.network.config, part.given, part.compiled or usual)
    form = Positional(part.network, signature, dtype)
    runner = Runner(part.kind, part.sha256, form, torch.float32, device)  # the form has the networks' type already
    return compiled_runs(runner, signature, _batches(runtime, whole), str(device))


def _graphs(
    part: Part, whole: Signature, runtime: Runtime, device: torch.device, dtype: torch.dtype
) -> dict[Bucket, Run]:
    precision = _precision(runtime, dtype)
    loaded: dict[str, dict[str, Tensor]] = {}
    return {
        bucket: open_session(
            graph_of(runtime.artefacts, whole, bucket, precision, part.sha256, loaded), device=device.type
        )
        for bucket in _exported(whole, runtime, precision, "onnx")
    }


def _engines(
    part: Part, whole: Signature, runtime: Runtime, device: torch.device, dtype: torch.dtype
) -> dict[Bucket, Run]:
    precision, card = _precision(runtime, dtype), OnCard.here()
    return {
        bucket: card.run(
            read_engine(runtime.artefacts, whole, bucket, precision, part.sha256, card), whole, bucket, str(device)
        )
        for bucket in _exported(whole, runtime, precision, "engine")
    }


def _batches(runtime: Runtime, whole: Signature) -> tuple[int, ...]:
    return tuple(sorted(batch for batch in runtime.batches if batch <= whole.batch))


def _exported(whole: Signature, runtime: Runtime, precision: str, kind: str) -> list[Bucket]:
    """The canvases of which there is a file, or at least a manifest."""
    paths = {
        bucket: runtime.artefacts / artefact_name(whole.network, bucket, precision, kind) for bucket in whole.buckets
    }
    return [bucket for bucket, path in paths.items() if path.exists() or manifest_path(path).exists()]


def _precision(runtime: Runtime, dtype: torch.dtype) -> str:
    """Of what was exported: for ONNX Runtime, whose CPU kernels are few below it, float32 unless told otherwise."""
    if runtime.backend == "onnxruntime":
        return "fp32" if runtime.precision == "auto" else runtime.precision
    return precision_name(dtype)


def _none(kind: Kind, runtime: Runtime, sizes: Sequence[Bucket], precision: str) -> ArtefactError:
    return ArtefactError(
        f"there is no {kind} for {runtime.backend} in {runtime.artefacts} at any canvas of this checkpoint, such as "
        f"{sizes[0][0]}x{sizes[0][1]}; make them with `contrapposto export --checkpoint BASE --controlnet CONTROLNET "
        f"--bucket all --precision {precision}` (and --ip-adapter, where one is served), or set `backend: eager`."
    )


def _listed(substitute: Substitute) -> str:
    return ", ".join(f"{height}x{width}" for height, width in substitute.runs)
