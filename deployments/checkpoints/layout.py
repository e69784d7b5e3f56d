"""What kind of checkpoint a folder holds, and which of its files are loaded: pipeline, network, scheduler, IP-Adapter.

Follows diffusers' and transformers' layouts, and h94/IP-Adapter's, whose files carry no class. Refuses what would run
code of its own. Knows names; reads no tensor.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from deployments.checkpoints.files import VARIANTS, header, keep_inside, read_config, refuse_weights, texts, weights
from pose.errors import WeightsError

IP_ADAPTER = "IPAdapter"
_PIPELINE, _NETWORK, _SCHEDULER = "model_index.json", "config.json", "scheduler_config.json"
_LIBRARIES = ("diffusers", "transformers", "stable_diffusion")  # the last: diffusers' own module of a safety checker
_NOT_LOADED = ("safety_checker", "watermarker")
_WITHOUT_WEIGHTS = re.compile("Tokenizer|Processor|Extractor|Scheduler")
_ADAPTER_SECTIONS = ("", "models", "sdxl_models")
_ADAPTER_KEYS = ("image_proj.", "ip_adapter.")


@dataclass
class _Layout:
    """files: loaded as they are; networks: folders with weights; plain: folders with configs and vocabularies only."""

    files: list[Path] = field(default_factory=list)
    networks: list[Path] = field(default_factory=list)
    plain: list[Path] = field(default_factory=list)


def class_name(folder: Path) -> str:
    """The class that the folder's config names, or "IPAdapter". Raises WeightsError where it names none, or code."""
    for file in (folder / _PIPELINE, folder / _NETWORK, folder / _SCHEDULER):
        if file.is_file():
            config = read_config(file)
            named = config.get("_class_name") or next(iter(config.get("architectures") or []), None)
            if named is None:
                raise WeightsError(f"{file} names no class ('_class_name' or 'architectures'); fetch it again.")
            if not isinstance(named, str):
                raise _own_code(file, named)
            return named
    if any(_adapters(folder)):
        return IP_ADAPTER
    raise WeightsError(
        f"{folder} holds no checkpoint: expected {_PIPELINE}, {_NETWORK}, {_SCHEDULER} or an IP-Adapter's "
        ".safetensors; give the folder that has them."
    )


def loaded(folder: Path) -> tuple[str | None, list[Path]]:
    """The variant of the weights, and every file that a loader reads: all of them whole and inside the folder.

    The variant is None where each network has plain weights, else "fp16" or "bf16". Raises WeightsError.
    """
    layout = _layout(folder)
    for variant in VARIANTS:
        found = {network: weights(network, variant) for network in layout.networks}
        if all(found.values()):
            files = layout.files + [file for each in found.values() for file in each]
            files += [file for each in (*layout.networks, *layout.plain) for file in texts(each)]
            keep_inside(files, folder)
            return variant, sorted(set(files))
    raise refuse_weights(next(network for network in layout.networks if not weights(network, None)))


def _layout(folder: Path) -> _Layout:
    if (folder / _PIPELINE).is_file():
        return _pipeline(folder)
    if (folder / _NETWORK).is_file():
        return _Layout(networks=[folder])
    if (folder / _SCHEDULER).is_file():
        return _Layout(files=[folder / _SCHEDULER])
    return _Layout(list(_adapters(folder)), networks=_image_encoders(folder))


def _pipeline(folder: Path) -> _Layout:
    layout = _Layout(files=[folder / _PIPELINE])
    for name, named in read_config(folder / _PIPELINE).items():
        if not isinstance(named, list) or name in _NOT_LOADED or named[:1] == [None]:
            continue
        library, kind = [*map(str, named), "", ""][:2]
        if library not in _LIBRARIES:
            raise _own_code(folder / _PIPELINE, named)
        if not (folder / name).is_dir():
            raise WeightsError(f"{folder / name} is missing, though {_PIPELINE} names it; fetch the checkpoint again.")
        (layout.plain if _WITHOUT_WEIGHTS.search(kind) else layout.networks).append(folder / name)
    return layout


def _adapters(folder: Path) -> Iterator[Path]:
    for section in _ADAPTER_SECTIONS:
        for file in sorted((folder / section).glob("*.safetensors")):
            if any(key.startswith(_ADAPTER_KEYS) for key in header(file)):
                yield file


def _image_encoders(folder: Path) -> list[Path]:
    """Beside the adapters, or in `models`: h94/IP-Adapter has there the one that both of its sections share."""
    possible = [folder / section / "image_encoder" for section in _ADAPTER_SECTIONS]
    found = [encoder for encoder in possible if (encoder / _NETWORK).is_file()]
    if not found:
        raise WeightsError(
            f"{folder} has an IP-Adapter but no image encoder (image_encoder/{_NETWORK} with its .safetensors); fetch "
            "it too, and where it lies in the repository's models/ give the whole repository."
        )
    return found


def _own_code(file: Path, named: object) -> WeightsError:
    return WeightsError(
        f"{file} names code of its own, {named}, which would come with the checkpoint and is never run; "
        "use a checkpoint of classes that diffusers or transformers have themselves."
    )
