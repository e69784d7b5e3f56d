"""What identifies a checkpoint: one SHA-256 over its files; and the manifest that `contrapposto pull` wrote beside.

The manifest, `contrapposto.json`, is {"revisions": {repository: revision}, "files": {name: sha256}}; it guards against
files that changed since they were pulled, not against whoever can write both. Knows files and hashes.
"""

import hashlib
import json
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path

from deployments.checkpoints.files import MANIFEST, read_config
from pose.errors import WeightsError

_LARGE = 64 * 2**20  # bytes


def fingerprint(folder: Path, files: list[Path]) -> str:
    """SHA-256 over the sorted (name, SHA-256) of the files; the same wherever the folder lies."""
    named = sorted((_name(file, folder), file_hash(file)) for file in files)
    return hashlib.sha256(json.dumps(named).encode()).hexdigest()


def file_hash(file: Path) -> str:
    """SHA-256 of a file of any size; a large one is read once for as long as its size and time stay the same."""
    told = file.stat()
    if told.st_size < _LARGE:
        return hashlib.sha256(file.read_bytes()).hexdigest()
    return _hashed(str(file), told.st_size, told.st_mtime_ns)


def write_manifest(folder: Path, revisions: Mapping[str, str], files: Mapping[str, str]) -> None:
    """revisions: by hub repository; files: SHA-256 by name. Appears whole or not at all."""
    text = json.dumps({"revisions": dict(revisions), "files": dict(sorted(files.items()))}, indent=2)
    partial = folder / f"{MANIFEST}.partial"
    partial.write_text(text + "\n")
    partial.replace(folder / MANIFEST)


def read_manifest(folder: Path) -> tuple[dict[str, str], dict[str, str]]:
    """What `write_manifest` was given; both empty where there is no manifest. Raises WeightsError."""
    if not (folder / MANIFEST).is_file():
        return {}, {}
    manifest = read_config(folder / MANIFEST)
    revisions, files = manifest.get("revisions"), manifest.get("files")
    if not isinstance(revisions, dict) or not isinstance(files, dict):
        raise WeightsError(f"{folder / MANIFEST} lists no revisions or no files; pull the checkpoint again.")
    return revisions, files


def check_manifest(folder: Path, files: list[Path]) -> bool:
    """Whether there is a manifest in the folder or the one above; True: each file was compared with it.

    Raises WeightsError for a file with another hash, one that the manifest does not know, and one that is gone.
    """
    root = next((each for each in (folder, folder.parent) if (each / MANIFEST).is_file()), None)
    if root is None:
        return False
    _, listed = read_manifest(root)
    for file in files:
        name = _name(file, root)
        if listed.get(name) != file_hash(file):
            expected = f"SHA-256 {str(listed[name])[:12]}" if name in listed else "no such file"
            raise WeightsError(
                f"{file} has SHA-256 {file_hash(file)[:12]}, but {MANIFEST} says {expected}: it changed after it was "
                f"pulled. Pull the checkpoint again, or remove {root / MANIFEST} if the change is your own."
            )
    gone = [name for name in listed if (root / name).is_relative_to(folder) and not (root / name).is_file()]
    if gone:
        raise WeightsError(f"{root / gone[0]} is gone, though {MANIFEST} lists it; pull the checkpoint again.")
    return True


def _name(file: Path, folder: Path) -> str:
    return file.relative_to(folder).as_posix()


@lru_cache(maxsize=4096)
def _hashed(file: str, size: int, time: int) -> str:
    with open(file, "rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
