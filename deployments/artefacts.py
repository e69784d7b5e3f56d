"""Exported graphs and engines on disk: what each must be, checked before a byte of it is deserialised.

A manifest (JSON) stands beside each artefact. An engine is executable, and no library notices that one was altered or
built for another card: so size and SHA-256 of the file are compared with the manifest, and the manifest with what is
expected. What does not match is refused; export makes it anew. Knows files and hashes, no library that reads them.
"""

import hashlib
import json
import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any

from deployments.signature import Bucket
from pose.errors import ArtefactError

FORMAT = 1
REMEDY = "make it again with `contrapposto export --all --rebuild`"


@dataclass(frozen=True)
class Manifest:
    """What an artefact is. bucket [height, width]; parity: the largest relative difference from torch in float32.

    sha256 and bytes of the file; weights_sha256 and code_sha256 of what it was made from; tensorrt (version) and
    architecture (such as sm90) only of engines, None otherwise; parity None where it could not be run.
    """

    network: str
    bucket: Bucket
    precision: str
    batch: int
    sha256: str
    bytes: int
    weights_sha256: str
    code_sha256: str
    opset: int
    torch: str
    onnx: str
    tensorrt: str | None
    architecture: str | None
    parity: float | None
    format: int = FORMAT


def artefact_name(network: str, bucket: Bucket, precision: str, kind: str) -> str:
    """The file's name; kind is onnx or engine."""
    return f"{network}-{bucket[0]}x{bucket[1]}-{precision}.{kind}"


def manifest_path(artefact: Path) -> Path:
    """Beside the artefact."""
    return artefact.with_name(artefact.name + ".json")


def read_artefact(path: Path, expected: Mapping[str, Any]) -> tuple[bytes, Manifest]:
    """The file's bytes and its manifest, when all is as it should be. `expected` names fields of Manifest.

    Raises ArtefactError, whose message ends with the remedy, otherwise.
    """
    manifest = read_manifest(path)
    for name, value in {"format": FORMAT, **expected}.items():
        found = getattr(manifest, name)
        if found != value:
            raise ArtefactError(f"{path.name} was made for {name} {_short(found)}, not {_short(value)}; {REMEDY}.")
    try:
        data = path.read_bytes()
    except OSError as error:
        raise ArtefactError(f"{path.name} cannot be read ({error}); {REMEDY}.") from error
    if len(data) != manifest.bytes:
        raise ArtefactError(f"{path.name} has {len(data)} bytes, its manifest says {manifest.bytes}; {REMEDY}.")
    digest = hashlib.sha256(data).hexdigest()
    if digest != manifest.sha256:
        raise ArtefactError(
            f"{path.name} has SHA-256 {_short(digest)}, its manifest says {_short(manifest.sha256)}; {REMEDY}."
        )
    return data, manifest


def read_manifest(artefact: Path) -> Manifest:
    """Raises ArtefactError where it is missing, unreadable, or lacks or adds a field."""
    path = manifest_path(artefact)
    try:
        told = json.loads(path.read_text())
        names = {field.name for field in fields(Manifest)}
        if not isinstance(told, dict) or set(told) != names:
            raise ValueError(f"expected the fields {', '.join(sorted(names))}")
        return Manifest(**{**told, "bucket": tuple(told["bucket"])})
    except (OSError, ValueError, TypeError) as error:
        raise ArtefactError(f"the manifest {path.name} is missing or unreadable ({error}); {REMEDY}.") from error


def write_artefact(path: Path, data: bytes, manifest: Manifest) -> None:
    """Both files, each whole or not at all; the manifest last, so that a file cut off in writing is never taken."""
    path.parent.mkdir(parents=True, exist_ok=True)
    _replace(path, data)
    _replace(manifest_path(path), (json.dumps(asdict(manifest), indent=1) + "\n").encode())


def _replace(path: Path, data: bytes) -> None:
    partial = path.with_name(path.name + ".part")
    partial.write_bytes(data)
    os.replace(partial, path)


def _short(value: object) -> str:
    """Hashes are told by their first digits."""
    text = str(value)
    return text[:12] if len(text) == 64 else text
