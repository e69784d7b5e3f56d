"""The operator's own checkpoints: which folders a stage was pointed at, and whether each may be opened.

A checkpoint is a folder in diffusers' or transformers' layout, or a hub id that was pulled before. Only safetensors
are read and no code that comes with a checkpoint is run; what is unknown is refused by name. Knows files, classes'
names and hashes; loads no network, and never asks the hub.
"""

import os
import re
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

from deployments.checkpoints.layout import class_name, loaded
from deployments.checkpoints.manifest import check_manifest, fingerprint
from pose.errors import WeightsError

_HUB_ID = re.compile(r"[\w-][\w.-]*(/[\w-][\w.-]*)+")


@dataclass(frozen=True)
class Checkpoint:
    """Folders or hub ids. base: pipeline or network; detector: of figures (keypoints only); the rest: denoiser's."""

    base: str
    controlnet: str | None = None
    ip_adapter: str | None = None
    vae: str | None = None
    scheduler: str | None = None
    detector: str | None = None


@dataclass(frozen=True)
class Opened:
    """A folder that passed every check. name: its class; sha256: of all that is loaded from it, for reports.

    variant: what to hand on as `variant=` (None: the plain files); size: of all that is loaded, bytes. pulled: whether
    every file was compared with the hashes that `contrapposto pull` wrote down.
    """

    folder: Path
    name: str
    sha256: str
    variant: str | None = None
    size: int = 0
    pulled: bool = False


def checkpoints_directory() -> Path:
    """Where pulled checkpoints lie, each as `<organisation>--<name>`."""
    return Path(os.environ.get("CONTRAPPOSTO_CHECKPOINTS", "checkpoints"))


def open_checkpoint(where: str, classes: Collection[str]) -> Opened:
    """The folder or the pulled hub id, when it is one of `classes` and whole. Raises WeightsError with the remedy.

    `where` may also name a folder within a repository: `h94/IP-Adapter/models`. An IP-Adapter's files name no class:
    "IPAdapter" is concluded from what they hold.
    """
    folder = _locate(where)
    name = class_name(folder)
    if name not in classes:
        raise WeightsError(
            f"the checkpoint '{where}' is a {name}, which is not known here; known are {', '.join(sorted(classes))}. "
            "Give a checkpoint of one of these."
        )
    variant, files = loaded(folder)
    pulled = check_manifest(folder, files)
    return Opened(folder, name, fingerprint(folder, files), variant, sum(file.stat().st_size for file in files), pulled)


def _locate(where: str) -> Path:
    folder = Path(where).expanduser()
    if folder.is_dir():
        return folder.resolve()
    if not _HUB_ID.fullmatch(where):
        raise WeightsError(f"there is no folder {where}; give a checkpoint's folder, or a hub id that was pulled.")
    organisation, name, *rest = where.split("/")
    for repository in (checkpoints_directory() / f"{organisation}--{name}", _cached(f"{organisation}/{name}")):
        if repository and repository.joinpath(*rest).is_dir():
            return repository.joinpath(*rest).resolve()
    raise WeightsError(
        f"there is no folder {where}, and no checkpoint '{where}' was pulled into {checkpoints_directory().resolve()} "
        "or lies in the hub's cache; give a folder, or fetch one with: contrapposto pull FAMILY."
    )


def _cached(repository: str) -> Path | None:
    """The hub's own local cache; asks no network."""
    try:
        from huggingface_hub import snapshot_download
        from huggingface_hub.errors import LocalEntryNotFoundError
    except ImportError:
        return None
    try:
        return Path(snapshot_download(repository, local_files_only=True))
    except LocalEntryNotFoundError:
        return None
