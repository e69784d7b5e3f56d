"""The upscaler's network: a few dense 3 x 3 convolutions at the small size, then sub-pixels. Knows tensors only.

It predicts what to add to each pixel's sub-pixels (ESPCN's and SRVGG's idea: all work is done before enlarging). What
it may add is bounded by how much the 5 x 5 pixels around differ, so a flat colour comes out exactly as it went in,
whatever the precision. Convolutions are unpadded: the picture brings MARGIN pixels of surroundings on every side, and
tiles that overlap by it join without a seam. It knows nothing of tiles, of picture files, or of straight alpha.

Convention: pictures are premultiplied RGBA in 0..1, (B, 4, H, W).
"""

from collections.abc import Callable

import torch
from torch import Tensor, nn
from torch.nn import functional as F

FACTORS = (2, 4)
WIDTH = 48
BLOCKS = 3
MARGIN = 1 + 1 + 2 * BLOCKS + 1  # local mean, stem, blocks, head
SLACK = 1.0


class UpscalerNetwork(nn.Module):
    """picture (B, 4, h + 2 MARGIN, w + 2 MARGIN) -> (B, 4, factor h, factor w) in 0..1, but for rounding.

    The bounds hold in evaluation only: a training that overshoots must feel it.
    """

    def __init__(self, width: int = WIDTH) -> None:
        super().__init__()
        self.stem = nn.Conv2d(8, width, 3)
        self.blocks = nn.Sequential(*(Block(width) for _ in range(BLOCKS)))
        self.heads = nn.ModuleDict({str(factor): Head(width, factor) for factor in FACTORS})

    def forward(self, picture: Tensor, factor: int = 4) -> Tensor:
        return self.enlarge(picture, self.features(picture), factor)

    def features(self, picture: Tensor) -> Tensor:
        """(B, width, h + 2, w + 2). Local contrast is a plane of its own: bfloat16 would round it away otherwise."""
        inner = _cropped(picture, 1)
        detail = inner - F.avg_pool2d(picture, 3, 1)
        x: Tensor = self.blocks(torch.relu_(self.stem(torch.cat((inner - 0.5, 4 * detail), 1))))
        return x

    def enlarge(self, picture: Tensor, features: Tensor, factor: int) -> Tensor:
        """Adds the prediction to every pixel's sub-pixels and lays them out."""
        own = _cropped(picture, MARGIN)
        added = _by_pixel(self.heads[str(factor)](_cropped(picture, MARGIN - 1), features), factor)
        if not self.training:
            low, high = bounds(_cropped(picture, MARGIN - 2))
            low, high = ((_by_pixel(bound - own, 1)).to(added.dtype) for bound in (low, high))
            added = torch.clamp(added, low, high)
        return _laid_out(added, _by_pixel(own, 1), factor)


class Block(nn.Module):
    """Two convolutions beside a shortcut: (B, width, h, w) -> (B, width, h - 4, w - 4)."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.first = nn.Conv2d(width, width, 3)
        self.second = nn.Conv2d(width, width, 3)
        with torch.no_grad():
            self.second.weight *= 0.3

    def forward(self, x: Tensor) -> Tensor:
        return torch.relu_(self.second(torch.relu_(self.first(x))) + _cropped(x, 2))


class Head(nn.Module):
    """What to add to each sub-pixel, from features and the 3 x 3 pixels themselves; untrained, it enlarges linearly."""

    def __init__(self, width: int, factor: int) -> None:
        super().__init__()
        self.convolution = nn.Conv2d(4 + width, 4 * factor**2, 3)
        with torch.no_grad():
            self.convolution.bias.zero_()  # type: ignore[union-attr]
            self.convolution.weight.zero_()
            self.convolution.weight[:, :4] = linear_kernels(factor)

    def forward(self, picture: Tensor, features: Tensor) -> Tensor:
        added: Tensor = self.convolution(torch.cat((picture.to(features.dtype) - 0.5, features), 1))
        return added


class AtFactor(nn.Module):
    """The network at one of FACTORS: what a runner runs and what is exported, one input and one output."""

    def __init__(self, network: UpscalerNetwork, factor: int) -> None:
        super().__init__()
        self.network = network
        self.factor = factor

    def forward(self, picture: Tensor) -> Tensor:
        return self.network(picture, self.factor)


def linear_kernels(factor: int) -> Tensor:
    """(4 factor^2, 4, 3, 3): each band's bilinear enlargement less the pixel itself."""
    offset = (torch.arange(factor) + 0.5) / factor - 0.5
    taps = torch.stack(((-offset).clamp_min(0), 1 - offset.abs(), offset.clamp_min(0)), -1)
    kernels = torch.einsum("yi,xj,bc->yxbcij", taps, taps, torch.eye(4)).reshape(4 * factor**2, 4, 3, 3)
    kernels[:, :, 1, 1] -= torch.eye(4).repeat(factor**2, 1)
    return kernels


def bounds(picture: Tensor) -> tuple[Tensor, Tensor]:
    """(B, 4, h + 4, w + 4) -> lowest and highest value allowed, (B, 4, h, w): the extremes of the 5 x 5 pixels around,
    widened by SLACK times their distance, inside 0..1."""
    high, low = _extreme(picture, torch.maximum), _extreme(picture, torch.minimum)
    slack = SLACK * (high - low)
    return (low - slack).clamp_min(0), (high + slack).clamp_max(1)


def _extreme(x: Tensor, pick: Callable[[Tensor, Tensor], Tensor]) -> Tensor:
    """Over 5 x 5 windows, axis by axis: several times faster than pooling, which keeps indices."""
    for axis in (2, 3):
        size = x.shape[axis]
        pairs = pick(x.narrow(axis, 0, size - 1), x.narrow(axis, 1, size - 1))
        fours = pick(pairs.narrow(axis, 0, size - 3), pairs.narrow(axis, 2, size - 3))
        x = pick(fours.narrow(axis, 0, size - 4), x.narrow(axis, 4, size - 4))
    return x


def _cropped(x: Tensor, rim: int) -> Tensor:
    return x[..., rim:-rim, rim:-rim]


def _by_pixel(x: Tensor, factor: int) -> Tensor:
    """(B, 4 factor^2, h, w) -> (B, h, w, factor, factor, 4); no copy in channels-last order."""
    count, _, height, width = x.shape
    return x.permute(0, 2, 3, 1).reshape(count, height, width, factor, factor, 4)


def _laid_out(added: Tensor, own: Tensor, factor: int) -> Tensor:
    """Two (B, h, w, factor or 1, factor or 1, 4) -> their sum (B, 4, factor h, factor w), channels last in memory."""
    count, height, width = own.shape[:3]
    rows = added.permute(0, 1, 3, 2, 4, 5).float() + own.permute(0, 1, 3, 2, 4, 5)
    return rows.reshape(count, height * factor, width * factor, 4).permute(0, 3, 1, 2)
