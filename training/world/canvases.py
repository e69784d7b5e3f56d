"""Canvases of drawn figures before they are painted (the wobble of the outlines) and after (blocks, straight alpha).

Knows how characters lie on their canvases; nothing of what is painted.
"""

import torch
from torch import Tensor

from training.world import raster
from training.world.cast import Actor
from training.world.wobble import noise_table, shaking


def blank(
    cast: list[Actor], size: int, pictures: int, layers: int, generator: torch.Generator, device: torch.device
) -> raster.Canvas:
    """Canvases with nothing on them, their lookups shaken where a character's outline wobbles; `layers` parts or 0."""
    page = centres(size, device)
    warp = page + _shaken(cast, size, generator).to(device)
    stack = torch.zeros(len(cast), layers, size, size, 4, device=device) if layers else None
    owner = torch.full((pictures, size, size), -1, dtype=torch.long, device=device)
    picture = torch.zeros(pictures, size, size, 4, device=device)
    return raster.Canvas(picture, owner, stack, warp, pictures // len(cast))


def _shaken(cast: list[Actor], size: int, generator: torch.Generator) -> Tensor:
    """(N, S, S, 2) displacements in pixels; nothing where a character's outline does not wobble."""
    moves = torch.zeros(len(cast), len(cast[0].posed), size, size, 2)
    for row, actor in enumerate(cast):
        if actor.wobble > 0:
            table = noise_table(generator)
            for k, posed in enumerate(actor.posed):
                moves[row, k] = 2 * actor.wobble * posed.scale * shaking(posed, size, table)
    return moves.flatten(0, 1)


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
