"""Sketches: gesture lines, construction bodies and contours in pencil, ink or coloured lead, on paper.

Strokes go to a few layers of graphite that darken one another. Reserved for `held_out`: charcoal (broad, broken,
smudged strokes) and dots in place of lines.
"""

import itertools
from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from training.world.anatomy import Ball, Solid, body_solids, random_build
from training.world.easel import (
    SCALE,
    Ink,
    Picture,
    Points,
    Rng,
    clouds,
    ellipse,
    fixed,
    inked,
    outline,
    resampled,
    shaky,
    spline,
)
from training.world.grounds import light_ground, paper, scribbled
from training.world.reliefs import Relief
from training.world.sitters import ARMS, FACE, LEGS, Sitter

_STRENGTHS = np.array((0.22, 0.4, 0.62, 0.9), np.float32)


@dataclass(frozen=True)
class Lead:
    """What draws: width of a stroke and tremor in pixels, layer of strength, strokes a line, its ink."""

    width: float
    tremor: float
    layer: int
    strokes: int
    ink: Ink
    broken: bool = False
    dotted: bool = False


class Graphite:
    """Layers (4, n, n) of strokes; where they overlap, they darken."""

    def __init__(self, size: int) -> None:
        self.size = size
        self.layers = [np.zeros((size * SCALE, size * SCALE), np.uint8) for _ in _STRENGTHS]

    def stroke(self, points: Points, lead: Lead, rng: Rng) -> None:
        """One stroke, tapering at its ends, of a strength near the lead's."""
        layer = self.layers[int(np.clip(lead.layer + rng.integers(-1, 2), 0, len(self.layers) - 1))]
        line = shaky(points, lead.tremor, rng, 4.0)
        if lead.dotted:
            for at in fixed(resampled(line, max(2.4 * lead.width, 2.0))):
                cv2.circle(layer, at.tolist(), round(lead.width * 14), 255, -1, cv2.LINE_AA, 4)
            return
        if lead.width < 0.9 or len(line) < 4:
            grey = 255 * min(max(SCALE * lead.width, 0.4), 1.0)
            cv2.polylines(layer, [fixed(line)], False, grey, max(round(SCALE * lead.width), 1), cv2.LINE_AA, 4)
            return
        t = np.linspace(0, 1, len(line))
        press = (
            0.35 + 0.65 * np.sin(np.pi * np.clip(t * 0.9 + 0.08, 0, 1)) ** 0.7 + 0.2 * np.sin(9 * t + rng.uniform(0, 6))
        )
        cv2.fillPoly(layer, [fixed(outline(line, lead.width * np.maximum(press, 0.15)))], 255, cv2.LINE_AA, 4)

    def line(self, points: Points, lead: Lead, rng: Rng) -> None:
        """A line as somebody searches for it: one or more strokes beside one another, overshooting."""
        for _ in range(lead.strokes):
            over = rng.normal(0.02, 0.03, 2)
            a, b = points[0] - over[0] * (points[1] - points[0]), points[-1] - over[1] * (points[-2] - points[-1])
            shift = rng.normal(0, 1.2 * lead.tremor + 0.2, 2) if lead.strokes > 1 else 0.0
            self.stroke(np.concatenate((a[None], points[1:-1], b[None])) + shift, lead, rng)

    def clear(self, polygon: Points, share: float = 0.0) -> None:
        """Rubs out within a polygon, down to a share."""
        for layer in self.layers:
            if share == 0.0:
                cv2.fillPoly(layer, [fixed(polygon)], 0, cv2.LINE_AA, 4)

    def over(self, ground: Picture, lead: Lead, rng: Rng) -> Picture:
        """The drawing on its paper, whose tooth breaks the strokes."""
        clear = np.ones((self.size, self.size), np.float32)
        for layer, strength in zip(self.layers, _STRENGTHS, strict=True):
            small = cv2.resize(layer, (self.size, self.size), interpolation=cv2.INTER_AREA)
            clear *= 1 - (strength / 255) * small.astype(np.float32)
        cover = 1 - clear
        tooth = rng.uniform(0.25, 0.6) if lead.broken else rng.uniform(0.0, 0.25)
        cover *= np.clip(1 - tooth + tooth * clouds(rng, self.size, self.size // 2), 0.1, 1.15)
        if lead.broken or rng.random() < 0.15:
            cover += rng.uniform(0.1, 0.4) * cv2.GaussianBlur(cover, (0, 0), rng.uniform(2, 7) * self.size / 256)
        cover = np.clip(cover, 0, 1)[..., None]
        return (ground * (1 - cover) + np.array(lead.ink, np.float32) * cover).astype(np.uint8)


def draw_pencil(sitter: Sitter, rng: Rng, held_out: bool) -> Picture:
    """The picture; implies what the drawing leaves out."""
    lead = _lead(sitter, rng, held_out)
    ground = paper(rng, sitter.size) if rng.random() < 0.8 else light_ground(rng, sitter.size)
    kind = str(rng.choice(("gesture", "construction", "contour"), p=(0.3, 0.36, 0.34)))
    graphite = Graphite(sitter.size)
    if rng.random() < 0.25:
        _guides(graphite, sitter, lead, rng)
    if kind == "gesture":
        sitter.face_us()
        _gesture(graphite, sitter, lead, rng)
    elif kind == "construction":
        _construction(graphite, sitter, lead, rng)
    else:
        _contour(graphite, sitter, lead, rng)
    if rng.random() < 0.12:
        scribbled(ground, rng, lead.ink)
    return graphite.over(ground, lead, rng)


def _lead(sitter: Sitter, rng: Rng, held_out: bool) -> Lead:
    height = sitter.height
    width = float(np.exp(rng.uniform(np.log(0.0025), np.log(0.010)))) * height
    grey = rng.uniform(15, 110)
    ink = inked([grey] * 3)
    pick = rng.random()
    if pick < 0.18:
        ink = inked(
            np.array(((40, 60, 170), (170, 40, 40), (120, 70, 40), (40, 110, 160))[rng.integers(4)])
            * rng.uniform(0.8, 1.2)
        )
    elif pick < 0.33:
        ink = inked([rng.uniform(0, 25)] * 3)
    lead = Lead(
        width=min(max(width, 0.5), 3.5), tremor=rng.uniform(0.001, 0.007) * height, layer=int(rng.integers(1, 4)),
        strokes=int(rng.choice((1, 2, 3, 4), p=(0.35, 0.3, 0.25, 0.1))), ink=ink,
    )  # fmt: skip
    if held_out and rng.random() < 0.6:
        return replace(
            lead, width=rng.uniform(0.012, 0.02) * height, broken=True, layer=3, ink=inked([rng.uniform(10, 50)] * 3)
        )
    return replace(lead, dotted=True, layer=3, strokes=1) if held_out else lead


def _guides(graphite: Graphite, sitter: Sitter, lead: Lead, rng: Rng) -> None:
    """Faint helping lines: an axis, marks of the head's height, a ground line, a box."""
    faint = replace(lead, layer=0, width=0.7, strokes=1, tremor=0.3)
    here = sitter.points[sitter.drawn]
    low, high = here.min(0), here.max(0)
    middle = 0.5 * (low + high)
    if rng.random() < 0.6:
        graphite.stroke(np.array([(middle[0], low[1] - 8), (middle[0], high[1] + 8)]), faint, rng)
    if rng.random() < 0.4:
        for y in np.linspace(low[1], high[1], int(rng.integers(4, 9))):
            graphite.stroke(np.array([(low[0] - 6, y), (high[0] + 6, y)]), faint, rng)
    if rng.random() < 0.4:
        graphite.stroke(np.array([(low[0] - 12, high[1] + 2), (high[0] + 12, high[1] + 2)]), faint, rng)
    if rng.random() < 0.3:
        corners = np.array([low, (high[0], low[1]), high, (low[0], high[1]), low])
        graphite.stroke(corners, faint, rng)


def _gesture(graphite: Graphite, sitter: Sitter, lead: Lead, rng: Rng) -> None:
    """Lines of action: limbs and spine as sweeping strokes, ribcage and pelvis hinted."""
    loose = replace(lead, strokes=lead.strokes + 1)
    if sitter.has("neck", "r_hip", "l_hip"):
        centre, _, _ = sitter.head()
        spine = spline(np.array([centre, sitter.at("neck"), sitter.pelvis]))
        graphite.line(spine, loose, rng)
        bars = [("r_shoulder", "neck", "l_shoulder"), ("r_hip", "l_hip")]
        for bar in bars:
            if sitter.has(*bar):
                graphite.line(np.array([sitter.at(name) for name in bar]), lead, rng)
        if rng.random() < 0.5:
            _cages(graphite, sitter, lead, rng)
    for side in "rl":
        for limb, chance in ((ARMS, 0.5), (LEGS, 0.75)):
            _limb_line(graphite, sitter, loose, side, limb, rng.random() < chance, rng)
    _joint_rings(graphite, sitter, lead, rng, 0.35)
    _skull(graphite, sitter, lead, rng, sitter.from_behind)


def _limb_line(
    graphite: Graphite, sitter: Sitter, lead: Lead, side: str, limb: tuple[str, ...], whole: bool, rng: Rng
) -> None:
    names = [f"{side}_{name}" for name in limb]
    if not sitter.has(*names[:3]):
        return
    if not whole or not sitter.has(names[3]):
        sitter.move(names[3], sitter.at(names[2]).copy())
        sitter.imply(names[3])
    points = np.array([sitter.at(name) for name in (names if whole and sitter.has(names[3]) else names[:3])])
    if rng.random() < 0.3:
        graphite.line(spline(points), lead, rng)
        return
    for a, b in itertools.pairwise(points):
        bow = rng.normal(0, 0.05) * np.array([-(b - a)[1], (b - a)[0]])
        graphite.line(spline(np.array([a, 0.5 * (a + b) + bow, b]), 4), lead, rng)


def _cages(graphite: Graphite, sitter: Sitter, lead: Lead, rng: Rng) -> None:
    """Ribcage and pelvis as ovals."""
    neck, pelvis = sitter.at("neck"), sitter.pelvis
    half = 0.5 * (sitter.at("l_shoulder") - sitter.at("r_shoulder"))
    hips = 0.5 * (sitter.at("l_hip") - sitter.at("r_hip"))
    floor = 0.05 * sitter.height
    for middle, axis, tall in ((0.36, 0.8 * half, 0.33), (0.98, 1.3 * hips, 0.16)):
        across = axis * max(1.0, floor / max(float(np.hypot(*axis)), 1e-3))
        ring = ellipse(
            neck + middle * (pelvis - neck), np.array([across, tall * (pelvis - neck)]), 20, rng.uniform(0, 6), 6.8
        )
        graphite.line(ring, lead, rng)


def _joint_rings(graphite: Graphite, sitter: Sitter, lead: Lead, rng: Rng, chance: float) -> None:
    if rng.random() > chance:
        return
    radius = rng.uniform(0.012, 0.024) * sitter.height
    for side in "rl":
        for name in (*ARMS[:3], *LEGS[:3]):
            if sitter.has(f"{side}_{name}"):
                ring = ellipse(sitter.at(f"{side}_{name}"), np.eye(2) * radius, 12, rng.uniform(0, 6), 6.9)
                graphite.stroke(ring, replace(lead, tremor=0.3 * lead.tremor), rng)


def _skull(graphite: Graphite, sitter: Sitter, lead: Lead, rng: Rng, behind: bool) -> None:
    """The head: an oval drawn round and round, a cross for where it looks, at times eyes, nose and mouth."""
    if not sitter.has("head_top", "r_ear", "l_ear", "neck"):
        return
    centre, up, radius = sitter.head()
    across = np.array([-up[1], up[0]])
    axes = np.array([across * radius * rng.uniform(0.74, 0.95), up * radius])
    ring = ellipse(centre, axes, 24, rng.uniform(0, 6), rng.uniform(6.3, 7.6))
    graphite.line(ring, replace(lead, tremor=min(lead.tremor, 0.05 * radius)), rng)
    nose, eyes = sitter.at("nose"), 0.5 * (sitter.at("r_eye") + sitter.at("l_eye"))
    marks = rng.random()
    if behind or marks < 0.35:
        sitter.imply(*FACE)
        return
    fine = replace(lead, width=max(0.7 * lead.width, 0.5), tremor=0.2 * lead.tremor, strokes=1)
    if marks < 0.75:
        bow = nose - centre
        graphite.stroke(spline(np.array([centre + axes[1], nose, centre - axes[1] + 0.4 * bow])), fine, rng)
        ends = [centre + side * axes[0] + ((eyes - centre) @ up) * up for side in (-1, 1)]
        graphite.stroke(spline(np.array([ends[0], eyes, ends[1]])), fine, rng)
        sitter.imply("r_ear", "l_ear")
    if marks > 0.6:
        for name in ("r_eye", "l_eye"):
            graphite.stroke(ellipse(sitter.at(name), np.array([0.13 * axes[0], 0.08 * axes[1]]), 8), fine, rng)
        mouth = nose - 0.3 * axes[1]
        graphite.stroke(np.array([mouth - 0.25 * axes[0], mouth, mouth + 0.25 * axes[0]]), fine, rng)
        graphite.stroke(np.array([nose + 0.15 * axes[1], nose - 0.05 * axes[1]]), fine, rng)
    elif marks < 0.6:
        sitter.imply("nose", "r_eye", "l_eye")


def _construction(graphite: Graphite, sitter: Sitter, lead: Lead, rng: Rng) -> None:
    """The body built of see-through forms: each solid's own outline, some with a line around their middle."""
    build = random_build(rng, 0.4)
    drawn = [solid for solid in body_solids(sitter, build) if not solid.name.endswith(("jaw", "nose", "yoke", "heel"))]
    light = replace(lead, tremor=0.6 * lead.tremor)
    for solid in drawn:
        if solid.name in ("head", "neck"):
            continue
        for line in _outlines(solid):
            graphite.line(line, light, rng)
    if rng.random() < 0.4:
        for limb in (ARMS, LEGS):
            for side in "rl":
                _axis(graphite, sitter, replace(light, layer=max(light.layer - 1, 0)), side, limb, rng)
    _skull(graphite, sitter, light, rng, sitter.from_behind)
    _joint_rings(graphite, sitter, light, rng, 0.4)


def _axis(graphite: Graphite, sitter: Sitter, lead: Lead, side: str, limb: tuple[str, ...], rng: Rng) -> None:
    names = [f"{side}_{name}" for name in limb[:3]]
    if sitter.has(*names):
        graphite.stroke(np.array([sitter.at(name) for name in names]), lead, rng)


def _outlines(solid: Solid) -> list[Points]:
    """The solid's outline on the page: an ellipse, or a limb's two sides."""
    if isinstance(solid, Ball):
        values, vectors = np.linalg.eigh(solid.axes[:2] @ solid.axes[:2].T)
        return [ellipse(solid.centre[:2], (vectors * np.sqrt(np.maximum(values, 0))).T, 22)]
    way = (solid.b - solid.a)[:2]
    across = np.array([-way[1], way[0]]) / max(float(np.hypot(*way)), 1e-6)
    t = np.linspace(0, 1, 6)[:, None]
    radius = solid.radii[0] + (solid.radii[1] - solid.radii[0]) * t + solid.bulge * solid.radii[0] * 4 * t * (1 - t)
    return [solid.a[:2] + t * way + side * radius * across for side in (-1, 1)]


def _contour(graphite: Graphite, sitter: Sitter, lead: Lead, rng: Rng) -> None:
    """The body's visible outlines, its parts' too at times, and hatching on the side away from the light."""
    relief = Relief(
        body_solids(sitter, replace(random_build(rng, 0.1), segmented=rng.random() < 0.15)), sitter.size, 1.0
    )
    solids = np.concatenate((sitter.points, sitter.depth[:, None]), 1)
    hidden = relief.hides(solids, 0.075 * sitter.height)
    sitter.state[hidden] = np.minimum(sitter.state[hidden], 1)
    if rng.random() < 0.45:
        _hatched(graphite, relief, lead, rng)
    for line in _edges(relief, rng):
        graphite.line(line, replace(lead, tremor=0.35 * lead.tremor, strokes=min(lead.strokes, 3)), rng)
    behind = sitter.from_behind
    _skull(graphite, sitter, replace(lead, strokes=1), rng, behind)


def _edges(relief: Relief, rng: Rng) -> list[Points]:
    """Outlines of limbs, trunk and head as they are seen, cut into strokes."""
    groups: dict[str, list[int]] = {}
    for row, solid in enumerate(relief.solids):
        part = "trunk" if solid.name in ("chest", "waist", "pelvis", "yoke", "waist_ball", "neck") else solid.name
        part = "skull" if solid.name in ("head", "jaw", "nose") else part
        part = part.replace("heel", "foot").replace("_foot_foot", "_foot").replace("_ball", "")
        if rng.random() < 0.75:
            part = (
                part.replace("forearm", "arm")
                .replace("upper_arm", "arm")
                .replace("thigh", "leg")
                .replace("shin", "leg")
            )
        groups.setdefault(part, []).append(row)
    lines = []
    for rows in groups.values():
        mask = np.isin(relief.owner, rows).astype(np.uint8)
        for edge in cv2.findContours(mask, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)[0]:
            if len(edge) > 8:
                line = _eased(edge[:, 0].astype(np.float64) + 0.5)
                cuts = max(int(len(line) / rng.uniform(40, 120)), 1)
                lines += [piece for piece in np.array_split(line, cuts) if len(piece) > 3]
    return lines


def _eased(line: Points) -> Points:
    """A closed pixel contour without its stairs, every third point."""
    around = np.concatenate((line[-4:], line, line[:5]))
    smooth = np.asarray(sum(around[k : k + len(line) + 1] for k in range(9)) / 9)
    return np.concatenate((smooth[::3], smooth[-1:]))


def _hatched(graphite: Graphite, relief: Relief, lead: Lead, rng: Rng) -> None:
    """Parallel strokes where the surface turns away from the light."""
    way = np.array([rng.choice((-0.7, 0.7)), -0.5, -0.5], np.float32)
    dark = relief.mask & (relief.normal @ way < rng.uniform(0.0, 0.25))
    layer = np.zeros_like(graphite.layers[0])
    step = max(rng.uniform(0.01, 0.022) * relief.z.shape[0], 2.5)
    slant = rng.uniform(0.5, 1.2) * rng.choice((-1, 1))
    for at in np.arange(-len(relief.z), 2 * len(relief.z), step):
        ends = np.array([(at, 0.0), (at + slant * len(relief.z), float(len(relief.z)))])
        cv2.polylines(layer, [fixed(ends + rng.normal(0, 0.8, (2, 2)))], False, 255, 1, cv2.LINE_AA, 4)
    mask: NDArray[np.uint8] = cv2.resize(dark.astype(np.uint8), layer.shape[::-1], interpolation=cv2.INTER_NEAREST)
    target = graphite.layers[int(rng.integers(0, 2))]
    np.maximum(target, layer * mask, out=target)
