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
from torch.nn import functional

from pose.errors import InvalidInput
from pose.figure import PART_INDEX, PARTS
from pose.skeleton import BIPED
from training.world import raster
from training.world.cast import Actor, drawn
from training.world.drawing import COLUMN, COLUMNS
from training.world.families import FAMILIES
from training.world.papers import contact_shadow, degraded, grounds, stickered
from training.world.poses import STANDING
from training.world.surface import NoiseTable

LAYERS = PARTS[1:]
_OWN_PART = {"nose": "head", "neck": "torso", "eye": "head", "ear": "head", "head_top": "head",
             "shoulder": "arm", "elbow": "arm", "wrist": "arm", "hand": "arm",
             "hip": "leg", "knee": "leg", "ankle": "leg", "toe": "leg"}  # fmt: skip
_ALSO = {
    "head": ("head", "hair", "torso"),
    "torso": ("torso", "head"),
    "shoulder": ("torso",),
    "hip": ("torso", "skirt"),
}


_FACE = (
    ("nose", 0.0, -0.2),
    ("r_eye", -25.0, 0.05),
    ("l_eye", 25.0, 0.05),
    ("r_ear", -90.0, -0.4),
    ("l_ear", 90.0, -0.4),
)


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
    canvas = _blank(cast, size, pictures, layers, generator, device)
    raster.paint(canvas, rows, steps, noise)
    maps = raster.surface(canvas, rows)
    block = torch.tensor([actor.block for actor in cast for _ in actor.posed], device=device)
    rgba, maps, stack = _blocks(canvas, maps, block)
    clean = _straight(rgba)
    looks = [actor.design for actor in cast for _ in actor.posed]
    plate, light = grounds(looks, size, generator, device)
    points = torch.tensor(np.stack([p.points for a in cast for p in a.posed]), dtype=torch.float32, device=device)
    scale = torch.tensor([p.scale for a in cast for p in a.posed], dtype=torch.float32, device=device)
    ground = plate * contact_shadow(points[:, _FEET], scale, size, generator)
    if any(design.rim > 0 for design in looks):
        ground = stickered(ground, rgba[:, 3:], looks, size)
    rgb = degraded(ground * (1 - rgba[:, 3:]) + rgba[:, :3], light, generator)
    identity, u, v, material, part, depth = maps
    z = torch.tensor(np.stack([p.depth for a in cast for p in a.posed]), dtype=torch.float32, device=device)

    def split(x: Tensor) -> Tensor:
        return x.view(len(cast), pictures // len(cast), *x.shape[1:])

    return FigureBatch(
        rgb=split(rgb), clean=split(clean), plate=split(plate), joints=split(points),
        state=split(_state(points, part.long(), _turns(cast, device), size)), joint_depth=split(z),
        parts=split(part.to(torch.uint8)), materials=split(material.to(torch.uint8)), depth=split(depth),
        texel=split(torch.stack((identity, u, v), -1)), layers=None if stack is None else stack[:, None],
        order=split(torch.tensor(orders, device=device)),
        scale=split(scale),
        matrices=split(_matrices(rows, pictures, count).to(device)),
        shake=split(canvas.warp - _centres(size, device)), family=names,
    )  # fmt: skip


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


def _blank(
    cast: list[Actor], size: int, pictures: int, layers: bool, generator: torch.Generator, device: torch.device
) -> raster.Canvas:
    page = _centres(size, device)
    amount = torch.tensor([a.wobble * p.scale for a in cast for p in a.posed], device=device)[:, None, None]
    warp = page.expand(pictures, size, size, 2).float().clone()
    if bool((amount > 0).any()):
        warp += 2 * amount[..., None] * _shaking(pictures, size, generator).to(device)
    stack = torch.zeros(len(cast), len(LAYERS), size, size, 4, device=device) if layers else None
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


def _centres(size: int, device: torch.device) -> Tensor:
    """(S, S, 2) positions of the pixels' centres, (x, y)."""
    line = torch.arange(size, device=device) + 0.5
    return torch.stack(torch.meshgrid(line, line, indexing="xy"), -1)


def _blocks(
    canvas: raster.Canvas, maps: tuple[Tensor, ...], block: Tensor
) -> tuple[Tensor, tuple[Tensor, ...], Tensor | None]:
    """Channels first; pictures with blocks larger than a pixel take each block's centre."""
    rgba, stack = canvas.rgba.permute(0, 3, 1, 2), canvas.layers
    stack = None if stack is None else stack.permute(0, 1, 4, 2, 3)
    coarse = torch.nonzero(block > 1)[:, 0]
    if len(coarse) == 0:
        return rgba, maps, None if stack is None else _straight(stack)
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
    return rgba, maps, None if stack is None else _straight(stack)


def _straight(premultiplied: Tensor) -> Tensor:
    colour, alpha = premultiplied.split((3, 1), -3)
    return torch.cat(((colour / alpha.clamp_min(1e-4)).clamp(0, 1), alpha), -3)


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


def _state(points: Tensor, part: Tensor, turn: Tensor, size: int) -> Tensor:
    """(N, J) uint8: 0 off the canvas, 2 where the part seen at the joint is one that carries it and the
    face is not turned away from it, else 1."""
    cell = points.floor().long()
    inside = ((cell >= 0) & (cell < size)).all(-1)
    cell = cell.clamp(0, size - 1)
    picture = torch.arange(len(points), device=points.device)[:, None]
    seen = part[picture, cell[..., 1], cell[..., 0]]
    own = torch.zeros(len(BIPED.joints), len(PARTS), dtype=torch.bool, device=points.device)
    for row, name in enumerate(BIPED.joints):
        own[row, [PART_INDEX[p] for p in _carriers(name)]] = True
    visible = own[torch.arange(len(BIPED.joints), device=points.device), seen]
    for name, azimuth, limit in _FACE:
        away = torch.cos(torch.deg2rad(turn + azimuth)) < limit
        visible[:, BIPED.index[name]] &= ~away
    return torch.where(inside, 1 + visible.long(), torch.zeros_like(seen)).to(torch.uint8)


def _turns(cast: list[Actor], device: torch.device) -> Tensor:
    """(N,) degrees by which each head is turned."""
    return torch.tensor([p.yaw + p.head_yaw for a in cast for p in a.posed], dtype=torch.float32, device=device)


def _carriers(joint: str) -> tuple[str, ...]:
    side, _, bare = joint.partition("_") if joint[:2] in ("r_", "l_") else ("", "", joint)
    own = _OWN_PART[bare]
    name = f"{side}_{own}" if own in ("arm", "leg") else own
    return (name, *_ALSO.get(bare, ()), *_ALSO.get(own, ()))
