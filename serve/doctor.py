"""What `contrapposto doctor` finds out: what is installed, what the machine has, which backends work, what will run.

Each finding is a row; the service can start when every row that it needs is ok. Loads no weights into a network. What
stages will run is found out by `serve.outlook`; printing is `serve.findings`.
"""

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from pose.errors import ContrappostoError
from serve.findings import Row, Status
from serve.machine import this_machine
from serve.outlook import stages
from serve.settings import ROOT, NetworkStage, Settings, stages_of
from serve.trials import TRIALS
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
SECONDS = 60.0  # for all backends together
Try = Callable[[str, float], tuple[Status, str]]


def examine(settings: Settings, weights: Path, attempt: Try | None = None) -> list[Row]:
    """Every finding under these settings. attempt: how a backend is tried; None: in a process of its own."""
    tried = list(backends(attempt or try_apart))
    return [
        *packages(_has_checkpoint(settings)),
        *devices(settings),
        *tried,
        *interpreter(settings.blazepose_python),
        *embedded(weights),
        *stages(settings, weights, {row.name: row for row in tried}),
    ]


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
    reserved = sum(stage.num_gpus * stage.min_replicas for _, stage in stages_of(settings))
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


def _has_checkpoint(settings: Settings) -> bool:
    return any(isinstance(stage, NetworkStage) and stage.checkpoint for _, stage in stages_of(settings))
