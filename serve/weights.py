"""Checks the embedded weights against their cards before anything starts. Knows files and hashes; loads no network.

The replicas check again when they load: this one lets a command refuse in a second instead of after half a minute.
"""

import hashlib
import json
import os
from collections.abc import Iterable
from pathlib import Path

from pose.errors import WeightsError
from serve.settings import ROOT

NAMES = ("pose", "parse", "denoiser", "upscaler")


def weights_directory() -> Path:
    """Where the weights are: the environment's CONTRAPPOSTO_WEIGHTS, else the shipped folder."""
    return Path(os.environ.get("CONTRAPPOSTO_WEIGHTS", ROOT / "weights"))


def check_weights(directory: Path, names: Iterable[str] = NAMES) -> dict[str, str]:
    """Name -> SHA-256. Raises WeightsError for a file that is missing, unreadable or not the one its card describes."""
    return {name: _check(directory, name) for name in names}


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
