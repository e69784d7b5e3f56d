"""The wobble of hand-drawn outlines: a smooth displacement of where the page is looked up.

It belongs to the drawing, not to the page: every bone carries noise in its own frame, and a pixel takes that of the
bones near it. So an outline keeps its unevenness in every pose, as when one drawing is moved, and is not drawn anew.
Knows joints and pixels; nothing of what is painted.

Convention: page pixels, x right, y down; u along a bone and v across it, in body heights, u without foreshortening.
"""

from itertools import pairwise
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from training.world.posed import Posed

OCTAVES = ((13.0, 1.0), (32.0, 0.4))  # cells a body height, and their share
NEAR = 0.03  # body heights: how sharply the nearest bone wins
STEP = 3  # pixels between the places where the noise is worked out
CELLS, FINER = 32, 4  # the noise's period in cells, and its samples a cell
_LIMBS = (("shoulder", "elbow", "wrist", "hand"), ("hip", "knee", "ankle", "toe"))
_BONES = (
    ("neck", "head_top"),
    *((f"{side}_{a}", f"{side}_{b}") for side in "rl" for limb in _LIMBS for a, b in pairwise(limb)),
)


class _Bones(NamedTuple):
    """(K, 2) starts, directions of length 1, and (K,) lengths on the page and their foreshortening."""

    start: Tensor
    along: Tensor
    seen: Tensor
    fore: Tensor


def noise_table(generator: torch.Generator) -> Tensor:
    """(1, 2, n, n) smooth noise in -0.5..0.5 that repeats after CELLS cells, with its first row and column again."""
    grid = torch.rand(1, 2, CELLS, CELLS, generator=generator) - 0.5
    fine = functional.interpolate(functional.pad(grid, (2, 2, 2, 2), "circular"), scale_factor=FINER, mode="bicubic")
    edge = 2 * FINER
    return fine[..., edge : edge + CELLS * FINER + 1, edge : edge + CELLS * FINER + 1]


def shaking(posed: Posed, size: int, table: Tensor) -> Tensor:
    """(S, S, 2) displacement of about -1 to 1 of one picture; the same table in every pose of a character."""
    line = torch.arange(0, size + STEP, STEP) + STEP / 2
    page = torch.stack(torch.meshgrid(line, line, indexing="xy"), -1)
    bones = _bones(posed)
    local, share = _near(page, bones, posed.scale)
    moves = torch.zeros_like(local)
    for cells, strength in OCTAVES:
        moves += strength * _noise(table, local * cells)
    across = torch.stack([-bones.along[:, 1], bones.along[:, 0]], -1)
    on_page = moves[..., :1] * bones.along[:, None, None] + moves[..., 1:] * across[:, None, None]
    coarse = (share[..., None] * on_page).sum(0).permute(2, 0, 1)[None]
    side = coarse.shape[-1] * STEP
    fine = functional.interpolate(coarse, (side, side), mode="bilinear", align_corners=False)
    return fine[0, :, :size, :size].permute(1, 2, 0)


def _bones(posed: Posed) -> _Bones:
    ends = [(posed.middle(a), posed.middle(b)) for a, b in _BONES]
    ends.append((posed.middle("neck"), posed.middle("r_hip", "l_hip")))
    deep = [posed.deepness(a, b) for a, b in _BONES] + [posed.deepness("neck", "r_hip")]
    start = torch.tensor(np.array([a for a, _ in ends]), dtype=torch.float32)
    way = torch.tensor(np.array([b - a for a, b in ends]), dtype=torch.float32)
    seen = way.norm(dim=1).clamp_min(1e-3)
    true = torch.hypot(seen, torch.tensor(deep, dtype=torch.float32) * posed.scale)
    return _Bones(start, way / seen[:, None], seen, (seen / true).clamp_min(0.2))


def _near(page: Tensor, bones: _Bones, scale: float) -> tuple[Tensor, Tensor]:
    """Each bone's local (u, v) of the page's places (K, h, w, 2), and its share there (K, h, w)."""
    apart = page[None] - bones.start[:, None, None]
    along = (apart * bones.along[:, None, None]).sum(-1)
    across = apart[..., 1] * bones.along[:, 0, None, None] - apart[..., 0] * bones.along[:, 1, None, None]
    beyond = (along - along.clamp_min(0).minimum(bones.seen[:, None, None])).abs()
    distance = torch.hypot(beyond, across) / scale
    share = (distance.square() + NEAR**2).pow(-2)
    local = torch.stack([along / (scale * bones.fore[:, None, None]), across / scale], -1)
    return local, share / share.sum(0)


def _noise(table: Tensor, places: Tensor) -> Tensor:
    """(K, h, w, 2) the table's noise at places (K, h, w, 2) in cells; every bone reads another stretch of it."""
    bones, height, width, _ = places.shape
    offset = torch.arange(bones, dtype=torch.float32)[:, None, None, None] * places.new_tensor([11.3, 7.9])
    turns = ((places + offset) / CELLS).remainder(1.0)
    found = functional.grid_sample(
        table, (2 * turns - 1).view(1, bones * height, width, 2), mode="bilinear", align_corners=True
    )
    return found[0].permute(1, 2, 0).reshape(bones, height, width, 2)
