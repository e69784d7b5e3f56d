"""Sketches: gesture lines, construction bodies and contours in pencil, ink or coloured lead, on paper.

Strokes go to a few layers of graphite that darken one another. Reserved for `held_out`: charcoal (broad, broken,
smudged strokes) and dots in place of lines.
"""

import itertools
from dataclasses import replace

import numpy as np

from training.world.anatomy import Ball, Solid, body_solids, random_build
from training.world.contours import draw_contour
from training.world.easel import Picture, Points, Rng, ellipse, inked, spline
from training.world.graphite import Graphite, Lead
from training.world.grounds import dark_ground, light_ground, paper, scribbled
from training.world.sitters import ARMS, LEGS, Sitter
from training.world.sketch_heads import draw_skull


def draw_pencil(sitter: Sitter, rng: Rng, held_out: bool) -> Picture:
    """The picture; implies what the drawing leaves out."""
    lead = _lead(sitter, rng, held_out)
    ground = paper(rng, sitter.size) if rng.random() < 0.8 else light_ground(rng, sitter.size)
    if rng.random() < 0.07:
        ground, lead = dark_ground(rng, sitter.size), replace(lead, ink=inked(rng.uniform(200, 255, 3)))
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
        draw_contour(graphite, sitter, lead, rng)
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
    if lead.width < 1.0:
        lead = replace(lead, layer=max(lead.layer, 2))
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
    draw_skull(graphite, sitter, lead, rng)


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
    draw_skull(graphite, sitter, light, rng)
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
