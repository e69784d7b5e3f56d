"""Wireframes: meshes over solids, facets, points, boxes, outlines, on paper, in viewports, as blueprints.

Reserved for `held_out`: quads cut by diagonals, and rings without meridians.
"""

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from training.world.anatomy import Ball, Solid, Tube, body_solids, random_build, unseen_face
from training.world.easel import SCALE, Easel, Ink, Picture, Points, Rng, fixed, inked
from training.world.grounds import dark_ground, grid_floor, light_ground, plain, rule, studio
from training.world.hues import against, bright
from training.world.reliefs import Relief
from training.world.sitters import PROFILE, Sitter

_KINDS = ("mesh", "through", "facets", "points", "boxes", "contour")
_CHANCES = (0.42, 0.2, 0.18, 0.06, 0.07, 0.07)
_WIDE = 0.035  # solids narrower than this share of the height have few spokes


def draw_mesh(sitter: Sitter, rng: Rng, held_out: bool) -> Picture:
    """The picture; implies the face, and what a closed body hides."""
    kind = str(rng.choice(_KINDS, p=_CHANCES))
    if held_out:
        kind = "mesh" if rng.random() < 0.6 else "through"
    build = random_build(rng, 0.25)
    if not build.face or sitter.from_behind:
        sitter.face_us(PROFILE)
    solids = body_solids(sitter, build)
    ground, ink = _ground(rng, sitter.size)
    easel = Easel(sitter.size)
    sitter.imply(*unseen_face(sitter, build))
    if kind == "boxes":
        _boxes(easel, solids, max(0.006 * sitter.height, 0.7), ink, ground, rng)
        return easel.over(ground)
    relief = None if kind == "through" else Relief(solids, sitter.size, 1)
    if relief is not None:
        _hide(sitter, relief)
    grids = [_grid(solid, sitter, int(rng.integers(0, 3)) if solid.name == "head" else 1) for solid in solids]
    width = float(np.exp(rng.uniform(np.log(0.0015), np.log(0.007)))) * sitter.height
    width = min(max(width, 0.45), 2.5)
    if kind == "facets":
        _facets(easel, grids, ink, ground, rng, width)
    elif kind == "contour" and relief is not None:
        _contours(easel, relief, ink, max(width, 1.0), rng)
    elif kind == "points" and relief is not None:
        _points(easel, grids, relief, ink, max(width, 0.8), 0.02 * sitter.height)
    else:
        pattern = str(rng.choice(("diagonals", "rings"))) if held_out else "quads"
        if relief is not None and rng.random() < 0.5:
            _filled(easel, relief, ground, rng)
        _lines(easel, grids, relief, ink, width, pattern, 0.016 * sitter.height, rng)
    return easel.over(ground)


def _ground(rng: Rng, size: int) -> tuple[Picture, Ink]:
    pick = rng.random()
    if pick < 0.12:  # a blueprint
        ground = plain(size, inked((rng.uniform(10, 50), rng.uniform(50, 100), rng.uniform(120, 190))))
        rule(rng, ground)
        return ground, inked([rng.uniform(205, 255)] * 3)
    if pick < 0.24:  # an old screen
        return plain(size, inked(rng.uniform(0, 14, 3))), (60, 255, 90) if rng.random() < 0.6 else (70, 220, 255)
    if pick < 0.46:
        ground = grid_floor(rng, size, inked([rng.uniform(45, 235)] * 3))
    elif pick < 0.72:
        ground = light_ground(rng, size)
    else:
        ground = dark_ground(rng, size) if pick < 0.9 else studio(rng, size)
    return ground, against(ground, rng)


def _hide(sitter: Sitter, relief: Relief) -> None:
    solids = np.concatenate((sitter.points, sitter.depth[:, None]), 1)
    hidden = relief.hides(solids, 0.075 * sitter.height)
    sitter.state[hidden] = np.minimum(sitter.state[hidden], 1)


def _grid(solid: Solid, sitter: Sitter, finer: int) -> Points:
    """The solid's surface as a grid, as fine as its size asks for."""
    if isinstance(solid, Ball):
        size = float(np.linalg.norm(solid.axes, axis=0).max()) / sitter.height
    else:
        size = max(solid.radii) / sitter.height
    spokes = 6 if size < _WIDE else 10
    if isinstance(solid, Tube):
        long = float(np.linalg.norm(solid.b - solid.a)) / sitter.height
        return solid.grid(int(np.clip(long / 0.03, 2, 9)), spokes)
    return solid.grid((3 if size < _WIDE else 6) + 2 * finer, spokes + 2 * finer)


def _lines(
    easel: Easel, grids: Sequence[Points], relief: Relief | None, ink: Ink, width: float, pattern: str, slack: float,
    rng: Rng,
) -> None:  # fmt: skip
    """Rings and meridians (or rings, or diagonals too), segment by segment; hidden ones left out with a relief."""
    pieces = []
    keep = rng.choice((1, 1, 2))
    for grid in grids:
        pieces.append(_pairs(grid[:, :-1], grid[:, 1:])[::1])
        if pattern != "rings":
            columns = grid[:, ::keep]
            pieces.append(_pairs(columns[:-1], columns[1:]))
        if pattern == "diagonals":
            pieces.append(_pairs(grid[:-1, :-1], grid[1:, 1:]))
    segments = np.concatenate(pieces)
    if relief is not None:
        segments = segments[~relief.hides(segments.mean(1), slack)]
    thick = max(round(2 * width), 1)
    strength = min(max(2 * width, 0.3), 1.0)
    colour = tuple(strength * value for value in (*ink, 255))
    cv2.polylines(easel.paint, list(fixed(segments[..., :2])), False, colour, thick, cv2.LINE_AA, 4)


def _pairs(one: Points, other: Points) -> Points:
    return np.stack((one.reshape(-1, 3), other.reshape(-1, 3)), 1)


def _filled(easel: Easel, relief: Relief, ground: Picture, rng: Rng) -> None:
    """The body's surface under its lines: the ground's colour or another, lit or flat."""
    base = np.array(bright(ground, rng) if rng.random() < 0.4 else [rng.uniform(60, 245)] * 3)
    if rng.random() < 0.4:
        base = ground.reshape(-1, 3)[::997].mean(0)
    there = relief.mask
    lit = 0.75 + 0.25 * np.clip(relief.normal[there] @ np.array((-0.4, -0.6, -0.7), np.float32), 0, 1)
    paint = relief.painted(base * (lit if rng.random() < 0.6 else np.ones_like(lit))[:, None])
    rows, columns = (slice(SCALE * part.start, SCALE * part.stop) for part in relief.window)
    target = easel.paint[rows, columns]
    target[:] = cv2.resize(paint, target.shape[1::-1], interpolation=cv2.INTER_LINEAR)


def _facets(easel: Easel, grids: Sequence[Points], ink: Ink, ground: Picture, rng: Rng, width: float) -> None:
    """Low-poly shading: flat quads from far to near, their edges inked or not."""
    quads = np.concatenate(
        [np.stack((grid[:-1, :-1], grid[:-1, 1:], grid[1:, 1:], grid[1:, :-1]), 2).reshape(-1, 4, 3) for grid in grids]
    )
    centres = np.concatenate(
        [np.broadcast_to(g.reshape(-1, 3).mean(0), ((len(g) - 1) * (g.shape[1] - 1), 3)) for g in grids]
    )
    normal = np.cross(quads[:, 2] - quads[:, 0], quads[:, 3] - quads[:, 1])
    normal /= np.maximum(np.linalg.norm(normal, axis=1, keepdims=True), 1e-6)
    normal *= np.sign(((quads.mean(1) - centres) * normal).sum(1, keepdims=True))
    near = normal[:, 2] < 0.05
    quads, normal = quads[near], normal[near]
    order = np.argsort(-quads[..., 2].mean(1))
    way = np.array((rng.choice((-0.6, 0.6)), -0.6, -0.6))
    lit = 0.45 + 0.55 * np.clip(normal @ (way / np.linalg.norm(way)), 0, 1)
    base = np.array(bright(ground, rng)) if rng.random() < 0.4 else np.full(3, rng.uniform(120, 250))
    edged = rng.random() < 0.7
    flat = fixed(quads[..., :2])
    for row in order:
        cv2.fillConvexPoly(easel.paint, flat[row], (*(base * lit[row]), 255.0), cv2.LINE_AA, 4)
        if edged:
            cv2.polylines(easel.paint, [flat[row]], True, (*ink, 255), max(round(width), 1), cv2.LINE_AA, 4)


def _points(easel: Easel, grids: Sequence[Points], relief: Relief, ink: Ink, radius: float, slack: float) -> None:
    cloud = np.concatenate([grid.reshape(-1, 3) for grid in grids])
    for point in cloud[~relief.hides(cloud, slack)]:
        easel.disc(point[:2], radius, ink)


def _contours(easel: Easel, relief: Relief, ink: Ink, width: float, rng: Rng) -> None:
    """The outline of the whole, and at times of the parts."""
    if rng.random() < 0.5:
        relief.smoothed(2.0)
    masks = [relief.mask]
    if rng.random() < 0.6:
        masks += [relief.owner == row for row in range(len(relief.solids))]
    for mask in masks:
        edges, _ = cv2.findContours(mask.astype(np.uint8), cv2.RETR_LIST, cv2.CHAIN_APPROX_NONE)
        for edge in edges:
            if len(edge) > 6:
                line = _rounded(edge[:, 0] + 0.5 + relief.low)
                easel.line(line, width, ink, closed=True)


def _rounded(line: Points) -> Points:
    """A closed pixel contour without its stairs."""
    around = np.concatenate((line[-3:], line, line[:3]))
    return np.asarray(sum(around[k : k + len(line)] for k in range(7)) / 7)


def _boxes(easel: Easel, solids: Sequence[Solid], width: float, ink: Ink, ground: Picture, rng: Rng) -> None:
    """A wire box around each solid."""
    inks = [ink if rng.random() < 0.6 else bright(ground, rng) for _ in range(2)]
    for solid in solids:
        if solid.name.endswith(("heel", "_ball", "jaw", "nose", "yoke")):
            continue
        for a, b in _box_edges(solid):
            easel.line(np.array([a[:2], b[:2]]), width, inks["trunk" in solid.name or isinstance(solid, Ball)])


def _box_edges(solid: Solid) -> NDArray[np.float64]:
    """(12, 2, 3) the edges of the solid's box."""
    if isinstance(solid, Ball):
        centre, axes = solid.centre, solid.axes
    else:
        grid = solid.grid(1, 4)
        centre = 0.5 * (solid.a + solid.b)
        axes = np.stack((grid[0, 0] - solid.a, 0.5 * (solid.b - solid.a), grid[0, 1] - solid.a), -1)
    signs = np.array([(x, y, z) for x in (-1, 1) for y in (-1, 1) for z in (-1, 1)], np.float64)
    corners = centre + signs @ axes.T
    pairs = [(a, b) for a in range(8) for b in range(a + 1, 8) if (signs[a] != signs[b]).sum() == 1]
    return np.array([(corners[a], corners[b]) for a, b in pairs])
