"""Which files of a checkpoint's folder are loaded, and whether each is whole. Opens headers only, never a tensor.

A network's folder is taken by the names that diffusers and transformers write; pickles beside safetensors are passed
over, pickles alone are refused. Knows names, sizes and JSON; not what a network computes.
"""

import json
import re
import struct
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from pose.errors import WeightsError

MANIFEST = "contrapposto.json"
VARIANTS = (None, "fp16", "bf16")
_STEMS = ("diffusion_pytorch_model", "model")
_WEIGHTS = re.compile(
    rf"({'|'.join(_STEMS)})(\.(fp16|bf16))?(-\d+-of-\d+)?(\.(fp16|bf16))?\.safetensors(\.index(\.(fp16|bf16))?\.json)?"
)
_PICKLES = (".bin", ".pt", ".pth", ".ckpt", ".pkl", ".msgpack", ".h5")
_TEXTS = (".json", ".model", ".jinja")
_VOCABULARIES = ("merges.txt", "vocab.txt")
_GRAFT = "adapter_config.json"  # peft's
_HEADER = 100 * 2**20  # the format's own bound on a header, bytes


def read_config(file: Path) -> dict[str, Any]:
    """A JSON mapping that asks for no code of its own. Raises WeightsError."""
    try:
        config = json.loads(file.read_text())
    except (OSError, ValueError) as error:
        raise WeightsError(f"{file} is not readable JSON ({error}); fetch it again.") from error
    if not isinstance(config, dict):
        raise WeightsError(f"{file} holds no mapping; fetch it again.")
    for key in ("auto_map", "trust_remote_code"):
        if config.get(key):
            raise WeightsError(
                f"{file} asks for code that comes with the checkpoint ('{key}'), which is never run; "
                "use a checkpoint of a class that diffusers or transformers have themselves."
            )
    return config


def texts(folder: Path) -> list[Path]:
    """Configs, vocabularies and templates that lie in the folder itself; the configs are checked for remote code."""
    found = sorted(file for file in folder.iterdir() if is_text(file.name))
    if folder / _GRAFT in found:
        raise WeightsError(
            f"{folder / _GRAFT} would make the library load further weights, which are not checked; merge them into "
            "the network's own (peft's merge_and_unload), or remove the file."
        )
    for file in found:
        if "config" in file.name and file.suffix == ".json":
            read_config(file)
    return found


def is_text(name: str) -> bool:
    """Whether a file of this name is loaded beside a network's weights."""
    listed = ".index." in name or name == MANIFEST
    return name in _VOCABULARIES or (name.endswith(_TEXTS) and not listed)


def is_weights(name: str) -> bool:
    """Whether a loader takes a file of this name for a network's weights, a shard of them, or their index."""
    return bool(_WEIGHTS.fullmatch(name))


def weights(folder: Path, variant: str | None) -> list[Path]:
    """What a loader reads in a network's folder: shards with their index, or one file; the variant's or the plain.

    Empty where there is neither. Raises WeightsError for a shard that is missing, and for a file that is not whole.
    """
    for kind in dict.fromkeys((variant, None)):
        indices = [folder / _index(stem, kind) for stem in _STEMS if (folder / _index(stem, kind)).is_file()]
        singles = [folder / _single(stem, kind) for stem in _STEMS if (folder / _single(stem, kind)).is_file()]
        found = [*singles, *(shard for index in indices for shard in _shards(index))]
        if found:
            for file in found:
                header(file)
            return [*indices, *found]
    return []


def refuse_weights(folder: Path) -> WeightsError:
    """Why a network's folder without safetensors is refused."""
    pickles = sorted(file.name for file in folder.iterdir() if file.suffix in _PICKLES)
    if pickles:
        return WeightsError(
            f"{folder} has its weights as pickles only ({', '.join(pickles[:3])}), which can run code when they are "
            "loaded; convert them (load them where you trust them, then save_pretrained(..., safe_serialization=True)) "
            "or use a release with .safetensors."
        )
    expected = " or ".join(_single(stem, None) for stem in _STEMS)
    return WeightsError(f"{folder} has no weights: expected {expected}; fetch the checkpoint again.")


def header(file: Path) -> dict[str, Any]:
    """The header of a safetensors file whose length agrees with it. Raises WeightsError for one cut or corrupted."""
    size = file.stat().st_size
    with file.open("rb") as stream:
        lead = stream.read(8)
        length = struct.unpack("<Q", lead)[0] if len(lead) == 8 else _HEADER + 1
        text = stream.read(length) if length <= min(_HEADER, size - 8) else b""
    try:
        found = json.loads(text)
        ends = [entry["data_offsets"][1] for name, entry in found.items() if name != "__metadata__"]
        expected = 8 + length + max(ends, default=0)
    except (ValueError, TypeError, KeyError, IndexError, AttributeError) as error:
        raise WeightsError(
            f"{file} has no readable safetensors header ({size} bytes); it is cut or corrupted: fetch it again."
        ) from error
    if size != expected:
        raise WeightsError(f"{file} has {size} bytes, its header says {expected}; it is cut: fetch it again.")
    return dict(found)


def keep_inside(files: Iterable[Path], folder: Path) -> None:
    """Raises WeightsError for a link out of the folder, other than into the blobs of the hub's own cache."""
    root = folder.resolve()
    snapshots = [each for each in (root, *root.parents) if each.parent.name == "snapshots"]
    roots = [root, *(each.parents[1] / "blobs" for each in snapshots)]
    for file in files:
        if not any(file.resolve().is_relative_to(root) for root in roots):
            raise WeightsError(f"{file} leads out of the checkpoint, to {file.resolve()}; put the file itself there.")


def _single(stem: str, variant: str | None) -> str:
    return f"{stem}.{variant}.safetensors" if variant else f"{stem}.safetensors"


def _index(stem: str, variant: str | None) -> str:
    return f"{stem}.safetensors.index.{variant}.json" if variant else f"{stem}.safetensors.index.json"


def _shards(index: Path) -> list[Path]:
    names = read_config(index).get("weight_map")
    if not isinstance(names, dict) or not names:
        raise WeightsError(f"{index} names no shards ('weight_map'); fetch it again.")
    shards = [index.parent / str(name) for name in sorted(set(names.values()))]
    for shard in shards:
        if shard.suffix != ".safetensors":
            raise WeightsError(f"{index} names {shard.name}, which is no .safetensors file; convert the checkpoint.")
        if not shard.is_file():
            raise WeightsError(f"{shard} is missing, though {index.name} names it; fetch the checkpoint again.")
    return shards
