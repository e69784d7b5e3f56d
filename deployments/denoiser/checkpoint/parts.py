"""A checkpoint's UNet and ControlNet as what artefacts are made of and served for: which files, and their hash.

Export and serving name a network's weights alike by it: by its own folder's files, with the IP-Adapter's where one is
put into the UNet. Knows folders and loaded networks; no backends.
"""

from dataclasses import dataclass
from hashlib import sha256
from typing import Any

import torch
from PIL import Image

from deployments.checkpoints.opening import Checkpoint, open_checkpoint
from deployments.denoiser.checkpoint.ports import CLASSES, Given, Kind
from deployments.signature import Bucket


@dataclass(frozen=True, eq=False)
class Part:
    """A network as it was loaded. given: see `ports`; compiled: the canvases to compile it for, () for the usual."""

    kind: Kind
    network: Any
    sha256: str
    given: Given
    compiled: tuple[Bucket, ...] = ()


def parts_of(pipeline: Any, checkpoint: Checkpoint, compiled: tuple[Bucket, ...] = ()) -> tuple[Part, Part]:
    """UNet and ControlNet of a pipeline that was put together of a checkpoint, its text encoder still in it."""
    tokens = pipeline.text_encoder.config.max_position_embeddings
    given = Given(tokens, reference_shape(pipeline))
    hashes = {kind: weights_sha256(kind, checkpoint) for kind in CLASSES}
    unet = Part("unet", pipeline.unet, hashes["unet"], given, compiled)
    return unet, Part("controlnet", pipeline.controlnet, hashes["controlnet"], Given(tokens), compiled)


def weights_sha256(kind: Kind, checkpoint: Checkpoint) -> str:
    """Of one network's files. Raises WeightsError where a folder is refused."""
    own = checkpoint.controlnet if kind == "controlnet" else None
    found = open_checkpoint(own or f"{checkpoint.base}/{kind}", (CLASSES[kind],)).sha256
    if kind == "controlnet" or checkpoint.ip_adapter is None:
        return found
    return with_adapter(found, open_checkpoint(checkpoint.ip_adapter, ("IPAdapter",)).sha256)


def with_adapter(unet: str, adapter: str) -> str:
    """Both hashes as one."""
    return sha256(f"{unet} {adapter}".encode()).hexdigest()


def reference_shape(pipeline: Any) -> tuple[int, ...] | None:
    """One row of the adapter's embeddings, found by looking at a blank picture; None without an adapter."""
    if pipeline.unet.config.encoder_hid_dim_type != "ip_image_proj":
        return None
    with torch.no_grad():
        embeds = pipeline.prepare_ip_adapter_image_embeds(
            [Image.new("RGB", (8, 8))], None, pipeline.unet.device, 1, False
        )
    return tuple(embeds[0].shape[1:])
