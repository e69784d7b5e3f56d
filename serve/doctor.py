"""What `contrapposto doctor` finds out: what is installed, what the machine has, which backends work, what will run.

Each finding is a row; the service can start when every row that it needs is ok. Loads no weights into a network:
whether a checkpoint's tensors fit its class, and its parts one another, is known when the stage starts. Printing is
`serve.findings`.
"""

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from deployments.backends.spec import Runtime
from deployments.checkpoints.opening import Checkpoint, Opened, open_checkpoint
from pose.errors import ContrappostoError
from serve.kinds import kinds_of
from serve.machine import this_machine
from serve.settings import ROOT, NetworkStage, Settings, Stage
from serve.trials import TRIALS, Status
from serve.weights import NAMES, check_weights

PACKAGES = {
    "torch": "",
    "ray": "",
    "diffusers": "checkpoints",
    "transformers": "checkpoints",
    "huggingface_hub": "checkpoints",
    "onnx": "export",
    "onnxruntime": "export",
    "tensorrt": "tensorrt",
    "nvidia-modelopt": "quantize",
}
WEIGHTS_OF = {"keypoints": "pose", "garments": "parse", "denoiser": "denoiser", "upscaler": "upscaler"}
CARD_TYPES = {"keypoints": "float16", "garments": "float16", "denoiser": "bfloat16", "upscaler": "float16"}
SECONDS = 60.0  # for all backends together
Try = Callable[[str, float], tuple[Status, str]]


@dataclass(frozen=True)
class Row:
    """One finding. needed: the service cannot start unless it is ok."""

    area: str
    name: str
    status: Status
    told: str
    needed: bool = False


def examine(settings: Settings, weights: Path, attempt: Try | None = None) -> list[Row]:
    """Every finding under these settings. attempt: how a backend is tried; None: in a process of its own."""
    return [
        *packages(_has_checkpoint(settings)),
        *devices(settings),
        *backends(attempt or try_apart),
        *interpreter(settings.blazepose_python),
        *embedded(weights),
        *stages(settings),
    ]


def could_start(rows: list[Row]) -> list[Row]:
    """What stands in the way: empty when the service could start."""
    return [row for row in rows if row.needed and row.status != "ok"]


def packages(checkpoints: bool) -> Iterator[Row]:
    """Versions. checkpoints: whether a stage is pointed at one, and needs their libraries."""
    for name, extra in PACKAGES.items():
        needed = not extra or (checkpoints and extra == "checkpoints")
        try:
            yield Row("packages", name, "ok", version(name), needed)
        except PackageNotFoundError:
            remedy = f"pip install contrapposto[{extra}]" if extra else "pip install contrapposto"
            yield Row("packages", name, "missing", remedy, needed)


def devices(settings: Settings) -> Iterator[Row]:
    """Processor, memory and GPUs; stages that reserve GPUs need as many."""
    import torch

    yield Row("devices", "cpu", "ok", str(this_machine()))
    yield Row("devices", "memory", "ok", f"{os.sysconf('SC_PAGE_SIZE') * os.sysconf('SC_PHYS_PAGES') / 2**30:.0f} GiB")
    found = torch.cuda.device_count() if torch.cuda.is_available() else 0
    for index in range(found):
        card = torch.cuda.get_device_properties(index)
        told = f"{card.name}, sm{card.major}{card.minor}, {card.total_memory / 2**30:.0f} GiB"
        yield Row("devices", f"gpu {index}", "ok", told)
    reserved = sum(stage.num_gpus * stage.min_replicas for _, stage in _stages(settings))
    if not found or reserved > found:
        told = f"torch sees {found}; the settings reserve {reserved:g}" if reserved else "none that torch sees"
        yield Row("devices", "gpus", "missing", told, needed=reserved > found)


def backends(attempt: Try, clock: Callable[[], float] = time.monotonic) -> Iterator[Row]:
    """Each backend tried on a tiny network; those that the time does not suffice for are told so."""
    end = clock() + SECONDS
    for name in TRIALS:
        left = end - clock()
        status, told = attempt(name, left) if left > 0 else ("broken", f"not tried: {SECONDS:.0f} s had passed")
        yield Row("backends", name, status, told, needed=name == "eager")


def try_apart(name: str, seconds: float) -> tuple[Status, str]:
    """A backend's trial in a process of its own, ended when the time is up."""
    command = [sys.executable, "-m", "serve.trials", name]
    try:
        ended = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=seconds, check=False)
        verdict = json.loads(ended.stdout.splitlines()[-1])
    except subprocess.TimeoutExpired:
        return "broken", f"not done after {seconds:.0f} s"
    except (ValueError, IndexError):
        return "broken", f"the trial ended with code {ended.returncode}: {(ended.stderr.split(chr(10)) or [''])[-1]}"
    return verdict["status"], verdict["told"]


def interpreter(python: Path) -> Iterator[Row]:
    """BlazePose's own environment."""
    code = "from importlib.metadata import version; print(version('mediapipe'))"
    try:
        ended = subprocess.run([str(python), "-c", code], capture_output=True, text=True, timeout=30, check=False)
    except (OSError, subprocess.TimeoutExpired) as error:
        yield Row("blazepose", "interpreter", "missing", f"{python} does not run ({error}); run make install", True)
        return
    if ended.returncode:
        yield Row("blazepose", "interpreter", "broken", f"{python} has no mediapipe; run make install", True)
    else:
        yield Row("blazepose", "interpreter", "ok", f"{python}, mediapipe {ended.stdout.strip()}", True)


def embedded(weights: Path) -> Iterator[Row]:
    """The shipped weights against their cards. Needed in every tier: checkpoints do not do all that a stage does."""
    for name in NAMES:
        try:
            yield Row("weights", name, "ok", f"SHA-256 {check_weights(weights, [name])[name][:12]}", True)
        except ContrappostoError as error:
            yield Row("weights", name, "broken", error.message, True)


def stages(settings: Settings) -> Iterator[Row]:
    """What each stage will run: tier, what was opened of a checkpoint, precision, replicas."""
    for name, stage in _stages(settings):
        replicas = _replicas(stage)
        if name not in WEIGHTS_OF:
            yield Row("stages", name, "ok", f"no weights of ours; {replicas}")
        elif not isinstance(stage, NetworkStage) or stage.checkpoint is None:
            yield Row("stages", name, "ok", f"embedded '{WEIGHTS_OF[name]}', {_ran(stage)}; {replicas}")
        else:
            yield Row("stages", name, "ok", f"checkpoint, {_precision(CARD_TYPES[name])}; {replicas}")
            yield from parts(name, stage.checkpoint)


def parts(stage: str, checkpoint: Checkpoint) -> Iterator[Row]:
    """Each folder of a checkpoint through the same checks that the stage makes."""
    for role, where in vars(checkpoint).items():
        known = kinds_of(stage, role)
        name = f"{stage}.{role}"
        if where is None:
            continue
        if not known:
            yield Row(
                "stages", name, "broken", f"the {stage} stage takes no {role}; leave it out of the settings", True
            )
            continue
        if where.partition(":")[0] in known:
            yield Row("stages", name, "ok", f"{where}, by its class's name", True)
            continue
        try:
            yield Row("stages", name, "ok", _described(open_checkpoint(where, known)), True)
        except ContrappostoError as error:
            yield Row("stages", name, "broken", error.message, True)


def _described(opened: Opened) -> str:
    pinned = "unchanged since it was pulled" if opened.pulled else "no manifest of a pull beside it"
    variant = f", {opened.variant} files" if opened.variant else ""
    return f"{opened.name}, SHA-256 {opened.sha256[:12]}, {pinned}, {opened.size / 2**20:,.0f} MiB{variant}"


def _precision(on_card: str) -> str:
    """Of a checkpoint; on_card: what is run on a GPU where there is one."""
    import torch

    from deployments.runtime import precision

    if torch.cuda.is_available():
        return f"torch eager, {on_card} on cuda"
    return f"torch eager, {str(precision()).removeprefix('torch.')} on cpu"


def _ran(stage: Stage) -> str:
    """How an embedded network is run: what the settings ask for, on what is here."""
    import torch

    from deployments.runtime import precision

    runtime = stage.runtime if isinstance(stage, NetworkStage) else Runtime()
    card = torch.cuda.is_available() and runtime.device != "cpu"
    device = torch.device("cuda" if card else "cpu")
    chosen = str(precision(device)).removeprefix("torch.") if runtime.precision == "auto" else runtime.precision
    return f"backend {runtime.backend}, {chosen} on {device}"


def _replicas(stage: Stage) -> str:
    least, most = stage.min_replicas, stage.max_replicas
    count = f"{least}" if most == least else f"{least} to {most}"
    gpus = f", {stage.num_gpus:g} GPU each" if stage.num_gpus else ""
    return f"{count} replica{'s' if count != '1' else ''}, {stage.num_cpus:g} CPU each{gpus}"


def _stages(settings: Settings) -> list[tuple[str, Stage]]:
    return [(name, value) for name, value in vars(settings).items() if isinstance(value, Stage)]


def _has_checkpoint(settings: Settings) -> bool:
    return any(isinstance(stage, NetworkStage) and stage.checkpoint for _, stage in _stages(settings))
