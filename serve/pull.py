"""Fetches a known-good set of checkpoints from the hub into folders, each file compared with the hub's own hash.

A file arrives beside its place and moves there once its hash is right, so what broke off goes on with the same command.
A manifest pins the revision and every hash: later pulls and every start are compared with it. Trusts the hub's listing
of the revision that it finds first; knows nothing of what the networks compute.
"""

import hashlib
import json
import shutil
from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import yaml

from deployments.checkpoints.files import is_text, is_weights
from deployments.checkpoints.manifest import file_hash, read_manifest, write_manifest
from deployments.checkpoints.opening import open_checkpoint
from pose.errors import InvalidInput, WeightsError
from serve.families import FAMILIES, Family, Part, Source
from serve.hub import Hub, Listed

ARRIVING = ".arriving"
_VARIANT = ".fp16"  # half the bytes, and what GPUs compute in anyway
Tell = Callable[[str], None]


@dataclass(frozen=True)
class _Wanted:
    """A file of the hub and its name here."""

    source: Source
    revision: str
    listed: Listed
    name: str


def find_family(name: str) -> Family:
    """Raises InvalidInput for a name that the table does not have."""
    if name not in FAMILIES:
        raise InvalidInput(f"there is no family '{name}'; known are {', '.join(FAMILIES)}.")
    return FAMILIES[name]


def pull(family: Family, directory: Path, hub: Hub, tell: Tell) -> str:
    """Every part of the family under `directory`, verified; returns the settings (YAML) that use it.

    Raises WeightsError where the hub cannot be reached, a hash differs, weights are pickles only, space is short, or
    the directory cannot be written to.
    """
    try:
        folders = {part.role: _pull_part(part, directory, hub, tell) for part in family.parts}
    except OSError as error:
        raise WeightsError(f"cannot write to {directory} ({error}); give another folder with --to.") from error
    return settings_for(family, folders)


def settings_for(family: Family, folders: Mapping[str, Path]) -> str:
    """The settings (YAML) of a family whose parts lie in `folders`, by role."""
    stage: dict[str, object] = {"checkpoint": {role: str(folder) for role, folder in folders.items()}}
    if family.sampling:
        stage["sampling"] = dict(family.sampling)
    return yaml.safe_dump({family.stage: stage}, sort_keys=False)


def _pull_part(part: Part, directory: Path, hub: Hub, tell: Tell) -> Path:
    folder = (directory / part.where.replace("/", "--")).resolve()
    folder.mkdir(parents=True, exist_ok=True)
    pinned, known = read_manifest(folder)
    revisions = {each.repository: pinned.get(each.repository) or hub.revision(each.repository) for each in part.sources}
    wanted = [each for source in part.sources for each in _wanted(source, revisions[source.repository], hub)]
    missing = [each for each in wanted if not _is_here(each, folder, known)]
    _check_space(missing, folder)
    for number, each in enumerate(missing, 1):
        tell(f"{part.where} {number}/{len(missing)}: {each.name} ({each.listed.size / 2**20:,.1f} MiB)")
        _fetch(each, folder, hub)
    for file, values in part.written.items():
        (folder / file).parent.mkdir(exist_ok=True)
        (folder / file).write_text(json.dumps(values, indent=2) + "\n")
    names = {each.name for each in wanted} | set(part.written)
    hashes = known | {each: file_hash(folder / each) for each in sorted(names)}
    write_manifest(folder, pinned | revisions, hashes)
    shutil.rmtree(folder / ARRIVING, ignore_errors=True)
    opened = open_checkpoint(str(folder), [part.kind])
    tell(f"{part.where}: {opened.name}, {len(names)} files verified, {opened.sha256[:12]}")
    return opened.folder


def _wanted(source: Source, revision: str, hub: Hub) -> list[_Wanted]:
    listing = {listed.name: listed for listed in hub.listing(source.repository, revision)}
    names = {name: name for folder in source.folders for name in _choose(source, folder, list(listing))}
    names |= source.files
    for name in names:
        if name not in listing:
            raise WeightsError(
                f"{source.repository} has no {name} at revision {revision[:12]}: it changed since this table was made. "
                "Report it, or fetch a set by hand and name its folders in the settings."
            )
    return [_Wanted(source, revision, listing[name], here) for name, here in names.items()]


def _choose(source: Source, folder: str, listing: list[str]) -> list[str]:
    """The configs of a folder, and its safetensors: in half precision where they are there so."""
    inside = defaultdict(list)
    for name in listing:
        parent, _, file = name.rpartition("/")
        if parent == folder:
            inside[_VARIANT in file].append(name)
    files = [*inside[False], *inside[True]]
    texts = [name for name in files if is_text(name.rpartition("/")[2])]
    halves = [name for name in inside[True] if is_weights(name.rpartition("/")[2])]
    weights = halves or [name for name in inside[False] if is_weights(name.rpartition("/")[2])]
    pickles = [name for name in files if name.endswith((".bin", ".pt", ".pth", ".ckpt"))]
    if pickles and not weights:
        raise WeightsError(
            f"{source.repository} has {pickles[0]} as a pickle only, which is never loaded; name a repository or a "
            "folder with .safetensors in the settings."
        )
    return texts + weights


def _is_here(wanted: _Wanted, folder: Path, known: Mapping[str, str]) -> bool:
    """Whether the file arrived before. Raises WeightsError where it changed since."""
    file = folder / wanted.name
    if not file.is_file():
        return False
    if wanted.name in known and known[wanted.name] != file_hash(file):
        raise WeightsError(f"{file} changed after it was pulled; remove it and pull again.")
    return _matches(file, wanted.listed)


def _fetch(wanted: _Wanted, folder: Path, hub: Hub) -> None:
    listed, source = wanted.listed, wanted.source
    arriving = folder / ARRIVING / source.repository.replace("/", "--") / wanted.revision
    file = hub.fetch(source.repository, wanted.revision, listed, arriving)
    if not _matches(file, listed):
        told = f"{file.stat().st_size} bytes, SHA-256 {file_hash(file)[:12]}"
        file.unlink()
        raise WeightsError(
            f"{source.repository}/{listed.name} arrived with {told}; the hub says {listed.size} bytes, "
            f"{'SHA-256 ' + listed.sha256[:12] if listed.sha256 else 'git hash ' + listed.git_sha1[:12]}. "
            "The file was removed; pull again, and if it happens again distrust the mirror or proxy between."
        )
    (folder / wanted.name).parent.mkdir(parents=True, exist_ok=True)
    file.replace(folder / wanted.name)


def _matches(file: Path, listed: Listed) -> bool:
    if file.stat().st_size != listed.size:
        return False
    if listed.sha256:
        return file_hash(file) == listed.sha256
    blob = b"blob %d\0" % listed.size + file.read_bytes()
    return hashlib.sha1(blob, usedforsecurity=False).hexdigest() == listed.git_sha1


def _check_space(missing: list[_Wanted], folder: Path) -> None:
    needed, free = sum(each.listed.size for each in missing), shutil.disk_usage(folder).free
    if needed > free:
        raise WeightsError(
            f"{folder} has {free / 2**30:.1f} GiB free, {needed / 2**30:.1f} are needed; make room or give --to."
        )
