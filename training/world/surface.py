"""The colour of a primitive's surface: patterns over (u, v), then shading in the primitive's own frame.

Both are functions of the spot on the surface, not of the page, so that a spot keeps its colour in every pose (up to
foreshortening). Knows columns of rows (see `drawing`), not characters.
"""

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional

from training.world.drawing import (
    BARS,
    CHECKS,
    COLUMN,
    DIAGONAL,
    DOTS,
    FADE,
    FOLDS,
    PLAID,
    STRANDS,
    STRIPES,
    WEAVE,
)
from training.world.shapes import TUBES, across

SHADES = ("cel", "soft", "edge", "gloss")


class NoiseTable:
    """A smooth and a white periodic noise in 0..1, looked up by coordinates in cells."""

    SIDE = 512
    CELL = 8

    def __init__(self, generator: torch.Generator, device: torch.device) -> None:
        grid = torch.rand(1, 1, self.SIDE // self.CELL, self.SIDE // self.CELL, generator=generator)
        fine = functional.interpolate(
            functional.pad(grid, (2, 2, 2, 2), "circular"), scale_factor=self.CELL, mode="bicubic"
        )
        edge = 2 * self.CELL
        self._smooth = fine[0, 0, edge:-edge, edge:-edge].clamp(0, 1).contiguous().view(-1).to(device)
        self._white = torch.rand(self.SIDE * self.SIDE, generator=generator).to(device)

    def smooth(self, x: Tensor, y: Tensor, seed: Tensor) -> Tensor:
        """Noise with features of about one unit."""
        return self._smooth[self._index((x + seed) * self.CELL, (y + 1.7 * seed) * self.CELL)]

    def white(self, x: Tensor, y: Tensor, seed: Tensor) -> Tensor:
        """Independent noise per unit cell."""
        return self._white[self._index(x + 31 * seed, y + 17 * seed)]

    def _index(self, x: Tensor, y: Tensor) -> Tensor:
        mask = self.SIDE - 1
        return (x.floor().long() & mask) * self.SIDE + (y.floor().long() & mask)


def zones(u: Tensor, far: Tensor, near: Tensor) -> tuple[Tensor, Tensor]:
    """Whether a spot lies in its primitive's far or near zone."""
    return u > far, u < near


def fill_colour(
    kind: int,
    some: NDArray[np.float32],
    cells: Tensor,
    x: Tensor,
    y: Tensor,
    d: Tensor,
    line: Tensor,
    noise: NoiseTable,
) -> Tensor:
    """(m, h, w, 3) colour of surfaces of one kind at local (x, y); d is the signed distance, line the stroke in
    pixels."""
    u, v = x / _cell(cells, "fore"), y / _cell(cells, "side")
    colour = _zoned(some, cells, u, _patterned(some, cells, u, v))
    light = _light(kind, some, cells, x, y, d)
    if light is not None:
        colour = colour * light[..., None]
    colour = _textured(some, cells, u, v, colour, noise)
    return _seams(some, cells, u, line, colour).clamp(0, 1)


def _patterned(some: NDArray[np.float32], cells: Tensor, u: Tensor, v: Tensor) -> Tensor:
    first = _rgb(cells, "r0")
    kinds = some[:, COLUMN["pattern"]]
    if not kinds.any():
        return first.expand(*u.shape, 3)
    f, phase, kind = _cell(cells, "frequency"), _cell(cells, "phase"), _cell(cells, "pattern")
    wave_u, wave_v = torch.sin(f * u + phase), torch.sin(f * v + phase)
    share = torch.zeros_like(u)
    choices = {
        STRIPES: lambda: wave_u > 0,
        BARS: lambda: wave_v > 0,
        CHECKS: lambda: (wave_u > 0) ^ (wave_v > 0),
        DOTS: lambda: wave_u + wave_v > 0.9,
        FADE: lambda: (u / _cell(cells, "length")).clamp(0, 1),
        DIAGONAL: lambda: torch.sin(f * (u + v) + phase) > 0.2,
        STRANDS: lambda: ((torch.sin(f * v + phase + 1.4 * torch.sin(9 * u + phase)) - 0.35) * 2.5).clamp(0, 1),
        FOLDS: lambda: _folds(u / _cell(cells, "length"), v, f, phase),
        PLAID: lambda: 0.5 * (wave_u > 0.5).to(u.dtype) + 0.5 * (wave_v > 0.5).to(u.dtype),
        WEAVE: lambda: 0.5 + 0.3 * torch.sin(420 * u) * torch.sin(420 * v) + 0.2 * torch.sin(f * (u + v) + phase),
    }
    for code in np.unique(kinds):
        if code:
            share = torch.where(kind == float(code), choices[int(code)]().to(share.dtype), share)
    return first + (_rgb(cells, "r1") - first) * share[..., None]


def _folds(h: Tensor, v: Tensor, f: Tensor, phase: Tensor) -> Tensor:
    """Soft folds that fan out of a waist and deepen towards the hem."""
    wave = torch.sin(f * v / (0.6 + 0.6 * h.clamp(0, 1.2)) + phase + 1.5 * torch.sin(3 * h + phase))
    return ((wave - 0.1) * 1.6).clamp(0, 1) * (1.6 * h).clamp(0, 1)


def _zoned(some: NDArray[np.float32], cells: Tensor, u: Tensor, colour: Tensor) -> Tensor:
    if (some[:, COLUMN["far"]] > 90).all() and (some[:, COLUMN["near"]] < -90).all():
        return colour
    far, near = zones(u, _cell(cells, "far"), _cell(cells, "near"))
    colour = torch.where(far[..., None], _rgb(cells, "r2"), colour)
    return torch.where(near[..., None], _rgb(cells, "r3"), colour)


def _light(kind: int, some: NDArray[np.float32], cells: Tensor, x: Tensor, y: Tensor, d: Tensor) -> Tensor | None:
    """(m, h, w) factor of two-tone, rounded, gradient, rim and glossy shading, or None where no row asks for any."""
    if not some[:, [COLUMN[name] for name in ("cel", "soft", "grade", "edge", "gloss")]].any():
        return None
    light = torch.ones_like(x)
    if some[:, [COLUMN[name] for name in SHADES]].any():
        inside = (-d / _cell(cells, "inradius")).clamp(0, 1)
        if kind in TUBES:
            place = across(kind, x, y, cells[:, COLUMN["p0"] : COLUMN["p0"] + 8])
            tilt, rim = place * _cell(cells, "light_y"), place.abs()
        else:
            rim = 1 - inside
            tilt = _towards_light(cells, d) * rim
        soft = _cell(cells, "soft")
        light = light - _cell(cells, "cel") * ((-0.2 - tilt) * 25 + 0.5).clamp(0, 1)
        light = light + soft * (0.55 * tilt - 0.12 * rim**2) + soft.clamp_min(0) * 0.25 * (tilt - 0.45).clamp_min(0)
        light = light - _cell(cells, "edge") * (1 - 6 * inside).clamp_min(0) * (x > _cell(cells, "open"))
        if some[:, COLUMN["gloss"]].any():
            light = light + _cell(cells, "gloss") * torch.exp(-(((tilt - 0.38) / 0.1) ** 2))
    along = (x / _cell(cells, "length")).clamp(-0.5, 1)
    return light - _cell(cells, "grade") * (along - 0.3)


def _towards_light(cells: Tensor, d: Tensor) -> Tensor:
    """Cosine between the outward direction on the page and the light, both in the primitive's frame."""
    gx, gy = torch.gradient(d, dim=(2, 1)) if min(d.shape[1:]) > 1 else (d, d)
    norm = torch.hypot(gx, gy).clamp_min(1e-6)
    ax, ay = _cell(cells, "ax"), _cell(cells, "ay")
    along, across = (gx * ax + gy * ay) / norm, (gy * ax - gx * ay) / norm
    return along * _cell(cells, "light_x") + across * _cell(cells, "light_y")


def _textured(
    some: NDArray[np.float32], cells: Tensor, u: Tensor, v: Tensor, colour: Tensor, noise: NoiseTable
) -> Tensor:
    seed = _cell(cells, "seed")
    if some[:, COLUMN["grain"]].any():
        speckle = 0.6 * noise.white(u * 130, v * 130, seed) + 0.8 * noise.smooth(u * 14, v * 14, seed) - 0.7
        colour = colour * (1 + _cell(cells, "grain") * speckle)[..., None]
    if some[:, COLUMN["scribble"]].any():
        angle = seed * 0.9
        c, n = torch.cos(angle), torch.sin(angle)
        across, along = c * u + n * v, c * v - n * u
        strokes = 0.7 * noise.smooth(across * 110, along * 7, seed) + 0.45 * noise.white(u * 120, v * 120, seed)
        strength = _cell(cells, "scribble")
        gap = ((strokes - 0.95 + 0.5 * strength) * 4).clamp(0, 1) * (strength > 0)
        colour = colour + (_rgb(cells, "paper_r") - colour) * (0.6 * gap)[..., None]
    return colour


def _seams(some: NDArray[np.float32], cells: Tensor, u: Tensor, line: Tensor, colour: Tensor) -> Tensor:
    """A stroke where two zones meet."""
    if (some[:, COLUMN["far"]] > 90).all() and (some[:, COLUMN["near"]] < -90).all():
        return colour
    scale = _cell(cells, "scale") * _cell(cells, "fore")
    gap = torch.minimum((u - _cell(cells, "far")).abs(), (u - _cell(cells, "near")).abs()) * scale
    stroke = (0.4 * line + 0.5 - gap).clamp(0, 1) * (line > 0.01)
    return colour + (_rgb(cells, "line_r") - colour) * stroke[..., None]


def _cell(cells: Tensor, name: str) -> Tensor:
    return cells[:, COLUMN[name], None, None]


def _rgb(cells: Tensor, first: str) -> Tensor:
    column = COLUMN[first]
    return cells[:, None, None, column : column + 3]
