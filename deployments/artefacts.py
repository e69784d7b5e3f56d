"""Exported graphs and engines on disk: what each must be, checked before a byte of it is deserialised.

A manifest (JSON) stands beside each artefact. An engine is executable, and no library notices that one was altered or
built for another card: so size and SHA-256 of the file are compared with the manifest, and the manifest with what is
expected. What does not match is refused; export makes it anew. A graph whose weights are too many for one file has them
in others beside it, which the manifest names and covers too.

What is read is what was checked: a file is read into memory once, hashed there and used from there, so that nobody can
change it in between; no library is given a path. Knows files and hashes, no library that reads them.
"""

import hashlib
import json
import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any

from deployments.checkpoints.manifest import file_hash
from deployments.signature import Bucket
from pose.errors import ArtefactError

FORMAT = 3
REMEDY = "make it again with the `contrapposto export` that made it and --rebuild"


@dataclass(frozen=True)
class DataFile:
    """A graph's weights beside it, as safetensors; graphs of several sizes may name the same one."""

    name: str
    bytes: int
    sha256: str


@dataclass(frozen=True)
class Manifest:
    """What an artefact is. bucket [height, width]; parity: the largest relative difference from torch in float32.

    sha256 and bytes of the file; weights_sha256 and code_sha256 of the network that it was made from, which serving
    expects; exporter_sha256 of what else decides how it was made, which export alone can tell; tensorrt (version) and
    architecture (such as sm90) only of engines, None otherwise; parity None where it could not be run; data: the files
    of weights that belong to a graph.
    """

    network: str
    bucket: Bucket
    precision: str
    batch: int
    sha256: str
    bytes: int
    weights_sha256: str
    code_sha256: str
    exporter_sha256: str
    opset: int
    torch: str
    onnx: str
    tensorrt: str | None
    architecture: str | None
    parity: float | None
    data: tuple[DataFile, ...] = ()
    format: int = FORMAT


def artefact_name(network: str, bucket: Bucket, precision: str, kind: str) -> str:
    """The file's name; kind is onnx or engine."""
    return f"{network}-{bucket[0]}x{bucket[1]}-{precision}.{kind}"


def manifest_path(artefact: Path) -> Path:
    """Beside the artefact."""
    return artefact.with_name(artefact.name + ".json")


def read_artefact(path: Path, expected: Mapping[str, Any]) -> tuple[bytes, Manifest]:
    """The file's bytes and its manifest, when both are as they should be. `expected` names fields of Manifest.

    Raises ArtefactError, whose message ends with the remedy, otherwise.
    """
    manifest = _expected_manifest(path, expected)
    data = bytes(_checked(path, manifest.bytes, manifest.sha256))
    return data, manifest


def glance(path: Path, expected: Mapping[str, Any]) -> None:
    """`read_artefact` by the manifest and by sizes alone: for telling what stands in the way, not for use."""
    manifest = _expected_manifest(path, expected)
    sizes = {path: manifest.bytes} | {_beside(path, file): file.bytes for file in manifest.data}
    for file, size in sizes.items():
        try:
            found = file.stat().st_size
        except OSError as error:
            raise ArtefactError(f"{file.name} cannot be read ({error}); {REMEDY}.") from error
        if found != size:
            raise _cut(file, found, size)


def read_data(artefact: Path, file: DataFile) -> bytearray:
    """The bytes of a file beside the artefact, in memory once. Raises ArtefactError as `read_artefact` does."""
    return _checked(_beside(artefact, file), file.bytes, file.sha256)


def check_data(artefact: Path, file: DataFile) -> None:
    """`read_data` without keeping anything: for deciding whether to make it anew, not for use."""
    path = _beside(artefact, file)
    try:
        found = file_hash(path)
    except OSError as error:
        raise ArtefactError(f"{path.name} cannot be read ({error}); {REMEDY}.") from error
    if found != file.sha256:
        raise _altered(path, found, file.sha256)


def read_manifest(artefact: Path) -> Manifest:
    """Raises ArtefactError where it is missing, unreadable, or lacks or adds a field."""
    path = manifest_path(artefact)
    try:
        told = json.loads(path.read_text())
        names = {field.name for field in fields(Manifest)}
        if not isinstance(told, dict) or set(told) != names:
            raise ValueError(f"expected the fields {', '.join(sorted(names))}")
        data = tuple(DataFile(**file) for file in told["data"])
        return Manifest(**{**told, "bucket": tuple(told["bucket"]), "data": data})
    except (OSError, ValueError, TypeError) as error:
        raise ArtefactError(f"the manifest {path.name} is missing or unreadable ({error}); {REMEDY}.") from error


def write_artefact(path: Path, data: bytes, manifest: Manifest) -> None:
    """Both files, each whole or not at all; the manifest last, so that a file cut off in writing is never taken."""
    path.parent.mkdir(parents=True, exist_ok=True)
    _replace(path, data)
    _replace(manifest_path(path), (json.dumps(asdict(manifest), indent=1) + "\n").encode())


def _expected_manifest(path: Path, expected: Mapping[str, Any]) -> Manifest:
    manifest = read_manifest(path)
    for name, value in {"format": FORMAT, **expected}.items():
        found = getattr(manifest, name)
        if found != value:
            raise ArtefactError(f"{path.name} was made for {name} {_short(found)}, not {_short(value)}; {REMEDY}.")
    return manifest


def _beside(artefact: Path, file: DataFile) -> Path:
    if Path(file.name).name != file.name:
        raise ArtefactError(f"the manifest of {artefact.name} names {file.name}, which is not beside it; {REMEDY}.")
    return artefact.with_name(file.name)


def _checked(path: Path, size: int, sha256: str) -> bytearray:
    """The file's bytes. Its size is looked at first, so that no more is read than the manifest says."""
    try:
        with open(path, "rb") as stream:
            found = os.fstat(stream.fileno()).st_size
            if found != size:
                raise _cut(path, found, size)
            data = bytearray(size)
            if stream.readinto(data) != size:
                raise OSError("it was cut while it was read")
    except OSError as error:
        raise ArtefactError(f"{path.name} cannot be read ({error}); {REMEDY}.") from error
    digest = hashlib.sha256(data).hexdigest()
    if digest != sha256:
        raise _altered(path, digest, sha256)
    return data


def _cut(path: Path, found: int, told: int) -> ArtefactError:
    return ArtefactError(f"{path.name} has {found} bytes, its manifest says {told}; {REMEDY}.")


def _altered(path: Path, found: str, told: str) -> ArtefactError:
    return ArtefactError(f"{path.name} has SHA-256 {_short(found)}, its manifest says {_short(told)}; {REMEDY}.")


def _replace(path: Path, data: bytes) -> None:
    partial = path.with_name(path.name + ".part")
    partial.write_bytes(data)
    os.replace(partial, path)


def _short(value: object) -> str:
    """Hashes are told by their first digits."""
    text = str(value)
    return text[:12] if len(text) == 64 else text
