"""Canvases of drawn figures before they are painted (the wobble of the outlines) and after (blocks, straight alpha).

Knows how characters lie on their canvases; nothing of what is painted.
"""

import torch
from torch import Tensor
from torch.nn import functional

from training.world import raster
from training.world.cast import Actor


def blank(
    cast: list[Actor], size: int, pictures: int, layers: int, generator: torch.Generator, device: torch.device
) -> raster.Canvas:
    """Canvases with nothing on them, their lookups shaken where a character's outline wobbles; `layers` parts or 0."""
    page = centres(size, device)
    amount = torch.tensor([a.wobble * p.scale for a in cast for p in a.posed], device=device)[:, None, None]
    warp = page.expand(pictures, size, size, 2).float().clone()
    if bool((amount > 0).any()):
        warp += 2 * amount[..., None] * _shaking(pictures, size, generator).to(device)
    stack = torch.zeros(len(cast), layers, size, size, 4, device=device) if layers else None
    owner = torch.full((pictures, size, size), -1, dtype=torch.long, device=device)
    picture = torch.zeros(pictures, size, size, 4, device=device)
    return raster.Canvas(picture, owner, stack, warp, pictures // len(cast))


def _shaking(pictures: int, size: int, generator: torch.Generator) -> Tensor:
    """(N, S, S, 2) smooth noise of about -1 to 1 in two octaves."""
    total = torch.zeros(pictures, 2, size, size)
    for cells, share in ((16, 1.0), (40, 0.4)):
        grid = torch.rand(pictures, 2, cells, cells, generator=generator) - 0.5
        fine = functional.interpolate(grid, scale_factor=3, mode="bicubic", align_corners=False)
        total += share * functional.interpolate(fine, size=(size, size), mode="bilinear", align_corners=False)
    return total.permute(0, 2, 3, 1)


def centres(size: int, device: torch.device) -> Tensor:
    """(S, S, 2) positions of the pixels' centres, (x, y)."""
    line = torch.arange(size, device=device) + 0.5
    return torch.stack(torch.meshgrid(line, line, indexing="xy"), -1)


def coarsened(
    canvas: raster.Canvas, maps: tuple[Tensor, ...], block: Tensor
) -> tuple[Tensor, tuple[Tensor, ...], Tensor | None]:
    """Channels first; pictures with blocks larger than a pixel take each block's centre."""
    rgba, stack = canvas.rgba.permute(0, 3, 1, 2), canvas.layers
    stack = None if stack is None else stack.permute(0, 1, 4, 2, 3)
    coarse = torch.nonzero(block > 1)[:, 0]
    if len(coarse) == 0:
        return rgba, maps, None if stack is None else straight(stack)
    rgba, maps = rgba.clone(), tuple(m.clone() for m in maps)
    stack = None if stack is None else stack.clone()
    grid = torch.arange(canvas.size, device=block.device)
    for n in coarse.tolist():
        b = int(block[n])
        at = (grid.div(b, rounding_mode="floor") * b + b // 2).clamp_max(canvas.size - 1)
        rgba[n] = rgba[n][:, at][:, :, at]
        for m in maps:
            m[n] = m[n][at][:, at]
        if stack is not None and n % canvas.poses == 0:
            stack[n // canvas.poses] = stack[n // canvas.poses][:, :, at][:, :, :, at]
    return rgba, maps, None if stack is None else straight(stack)


def straight(premultiplied: Tensor) -> Tensor:
    """Colours (..., 4, H, W) divided by their alpha."""
    colour, alpha = premultiplied.split((3, 1), -3)
    return torch.cat(((colour / alpha.clamp_min(1e-4)).clamp(0, 1), alpha), -3)
