"""The UNet or the ControlNet of an operator's Stable Diffusion folder, as something to export.

A row of the same kind as `networks.Embedded`: a signature, which follows from the component's own configuration, and
the weights. Inputs and outputs are those with which `deployments.denoiser.checkpoint.rows` calls the networks: one
timestep a row, the ControlNet's residuals unscaled. Knows diffusers' UNet2DConditionModel and ControlNetModel; no
schedulers. Adapters that the UNet's attention calls (IP-Adapter) are not part of the graph.
"""

import hashlib
import inspect
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from types import ModuleType
from typing import Any, Literal

import torch
from torch import Tensor, nn

from deployments import ordered
from deployments.checkpoints import Opened, open_checkpoint
from deployments.runtime import Runner, precision, rounded
from deployments.signature import Bucket, Port, Signature
from export import graph
from pose.errors import WeightsError

Kind = Literal["unet", "controlnet"]
CLASSES: dict[Kind, str] = {"unet": "UNet2DConditionModel", "controlnet": "ControlNetModel"}
LATENT = 8  # picture pixels a latent pixel
TOKENS = 77  # of a prompt
TIMES = 1000


@dataclass(frozen=True)
class Component:
    """A component in a folder: a pipeline's (its subfolder is taken) or the component's own.

    Raises WeightsError, as do `signature` and `load`, where the folder is refused or its network is not known.
    """

    kind: Kind
    folder: Path
    buckets: tuple[Bucket, ...]
    batch: int = 8

    @cached_property
    def signature(self) -> Signature:
        """Sizes are the picture's; values drawn for comparison are about as large as a sampler's."""
        config = self._config
        prompt = [Port("prompt", lambda h, w: (TOKENS, config["cross_attention_dim"]), low=-2, high=2)]
        given = [Port("timestep", lambda h, w: (), high=TIMES), *prompt, *_additions(config)]
        if self.kind == "unet":
            inputs = (_latents("sample", config["in_channels"]), *given, *_residuals(config))
            outputs: tuple[Port, ...] = (_latents("noise", config["out_channels"]),)
        else:
            pose = Port("pose", lambda h, w: (config["conditioning_channels"], h, w))
            inputs, outputs = (_latents("sample", config["in_channels"]), *given, pose), _residuals(config)
        return Signature(self.kind, self.kind, inputs, outputs, self.buckets, self.batch)

    def load(self, directory: Path = Path()) -> tuple[Runner, nn.Module]:
        """The network as torch runs it, and the form to export. `directory` is of embedded weights only."""
        form = _Positional(self._network(), self.signature).eval()
        return Runner(self.kind, self._opened.sha256, form, precision()), form

    def served(self, directory: Path = Path()) -> Runner:
        """As torch runs it in serving, on weights of its own."""
        return rounded(self.load(directory)[0])

    def code_sha256(self) -> str:
        """Of this code, of export's, and of the configuration."""
        here: Sequence[ModuleType] = (inspect.getmodule(type(self)), ordered, graph)  # type: ignore[assignment]
        sources = [inspect.getsource(module) for module in here]
        return hashlib.sha256("".join((*sources, repr(sorted(self._config.items())))).encode()).hexdigest()

    @cached_property
    def _opened(self) -> Opened:
        inside = self.folder / self.kind
        return open_checkpoint(str(inside if inside.is_dir() else self.folder), (CLASSES[self.kind],))

    @cached_property
    def _config(self) -> dict[str, Any]:
        config = dict(_diffusers_class(self.kind).load_config(self._opened.folder, local_files_only=True))
        for name in ("class_embed_type", "encoder_hid_dim_type"):
            if config.get(name) is not None:
                raise _unknown(self.folder, name, config[name])
        if config.get("addition_embed_type") not in (None, "text_time"):
            raise _unknown(self.folder, "addition_embed_type", config["addition_embed_type"])
        return config

    def _network(self) -> nn.Module:
        network = _diffusers_class(self.kind).from_pretrained(
            self._opened.folder,
            variant=self._opened.variant,
            local_files_only=True,
            use_safetensors=True,
            torch_dtype=torch.float32,
            low_cpu_mem_usage=False,
        )
        return network.eval()


class _Positional(nn.Module):
    """The network called by position in its signature's order; answers by the outputs' names."""

    def __init__(self, network: nn.Module, signature: Signature) -> None:
        super().__init__()
        self.network = network
        self.names = [port.name for port in signature.inputs]
        self.answers = [port.name for port in signature.outputs]

    def forward(self, *inputs: Tensor) -> dict[str, Tensor]:
        given = dict(zip(self.names, inputs, strict=True))
        named: dict[str, Any] = {"encoder_hidden_states": given["prompt"], "timestep_cond": given.get("wish")}
        if "pooled" in given:
            named["added_cond_kwargs"] = {"text_embeds": given["pooled"], "time_ids": given["time_ids"]}
        if "pose" in given:
            named["controlnet_cond"] = given["pose"]
        if "middle" in given:
            named["mid_block_additional_residual"] = given["middle"]
            named["down_block_additional_residuals"] = [given[name] for name in self.names if name.startswith("down_")]
        found = self.network(given["sample"], given["timestep"], return_dict=False, **named)
        tensors = found if len(found) == 1 else (*found[0], found[1])
        return dict(zip(self.answers, tensors, strict=True))


def _additions(config: dict[str, Any]) -> list[Port]:
    """What a few families take beside the prompt: a distilled model's guidance, SDXL's pooled prompt and sizes."""
    ports = []
    if config.get("time_cond_proj_dim") is not None:
        ports.append(Port("wish", lambda h, w: (config["time_cond_proj_dim"],), low=-1))
    if config.get("addition_embed_type") == "text_time":
        pooled = config["projection_class_embeddings_input_dim"] - 6 * config["addition_time_embed_dim"]
        ports.append(Port("pooled", lambda h, w: (pooled,), low=-2, high=2))
        ports.append(Port("time_ids", lambda h, w: (6,), high=1024))
    return ports


def _latents(name: str, channels: int) -> Port:
    return Port(name, lambda h, w: (channels, h // LATENT, w // LATENT), low=-2, high=2)


def _residuals(config: dict[str, Any]) -> tuple[Port, ...]:
    """One a skip connection of the UNet, and the middle's, each as deep as its block and halved once a block before."""
    widths = config["block_out_channels"]
    per_block = config["layers_per_block"]
    layers = [per_block] * len(widths) if isinstance(per_block, int) else per_block
    skips = [(widths[0], 0)]
    for depth, (width, count) in enumerate(zip(widths, layers, strict=True)):
        skips += [(width, depth)] * count
        if depth < len(widths) - 1:
            skips.append((width, depth + 1))
    named = [(f"down_{row}", *skip) for row, skip in enumerate(skips)]
    return tuple(_residual(*skip) for skip in (*named, ("middle", widths[-1], len(widths) - 1)))


def _residual(name: str, channels: int, halvings: int) -> Port:
    cell = LATENT * 2**halvings
    return Port(name, lambda h, w: (channels, -(-h // cell), -(-w // cell)), low=-0.5, high=0.5)


def _diffusers_class(kind: Kind) -> Any:
    try:
        import diffusers
    except ImportError as error:
        raise WeightsError(
            f"a checkpoint needs diffusers, which cannot be imported ({error}); pip install contrapposto[checkpoints]."
        ) from error
    return getattr(diffusers, CLASSES[kind])


def _unknown(folder: Path, name: str, value: object) -> WeightsError:
    return WeightsError(f"{folder} has {name} {value}, which the export does not know; serve it by torch instead.")
