"""Backgrounds like photographs and pictures: a studio's sweep, a street, lights out of focus, a meadow.

Pictures are (3, S, S) in 0..1. Knows no figures.
"""

import math

import torch
from torch import Tensor
from torch.nn import functional

KINDS = ("studio", "street", "bokeh", "meadow")


def scene(kind: str, size: int, generator: torch.Generator) -> Tensor:
    """A random scene of one of `KINDS`."""
    return {"studio": _studio, "street": _street, "bokeh": _bokeh, "meadow": _meadow}[kind](size, generator)


def _studio(size: int, generator: torch.Generator) -> Tensor:
    """A paper sweep lit from one side, its floor a little darker."""
    tone = _tint(generator, 0.15) * _between(generator, 0.55, 1.0)
    x, y = _axes(size)
    middle = _between(generator, 0.2, 0.8)
    glow = torch.exp(-(((x - middle) / 0.6) ** 2 + ((y - 0.4) / 0.7) ** 2))
    floor = torch.sigmoid((y - _between(generator, 0.78, 0.92)) * 40)
    return tone * (0.8 + 0.25 * glow - 0.12 * floor)


def _street(size: int, generator: torch.Generator) -> Tensor:
    """Houses with windows, a pavement, more or less out of focus."""
    plate = (0.75 + 0.25 * _tint(generator, 0.3)).expand(3, size, size).clone()
    left, ground = 0.0, _between(generator, 0.72, 0.86)
    while left < 1:
        wide, top = _between(generator, 0.15, 0.4), _between(generator, 0.0, 0.45)
        x0, x1, y0, y1 = (round(size * v) for v in (left, min(left + wide, 1.0), top, ground))
        wall = _tint(generator, 0.35) * _between(generator, 0.35, 0.9)
        plate[:, y0:y1, x0:x1] = wall
        step = max(round(size * _between(generator, 0.05, 0.1)), 4)
        for y in range(y0 + step // 2, y1 - step, 2 * step):
            for x in range(x0 + step // 2, x1 - step, round(1.6 * step)):
                plate[:, y : y + step, x : x + round(0.8 * step)] = wall * _between(generator, 0.4, 1.3)
        left += wide
    plate[:, round(size * ground) :] = _tint(generator, 0.1) * _between(generator, 0.35, 0.75)
    return _blurred(plate.clamp(0, 1), round(size * _between(generator, 0.0, 0.03)))


def _bokeh(size: int, generator: torch.Generator) -> Tensor:
    """Discs of light before a soft ground."""
    low = torch.rand(1, 3, 4, 4, generator=generator)
    low = low.mean(1, keepdim=True) + 0.5 * (low - low.mean(1, keepdim=True))
    plate = 0.15 + 0.6 * functional.interpolate(low, size=(size, size), mode="bilinear", align_corners=True)[0]
    x, y = _axes(size)
    for _ in range(int(torch.randint(6, 22, (1,), generator=generator))):
        cx, cy, r = (_between(generator, a, b) for a, b in ((0, 1), (0, 1), (0.02, 0.09)))
        disc = torch.sigmoid((r - torch.hypot(x - cx, y - cy)) * 120) * _between(generator, 0.1, 0.6)
        plate = plate + disc * (_tint(generator, 0.6) - plate)
    return plate


def _meadow(size: int, generator: torch.Generator) -> Tensor:
    """A sky, hills and a field, as a storybook paints them."""
    x, y = _axes(size)
    sky = 0.6 + 0.4 * _tint(generator, 0.4)
    plate = sky * (1.0 - 0.15 * (1 - y)) + 0.1 * y
    horizon = _between(generator, 0.45, 0.75)
    for k in range(3):
        wave = torch.sin(x * _between(generator, 3, 9) + _between(generator, 0, 6))
        edge = horizon + 0.12 * k + 0.05 * wave
        hill = _tint(generator, 0.5) * torch.tensor([0.75, 0.95, 0.6])[:, None, None] * _between(generator, 0.5, 0.95)
        plate = torch.where(y > edge, hill * (1.1 - 0.2 * y), plate)
    return plate


def _blurred(plate: Tensor, radius: int) -> Tensor:
    if radius < 1:
        return plate
    side = 2 * radius + 1
    for _ in range(2):
        plate = functional.avg_pool2d(functional.pad(plate[None], (radius,) * 4, "replicate"), side, 1)[0]
    return plate


def _axes(size: int) -> tuple[Tensor, Tensor]:
    line = (torch.arange(size) + 0.5) / size
    return line[None].expand(size, size), line[:, None].expand(size, size)


def _tint(generator: torch.Generator, strength: float) -> Tensor:
    """(3, 1, 1) a colour near white, `strength` away from it."""
    colour = torch.rand(3, 1, 1, generator=generator)
    return 1 - strength * colour * math.sqrt(_between(generator, 0.1, 1.0))


def _between(generator: torch.Generator, low: float, high: float) -> float:
    return low + (high - low) * float(torch.rand(1, generator=generator))
