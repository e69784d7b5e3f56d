"""Contour drawings: a body's visible outlines in strokes, hatched on the side away from the light."""

from dataclasses import replace

import cv2
import numpy as np

from training.world.anatomy import body_solids, random_build
from training.world.easel import SCALE, Points, Rng
from training.world.graphite import Graphite, Lead
from training.world.reliefs import Relief
from training.world.sitters import Sitter
from training.world.sketch_heads import draw_skull

_SAME = dict.fromkeys(("chest", "waist", "pelvis", "yoke", "waist_ball", "neck"), "trunk")
_SAME |= dict.fromkeys(("head", "jaw", "nose"), "skull")
_LIMB = {"upper_arm": "arm", "forearm": "arm", "thigh": "leg", "shin": "leg"}


def draw_contour(graphite: Graphite, sitter: Sitter, lead: Lead, rng: Rng) -> None:
    """The body's visible outlines, its parts' too at times, and hatching on the side away from the light."""
    relief = Relief(body_solids(sitter, replace(random_build(rng, 0.1), segmented=rng.random() < 0.15)), sitter.size, 1)
    solids = np.concatenate((sitter.points, sitter.depth[:, None]), 1)
    hidden = relief.hides(solids, 0.075 * sitter.height)
    sitter.state[hidden] = np.minimum(sitter.state[hidden], 1)
    if rng.random() < 0.45:
        _hatched(graphite, relief, rng)
    for line in _edges(relief, rng):
        graphite.line(line, replace(lead, tremor=0.35 * lead.tremor, strokes=min(lead.strokes, 3)), rng)
    draw_skull(graphite, sitter, replace(lead, strokes=1), rng)


def _edges(relief: Relief, rng: Rng) -> list[Points]:
    """Outlines of limbs, trunk and head as they are seen, cut into strokes."""
    whole = rng.random() < 0.75
    groups: dict[str, list[int]] = {}
    for row, solid in enumerate(relief.solids):
        part = _SAME.get(solid.name, solid.name.removesuffix("_ball").replace("foot_heel", "foot"))
        if whole:
            part = part[:2] + _LIMB.get(part[2:], part[2:])
        groups.setdefault(part, []).append(row)
    lines = []
    for rows in groups.values():
        mask = np.isin(relief.owner, rows).astype(np.uint8)
        for edge in cv2.findContours(mask, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)[0]:
            if len(edge) > 8:
                line = _eased(edge[:, 0] + 0.5 + relief.low)
                cuts = max(int(len(line) / rng.uniform(40, 120)), 1)
                lines += [piece for piece in np.array_split(line, cuts) if len(piece) > 3]
    return lines


def _eased(line: Points) -> Points:
    """A closed pixel contour without its stairs, every third point."""
    around = np.concatenate((line[-4:], line, line[:5]))
    smooth = np.asarray(sum(around[k : k + len(line) + 1] for k in range(9)) / 9)
    return np.concatenate((smooth[::3], smooth[-1:]))


def _hatched(graphite: Graphite, relief: Relief, rng: Rng) -> None:
    """Parallel strokes where the surface turns away from the light."""
    way = np.array([rng.choice((-0.7, 0.7)), -0.5, -0.5], np.float32)
    dark = (relief.mask & (relief.normal @ way < rng.uniform(0.0, 0.25))).astype(np.uint8)
    rows, columns = (slice(SCALE * part.start, SCALE * part.stop) for part in relief.window)
    target = graphite.layers[int(rng.integers(0, 2))][rows, columns]
    layer = np.zeros_like(target)
    tall, wide = layer.shape
    step, slant = rng.uniform(5, 11), rng.uniform(0.5, 1.2) * rng.choice((-1, 1))
    for at in np.arange(-1.2 * tall, wide + 1.2 * tall, step):
        ends = np.rint([(at, 0), (at + slant * tall, tall), *rng.normal(0, 1.5, (2, 2))]).astype(int)
        cv2.line(layer, ends[0].tolist(), ends[1].tolist(), 255, 1, cv2.LINE_AA)
    np.maximum(target, layer * cv2.resize(dark, (wide, tall), interpolation=cv2.INTER_NEAREST), out=target)
