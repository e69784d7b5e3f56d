"""A UNet and a ControlNet of Stable Diffusion as functions of tensors by position: their ports, and the way between
these and the call by names that `rows` makes.

A port has one row a painting's row: one timestep each, the ControlNet's residuals unscaled, and with an IP-Adapter the
reference's embedding and how much of it is heard. So a compiled network or an engine serves any mixture of requests.
Export and serving both read it. Knows diffusers' arguments and configurations; no files, no backends.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Literal

import torch
from torch import Tensor, nn

from deployments.signature import Bucket, Port, Signature
from pose.errors import WeightsError

Kind = Literal["unet", "controlnet"]
CLASSES: dict[Kind, str] = {"unet": "UNet2DConditionModel", "controlnet": "ControlNetModel"}
LATENT = 8  # picture pixels a latent pixel
TOKENS = 77  # of a prompt
TIMES = 1000
BATCH = 8


@dataclass(frozen=True)
class Given:
    """What a checkpoint's parts decide beside the network's own configuration. tokens: of a prompt; reference: the
    shape of one row of the IP-Adapter's embeddings, None without an adapter."""

    tokens: int = TOKENS
    reference: tuple[int, ...] | None = None


def signature_of(
    kind: Kind, config: Mapping[str, Any], given: Given, buckets: tuple[Bucket, ...], batch: int = BATCH
) -> Signature:
    """Sizes are the picture's; values drawn for comparison are about as large as a sampler's.

    Raises WeightsError for a conditioning that has no port.
    """
    _check(config, given)
    prompt = Port("prompt", lambda h, w: (given.tokens, config["cross_attention_dim"]), low=-2, high=2)
    first = [_latents("sample", config["in_channels"]), Port("timestep", lambda h, w: (), high=TIMES), prompt]
    first += _additions(config)
    if kind == "unet":
        inputs = (*first, *_references(given), *_residuals(config))
        outputs: tuple[Port, ...] = (_latents("noise", config["out_channels"]),)
    else:
        pose = Port("pose", lambda h, w: (config["conditioning_channels"], h, w))
        inputs, outputs = (*first, pose), _residuals(config)
    return Signature(kind, kind, inputs, outputs, buckets, batch)


class Positional(nn.Module):
    """The network called by position in its signature's order; answers by the outputs' names.

    Whatever comes in takes the network's type, but the timesteps, which bfloat16 could not tell apart.
    """

    def __init__(self, network: nn.Module, signature: Signature, dtype: torch.dtype = torch.float32) -> None:
        super().__init__()
        self.network = network
        self.dtype = dtype
        self.names = [port.name for port in signature.inputs]
        self.answers = [port.name for port in signature.outputs]

    def forward(self, *inputs: Tensor) -> dict[str, Tensor]:
        exact = ("timestep", "identity")
        pairs = zip(self.names, inputs, strict=True)
        given = {name: tensor if name in exact else tensor.to(self.dtype) for name, tensor in pairs}
        with heard(self.network, given.get("identity")):
            found = self.network(given["sample"], given["timestep"], return_dict=False, **_named(given))
        tensors = found if len(found) == 1 else (*found[0], found[1])
        return dict(zip(self.answers, tensors, strict=True))


def tensors_of(
    signature: Signature, sample: Tensor, timestep: Tensor, heard: float, named: Mapping[str, Any]
) -> list[Tensor]:
    """A call as `rows` makes it -> the signature's inputs, float32. heard: the IP-Adapter's scale, of all rows."""
    added = named["added_cond_kwargs"]
    found = {
        "sample": sample,
        "timestep": timestep,
        "prompt": named["encoder_hidden_states"],
        "wish": named.get("timestep_cond"),
        "pooled": added.get("text_embeds"),
        "time_ids": added.get("time_ids"),
        "reference": added["image_embeds"][0] if added.get("image_embeds") else None,
        "identity": torch.full((len(sample),), heard, device=sample.device),
        "pose": named.get("controlnet_cond"),
        "middle": named.get("mid_block_additional_residual"),
    }
    down = named.get("down_block_additional_residuals") or ()
    found |= {f"down_{row}": tensor for row, tensor in enumerate(down)}
    return [found[port.name].float() for port in signature.inputs]


def answer_of(kind: Kind, tensors: Sequence[Tensor]) -> Any:
    """The outputs as the network itself gives them with `return_dict=False`."""
    return (tensors[0],) if kind == "unet" else (list(tensors[:-1]), tensors[-1])


def scale_heard(network: Any) -> float:
    """How much of the reference a UNet's adapter is set to hear; 1 without an adapter."""
    return next((float(processor.scale[0]) for processor in _adapters(network)), 1.0)


@contextmanager
def heard(network: Any, scales: Tensor | None) -> Iterator[None]:
    """A UNet's adapter at a scale a row (n,), in place of its own; as it is for None."""
    if scales is None:
        yield
        return
    adapters = _adapters(network)
    before = [processor.scale for processor in adapters]
    for processor in adapters:
        processor.scale = [_Each(scales)]
    try:
        yield
    finally:
        for processor, scale in zip(adapters, before, strict=True):
            processor.scale = scale


class _Each:
    """A scale a row, where diffusers' attention multiplies by a number."""

    def __init__(self, scales: Tensor) -> None:
        self.scales = scales

    def __mul__(self, hidden: Tensor) -> Tensor:
        return (hidden * self.scales[:, None, None]).to(hidden.dtype)


def _named(given: Mapping[str, Tensor]) -> dict[str, Any]:
    named: dict[str, Any] = {"encoder_hidden_states": given["prompt"], "timestep_cond": given.get("wish")}
    added: dict[str, Any] = {}
    if "pooled" in given:
        added = {"text_embeds": given["pooled"], "time_ids": given["time_ids"]}
    if "reference" in given:
        added["image_embeds"] = [given["reference"]]
    named["added_cond_kwargs"] = added
    if "pose" in given:
        named["controlnet_cond"] = given["pose"]
    if "middle" in given:
        named["mid_block_additional_residual"] = given["middle"]
        named["down_block_additional_residuals"] = [given[name] for name in given if name.startswith("down_")]
    return named


def _adapters(network: Any) -> list[Any]:
    found = getattr(network, "attn_processors", {}).values()
    return [processor for processor in found if hasattr(processor, "to_k_ip")]


def _check(config: Mapping[str, Any], given: Given) -> None:
    conditioned = config.get("encoder_hid_dim_type")
    known = {
        "class_embed_type": config.get("class_embed_type") is None,
        "encoder_hid_dim_type": conditioned is None or (conditioned == "ip_image_proj" and given.reference is not None),
        "addition_embed_type": config.get("addition_embed_type") in (None, "text_time"),
    }
    for name, taken in known.items():
        if not taken:
            raise WeightsError(
                f"the network has {name} {config[name]}, which the export does not know; serve it by torch instead."
            )


def _additions(config: Mapping[str, Any]) -> list[Port]:
    """What a few families take beside the prompt: a distilled model's guidance, SDXL's pooled prompt and sizes."""
    ports = []
    if config.get("time_cond_proj_dim") is not None:
        ports.append(Port("wish", lambda h, w: (config["time_cond_proj_dim"],), low=-1))
    if config.get("addition_embed_type") == "text_time":
        pooled = config["projection_class_embeddings_input_dim"] - 6 * config["addition_time_embed_dim"]
        ports.append(Port("pooled", lambda h, w: (pooled,), low=-2, high=2))
        ports.append(Port("time_ids", lambda h, w: (6,), high=1024))
    return ports


def _references(given: Given) -> tuple[Port, ...]:
    shape = given.reference
    if shape is None:
        return ()
    return Port("reference", lambda h, w: shape, low=-2, high=2), Port("identity", lambda h, w: ())


def _latents(name: str, channels: int) -> Port:
    return Port(name, lambda h, w: (channels, h // LATENT, w // LATENT), low=-2, high=2)


def _residuals(config: Mapping[str, Any]) -> tuple[Port, ...]:
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
