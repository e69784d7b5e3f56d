"""Paints rows of primitives onto canvases, in batched torch. Knows columns (see `drawing`), not characters.

Each step paints the next primitive of every picture, inside tiles of a few sizes, so that the cost follows the area
of the primitives and not that of the canvas. Colours are premultiplied while painting.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from training.world.drawing import COLUMN, FILL, OUTLINE
from training.world.shapes import distance
from training.world.surface import NoiseTable, fill_colour, zones

SIDES = (16, 24, 32, 48, 64, 96, 128, 192, 256, 384, 512, 768, 1024, 2048)
OPAQUE = 0.5


@dataclass(frozen=True)
class Canvas:
    """rgba (N, S, S, 4) premultiplied; owner (N, S, S) int64, row of the primitive seen, -1 none;
    layers (N / poses, P, S, S, 4) premultiplied, those of every `poses`-th picture, or None; warp (N, S, S, 2), where
    a pixel is looked up, page pixels."""

    rgba: Tensor
    owner: Tensor
    layers: Tensor | None
    warp: Tensor
    poses: int = 1

    @property
    def size(self) -> int:
        return self.rgba.shape[1]


def paint(canvas: Canvas, rows: NDArray[np.float32], steps: NDArray[np.int64], noise: NoiseTable) -> None:
    """Paints `rows` (M, columns); `steps` (M,) is each row's place in its own picture's order, back to front."""
    table = torch.from_numpy(rows).to(canvas.rgba.device)
    for chosen, corner, height, width in _tiles(rows, steps, canvas.size):
        _paint_tiles(canvas, rows, table, chosen, corner, height, width, noise)


def surface(canvas: Canvas, rows: NDArray[np.float32]) -> tuple[Tensor, ...]:
    """(identity (N, S, S), u, v, material, part, depth) of what is seen; -1, 0, 0, 0, 0, 0 where nothing is."""
    seen = canvas.owner >= 0
    owner = canvas.owner[seen]
    wanted = ("ox", "oy", "ax", "ay", "scale", "fore", "side", "far", "near", "length", "z0", "z1",
              "identity", "part", "material", "material_far", "material_near")  # fmt: skip
    columns = torch.from_numpy(rows[:, [COLUMN[name] for name in wanted]].T.copy()).to(owner.device)
    c = {name: column[owner] for name, column in zip(wanted, columns, strict=True)}
    page = canvas.warp[seen]
    dx, dy = (page[:, 0] - c["ox"]) / c["scale"], (page[:, 1] - c["oy"]) / c["scale"]
    u = (dx * c["ax"] + dy * c["ay"]) / c["fore"]
    v = (dy * c["ax"] - dx * c["ay"]) / c["side"]
    far, near = zones(u, c["far"], c["near"])
    material = torch.where(far, c["material_far"], torch.where(near, c["material_near"], c["material"]))
    depth = c["z0"] + (c["z1"] - c["z0"]) * (u * c["fore"] / c["length"]).clamp(0, 1)
    maps = []
    for value, empty in ((c["identity"], -1.0), (u, 0.0), (v, 0.0), (material, 0.0), (c["part"], 0.0), (depth, 0.0)):
        full = torch.full(canvas.owner.shape, empty, device=canvas.rgba.device)
        full[seen] = value
        maps.append(full)
    return tuple(maps)


def _tiles(
    rows: NDArray[np.float32], steps: NDArray[np.int64], size: int
) -> Iterator[tuple[NDArray[np.int64], NDArray[np.int64], int, int]]:
    """Groups of rows of one kind and tile size, with their tiles' corners (m, 2) x, y: of each picture the next rows
    in its order, pictures advancing at their own pace, always the largest group that is ready."""
    box = rows[:, [COLUMN[c] for c in ("x0", "y0", "x1", "y1")]]
    sides = np.array([s for s in SIDES if s < size] + [size])
    low = np.clip(np.floor(box[:, :2]), 0, size).astype(np.int64)
    high = np.clip(np.ceil(box[:, 2:]), 0, size).astype(np.int64)
    level = np.searchsorted(sides, np.minimum(high - low, size))
    key = (rows[:, COLUMN["kind"]].astype(np.int64) * 32 + level[:, 0]) * 32 + level[:, 1]
    seen: NDArray[np.bool_] = np.asarray(((high - low) > 0).all(1))
    order = np.lexsort((steps, rows[:, COLUMN["picture"]]))
    for group in _groups(order[seen[order]], rows[:, COLUMN["picture"]], key):
        width, height = sides[level[group[0]]]
        corner = np.minimum(low[group], np.array([size - width, size - height]))
        yield group, corner, int(height), int(width)


def _groups(
    order: NDArray[np.int64], picture: NDArray[np.float32], key: NDArray[np.int64]
) -> Iterator[NDArray[np.int64]]:
    """Rows that may be painted at once: at most one a picture, all of one key. `order` holds each picture's rows."""
    if len(order) == 0:
        return
    queues = [list(reversed(part)) for part in np.split(order, np.flatnonzero(np.diff(picture[order])) + 1)]
    ready: dict[int, list[list[np.int64]]] = {}
    for queue in queues:
        ready.setdefault(int(key[queue[-1]]), []).append(queue)
    while ready:
        best = max(ready, key=lambda code: len(ready[code]))
        chosen = ready.pop(best)
        yield np.array([queue.pop() for queue in chosen])
        for queue in chosen:
            if queue:
                ready.setdefault(int(key[queue[-1]]), []).append(queue)


def _paint_tiles(
    canvas: Canvas,
    rows: NDArray[np.float32],
    table: Tensor,
    chosen: NDArray[np.int64],
    corner: NDArray[np.int64],
    height: int,
    width: int,
    noise: NoiseTable,
) -> None:
    device, size = canvas.rgba.device, canvas.size
    some = rows[chosen]
    cells = table[torch.from_numpy(chosen).to(device)]
    at = _pixels(torch.from_numpy(corner).to(device), cells[:, COLUMN["picture"]].long(), height, width, size)
    x, y = _local(canvas.warp.view(-1, 2)[at], cells)
    colour, alpha = _shaded(some, cells, x, y, noise)
    covered = _blend(canvas.rgba.view(-1, 4), at, colour, alpha)
    owner = canvas.owner.view(-1)
    before = owner[at]
    top = (alpha > OPAQUE) | ((alpha > 0) & (covered > OPAQUE) & (before < 0))
    owner[at] = torch.where(top, torch.from_numpy(chosen).to(device)[:, None, None], before)
    if canvas.layers is not None:
        _blend_layers(canvas.layers, canvas.poses, cells, at, colour, alpha)


def _blend_layers(layers: Tensor, poses: int, cells: Tensor, at: Tensor, colour: Tensor, alpha: Tensor) -> None:
    """Paints the tiles of first poses over their own part's layer."""
    parts, size = layers.shape[1], layers.shape[2]
    picture, part = cells[:, COLUMN["picture"]].long(), cells[:, COLUMN["part"]].long() - 1
    kept = picture % poses == 0
    if kept.any():
        row = (picture // poses * parts + part - picture)[kept]
        _blend(layers.view(-1, 4), at[kept] + (row * size * size)[:, None, None], colour[kept], alpha[kept])


def _pixels(corner: Tensor, picture: Tensor, height: int, width: int, size: int) -> Tensor:
    """(m, height, width) flat indices of the tiles' pixels in (N, S, S)."""
    across = torch.arange(width, device=corner.device)
    down = torch.arange(height, device=corner.device) * size
    first = picture * size * size + corner[:, 1] * size + corner[:, 0]
    return first[:, None, None] + down[:, None] + across


def _local(page: Tensor, cells: Tensor) -> tuple[Tensor, Tensor]:
    c = cells[:, : COLUMN["scale"] + 1, None, None].unbind(1)
    dx, dy = (page[..., 0] - c[0]) / c[4], (page[..., 1] - c[1]) / c[4]
    return dx * c[2] + dy * c[3], dy * c[2] - dx * c[3]


def _shaded(some: NDArray[np.float32], cells: Tensor, x: Tensor, y: Tensor, noise: NoiseTable) -> tuple[Tensor, Tensor]:
    """Colour (m, h, w, 3) and alpha (m, h, w) of one tile group."""
    kind, mode = int(some[0, COLUMN["kind"]]), some[:, COLUMN["mode"]]
    first = COLUMN["p0"]
    d = distance(kind, x, y, cells[:, first : first + 8])
    scale = _cell(cells, "scale")
    if some[:, COLUMN["jitter"]].any():
        d = d + _cell(cells, "jitter") * (noise.smooth(x * 40, y * 40, _cell(cells, "seed")) - 0.5)
    pixels = d * scale
    line = _cell(cells, "line") * (x > _cell(cells, "open"))
    if some[:, COLUMN["swell"]].any():
        line = line * (1 - _cell(cells, "swell") * noise.smooth(x * 9, y * 9, _cell(cells, "seed") + 3.7))
    inner = _cell(cells, "mode") == FILL
    alpha = (0.5 - pixels - torch.where(inner, line, torch.zeros_like(line))).clamp(0, 1)
    ink = cells[:, COLUMN["line_r"] : COLUMN["line_b"] + 1][:, None, None, :]
    if some[:, COLUMN["hard"]].any():
        alpha = torch.where(_cell(cells, "hard") > 0, (alpha > OPAQUE).to(alpha.dtype), alpha)
    if (mode == OUTLINE).all():
        return ink.expand(*x.shape, 3), alpha * (line > 0.01)
    colour = fill_colour(kind, some, cells, x, y, d, line, noise)
    stroke = torch.where(inner, torch.zeros_like(line), (pixels + line + 0.5).clamp(0, 1) * (line > 0.01))
    only = _cell(cells, "mode") == OUTLINE
    stroke = torch.where(only, torch.ones_like(line), stroke)
    alpha = torch.where(only, alpha * (line > 0.01), alpha)
    return colour + (ink - colour) * stroke[..., None], alpha


def _blend(flat: Tensor, at: Tensor, colour: Tensor, alpha: Tensor) -> Tensor:
    """Paints over; returns the alpha that results."""
    a = alpha[..., None]
    under = flat[at] * (1 - a)
    under[..., :3] += colour * a
    under[..., 3:] += a
    flat[at] = under
    return under[..., 3]


def _cell(cells: Tensor, name: str) -> Tensor:
    return cells[:, COLUMN[name], None, None]
