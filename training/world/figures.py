"""Batches of drawn characters in several poses, with the truth about them. Knows no training.

Same code on CPU and GPU: characters are designed and posed one by one in plain Python, painted in batched torch.
Deterministic from the generator.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from pose.errors import InvalidInput
from pose.figure import PARTS
from pose.skeleton import BIPED
from training.world import raster
from training.world.canvases import blank, centres, coarsened, straight
from training.world.cast import Actor, drawn
from training.world.drawing import COLUMN, COLUMNS
from training.world.families import FAMILIES
from training.world.papers import contact_shadow, degraded, grounds, stickered
from training.world.poses import STANDING
from training.world.surface import NoiseTable
from training.world.visibility import joint_state

LAYERS = PARTS[1:]
_FEET = [BIPED.index[name] for name in ("r_ankle", "l_ankle", "r_toe", "l_toe")]


@dataclass(frozen=True)
class FigureBatch:
    """B characters in K poses on canvases of S x S pixels; J joints of BIPED; P = PARTS without "none".

    rgb (B, K, 3, S, S) what a user uploads: degraded, on its background. clean (B, K, 4, S, S) the figure alone,
    undegraded, straight alpha. plate (B, K, 3, S, S) the background alone, undegraded. joints (B, K, J, 2) pixels.
    state (B, K, J) uint8: 0 absent (off the canvas), 1 hidden by the figure itself, 2 visible. joint_depth (B, K, J)
    body heights. parts, materials (B, K, S, S) uint8 rows of PARTS and MATERIALS, of what is visible. depth
    (B, K, S, S) body heights. texel (B, K, S, S, 3): primitive's identity (-1 none) and its u, v. layers
    (B, 1, P, 4, S, S) each part of the first pose alone and complete, straight alpha, or None. order (B, K, P) rank of
    each part, back = 0. scale (B, K) pixels per body height. matrices (B, K, N, 6): per identity, page = (a + b u +
    c v, d + e u + f v), before the wobble `shake` (B, K, S, S, 2), pixels, which a page position is moved by before it
    is looked up. family: B names.
    """

    rgb: Tensor
    clean: Tensor
    plate: Tensor
    joints: Tensor
    state: Tensor
    joint_depth: Tensor
    parts: Tensor
    materials: Tensor
    depth: Tensor
    texel: Tensor
    layers: Tensor | None
    order: Tensor
    scale: Tensor
    matrices: Tensor
    shake: Tensor
    family: tuple[str, ...]


def draw(
    families: Sequence[str],
    count: int,
    poses: int,
    size: int,
    generator: torch.Generator,
    layers: bool = False,
    device: torch.device | str = "cpu",
    height: tuple[float, float] | None = None,
    truncated: float = 0.25,
    standing: float = 0.5,
    turned: float = 0.15,
    sources: tuple[str, ...] = STANDING,
) -> FigureBatch:
    """Draws `count` characters, each of a family chosen at random, in `poses` poses.

    height: span of the figure's height as a share of the canvas (None: 0.4 to 0.98 for one pose, 0.55 to 0.95 for
    several). truncated: chance that a single pose is cut by the border. standing: chance that pose 0 is one of
    `sources`. turned: chance that a single pose is seen from 35 to 80 degrees to the side. The generator
    lives on the CPU whatever the device. Raises InvalidInput for an unknown family.
    """
    unknown = [name for name in families if name not in FAMILIES]
    if unknown:
        raise InvalidInput(f"unknown families {unknown}; choose from {tuple(FAMILIES)}.")
    rng = np.random.default_rng(int(torch.randint(2**62, (1,), generator=generator)))
    names = tuple(str(rng.choice(families)) for _ in range(count))
    span = height or ((0.4, 0.98) if poses == 1 else (0.55, 0.95))
    if poses > 1:
        truncated = turned = 0.0
    cast = [Actor.random(name, poses, size, span, truncated, standing, turned, sources, rng) for name in names]
    return _painted(cast, names, size, generator, layers, torch.device(device))


def correspondence(batch: FigureBatch, source: int, target: int) -> tuple[Tensor, Tensor]:
    """(B, S, S, 2) for each pixel of pose `target` the position in pose `source` of the same spot, pixels (x, y);
    (B, S, S) bool, whether it is visible there. Positions are meaningless where the second is false."""
    texel, size = batch.texel[:, target], batch.rgb.shape[-1]
    count = texel.shape[0]
    identity = texel[..., 0].long()
    picture = torch.arange(count, device=texel.device)[:, None, None]
    m = batch.matrices[:, source][picture, identity.clamp_min(0)]
    u, v = texel[..., 1], texel[..., 2]
    place = torch.stack((m[..., 0] + m[..., 1] * u + m[..., 2] * v, m[..., 3] + m[..., 4] * u + m[..., 5] * v), -1)
    shake, shift = batch.shake[:, source], torch.zeros_like(place)
    for _ in range(2):
        cell = (place - shift).floor().long().clamp(0, size - 1)
        shift = shake[picture, cell[..., 1], cell[..., 0]]
    place = place - shift
    cell = place.floor().long()
    inside = ((cell >= 0) & (cell < size)).all(-1)
    cell = cell.clamp(0, size - 1)
    there = batch.texel[:, source, ..., 0][picture, cell[..., 1], cell[..., 0]].long()
    return place, (identity >= 0) & inside & (there == identity)


def _painted(
    cast: list[Actor],
    names: tuple[str, ...],
    size: int,
    generator: torch.Generator,
    layers: bool,
    device: torch.device,
) -> FigureBatch:
    rows, steps, orders, count = _rows(cast)
    pictures = len(orders)
    noise = NoiseTable(generator, device)
    canvas = blank(cast, size, pictures, len(LAYERS) if layers else 0, generator, device)
    raster.paint(canvas, rows, steps, noise)
    block = torch.tensor([actor.block for actor in cast for _ in actor.posed], device=device)
    rgba, maps, stack = coarsened(canvas, raster.surface(canvas, rows), block)
    points = torch.tensor(np.stack([p.points for a in cast for p in a.posed]), dtype=torch.float32, device=device)
    scale = torch.tensor([p.scale for a in cast for p in a.posed], dtype=torch.float32, device=device)
    plate, rgb = _on_grounds(rgba, cast, points, scale, generator)
    identity, u, v, material, part, depth = maps
    z = torch.tensor(np.stack([p.depth for a in cast for p in a.posed]), dtype=torch.float32, device=device)

    def split(x: Tensor) -> Tensor:
        return x.view(len(cast), pictures // len(cast), *x.shape[1:])

    return FigureBatch(
        rgb=split(rgb), clean=split(straight(rgba)), plate=split(plate), joints=split(points),
        state=split(joint_state(points, part.long(), _turns(cast, device), size)), joint_depth=split(z),
        parts=split(part.to(torch.uint8)), materials=split(material.to(torch.uint8)), depth=split(depth),
        texel=split(torch.stack((identity, u, v), -1)), layers=None if stack is None else stack[:, None],
        order=split(torch.tensor(orders, device=device)), scale=split(scale),
        matrices=split(_matrices(rows, pictures, count).to(device)),
        shake=split(canvas.warp - centres(size, device)), family=names,
    )  # fmt: skip


def _on_grounds(
    rgba: Tensor, cast: list[Actor], points: Tensor, scale: Tensor, generator: torch.Generator
) -> tuple[Tensor, Tensor]:
    """Plates, and the figures (N, 4, S, S, premultiplied) on them with their shadows, degraded: (N, 3, S, S) each."""
    size, alpha = rgba.shape[-1], rgba[:, 3:]
    designs = [actor.design for actor in cast for _ in actor.posed]
    plate, light = grounds(designs, size, generator, rgba.device)
    ground = plate * contact_shadow(points[:, _FEET], scale, size, generator)
    if any(design.rim > 0 for design in designs):
        ground = stickered(ground, alpha, designs, size)
    return plate, degraded(ground * (1 - alpha) + rgba[:, :3], light, generator)


def _rows(cast: list[Actor]) -> tuple[NDArray[np.float32], NDArray[np.int64], list[list[int]], int]:
    """All rows, each one's step, each picture's ranks of parts, and the largest number of identities."""
    rows: list[tuple[float, ...]] = []
    steps: list[int] = []
    orders: list[list[int]] = []
    most = 0
    for actor in cast:
        for posed in actor.posed:
            drawing = drawn(actor.design, posed, len(orders))
            order = actor.parts_back_to_front(posed)
            new = drawing.ordered(order)
            rows.extend(new)
            steps.extend(range(len(new)))
            orders.append([order.index(part) for part in LAYERS])
            most = max(most, drawing.count)
    return np.array(rows, np.float32).reshape(-1, len(COLUMNS)), np.array(steps, np.int64), orders, most


def _matrices(rows: NDArray[np.float32], pictures: int, count: int) -> Tensor:
    """(N, count, 6) page = (a + b u + c v, d + e u + f v) for every picture and identity."""
    c = {
        name: rows[:, COLUMN[name]] for name in ("ox", "oy", "ax", "ay", "scale", "fore", "side", "identity", "picture")
    }
    along, across = c["scale"] * c["fore"], c["scale"] * c["side"]
    values = (c["ox"], along * c["ax"], -across * c["ay"], c["oy"], along * c["ay"], across * c["ax"])
    matrices = np.zeros((pictures, count, 6), np.float32)
    matrices[c["picture"].astype(int), c["identity"].astype(int)] = np.stack(values, 1)
    return torch.from_numpy(matrices)


def _turns(cast: list[Actor], device: torch.device) -> Tensor:
    """(N,) degrees by which each head is turned."""
    return torch.tensor([p.yaw + p.head_yaw for a in cast for p in a.posed], dtype=torch.float32, device=device)
