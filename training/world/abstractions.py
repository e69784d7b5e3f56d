"""The same pose at other levels of abstraction: stick figures, mannequins, wireframes, sketches, OpenPose pictures.

Knows joints only, no character. Paints with the figure world's rasteriser. The variations behind `held_out` are never
drawn without it: beads, square heads, box limbs, diagonal meshes, charcoal, OpenPose on light grounds.
"""

from collections.abc import Callable

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from pose.errors import InvalidInput
from training.world import raster
from training.world.bones import Bones
from training.world.drawing import Colour, Drawing
from training.world.inks import Rng
from training.world.papers import degraded, page
from training.world.poses import Points
from training.world.solids import draw_mannequin, draw_wireframe
from training.world.strokes import draw_openpose, draw_sketch, draw_stick
from training.world.surface import NoiseTable

LEVELS = ("stick", "mannequin", "wireframe", "sketch", "openpose")
_DRAW: dict[str, Callable[[Bones, int, bool, Rng], tuple[Drawing, tuple[Colour, str]]]] = {
    "stick": draw_stick, "mannequin": draw_mannequin, "wireframe": draw_wireframe,
    "sketch": draw_sketch, "openpose": draw_openpose,
}  # fmt: skip


def draw_abstractions(
    joints: Tensor,
    state: Tensor,
    joint_depth: Tensor,
    level: str,
    size: int,
    generator: torch.Generator,
    held_out: bool = False,
) -> Tensor:
    """(B, 3, size, size) in 0..1: poses at one of LEVELS. joints (B, J, 2) pixels, state (B, J) 0 = absent,
    joint_depth (B, J) body heights. Raises InvalidInput for an unknown level."""
    if level not in LEVELS:
        raise InvalidInput(f"unknown level '{level}'; choose from {LEVELS}.")
    rng = np.random.default_rng(int(torch.randint(2**62, (1,), generator=generator)))
    points, there = joints.cpu().double().numpy(), state.cpu().numpy() > 0
    grounds: list[tuple[Colour, str]] = []
    rows: list[tuple[float, ...]] = []
    steps: list[int] = []
    for n in range(len(points)):
        bones = Bones(points[n], there[n], joint_depth[n].cpu().double().numpy(), _height(points[n], there[n], size))
        drawing, ground = _DRAW[level](bones, n, held_out, rng)
        new = drawing.ordered(("torso",))
        rows.extend(new)
        steps.extend(range(len(new)))
        grounds.append(ground)
    return _painted(rows, steps, grounds, size, level, generator, joints.device)


def _painted(
    rows: list[tuple[float, ...]],
    steps: list[int],
    grounds: list[tuple[Colour, str]],
    size: int,
    level: str,
    generator: torch.Generator,
    device: torch.device,
) -> Tensor:
    count, noise = len(grounds), NoiseTable(generator, device)
    line = torch.arange(size, device=device) + 0.5
    warp = torch.stack(torch.meshgrid(line, line, indexing="xy"), -1).expand(count, size, size, 2).clone()
    if level == "sketch":
        seed = torch.arange(count, device=device)[:, None, None] * 5.3
        for axis in (0, 1):
            warp[..., axis] += (
                0.02 * size * (noise.smooth(warp[..., 0] * 9 / size, warp[..., 1] * 9 / size, seed + 7 * axis) - 0.5)
            )
    owner = torch.full((count, size, size), -1, dtype=torch.long, device=device)
    canvas = raster.Canvas(torch.zeros(count, size, size, 4, device=device), owner, None, warp)
    if rows:
        raster.paint(canvas, np.array(rows, np.float32), np.array(steps, np.int64), noise)
    pages = [page(colour, kind, size, generator) for colour, kind in grounds]
    plate = torch.stack([p[0] for p in pages]).to(device)
    light = torch.stack([p[1] for p in pages]).to(device)
    rgba = canvas.rgba.permute(0, 3, 1, 2)
    picture = plate * (1 - rgba[:, 3:]) + rgba[:, :3]
    return picture if level == "openpose" else degraded(picture, light, generator)


def _height(points: Points, there: NDArray[np.bool_], size: int) -> float:
    if there.sum() < 2:
        return 0.5 * size
    seen = points[there]
    return max(float(np.linalg.norm(seen.max(0) - seen.min(0))) * 0.95, 0.1 * size)
