"""The parse network: a crop of one figure and where its joints are -> matte, parts and materials. Tensors only.

A U-Net of dense 3x3 convolutions that works on 2 x 2 pixel blocks, with attention at the coarsest grid, since left
and right are told apart only by the whole figure. The matte is answered at full resolution, parts and materials at
half. Knows no pictures' files and no joints: `maps.py` draws the joints as channels.
"""

import torch
from torch import Tensor, nn
from torch.nn import functional

from deployments.garments.maps import CHANNELS
from pose.figure import MATERIALS, PARTS

SIZE = 256
WIDTHS = (32, 72, 128, 192)


class Double(nn.Module):
    """Two normalised 3x3 convolutions, with a residual path."""

    def __init__(self, inputs: int, outputs: int, stride: int = 1) -> None:
        super().__init__()
        self.first = nn.Conv2d(inputs, outputs, 3, stride, 1, bias=False)
        self.norm1 = nn.BatchNorm2d(outputs)
        self.second = nn.Conv2d(outputs, outputs, 3, 1, 1, bias=False)
        self.norm2 = nn.BatchNorm2d(outputs)

    def forward(self, x: Tensor) -> Tensor:
        x = functional.relu(self.norm1(self.first(x)))
        return functional.relu(x + self.norm2(self.second(x)))


class ParseNetwork(nn.Module):
    """forward(rgb (B, 3, S, S) float 0..1, maps (B, CHANNELS, S, S) float 0..1), S a multiple of 32.

    Returns float32 logits: matte (B, 1, S, S), parts (B, 10, S/2, S/2) rows of PARTS, materials (B, 7, S/2, S/2) rows
    of MATERIALS.
    """

    def __init__(self) -> None:
        super().__init__()
        first, second, third, fourth = WIDTHS
        self.enter = nn.Sequential(nn.Conv2d(4 * (3 + CHANNELS), first, 3, 1, 1), nn.ReLU())
        self.down1 = Double(first, second, 2)
        self.down2 = Double(second, third, 2)
        self.down3 = Double(third, fourth, 2)
        self.deep = Double(fourth, fourth, 2)
        self.place = nn.Parameter(torch.zeros(1, fourth, SIZE // 32, SIZE // 32))
        self.context = nn.ModuleList([_attention(fourth), _attention(fourth)])
        self.up3 = Double(2 * fourth, third)
        self.up2 = nn.Sequential(Double(2 * third, third), Double(third, second))
        self.up1 = Double(2 * second, 48)
        self.up0 = nn.Sequential(nn.Conv2d(48 + first, 48, 3, 1, 1, bias=False), nn.BatchNorm2d(48), nn.ReLU())
        self.leave = nn.Conv2d(48, 4 + len(PARTS) + len(MATERIALS), 3, 1, 1)

    def forward(self, rgb: Tensor, maps: Tensor) -> dict[str, Tensor]:
        x = functional.pixel_unshuffle(torch.cat(((rgb - 0.5) * 4, maps.to(rgb.dtype) * 2), 1), 2)
        at0 = self.enter(x)
        at1 = self.down1(at0)
        at2 = self.down2(at1)
        at3 = self.down3(at2)
        x = self.up3(_joined(self._in_context(self.deep(at3)), at3))
        x = self.up2(_joined(x, at2))
        x = self.up1(_joined(x, at1))
        x = self.up0(_joined(x, at0))
        matte, parts, materials = self.leave(x).float().split((4, len(PARTS), len(MATERIALS)), 1)
        return {
            "matte": functional.pixel_shuffle(matte, 2),
            "parts": parts,
            "materials": materials,
        }

    def _in_context(self, deep: Tensor) -> Tensor:
        """The coarsest grid after every cell has looked at every other."""
        placed = deep + functional.interpolate(self.place, size=deep.shape[2:], mode="bilinear")
        tokens = placed.flatten(2).transpose(1, 2)
        for layer in self.context:
            tokens = layer(tokens)
        return tokens.transpose(1, 2).reshape(deep.shape)


def _attention(width: int) -> nn.TransformerEncoderLayer:
    return nn.TransformerEncoderLayer(
        width, 4, 2 * width, dropout=0.0, activation="gelu", batch_first=True, norm_first=True
    )


def _joined(coarse: Tensor, fine: Tensor) -> Tensor:
    return torch.cat((functional.interpolate(coarse, scale_factor=2.0), fine), 1)
