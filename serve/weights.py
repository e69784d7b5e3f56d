"""Checks weights before anything starts: the embedded ones against their cards, checkpoints by their stages' rules.

Knows files and hashes; loads no network.

The replicas check again when they load: this one lets a command refuse in a second instead of after half a minute.
"""

import hashlib
import json
import os
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from deployments.checkpoints.opening import Checkpoint, Opened, open_checkpoint
from pose.errors import WeightsError
from serve.settings import ROOT, NetworkStage, Settings

NAMES = ("pose", "parse", "denoiser", "upscaler")


def weights_directory() -> Path:
    """Where the weights are: the environment's CONTRAPPOSTO_WEIGHTS, else the shipped folder."""
    return Path(os.environ.get("CONTRAPPOSTO_WEIGHTS", ROOT / "weights"))


def check_weights(directory: Path, names: Iterable[str] = NAMES) -> dict[str, str]:
    """Name -> SHA-256. Raises WeightsError for a file that is missing, unreadable or not the one its card describes."""
    return {name: _check(directory, name) for name in names}


def check_checkpoints(settings: Settings) -> dict[str, str]:
    """'stage.part' -> SHA-256 of each folder of the operator's checkpoints. Raises WeightsError for what is refused.

    A scheduler that is named by its class has no folder and no hash.
    """
    stages = {name: stage for name, stage in vars(settings).items() if isinstance(stage, NetworkStage)}
    return {
        f"{name}.{role}": opened.sha256
        for name, stage in stages.items()
        if stage.checkpoint is not None
        for role, opened in open_parts(name, stage.checkpoint).items()
    }


def open_parts(stage: str, checkpoint: Checkpoint) -> dict[str, Opened]:
    """Each folder of a stage's checkpoint by its part, through the stage's own checks. Raises WeightsError."""
    from serve.kinds import kinds_of  # brings torch, which the embedded tier's check does without

    parts = {}
    for role, where in vars(checkpoint).items():
        known = kinds_of(stage, role)
        if where is not None and not known:
            raise WeightsError(f"the {stage} stage takes no {role}; leave it out of the settings.")
        if where is not None and where.partition(":")[0] not in known:
            parts[role] = open_checkpoint(where, known)
    return parts


def located(checkpoint: Checkpoint | None) -> Checkpoint | None:
    """The checkpoint with its folders' absolute paths: a replica's working directory may be another."""
    if checkpoint is None:
        return None
    folders = {role: Path(where).expanduser() for role, where in vars(checkpoint).items() if where is not None}
    return replace(checkpoint, **{role: str(path.resolve()) for role, path in folders.items() if path.is_dir()})


def _check(directory: Path, name: str) -> str:
    try:
        found = hashlib.sha256((directory / f"{name}.safetensors").read_bytes()).hexdigest()
        expected = json.loads((directory / f"{name}.json").read_text())["sha256"]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise WeightsError(
            f"weights '{name}' are missing or unreadable in {directory} ({error}); restore the folder from the "
            "release, or set CONTRAPPOSTO_WEIGHTS to a complete one."
        ) from error
    if found != expected:
        raise WeightsError(
            f"weights '{name}' have SHA-256 {found[:12]}, the card says {str(expected)[:12]}; "
            f"restore both files in {directory} from the same release."
        )
    return found
