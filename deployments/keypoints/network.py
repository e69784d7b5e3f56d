"""The pose network: a crop of one figure -> joints, or a whole picture -> where the figures are. Tensors only.

Knows neither pixels' files nor boxes in pictures: `reader.py` owns those. A compact trunk of dense 3x3 convolutions
(depthwise ones run at half the rate on CPUs) with attention at the two coarsest grids, since left and right are told
apart only by the whole figure. Joints are classified over a grid of 4 px cells (a two-dimensional SimCC: with the few
ten thousand drawings of a CPU training, shared convolutions learn where one fully connected bin classifier does not).
The locator is CenterNet's (Zhou et al. 2019): a map of figure centres, with each centre's box extent.
"""

import torch
from torch import Tensor, nn
from torch.nn import functional

from pose.skeleton import BIPED

SIZE = 256
STRIDE = 4
CELLS = SIZE // STRIDE
LOCATOR_CELLS = SIZE // 8
KINDS = ("character", "stick", "mannequin", "wireframe", "sketch", "openpose")
VERDICTS = ("absent", "hidden", "visible")
JOINTS = len(BIPED.joints)


class Residual(nn.Module):
    """Two normalised 3x3 convolutions and the identity."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.body = nn.Sequential(
            _convolution(width, width), nn.ReLU(), nn.Conv2d(width, width, 3, 1, 1, bias=False), nn.BatchNorm2d(width)
        )

    def forward(self, x: Tensor) -> Tensor:
        return functional.relu(x + self.body(x))


class Attention(nn.Module):
    """One pre-normalised transformer layer over the cells of a (B, C, h, w) grid; starts as the identity."""

    def __init__(self, width: int, heads: int = 4) -> None:
        super().__init__()
        self.heads = heads
        self.norm = nn.LayerNorm(width)
        self.query_key_value = nn.Linear(width, 3 * width)
        self.out = nn.Linear(width, width)
        self.feed = nn.Sequential(
            nn.LayerNorm(width), nn.Linear(width, 2 * width), nn.GELU(), nn.Linear(2 * width, width)
        )
        for layer in (self.out, self.feed[-1]):
            for parameter in layer.parameters():
                nn.init.zeros_(parameter)

    def forward(self, x: Tensor) -> Tensor:
        batch, width, high, wide = x.shape
        tokens = x.flatten(2).transpose(1, 2)
        split = self.query_key_value(self.norm(tokens)).view(batch, high * wide, 3, self.heads, width // self.heads)
        query, key, value = split.permute(2, 0, 3, 1, 4)
        mixed = functional.scaled_dot_product_attention(query, key, value)
        tokens = tokens + self.out(mixed.transpose(1, 2).reshape(batch, high * wide, width))
        tokens = tokens + self.feed(tokens)
        return tokens.transpose(1, 2).reshape(batch, width, high, wide)


class Trunk(nn.Module):
    """(B, 3, S, S) -> fine (B, 96, S/8, S/8) and coarse (B, 192, S/32, S/32) features; S a multiple of 32."""

    def __init__(self) -> None:
        super().__init__()
        self.stem = nn.Sequential(_convolution(3, 32, 2), nn.ReLU(), _convolution(32, 48, 2), nn.ReLU())
        self.down_fine = nn.Sequential(_convolution(48, 96, 2), nn.ReLU(), Residual(96))
        self.down_mid = nn.Sequential(_convolution(96, 160, 2), nn.ReLU(), Residual(160), Residual(160))
        self.down_coarse = nn.Sequential(_convolution(160, 192, 2), nn.ReLU(), Residual(192))
        self.place = nn.Parameter(torch.zeros(1, 192, 8, 8))
        self.context = nn.Sequential(*(Attention(192) for _ in range(4)))
        self.to_mid = nn.Conv2d(192, 160, 1)
        self.up_mid = Residual(160)
        self.place_mid = nn.Parameter(torch.zeros(1, 160, 16, 16))
        self.context_mid = nn.Sequential(*(Attention(160) for _ in range(3)))
        self.to_fine = nn.Conv2d(160, 96, 1)
        self.up_fine = Residual(96)

    def forward(self, rgb: Tensor) -> tuple[Tensor, Tensor]:
        at_fine = self.down_fine(self.stem((rgb - 0.5) * 4))
        at_mid = self.down_mid(at_fine)
        coarse = self.context(_placed(self.down_coarse(at_mid), self.place))
        at_mid = self.up_mid(at_mid + functional.interpolate(self.to_mid(coarse), scale_factor=2.0))
        at_mid = self.context_mid(_placed(at_mid, self.place_mid))
        fine = self.up_fine(at_fine + functional.interpolate(self.to_fine(at_mid), scale_factor=2.0))
        return fine, coarse


class PoseNetwork(nn.Module):
    """Both tasks on one trunk.

    forward(rgb (B, 3, S, S) float 0..1), S = SIZE as trained -> dict of float_fine tensors:
    heat (B, 23, S/4, S/4) logits over cells of 4 px; verdict (B, 23, 3) logits of VERDICTS; depth (B, 23) in body
    heights from the pelvis, smaller is nearer; kind (B, 6) logits of KINDS; centre (B, 1, S/8, S/8) logits of a
    figure's box centre in that cell; extent (B, 4, S/8, S/8): centre offset x, y in cells from the cell's middle, then
    the natural logarithm of box width and height over S.
    """

    def __init__(self) -> None:
        super().__init__()
        self.trunk = Trunk()
        self.heat = nn.Conv2d(96, JOINTS * 4, 3, 1, 1)
        self.joint = nn.Linear(96 + 192, 64)
        self.verdict = nn.Parameter(torch.randn(JOINTS, 64, 4) * 0.05)
        self.verdict_bias = nn.Parameter(torch.zeros(JOINTS, 4))
        self.kind = nn.Linear(192, len(KINDS))
        self.locator = nn.Sequential(_convolution(96, 64), nn.ReLU())
        self.centre = nn.Conv2d(64, 1, 1)
        self.extent = nn.Conv2d(64, 4, 1)
        nn.init.constant_(self.centre.bias, -5.0)  # type: ignore[arg-type]
        nn.init.constant_(self.extent.bias, -0.5)  # type: ignore[arg-type]

    def forward(self, rgb: Tensor) -> dict[str, Tensor]:
        fine, coarse = self.trunk(rgb)
        heat = functional.pixel_shuffle(self.heat(fine), 2)
        pooled = coarse.mean((2, 3))
        verdict = self._verdicts(heat.detach(), fine, pooled)
        place = self.locator(fine)
        outputs = {
            "heat": heat,
            "verdict": verdict[..., :3],
            "depth": verdict[..., 3],
            "kind": self.kind(pooled),
            "centre": self.centre(place),
            "extent": self.extent(place),
        }
        return {name: value.float() for name, value in outputs.items()}

    def _verdicts(self, heat: Tensor, fine: Tensor, pooled: Tensor) -> Tensor:
        """(B, 23, 4) from the features where each joint seems to be, and from the whole."""
        coarse_heat = functional.avg_pool2d(heat.float(), 2).flatten(2).softmax(-1)
        local = torch.einsum("bjn,bcn->bjc", coarse_heat.to(fine.dtype), fine.flatten(2))
        whole = pooled[:, None].expand(-1, JOINTS, -1)
        joint = functional.relu(self.joint(torch.cat((local, whole.to(local.dtype)), -1)))
        return torch.einsum("bjc,jck->bjk", joint.float(), self.verdict) + self.verdict_bias


def _placed(features: Tensor, place: Tensor) -> Tensor:
    """Features (B, C, h, w) with a learned place code (1, C, n, n), fitted to their grid, added."""
    return features + functional.interpolate(place, size=features.shape[2:], mode="bilinear")


def _convolution(inputs: int, outputs: int, stride: int = 1) -> nn.Sequential:
    return nn.Sequential(nn.Conv2d(inputs, outputs, 3, stride, 1, bias=False), nn.BatchNorm2d(outputs))
