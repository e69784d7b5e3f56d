"""The operator's own checkpoints: which folders a stage was pointed at, and whether each may be opened.

A checkpoint is a folder in diffusers' or transformers' layout, or a hub id that was pulled before. Only safetensors
are read and no code that comes with a checkpoint is run; what is unknown is refused by name. Knows files, classes'
names and hashes; loads no network.
"""

from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

from pose.errors import WeightsError


@dataclass(frozen=True)
class Checkpoint:
    """Folders or hub ids. base: the pipeline or network; detector: of figures (keypoints only); the rest: denoiser's."""

    base: str
    controlnet: str | None = None
    ip_adapter: str | None = None
    vae: str | None = None
    scheduler: str | None = None
    detector: str | None = None


@dataclass(frozen=True)
class Opened:
    """A folder that passed every check. name: its class; sha256: of all that is loaded from it, for reports."""

    folder: Path
    name: str
    sha256: str


def open_checkpoint(where: str, classes: Collection[str]) -> Opened:
    """The folder or the pulled hub id, when it is one of `classes` and whole. Raises WeightsError with the remedy."""
    raise WeightsError(f"cannot open '{where}' as one of {', '.join(classes)}.")
