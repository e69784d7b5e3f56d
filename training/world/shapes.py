"""Signed distances of the primitives' shapes, in batched torch. Knows neither colours nor characters.

Convention: local coordinates in body heights, x along the primitive's axis, y to the left of it as the axis is seen
pointing up the page's y (page y runs down: for an axis pointing up the page, y runs to the right). Distances are
negative inside and approximate where the exact one is dear; they are right to first order at the outline.
Shape parameters are (M, 8), one row a primitive; x and y are (M, h, w).
"""

from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor

CAPSULE, SUPER, PROFILE, STAR, ARC, HEART, LIMB, FORM = range(8)
TUBES = (LIMB, FORM)
_STOPS = np.linspace(0, 1, 6)
_SOLVE = np.linalg.inv(np.vander(_STOPS, 6, increasing=True))
_FINE = np.vander(np.linspace(0, 1, 13), 6, increasing=True)


def curve(widths: Sequence[float]) -> tuple[float, ...]:
    """Six coefficients of the polynomial through six half widths at even stops along a LIMB or FORM."""
    return tuple(float(c) for c in _SOLVE @ np.asarray(widths, np.float64))


def distance(kind: int, x: Tensor, y: Tensor, shape: Tensor) -> Tensor:
    """(M, h, w) signed distance in body heights of primitives that are all of one `kind`."""
    p = [shape[:, i, None, None] for i in range(shape.shape[1])]
    return _KINDS[kind](x, y, p)


def reach(kind: int, shape: list[float]) -> tuple[float, float, float, float]:
    """Local bounding box (x0, y0, x1, y1) of one primitive."""
    p = shape
    if kind == CAPSULE:
        r = max(p[1], p[2]) + abs(p[4])
        return -p[1], -r - abs(p[3]), p[0] + p[2], r + abs(p[3])
    if kind == SUPER:
        b = p[1] * (1 + abs(p[3]))
        return (-p[0] if p[4] < -8 else max(-p[0], p[4] - abs(p[5]))), -b, p[0], b
    if kind == PROFILE:
        w = max(p[1:5]) + abs(p[6])
        return -abs(p[7]), -w, p[0] + abs(p[7]), w
    if kind == STAR:
        return -p[0] * p[4], -p[0], p[0] * p[4], p[0]
    if kind == ARC:
        s = abs(p[1]) + p[2]
        return -s, -p[0] - p[2], s, p[0] + p[2]
    if kind in TUBES:
        w = 1.03 * float(np.abs(_FINE @ np.asarray(p[1:7])).max())
        if kind == FORM:
            return 0.0, -w, p[0], w
        return -w, -w - abs(p[7]), p[0] + w, w + abs(p[7])
    return -p[0], -1.15 * p[0], 1.1 * p[0], 1.15 * p[0]


def across(kind: int, x: Tensor, y: Tensor, shape: Tensor) -> Tensor:
    """(M, h, w) place across a LIMB or FORM, -1 at one side and 1 at the other, whatever its ends: joined limbs shade
    as one."""
    p = [shape[:, i, None, None] for i in range(shape.shape[1])]
    h = (x / p[0]).clamp(0, 1)
    off = y - p[7] * 4 * h * (1 - h) if kind == LIMB else y
    return (off / _width(h, p).clamp_min(1e-4)).clamp(-1, 1)


def _capsule(x: Tensor, y: Tensor, p: list[Tensor]) -> Tensor:
    """length, radius at start, radius at end, bow of the axis, bulge in the middle."""
    h = (x / p[0]).clamp(0, 1)
    arch = 4 * h * (1 - h)
    radius = p[1] + (p[2] - p[1]) * h + p[4] * arch
    return torch.hypot(x - h * p[0], y - p[3] * arch) - radius


def _super(x: Tensor, y: Tensor, p: list[Tensor]) -> Tensor:
    """half length, half width, exponent, egg; cut: keeps x above p4 + p5 * wave(p6 y + p7) where p4 > -8."""
    a, b = p[0], p[1] * (1 + p[3] * (x / p[0]).clamp(-1, 1))
    ax, ay = (x / a).abs() + 1e-6, (y / b).abs() + 1e-6
    n = p[2]
    f = (ax**n + ay**n) ** (1 / n)
    slope = torch.hypot(ax ** (n - 1) / a, ay ** (n - 1) / b) * f ** (1 - n)
    d = (f - 1) / slope.clamp_min(1e-3)
    cut = p[4] + p[5] * torch.cos(p[6] * y + p[7]) - x
    return torch.maximum(d, torch.where(p[4] > -8, cut, d))


def _profile(x: Tensor, y: Tensor, p: list[Tensor]) -> Tensor:
    """length, four half widths (Bezier) from start to end, rounding of corners, bow, waves of the far end."""
    h = (x / p[0]).clamp(0, 1)
    g = 1 - h
    w = g * g * g * p[1] + 3 * g * g * h * p[2] + 3 * g * h * h * p[3] + h * h * h * p[4]
    dw = 3 * (g * g * (p[2] - p[1]) + 2 * g * h * (p[3] - p[2]) + h * h * (p[4] - p[3])) / p[0]
    off = y - p[6] * 4 * h * g
    side = (off.abs() - w) / torch.sqrt(1 + dw * dw)
    hem = p[0] + p[7] * torch.cos(off / p[4].clamp_min(0.02) * 9.4)
    ends = torch.maximum(-x, x - hem)
    r = p[5]
    inner = torch.maximum(side + r, ends + r).clamp_max(0)
    return torch.hypot((side + r).clamp_min(0), (ends + r).clamp_min(0)) + inner - r


def _star(x: Tensor, y: Tensor, p: list[Tensor]) -> Tensor:
    """outer radius, inner share, points, phase, squash along x, roundness (0 spikes, 1 scallops), cut below x = p6."""
    sx = x / p[4]
    r, angle = torch.hypot(sx, y), torch.atan2(y, sx) + p[3]
    turn = torch.remainder(angle * p[2] / (2 * torch.pi), 1.0)
    tooth = (2 * turn - 1).abs()
    tooth = tooth + p[5] * (torch.sin(torch.pi * turn) - tooth)
    d = (r - p[0] * (p[1] + (1 - p[1]) * tooth)) * 0.75
    return torch.maximum(d, torch.where(p[6] > -8, p[6] - x, d))


def _arc(x: Tensor, y: Tensor, p: list[Tensor]) -> Tensor:
    """half length across the axis, sagitta (ends towards +x), half thickness; ends taper a little."""
    t = (y / p[0]).clamp(-1, 1)
    middle = p[1] * (t * t - 0.5)
    slope = 2 * p[1] * t / p[0]
    over = (y.abs() - p[0]).clamp_min(0)
    return torch.hypot((x - middle) / torch.sqrt(1 + slope * slope), over) - p[2] * (1 - 0.3 * t * t)


def _heart(x: Tensor, y: Tensor, p: list[Tensor]) -> Tensor:
    """size; its tip points to -x."""
    u, v = x / p[0], (y / p[0]).abs()
    lobe = torch.hypot(u - 0.45, v - 0.5) - 0.6
    wedge = torch.maximum((v * 0.78 - u * 0.62 - 0.62), u - 0.55 + 0.15 * v)
    return torch.minimum(lobe, wedge) * p[0]


def _limb(x: Tensor, y: Tensor, p: list[Tensor]) -> Tensor:
    """length, six coefficients of the half width (see `curve`), bow; round ends."""
    h = (x / p[0]).clamp(0, 1)
    return torch.hypot(x - h * p[0], y - p[7] * 4 * h * (1 - h)) - _width(h, p)


def _form(x: Tensor, y: Tensor, p: list[Tensor]) -> Tensor:
    """length, six coefficients of the half width (see `curve`), rounding of the corners; flat ends."""
    h = (x / p[0]).clamp(0, 1)
    slope = (p[2] + h * (2 * p[3] + h * (3 * p[4] + h * (4 * p[5] + h * 5 * p[6])))) / p[0]
    r = p[7]
    side = (y.abs() - _width(h, p)) / torch.sqrt(1 + slope * slope) + r
    ends = torch.maximum(-x, x - p[0]) + r
    return torch.hypot(side.clamp_min(0), ends.clamp_min(0)) + torch.maximum(side, ends).clamp_max(0) - r


def _width(h: Tensor, p: list[Tensor]) -> Tensor:
    return p[1] + h * (p[2] + h * (p[3] + h * (p[4] + h * (p[5] + h * p[6]))))


_KINDS = {CAPSULE: _capsule, SUPER: _super, PROFILE: _profile, STAR: _star, ARC: _arc, HEART: _heart,
          LIMB: _limb, FORM: _form}  # fmt: skip
