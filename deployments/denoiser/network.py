"""The denoiser's network: a U-Net that chooses, for each pixel, among copies before it invents. Knows tensors only.

From a state on the bridge (see bridge.py) it predicts the clean picture as a blend, by a softmax per pixel, of
CANDIDATES: the untouched warp, the warp and the skinned source each moved by small learned offsets, the push-pull
filling, a generated picture and nothing. Offsets are the sum of a wide smooth field and a short fine one, so that an
outline can be moved by a pixel or two without being blurred. It also says where the untouched warp is wrong
(`doubt`). It knows nothing of masks' origin, of sizes beyond multiples of 32, or of sampling.

Convention: pictures are premultiplied RGBA in 0..1, (B, C, H, W); points in pixels of the picture they belong to.
The figure's height in pixels, by which limbs are drawn and offsets bounded, is the condition's last column.
"""

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from deployments.denoiser.limbs import GROUPS, limb_maps
from pose.figure import PARTS

CANDIDATES = ("copied", "copied moved", "skinned moved", "filled", "generated", "empty")
PICTURES = ("state", "copied", "skinned", "filled")
MASKS = ("trust", "hole", "invented")
CHANNELS = 4 * len(PICTURES) + len(MASKS)
CONDITIONS = 5 + len(PARTS)
WIDTHS = (48, 96, 160, 192)
SOURCE_SIZE = 128
REACH, FINE_REACH = 0.05, 0.02
SPREAD = 0.025
STRIDE = 32


class DenoiserNetwork(nn.Module):
    """maps (B, CHANNELS, H, W), points (B, J, 3), condition (B, CONDITIONS), source (B, 4, 128, 128), source_points.

    points are (x, y, score) of the target; source_points those of the source picture. The condition: t, 1 - t, task
    (complete, repair), part (one of PARTS), log2(figure's height / 256 px). Returns a dict: clean (B, 4, H, W),
    doubt (B, 1, H, W) logits, weights (B, 6, H, W), offsets (B, 4, H/4, W/4) pixels, at most REACH + FINE_REACH of the
    height.
    """

    def __init__(self, widths: tuple[int, ...] = WIDTHS) -> None:
        super().__init__()
        self.trunk = Trunk(widths)
        self.offsets = nn.Conv2d(widths[2], 4, 3, padding=1)
        self.fine_offsets = nn.Conv2d(widths[0], 4, 3, padding=1)
        self.head = Head(widths[0], len(CANDIDATES) + 1 + 4)
        _silence(self.offsets)
        _silence(self.fine_offsets)
        self._start_as_pushpull()

    def forward(
        self, maps: Tensor, points: Tensor, condition: Tensor, source: Tensor, source_points: Tensor
    ) -> dict[str, Tensor]:
        low = compact(maps)
        fine, coarse = self.trunk(low, points, condition, source, source_points)
        offsets = self._offsets(fine, coarse) * heights(condition)[:, None, None, None]
        out = self.head(fine, low).float()
        logits, doubt, change = out.split([len(CANDIDATES), 1, 4], 1)
        weights = logits.softmax(1)
        pictures = self._candidates(maps.float(), offsets, change)
        clean = sum(weights[:, row : row + 1] * picture for row, picture in enumerate(pictures))
        return {"clean": clean, "doubt": doubt, "weights": weights, "offsets": offsets}

    def _offsets(self, fine: Tensor, coarse: Tensor) -> Tensor:
        """(B, 4, H/4, W/4) in figure heights."""
        wide = F.interpolate(self.offsets(coarse).float(), fine.shape[-2:], mode="bilinear", align_corners=False)
        return REACH * torch.tanh(wide) + FINE_REACH * torch.tanh(self.fine_offsets(fine).float())

    def _start_as_pushpull(self) -> None:
        """Before any training the answer is mostly the push-pull filling, and the warp is not doubted."""
        bias = self.head.out.bias.detach().view(-1, 4)  # type: ignore[union-attr]
        bias[CANDIDATES.index("filled")] = 3
        bias[len(CANDIDATES)] = -2

    @staticmethod
    def _candidates(maps: Tensor, offsets: Tensor, change: Tensor) -> list[Tensor]:
        _, copied, skinned, filled = maps[:, : 4 * len(PICTURES)].split(4, 1)
        return [
            copied,
            moved(copied, offsets[:, :2]),
            moved(skinned, offsets[:, 2:]),
            filled,
            filled + change,
        ]


class RegressionNetwork(nn.Module):
    """The yardstick: the same trunk, one step, a soft gate between the warp and a regressed picture; copies nothing."""

    def __init__(self, widths: tuple[int, ...] = WIDTHS) -> None:
        super().__init__()
        self.trunk = Trunk(widths)
        self.head = Head(widths[0], 5)

    def forward(
        self, maps: Tensor, points: Tensor, condition: Tensor, source: Tensor, source_points: Tensor
    ) -> dict[str, Tensor]:
        low = compact(maps)
        fine, _ = self.trunk(low, points, condition, source, source_points)
        doubt, picture = self.head(fine, low).float().split([1, 4], 1)
        gate = torch.sigmoid(doubt)
        return {"clean": maps[:, 4:8].float() * (1 - gate) + picture * gate, "doubt": doubt}


class Trunk(nn.Module):
    """Unshuffles by 4, descends to a 32nd, and climbs back to a quarter; looks at the source on its 16 x 16 grid."""

    def __init__(self, widths: tuple[int, ...]) -> None:
        super().__init__()
        a, b, c, d = widths
        self.embed = nn.Sequential(nn.Linear(CONDITIONS, 128), nn.SiLU(), nn.Linear(128, 128), nn.SiLU())
        self.stem = nn.Conv2d(CHANNELS * 16 + len(GROUPS), a, 3, padding=1)
        self.down1, self.down2, self.down3 = (nn.Conv2d(m, n, 2, stride=2) for m, n in ((a, b), (b, c), (c, d)))
        self.enter = nn.ModuleList([Block(width) for width in (a, a, b, b, c, c, d, d)])
        self.look = CrossAttention(c, 96)
        self.source = SourceEncoder(96)
        self.up3, self.up2, self.up1 = (nn.Conv2d(m, n, 1) for m, n in ((d, c), (c, b), (b, a)))
        self.leave = nn.ModuleList([Block(width) for width in (d, c, c, b, b, a, a)])

    def forward(
        self, maps: Tensor, points: Tensor, condition: Tensor, source: Tensor, source_points: Tensor
    ) -> tuple[Tensor, Tensor]:
        """Features at a quarter (B, a, H/4, W/4) and at a sixteenth (B, c, H/16, W/16)."""
        height, width = maps.shape[-2] // 4, maps.shape[-1] // 4
        limbs = limb_maps(_quartered(points), heights(condition) * (SPREAD / 4), height, width)
        e = self.embed(condition)
        stacked = torch.cat([F.pixel_unshuffle(maps, 4), limbs.to(maps.dtype)], 1)
        enter, leave = self.enter, self.leave
        a = enter[1](enter[0](self.stem(stacked.contiguous(memory_format=torch.channels_last)), e), e)
        b = enter[3](enter[2](self.down1(a), e), e)
        c = enter[5](enter[4](self.down2(b), e), e)
        c = self.look(c, self.source(source, source_points))
        d = leave[0](enter[7](enter[6](self.down3(c), e), e), e)
        c = leave[2](leave[1](c + _double(self.up3(d)), e), e)
        b = leave[4](leave[3](b + _double(self.up2(c)), e), e)
        return leave[6](leave[5](a + _double(self.up1(b)), e), e), c


class Block(nn.Module):
    """A residual pair of 3 x 3 convolutions, modulated by the condition; starts as the identity."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.norm = nn.GroupNorm(8, width)
        self.first = nn.Conv2d(width, width, 3, padding=1)
        self.second = nn.Conv2d(width, width, 3, padding=1)
        self.film = nn.Linear(128, 2 * width)
        for layer in (self.second, self.film):
            _silence(layer)

    def forward(self, x: Tensor, condition: Tensor) -> Tensor:
        scale, shift = self.film(condition)[:, :, None, None].chunk(2, 1)
        h = F.relu(self.first(F.relu(self.norm(x))))
        return x + self.second(h * (1 + scale) + shift)


class SourceEncoder(nn.Module):
    """The source picture and its skeleton, 128 px, as 16 x 16 tokens."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.stem = nn.Conv2d(4 * 16 + len(GROUPS), 64, 3, padding=1)
        self.down = nn.Conv2d(64, width, 2, stride=2)
        self.mix = nn.Conv2d(width, width, 3, padding=1)

    def forward(self, source: Tensor, points: Tensor) -> Tensor:
        cells = source.shape[-1] // 4
        limbs = limb_maps(_quartered(points), points.new_full(points.shape[:1], SPREAD * cells), cells, cells)
        x = F.relu(self.stem(torch.cat([F.pixel_unshuffle(source, 4), limbs.to(source.dtype)], 1)))
        x = F.relu(self.down(x))
        return (x + self.mix(x)).flatten(2).transpose(1, 2)


class CrossAttention(nn.Module):
    """Every place of the target asks the source's tokens for what it shows (identity); starts as the identity."""

    def __init__(self, width: int, tokens: int, heads: int = 4) -> None:
        super().__init__()
        self.heads = heads
        self.norm = nn.GroupNorm(8, width)
        self.ask = nn.Conv2d(width, 128, 1)
        self.offer = nn.Linear(tokens, 256)
        self.tell = nn.Conv2d(128, width, 1)
        _silence(self.tell)

    def forward(self, x: Tensor, tokens: Tensor) -> Tensor:
        batch, _, height, width = x.shape
        query = self._split(self.ask(self.norm(x)).flatten(2).transpose(1, 2))
        key, value = (self._split(part) for part in self.offer(tokens).chunk(2, -1))
        found = F.scaled_dot_product_attention(query, key, value)
        return x + self.tell(found.transpose(2, 3).reshape(batch, 128, height, width))

    def _split(self, x: Tensor) -> Tensor:
        return x.view(x.shape[0], x.shape[1], self.heads, -1).transpose(1, 2)


class Head(nn.Module):
    """From a quarter to full size, looking again at the input at half size, so that edges stay sharp."""

    def __init__(self, width: int, channels: int) -> None:
        super().__init__()
        self.rise = nn.Conv2d(width, 4 * 24, 1)
        self.see = nn.Conv2d(CHANNELS * 4, 24, 1)
        self.mix = nn.Conv2d(48, 48, 3, padding=1)
        self.again = nn.Conv2d(48, 48, 3, padding=1)
        self.out = nn.Conv2d(48, channels * 4, 3, padding=1)
        _silence(self.again)
        _silence(self.out)

    def forward(self, fine: Tensor, maps: Tensor) -> Tensor:
        risen = F.pixel_shuffle(self.rise(F.relu(fine)), 2)
        x = torch.cat([F.relu(risen), F.relu(self.see(F.pixel_unshuffle(maps, 2)))], 1)
        x = F.relu(self.mix(x))
        return F.pixel_shuffle(self.out(x + F.relu(self.again(x))), 2)


def compact(maps: Tensor) -> Tensor:
    """The maps in the precision that autocast asks for, so that rearranging them moves half the bytes."""
    kind = maps.device.type
    return maps.to(torch.get_autocast_dtype(kind)) if torch.is_autocast_enabled(kind) else maps


def heights(condition: Tensor) -> Tensor:
    """(B,) the figure's height in pixels, from the condition's last column."""
    return 256 * torch.exp2(condition[:, -1].float())


def moved(picture: Tensor, offsets: Tensor) -> Tensor:
    """Samples `picture` (B, C, H, W) at each pixel plus the offset (B, 2, h, w), x and y in pixels."""
    height, width = picture.shape[-2:]
    smooth = F.interpolate(offsets.float(), (height, width), mode="bilinear", align_corners=False)
    y = torch.arange(height, device=picture.device) * (2 / height) + 1 / height - 1
    x = torch.arange(width, device=picture.device) * (2 / width) + 1 / width - 1
    grid = torch.stack(torch.meshgrid(y, x, indexing="ij")[::-1], -1)
    shift = smooth.permute(0, 2, 3, 1) * smooth.new_tensor([2 / width, 2 / height])
    return F.grid_sample(picture, grid + shift, padding_mode="border", align_corners=False)


def _silence(layer: nn.Conv2d | nn.Linear) -> None:
    """Makes a layer answer zero at the start of a training."""
    for parameter in layer.parameters():
        nn.init.zeros_(parameter)


def _quartered(points: Tensor) -> Tensor:
    return points * points.new_tensor([0.25, 0.25, 1])


def _double(x: Tensor) -> Tensor:
    return F.interpolate(x, scale_factor=2.0, mode="nearest")
