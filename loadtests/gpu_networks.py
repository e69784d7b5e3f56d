"""The networks that the GPU script times, and what they are given: ours, and one of SDXL's shape.

Each answers for its own precision: ours by autocast, as it is served; the UNet in bfloat16 throughout.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn

from deployments.denoiser.network import WIDTHS, DenoiserNetwork
from deployments.denoiser.signature import SIGNATURE

TOKENS, ATTRIBUTES = 77, 6
SDXL: dict[str, Any] = {
    "sample_size": 128,
    "block_out_channels": (320, 640, 1280),
    "transformer_layers_per_block": (1, 2, 10),
    "attention_head_dim": (5, 10, 20),
    "cross_attention_dim": 2048,
    "addition_time_embed_dim": 256,
    "projection_class_embeddings_input_dim": 2816,
}
"""`unet/config.json` of stabilityai/stable-diffusion-xl-base-1.0, where it differs from the tiny one."""
TINY: dict[str, Any] = {
    "sample_size": 8,
    "block_out_channels": (32, 32, 64),
    "transformer_layers_per_block": (1, 1, 1),
    "attention_head_dim": (2, 2, 4),
    "cross_attention_dim": 32,
    "addition_time_embed_dim": 8,
    "projection_class_embeddings_input_dim": 80,
}


@dataclass(frozen=True)
class Case:
    """make(tiny, device) -> module; inputs(size, batch, tiny, device) -> its arguments; sizes: the picture's pixels."""

    name: str
    make: Callable[[bool, torch.device], nn.Module]
    inputs: Callable[[int, int, bool, torch.device], tuple[Tensor, ...]]
    sizes: tuple[int, ...]
    batches: tuple[int, ...]
    tiny_sizes: tuple[int, ...] = (32, 64)
    tiny_batches: tuple[int, ...] = (1, 2)


class Served(nn.Module):
    """Our network under autocast; its outputs are those that serving needs."""

    def __init__(self, network: nn.Module) -> None:
        super().__init__()
        self.network = network

    def forward(self, *inputs: Tensor) -> tuple[Tensor, Tensor]:
        with torch.autocast(inputs[0].device.type, torch.bfloat16):
            out = self.network(*inputs)
        return out["clean"], out["doubt"]


class Conditioned(nn.Module):
    """The UNet with its arguments in a row."""

    def __init__(self, unet: nn.Module) -> None:
        super().__init__()
        self.unet = unet

    def forward(self, latent: Tensor, time: Tensor, tokens: Tensor, pooled: Tensor, sizes: Tensor) -> Tensor:
        added = {"text_embeds": pooled, "time_ids": sizes}
        out: tuple[Tensor] = self.unet(latent, time, tokens, added_cond_kwargs=added, return_dict=False)
        return out[0]


def denoiser(tiny: bool, device: torch.device) -> nn.Module:
    """The embedded network with random weights everywhere: a product with zeros draws less power."""
    torch.manual_seed(0)
    network = DenoiserNetwork((16, 16, 24, 32) if tiny else WIDTHS).eval()
    for weights in network.parameters():
        nn.init.normal_(weights, std=0.02)
    network = network.to(device, memory_format=torch.channels_last)  # type: ignore[call-overload]
    for layer in network.modules():
        if isinstance(layer, nn.Conv2d | nn.Linear):
            layer.to(torch.bfloat16)
    return Served(network)


def denoiser_inputs(size: int, batch: int, tiny: bool, device: torch.device) -> tuple[Tensor, ...]:
    """As the network's signature has them; random."""
    torch.manual_seed(size)
    shapes = [(batch, *port.shape(size, size)) for port in SIGNATURE.inputs]
    values = [
        torch.rand(shape) * (port.high - port.low) + port.low
        for shape, port in zip(shapes, SIGNATURE.inputs, strict=True)
    ]
    return tuple(value.to(device) for value in values)


def sdxl(tiny: bool, device: torch.device) -> nn.Module:
    """diffusers' own class, SDXL's shape, random weights. Raises ImportError where diffusers is missing."""
    from diffusers import UNet2DConditionModel

    torch.manual_seed(0)
    with device:
        unet: Any = UNet2DConditionModel(  # its stubs do not say that it is a module
            down_block_types=("DownBlock2D", "CrossAttnDownBlock2D", "CrossAttnDownBlock2D"),
            up_block_types=("CrossAttnUpBlock2D", "CrossAttnUpBlock2D", "UpBlock2D"),
            use_linear_projection=True,
            addition_embed_type="text_time",
            **(TINY if tiny else SDXL),
        )
    unet = unet.eval().to(torch.bfloat16)
    return Conditioned(unet.to(memory_format=torch.channels_last))


def sdxl_inputs(size: int, batch: int, tiny: bool, device: torch.device) -> tuple[Tensor, ...]:
    """A latent of an eighth of the picture, times, the prompt's tokens, its summary, and the six sizes."""
    config = TINY if tiny else SDXL
    pooled = config["projection_class_embeddings_input_dim"] - ATTRIBUTES * config["addition_time_embed_dim"]
    shapes = (
        (batch, 4, size // 8, size // 8),
        (batch,),
        (batch, TOKENS, config["cross_attention_dim"]),
        (batch, pooled),
        (batch, ATTRIBUTES),
    )
    torch.manual_seed(size)
    latent, time, *others = (torch.randn(shape, device=device) for shape in shapes)
    return latent.bfloat16(), time.abs() * 500, *(other.bfloat16() for other in others)


NETWORKS = (
    Case("denoiser", denoiser, denoiser_inputs, (256, 384, 512, 1024), (1, 2, 4, 8, 16)),
    Case("sdxl", sdxl, sdxl_inputs, (512, 1024), (1, 2, 3, 4, 8, 16)),
)
