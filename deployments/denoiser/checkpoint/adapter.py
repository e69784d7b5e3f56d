"""IP-Adapter: finds its files in a folder as h94/IP-Adapter lays them out, and puts it into a pipeline.

`<folder>/*.safetensors` with `<folder>/image_encoder/`, or the whole repository with `models/` and `sdxl_models/`,
where adapters named `vit-h` take the encoder of `models/`. Identity comes from CLIP's view of the reference; adapters
that need a face recogniser (`faceid`) are refused. Knows files and diffusers' loader, no requests.
"""

from pathlib import Path
from typing import Any

import torch
from PIL import Image

from pose.errors import WeightsError

PREFERRED = (
    "ip-adapter-plus_sd15.safetensors",
    "ip-adapter-plus_sdxl_vit-h.safetensors",
    "ip-adapter_sdxl_vit-h.safetensors",
    "ip-adapter_sd15.safetensors",
    "ip-adapter_sdxl.safetensors",
)


def add_adapter(pipeline: Any, folder: Path, within: str, dtype: torch.dtype) -> None:
    """Loads the adapter and its image encoder into the pipeline. `within`: the subfolder of this kind of base."""
    from diffusers.utils import is_accelerate_available
    from transformers import CLIPImageProcessorPil, CLIPVisionModelWithProjection

    weights, encoder = adapter_files(folder, within)
    seeing = CLIPVisionModelWithProjection.from_pretrained(
        str(encoder), dtype=dtype, use_safetensors=True, local_files_only=True
    )
    size = seeing.config.image_size
    pipeline.register_modules(
        image_encoder=seeing.eval().requires_grad_(False),
        feature_extractor=CLIPImageProcessorPil(size=size, crop_size=size),
    )
    pipeline.load_ip_adapter(
        str(weights.parent),
        subfolder="",
        weight_name=weights.name,
        image_encoder_folder=None,
        local_files_only=True,
        low_cpu_mem_usage=is_accelerate_available(),
    )
    _probe(pipeline)


def adapter_files(folder: Path, within: str) -> tuple[Path, Path]:
    """The one adapter of a folder, or of several the one that keeps most of an identity; and its image encoder.

    `within`: see `add_adapter`. Raises WeightsError where there is none, or no telling which.
    """
    section = folder / within if (folder / within).is_dir() else folder
    found = {file.name: file for file in sorted(section.glob("*.safetensors")) if "faceid" not in file.name}
    if len(found) == 1:
        (only,) = found.values()
        return only, _encoder(only, folder) or only.parent / "image_encoder"
    for name in PREFERRED:
        encoder = _encoder(found[name], folder) if name in found else None
        if encoder is not None:
            return found[name], encoder
    raise WeightsError(
        f"expected one IP-Adapter in '{section}', got {', '.join(found) or 'none'}; leave the one *.safetensors to use "
        "in a folder with its image_encoder/ (faceid adapters are not supported)."
    )


def _encoder(weights: Path, folder: Path) -> Path | None:
    """The encoder that an adapter was trained with, as far as its name tells, among what was checked."""
    beside, shared = weights.parent / "image_encoder", folder / "models" / "image_encoder"
    if "vit-h" in weights.name:
        return shared if shared.is_dir() else None
    return beside if beside.is_dir() else None


def _probe(pipeline: Any) -> None:
    """Looks at a blank picture once: an encoder of another size than the adapter's raises here, not in a request."""
    blank = Image.new("RGB", (8, 8))
    with torch.no_grad():
        embeds = pipeline.prepare_ip_adapter_image_embeds([blank], None, torch.device("cpu"), 1, False)
        pipeline.unet.encoder_hid_proj(embeds)
