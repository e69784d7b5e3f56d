"""Backgrounds, paper and camera: what lies behind a figure, and what a scan or a photograph does to it.

Knows looks by family only. Batched torch; pictures are (N, 3, S, S) in 0..1.
"""

from collections.abc import Sequence

import torch
from torch import Tensor
from torch.nn import functional

from training.world import scenes
from training.world.designs import Design


def grounds(
    designs: Sequence[Design], size: int, generator: torch.Generator, device: torch.device
) -> tuple[Tensor, Tensor]:
    """Plates (N, 3, S, S) and the light that falls on plate and figure (N, 1, S, S)."""
    plates, lights = [], []
    for design in designs:
        kinds = design.family.grounds
        kind = kinds[int(torch.randint(len(kinds), (1,), generator=generator))]
        plates.append(_plate(kind, design, size, generator))
        dim = 0.35 if kind in ("paper", "rice", "board") else 0.12
        lights.append(_falloff(size, dim * _uniform(generator, 0, 1), generator))
    return torch.stack(plates).to(device).clamp(0, 1), torch.stack(lights).to(device)


def page(colour: tuple[float, float, float], kind: str, size: int, generator: torch.Generator) -> tuple[Tensor, Tensor]:
    """A plain ground for a drawing without a character: plate (3, S, S) and light (1, S, S)."""
    base = torch.tensor(colour)[:, None, None].expand(3, size, size)
    strength = 0.3 * _uniform(generator, 0, 1) if kind == "paper" else 0.0
    if kind == "paper":
        base = base * (1 + 0.05 * (_clouds(size, (40, 120), 1, generator) - 0.5))
    elif kind == "gradient":
        base = base * torch.linspace(1.0, _uniform(generator, 0.6, 1.0), size)[:, None]
    elif kind == "busy":
        base = base + 0.5 * (_clouds(size, (3, 9, 30), 3, generator) - 0.5)
    return base.clamp(0, 1), _falloff(size, strength, generator)


def contact_shadow(feet: Tensor, scale: Tensor, size: int, generator: torch.Generator) -> Tensor:
    """(N, 1, S, S) factor that darkens a soft ellipse under the lowest of `feet` (N, F, 2), on some of the pictures.

    scale (N,) pixels per body height.
    """
    count, device = len(feet), feet.device
    strength = torch.rand(count, 2, generator=generator).to(device)
    strength = (0.5 * strength[:, 0] * (strength[:, 1] < 0.25))[:, None, None]
    middle, low = feet[..., 0].mean(1)[:, None, None], feet[..., 1].amax(1)[:, None, None]
    spread = (0.12 * scale + 0.5 * (feet[..., 0].amax(1) - feet[..., 0].amin(1)))[:, None, None]
    line = torch.arange(size, device=device) + 0.5
    x, y = (line - middle) / spread, (line[:, None] - low) / (0.28 * spread)
    return 1 - (strength * torch.exp(-(x**2 + y**2)))[:, None]


def stickered(ground: Tensor, alpha: Tensor, designs: Sequence[Design], size: int) -> Tensor:
    """The ground with a white rim where a die-cut sticker's figure (alpha (N, 1, S, S)) will lie."""
    ground = ground.clone()
    for row, design in enumerate(designs):
        if design.rim > 0:
            side = 2 * max(round(design.rim * size), 1) + 1
            rim = functional.max_pool2d(alpha[row : row + 1], side, 1, side // 2)
            rim = functional.avg_pool2d(functional.pad(rim, (1, 1, 1, 1), "replicate"), 3, 1)[0]
            ground[row] = ground[row] * (1 - rim) + rim
    return ground


def degraded(rgb: Tensor, light: Tensor, generator: torch.Generator) -> Tensor:
    """Light, contrast, blur, noise and JPEG-like quantisation, each on some of the pictures."""
    count, device = len(rgb), rgb.device
    chance = torch.rand(count, 6, generator=generator).to(device)[:, :, None, None, None]
    amount = torch.rand(count, 6, generator=generator).to(device)[:, :, None, None, None]
    rgb = rgb * light
    contrast = torch.where(chance[:, 0] < 0.4, 0.7 + 0.4 * amount[:, 0], torch.ones_like(amount[:, 0]))
    rgb = (rgb - 0.5) * contrast + 0.5 + torch.where(chance[:, 0] < 0.4, 0.1 * (amount[:, 5] - 0.5), amount[:, 0] * 0)
    small = torch.nonzero((chance[:, 1] < 0.3).flatten())[:, 0]
    if len(small):
        soft = functional.avg_pool2d(functional.pad(rgb[small], (1, 1, 1, 1), "replicate"), 3, 1)
        rgb[small] = rgb[small] + (soft - rgb[small]) * amount[small, 1]
    sigma = torch.where(chance[:, 2] < 0.5, 0.04 * amount[:, 2] ** 2, torch.zeros_like(amount[:, 2]))
    grain = torch.randn(rgb.shape[-2:], generator=generator).to(device)
    shift = [int(s) for s in torch.randint(rgb.shape[-1], (count,), generator=generator)]
    rgb = rgb + sigma * torch.stack([grain.roll(s, -1) for s in shift])[:, None]
    blocky = torch.nonzero((chance[:, 3] < 0.3).flatten())[:, 0]
    if len(blocky):
        rgb[blocky] = _quantised(rgb[blocky], 0.02 + 0.1 * amount[blocky, 3])
    return rgb.clamp(0, 1)


def _plate(kind: str, design: Design, size: int, generator: torch.Generator) -> Tensor:
    colour = _muted(generator)
    if kind in ("paper", "rice", "board"):
        return _paper(kind, design, size, generator)
    if design.family.fill != "colour":
        return torch.tensor(design.look.paper)[:, None, None].expand(3, size, size)
    if kind == "flat":
        light = _uniform(generator, 0, 1) < 0.5
        return (0.85 + 0.15 * colour if light else colour).expand(3, size, size)
    other = _muted(generator)
    if kind == "gradient":
        ramp = torch.linspace(0, 1, size)
        ramp = ramp[:, None].expand(size, size) if _uniform(generator, 0, 1) < 0.6 else ramp[None].expand(size, size)
        return colour + (other - colour) * ramp
    if kind == "blobs":
        field = _clouds(size, (5,), 1, generator)
        return torch.where(field > 0.5, colour, other).expand(3, size, size)
    if kind == "room":
        return _room(colour, other, size, generator)
    if kind in scenes.KINDS:
        return scenes.scene(kind, size, generator)
    if kind in ("mosaic", "confetti"):
        cells = torch.rand(3, 9, 9, generator=generator)
        return functional.interpolate(cells[None], size=(size, size), mode="nearest")[0] * 0.7 + 0.15
    return 0.25 + 0.5 * _clouds(size, (3, 9, 30, 80), 3, generator) + 0.5 * (colour - 0.5)


def _paper(kind: str, design: Design, size: int, generator: torch.Generator) -> Tensor:
    base = torch.tensor(design.look.paper)[:, None, None].expand(3, size, size).clone()
    base = base * (1 + 0.05 * (_clouds(size, (40, 120), 1, generator) - 0.5))
    if kind == "paper" and _uniform(generator, 0, 1) < 0.2:
        gap = max(int(size * _uniform(generator, 0.04, 0.09)), 4)
        base[:, ::gap] *= torch.tensor([0.85, 0.9, 0.97])[:, None, None]
        if _uniform(generator, 0, 1) < 0.5:
            base[:, :, ::gap] *= torch.tensor([0.85, 0.9, 0.97])[:, None, None]
    if kind == "board":
        base = base + 0.12 * (_clouds(size, (3, 12), 1, generator) - 0.4).clamp_min(0)
    return base


def _room(wall: Tensor, floor: Tensor, size: int, generator: torch.Generator) -> Tensor:
    plate = (0.4 + 0.6 * wall).expand(3, size, size).clone()
    line = int(size * _uniform(generator, 0.6, 0.9))
    plate[:, line:] = 0.3 + 0.6 * floor
    for _ in range(int(torch.randint(5, (1,), generator=generator))):
        x, y, w, h = (int(size * _uniform(generator, a, b)) for a, b in ((0, 0.9), (0, 0.7), (0.05, 0.3), (0.05, 0.4)))
        plate[:, y : y + h, x : x + w] = torch.rand(3, 1, 1, generator=generator)
    shade = torch.linspace(0.85, 1.1, size)[None, :, None]
    return plate * shade


def _clouds(size: int, cells: tuple[int, ...], channels: int, generator: torch.Generator) -> Tensor:
    total = torch.zeros(channels, size, size)
    for cell in cells:
        grid = torch.rand(1, channels, cell, cell, generator=generator)
        total += functional.interpolate(grid, size=(size, size), mode="bilinear", align_corners=False)[0]
    return total / len(cells)


def _falloff(size: int, strength: float, generator: torch.Generator) -> Tensor:
    grid = torch.rand(1, 1, 3, 3, generator=generator)
    fine = functional.interpolate(grid, size=(24, 24), mode="bicubic", align_corners=True)
    field = functional.interpolate(fine, size=(size, size), mode="bilinear", align_corners=True)[0]
    return 1 - strength * field.clamp(0, 1.2)


def _quantised(rgb: Tensor, step: Tensor) -> Tensor:
    """Rounds 8 x 8 cosine coefficients, coarser at high frequencies."""
    size = rgb.shape[-1]
    if size % 8:
        return rgb
    k = torch.arange(8, device=rgb.device, dtype=rgb.dtype)
    basis = torch.cos((2 * k[None] + 1) * k[:, None] * torch.pi / 16) * 0.5
    basis[0] *= 0.5**0.5
    blocks = rgb.unfold(2, 8, 8).unfold(3, 8, 8)
    spectrum = basis @ blocks @ basis.T
    q = step[..., None, None] * (1 + 0.35 * (k[:, None] + k[None]))
    back = basis.T @ (torch.round(spectrum / q) * q) @ basis
    return back.permute(0, 1, 2, 4, 3, 5).reshape(rgb.shape)


def _muted(generator: torch.Generator) -> Tensor:
    """(3, 1, 1) a random colour, often greyish, often light."""
    colour = torch.rand(3, 1, 1, generator=generator)
    colour = colour.mean() + (colour - colour.mean()) * _uniform(generator, 0.1, 1.0)
    return 1 - (1 - colour) * _uniform(generator, 0.3, 1.0)


def _uniform(generator: torch.Generator, low: float, high: float) -> float:
    return low + (high - low) * float(torch.rand(1, generator=generator))
