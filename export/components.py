"""The UNet or the ControlNet of an operator's Stable Diffusion folder, as something to export.

A row of the same kind as `networks.Embedded`: a signature, which follows from the component's own configuration, and
the weights. Inputs and outputs are `deployments.denoiser.checkpoint.ports`', by which serving calls the networks. With
an IP-Adapter the UNet is exported with it inside: the reference's embedding and its scale are inputs. Knows diffusers'
UNet2DConditionModel and ControlNetModel; no schedulers.
"""

import hashlib
import inspect
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from types import ModuleType
from typing import Any

import torch
from torch import nn

from deployments.backends import ordered
from deployments.checkpoints.files import read_config
from deployments.checkpoints.opening import Opened, open_checkpoint
from deployments.denoiser.checkpoint.adapter import add_adapter
from deployments.denoiser.checkpoint.framing import canvases_for
from deployments.denoiser.checkpoint.parts import reference_shape, with_adapter
from deployments.denoiser.checkpoint.pipeline import fitting, library, load_part
from deployments.denoiser.checkpoint.ports import BATCH, CLASSES, TOKENS, Given, Kind, Positional, signature_of
from deployments.runtime import Runner, precision, rounded
from deployments.signature import Bucket, Signature
from export import beside, graph


@dataclass(frozen=True)
class Component:
    """A component in a folder: a pipeline's (its subfolder is taken) or the component's own.

    base: the pipeline's folder, where `folder` is a ControlNet's own; adapter: an IP-Adapter's folder, for a UNet.
    Raises WeightsError, as do `signature` and `load`, where a folder is refused or its network is not known.
    """

    kind: Kind
    folder: Path
    buckets: tuple[Bucket, ...]
    batch: int = BATCH
    base: Path | None = None
    adapter: Path | None = None

    @cached_property
    def signature(self) -> Signature:
        config = self._config if self._adapted is None else self._adapted[0].config
        return signature_of(self.kind, config, self._given, self.buckets, self.batch)

    def load(self, directory: Path = Path()) -> tuple[Runner, nn.Module]:
        """The network as torch runs it, and the form to export. `directory` is of embedded weights only."""
        form = Positional(self._network(), self.signature).eval()
        return Runner(self.kind, self._sha256, form, precision()), form

    def served(self, directory: Path = Path()) -> Runner:
        """As torch runs it in serving, on weights of its own."""
        return rounded(replace(self).load(directory)[0])

    def exporter_sha256(self) -> str:
        """Of this code, of export's, and of the configuration."""
        here: Sequence[ModuleType] = (inspect.getmodule(type(self)), ordered, graph, beside)  # type: ignore[assignment]
        sources = [inspect.getsource(module) for module in here]
        told = (repr(sorted(self._config.items())), repr(self._given))
        return hashlib.sha256("".join((*sources, *told)).encode()).hexdigest()

    @cached_property
    def _opened(self) -> Opened:
        inside = self.folder / self.kind
        return open_checkpoint(str(inside if inside.is_dir() else self.folder), (CLASSES[self.kind],))

    @cached_property
    def _sha256(self) -> str:
        if self.adapter is None:
            return self._opened.sha256
        return with_adapter(self._opened.sha256, open_checkpoint(str(self.adapter), ("IPAdapter",)).sha256)

    @cached_property
    def _config(self) -> dict[str, Any]:
        return dict(getattr(library("diffusers"), CLASSES[self.kind]).load_config(self._opened.folder))

    @cached_property
    def _given(self) -> Given:
        return Given(_tokens(self.base or self.folder), None if self._adapted is None else self._adapted[1])

    @cached_property
    def _adapted(self) -> tuple[Any, tuple[int, ...] | None] | None:
        """The UNet with its adapter, and the shape of what it hears; None without an adapter.

        The adapter is put in by a pipeline that has nothing else, whose image encoder goes with it.
        """
        if self.adapter is None:
            return None
        opened = open_checkpoint(str(self.adapter), ("IPAdapter",))
        unet = load_part(library("diffusers").UNet2DConditionModel, self._opened, torch.float32)
        xl = unet.config.addition_embed_type == "text_time"
        name = "StableDiffusionXLPipeline" if xl else "StableDiffusionPipeline"
        nothing = ("vae", "text_encoder", "tokenizer", "scheduler", *(("text_encoder_2", "tokenizer_2") if xl else ()))
        more = {} if xl else {"safety_checker": None, "feature_extractor": None, "requires_safety_checker": False}
        pipeline = getattr(library("diffusers"), name)(unet=unet, **dict.fromkeys(nothing), **more)
        with fitting(opened.folder):
            add_adapter(pipeline, opened.folder, "sdxl_models" if xl else "models", torch.float32)
        return pipeline.unet, reference_shape(pipeline)

    def _network(self) -> nn.Module:
        if self._adapted is not None:
            adapted: nn.Module = self._adapted[0].eval()
            return adapted
        network: nn.Module = load_part(
            getattr(library("diffusers"), CLASSES[self.kind]), self._opened, torch.float32
        ).eval()
        return network


def canvases_of(base: Path) -> tuple[Bucket, ...]:
    """Every canvas on which a base is asked to paint. Raises WeightsError."""
    unet = base / "unet" if (base / "unet").is_dir() else base
    return canvases_for(read_config(open_checkpoint(str(unet), (CLASSES["unet"],)).folder / "config.json"))


def _tokens(folder: Path) -> int:
    """Of a prompt, as the pipeline's text encoder takes them."""
    config = folder / "text_encoder" / "config.json"
    tokens: int = read_config(config)["max_position_embeddings"] if config.is_file() else TOKENS
    return tokens
