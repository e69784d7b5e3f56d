"""What each stage will run under its settings, and what stands in its way: tier, parts of a checkpoint, backend.

Reads folders, manifests and cards; makes no network and starts nothing. What a stage alone can find out, whether a
checkpoint's tensors fit for one, is known when it starts.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path

import torch

from deployments.backends.choice import QUICKER_AS_GRAPHS, place
from deployments.backends.spec import Runtime
from deployments.checkpoints.opening import Checkpoint, Opened, open_checkpoint
from deployments.denoiser.checkpoint.pipeline import PIPELINES
from deployments.denoiser.checkpoint.qwen import FAMILY
from deployments.runtime import precision
from pose.errors import ArtefactError, ContrappostoError
from serve.exported import KINDS, SIGNATURES, check_embedded, check_painter, precision_of
from serve.findings import Row
from serve.kinds import kinds_of
from serve.settings import DenoiserStage, NetworkStage, Settings, Stage, stages_of

WHOLE = ("compiled", *KINDS)  # backends that run a UNet as one piece


def stages(settings: Settings, weights: Path, tried: Mapping[str, Row]) -> Iterator[Row]:
    """A row a stage, and one a part of its checkpoint. tried: the backends' own findings, by name."""
    for name, stage in stages_of(settings):
        if not isinstance(stage, NetworkStage):
            yield Row("stages", name, "ok", f"no weights of ours; {_replicas(stage)}")
            continue
        try:
            yield Row("stages", name, "ok", f"{_told(name, stage, weights, tried)}; {_replicas(stage)}")
        except ContrappostoError as error:
            yield Row("stages", name, "broken", error.message, True)
        if stage.checkpoint is not None:
            yield from parts(name, stage.checkpoint)


def parts(stage: str, checkpoint: Checkpoint) -> Iterator[Row]:
    """Each folder of a checkpoint through the same checks that the stage makes, and whether they go together."""
    for role, where in vars(checkpoint).items():
        name = f"{stage}.{role}"
        if where is None:
            continue
        known = kinds_of(stage, role)
        if not known:
            told = f"the {stage} stage takes no {role}; leave it out of the settings"
            yield Row("stages", name, "broken", told, True)
        elif where.partition(":")[0] in known:
            yield Row("stages", name, "ok", f"{where}, by its class's name", True)
        else:
            yield from _part(stage, role, where, checkpoint)


def _part(stage: str, role: str, where: str, checkpoint: Checkpoint) -> Iterator[Row]:
    try:
        opened = open_checkpoint(where, kinds_of(stage, role))
    except ContrappostoError as error:
        yield Row("stages", f"{stage}.{role}", "broken", error.message, True)
        return
    yield Row("stages", f"{stage}.{role}", "ok", _described(opened), True)
    if role == "base":
        yield from _beside(stage, opened.name, checkpoint)


def _beside(stage: str, base: str, checkpoint: Checkpoint) -> Iterator[Row]:
    """What a base of this class needs beside it and has not, and what it does not take."""
    if stage == "keypoints" and checkpoint.detector is None:
        told = "ViTPose reads people in boxes; set checkpoint.detector to an RT-DETR"
        yield Row("stages", f"{stage}.detector", "broken", told, True)
    if base in PIPELINES and base != PIPELINES[base] and checkpoint.controlnet is None:
        told = f"a {base} needs one; set checkpoint.controlnet to an OpenPose ControlNetModel for the same base"
        yield Row("stages", f"{stage}.controlnet", "broken", told, True)
    for role in ("controlnet", "ip_adapter") if base == FAMILY else ():
        if getattr(checkpoint, role) is not None:
            told = f"{FAMILY} takes pose and identity as pictures and no {role}; leave it out"
            yield Row("stages", f"{stage}.{role}", "broken", told, True)


def _told(name: str, stage: NetworkStage, weights: Path, tried: Mapping[str, Row]) -> str:
    """What runs. Raises what the stage would raise for its backend."""
    place(stage.runtime)
    told = [] if stage.checkpoint is None else [f"checkpoint {_painted(name, stage, stage.checkpoint, tried)}"]
    if stage.checkpoint is None or name != "upscaler":
        network = SIGNATURES[name][0].weights
        told.append(f"embedded '{network}' {_served(name, stage.runtime, weights, tried)}")
    return ", ".join(told)


def _served(name: str, runtime: Runtime, weights: Path, tried: Mapping[str, Row]) -> str:
    """By what an embedded network is run."""
    _check_backend(runtime, tried)
    if runtime.backend in KINDS:
        check_embedded(name, runtime, weights)
    if runtime.backend == "auto":
        return f"by the fastest backend that is measured at the start, {_where(runtime)}"
    if runtime.backend == "default":
        return _by_default(name, runtime, weights)
    return f"by {runtime.backend}, {_where(runtime)}"


def _by_default(name: str, runtime: Runtime, weights: Path) -> str:
    device, dtype = place(runtime)
    quicker = SIGNATURES[name][0].network in QUICKER_AS_GRAPHS
    if device.type == "cpu" and dtype == torch.float32 and quicker:
        graphs = replace(runtime, backend="onnxruntime")
        try:
            check_embedded(name, graphs, weights)
        except ContrappostoError:
            return f"by eager, {_where(runtime)} (no graphs in {runtime.artefacts}, which would be quicker)"
        return f"by onnxruntime, {_where(graphs)}"
    return f"by eager, {_where(runtime)}"


def _painted(name: str, stage: NetworkStage, checkpoint: Checkpoint, tried: Mapping[str, Row]) -> str:
    """By what a checkpoint is run: the denoiser's by its backend, the others' by torch always."""
    runtime = stage.runtime
    if not isinstance(stage, DenoiserStage):
        on_card = torch.cuda.is_available()
        dtype = "float16" if on_card else str(precision()).removeprefix("torch.")
        return f"by eager whatever `runtime` says, {dtype} on {'cuda' if on_card else 'cpu'}"
    if runtime.backend not in WHOLE:
        return f"by eager, {_where(runtime)}"
    _check_backend(runtime, tried)
    _check_painter(stage, checkpoint)
    return f"by {runtime.backend}, {_where(runtime)} (by eager what was not compiled or exported)"


def _check_painter(stage: DenoiserStage, checkpoint: Checkpoint) -> None:
    """Of a backend in WHOLE."""
    backend = stage.runtime.backend
    if open_checkpoint(checkpoint.base, kinds_of("denoiser", "base")).name == FAMILY:
        if backend in KINDS:
            raise ArtefactError(f"{FAMILY} runs by torch or compiled, not by {backend}; set `backend: eager`.")
        return
    if stage.sampling.reuse > 0:
        raise ArtefactError(
            f"`backend: {backend}` runs a UNet as one piece, which `sampling.reuse` divides; set reuse to 0, or "
            "`backend: eager`."
        )
    if backend in KINDS:
        check_painter(checkpoint, stage.runtime)


def _check_backend(runtime: Runtime, tried: Mapping[str, Row]) -> None:
    """Raises ArtefactError where the backend that is asked for was tried in vain."""
    found = tried.get(runtime.backend)
    if found is not None and found.status != "ok":
        raise ArtefactError(
            f"`backend: {runtime.backend}` was asked for, but does not work here: {found.told}; "
            "mend that, or set `backend: eager`."
        )


def _where(runtime: Runtime) -> str:
    return f"{precision_of(runtime)} on {place(runtime)[0]}"


def _described(opened: Opened) -> str:
    pinned = "unchanged since it was pulled" if opened.pulled else "no manifest of a pull beside it"
    variant = f", {opened.variant} files" if opened.variant else ""
    return f"{opened.name}, SHA-256 {opened.sha256[:12]}, {pinned}, {opened.size / 2**20:,.0f} MiB{variant}"


def _replicas(stage: Stage) -> str:
    least, most = stage.min_replicas, stage.max_replicas
    count = f"{least}" if most == least else f"{least} to {most}"
    gpus = f", {stage.num_gpus:g} GPU each" if stage.num_gpus else ""
    return f"{count} replica{'s' if count != '1' else ''}, {stage.num_cpus:g} CPU each{gpus}"
