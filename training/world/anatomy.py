"""A sitter's body as solids in space: tapered limbs and ellipsoids, for dolls, meshes and construction drawings.

Knows no looks and no pixels but the unit. Convention: pixels, x right, y down, z away from the viewer; widths below are
shares of the upright body's height.
"""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from training.world.easel import Points, Rng
from training.world.sitters import FACE, Sitter

RADII = {"upper_arm": (0.027, 0.021), "forearm": (0.023, 0.015), "thigh": (0.046, 0.031), "shin": (0.033, 0.018)}
_ENDS = {
    "upper_arm": ("shoulder", "elbow"), "forearm": ("elbow", "wrist"), "thigh": ("hip", "knee"),
    "shin": ("knee", "ankle"),
}  # fmt: skip
_NOSE_SEEN = 12.0  # half a head's height in pixels, from which its nose is more than two pixels wide


@dataclass(frozen=True)
class Build:
    """Girths against the usual. segmented: a doll's pieces with gaps and balls instead of one body."""

    arms: float
    legs: float
    chest: float
    waist: float
    hips: float
    muscle: float
    head: float
    segmented: bool
    balls: bool
    face: bool


@dataclass(frozen=True)
class Tube:
    """A tapered limb from a to b (3,) with radii in pixels, swollen in its middle by `bulge` of itself."""

    name: str
    a: Points
    b: Points
    radii: tuple[float, float]
    bulge: float = 0.0

    def grid(self, rings: int, spokes: int) -> Points:
        """(rings + 1, spokes + 1, 3) points on the surface, the last spoke equal to the first."""
        way = self.b - self.a
        t, circle = _tube(rings, spokes)
        radius = self.radii[0] + (self.radii[1] - self.radii[0]) * t + self.bulge * self.radii[0] * 4 * t * (1 - t)
        return np.asarray(self.a + t * way + radius * (circle @ np.array(_frame(way))))


@dataclass(frozen=True)
class Ball:
    """An ellipsoid: centre (3,), half axes as columns (3, 3), the second its pole;"""

    name: str
    centre: Points
    axes: Points

    def grid(self, rings: int, spokes: int) -> Points:
        return np.asarray(self.centre + _sphere(rings, spokes) @ self.axes.T)


Solid = Tube | Ball


def random_build(rng: Rng, segmented: float = 0.5) -> Build:
    """Thin to muscular, of a man, a woman or a child."""
    girth = float(np.exp(rng.normal(0.05, 0.22)))
    womanly = rng.random() < 0.4
    return Build(
        arms=girth * rng.uniform(0.85, 1.15), legs=girth * rng.uniform(0.85, 1.2),
        chest=girth**0.5 * (0.94 if womanly else 1.05) * rng.uniform(0.9, 1.1),
        waist=girth**0.7 * (0.78 if womanly else 0.95) * rng.uniform(0.85, 1.1),
        hips=girth**0.5 * (1.12 if womanly else 0.95) * rng.uniform(0.9, 1.1),
        muscle=float(rng.uniform(0, 0.35)), head=float(rng.uniform(0.9, 1.1)),
        segmented=bool(rng.random() < segmented), balls=bool(rng.random() < 0.7), face=bool(rng.random() < 0.35),
    )  # fmt: skip


def body_solids(sitter: Sitter, build: Build) -> list[Solid]:
    """The body's solids, of whatever the sitter shows."""
    solids: list[Solid] = []
    if sitter.has("neck", "r_shoulder", "l_shoulder", "r_hip", "l_hip"):
        solids += _trunk(sitter, build)
    if sitter.has("neck", "head_top", "r_ear", "l_ear"):
        solids += _head(sitter, build)
    for side in "rl":
        for limb in _ENDS:
            a, b = (f"{side}_{joint}" for joint in _ENDS[limb])
            if sitter.has(a, b):
                solids += _limb(sitter, build, side, limb, a, b)
    return solids


def unseen_face(sitter: Sitter, build: Build) -> tuple[str, ...]:
    """The face's joints that such a head does not show: eyes and ears are never modelled, a small nose is not seen."""
    shown = build.face and not sitter.from_behind and sitter.head()[2] * build.head >= _NOSE_SEEN
    return FACE[1:] if shown else FACE


def limb_radius(sitter: Sitter, build: Build, limb: str) -> tuple[float, float]:
    girth = build.arms if "arm" in limb else build.legs
    return RADII[limb][0] * girth * sitter.height, RADII[limb][1] * girth * sitter.height


def _limb(sitter: Sitter, build: Build, side: str, limb: str, a: str, b: str) -> list[Solid]:
    start, end = sitter.solid(a), sitter.solid(b)
    r0, r1 = limb_radius(sitter, build, limb)
    way = end - start
    name = f"{side}_{limb}"
    solids: list[Solid] = []
    if build.segmented:
        length = max(float(np.linalg.norm(way)), 1e-3)
        gap = min(0.75 * r1 / length, 0.3)
        start, end = start + gap * way, end - gap * way
        solids.append(Ball(f"{name}_ball", sitter.solid(a), np.eye(3) * r0 * (0.85 if build.balls else 0.7)))
    solids.append(Tube(name, start, end, (r0, r1), build.muscle + (0.1 if build.segmented else 0.0)))
    tip = f"{side}_{'hand' if limb == 'forearm' else 'toe'}"
    if limb in ("forearm", "shin") and sitter.has(tip):
        solids += _extremity(sitter, f"{side}_{'hand' if limb == 'forearm' else 'foot'}", b, tip, r1)
    return solids


def _extremity(sitter: Sitter, name: str, root: str, tip: str, radius: float) -> list[Solid]:
    """A hand or a foot as one long ellipsoid, the heel as a ball."""
    start, end = sitter.solid(root), sitter.solid(tip)
    way = end - start
    one, other = _frame(way)
    long = 0.5 * way * 1.25 + 1e-3
    if name.endswith("hand"):
        return [Ball(name, start + 0.6 * way, np.stack((1.05 * radius * one, long, 0.6 * radius * other), -1))]
    foot = Ball(name, start + 0.5 * way, np.stack((0.95 * radius * one, long, 0.75 * radius * other), -1))
    return [foot, Ball(f"{name}_heel", start + 0.02 * way, np.eye(3) * radius * 1.05)]


def _trunk(sitter: Sitter, build: Build) -> list[Solid]:
    neck = sitter.solid("neck")
    shoulders = [sitter.solid(f"{side}_shoulder") for side in "rl"]
    hips = [sitter.solid(f"{side}_hip") for side in "rl"]
    pelvis = 0.5 * (hips[0] + hips[1])
    spine = neck - pelvis
    across = _level(shoulders[1] - shoulders[0], spine)
    below = _level(hips[1] - hips[0], spine)
    long = float(np.linalg.norm(spine))
    unit = sitter.height
    half = max(0.5 * float(np.linalg.norm(shoulders[1] - shoulders[0])), 0.22 * long)
    wide = max(0.5 * float(np.linalg.norm(hips[1] - hips[0])) + 0.034 * build.legs * unit, 0.6 * half)
    deep = (0.062 * build.chest * unit, 0.05 * build.waist * unit, 0.06 * build.hips * unit)
    up = spine / max(long, 1e-6)

    def lump(name: str, at: float, side: Points, width: float, height: float, depth: float) -> Ball:
        axes = np.stack((side * width, up * height, _cross(side, up) * depth), -1)
        return Ball(name, pelvis + at * spine, axes)

    chest = lump("chest", 0.72, across, half * 0.92 * build.chest, 0.34 * long, deep[0])
    middle = lump("waist", 0.36, 0.5 * (across + below), 0.5 * (half + wide) * 0.72 * build.waist, 0.3 * long, deep[1])
    low = lump("pelvis", 0.03, below, wide * build.hips, (0.2 if build.segmented else 0.24) * long, deep[2])
    solids: list[Solid] = [chest, middle, low]
    yoke = (0.75 if not build.segmented else 0.6) * limb_radius(sitter, build, "upper_arm")[0]
    solids.append(Tube("yoke", shoulders[0], shoulders[1], (yoke, yoke), 0.6))
    if build.segmented:
        solids[1] = lump("waist_ball", 0.36, across, half * 0.55 * build.waist, 0.17 * long, deep[1] * 0.9)
    return solids


def _head(sitter: Sitter, build: Build) -> list[Solid]:
    radius = sitter.head()[2]
    ears = 0.5 * (sitter.solid("r_ear") + sitter.solid("l_ear"))
    rise = sitter.solid("head_top") - ears
    centre = ears + 0.07 * rise
    up = rise / max(float(np.linalg.norm(rise)), 1e-6)
    radius = max(float(np.linalg.norm(rise)) * 0.93, radius) * build.head
    side = _level(sitter.solid("l_ear") - sitter.solid("r_ear"), rise)
    ahead = _cross(side, up)
    if ahead @ (sitter.solid("nose") - ears) < 0:
        ahead = -ahead
    neck = sitter.solid("neck")
    thick = max(0.03 * sitter.height * build.chest, 0.16 * radius)
    chin = centre - 0.5 * radius * up
    solids: list[Solid] = [
        Tube("neck", neck - 0.2 * (chin - neck), chin, (1.1 * thick, 0.9 * thick)),
        Ball("head", centre + 0.12 * radius * up, np.stack((side * 0.74, up * 0.88, ahead * 0.84), -1) * radius),
        Ball(
            "jaw", centre + radius * (0.12 * ahead - 0.38 * up),
            np.stack((side * 0.5, up * 0.62, ahead * 0.62), -1) * radius,
        ),
    ]  # fmt: skip
    if build.face:
        nose = centre + radius * (0.78 * ahead - 0.12 * up)
        solids.append(Ball("nose", nose, np.stack((side * 0.1, up * 0.2, ahead * 0.2), -1) * radius))
    return solids


@lru_cache(maxsize=64)
def _sphere(rings: int, spokes: int) -> Points:
    """(rings + 1, spokes + 1, 3) points of a ball of radius 1, its pole the second axis."""
    tilt = np.linspace(0.04, np.pi - 0.04, rings + 1)[:, None]
    turn = np.linspace(0, 2 * np.pi, spokes + 1)[None]
    flat = np.ones_like(turn)
    return np.stack((np.sin(tilt) * np.cos(turn), np.cos(tilt) * flat, np.sin(tilt) * np.sin(turn)), -1)


@lru_cache(maxsize=64)
def _tube(rings: int, spokes: int) -> tuple[Points, Points]:
    """(rings + 1, 1, 1) shares of the way, (1, spokes + 1, 2) points of a circle."""
    turn = np.linspace(0, 2 * np.pi, spokes + 1)[None]
    return np.linspace(0, 1, rings + 1)[:, None, None], np.stack((np.cos(turn), np.sin(turn)), -1)


def _frame(way: Points) -> tuple[Points, Points]:
    """Two directions of length 1 across a way, the first as level on the page as can be."""
    unit = way / max(float(np.linalg.norm(way)), 1e-6)
    one = np.array([unit[1], -unit[0], 0.0])
    if np.linalg.norm(one) < 1e-3:
        one = np.array([1.0, 0.0, 0.0])
    one = one / np.linalg.norm(one)
    return one, _cross(unit, one)


def _level(way: Points, spine: Points) -> Points:
    """The way's part across the spine, of length 1."""
    up = spine / max(float(np.linalg.norm(spine)), 1e-6)
    flat = way - (way @ up) * up
    size = float(np.linalg.norm(flat))
    return flat / size if size > 1e-3 else _frame(spine)[0]


def _cross(a: Points, b: Points) -> Points:
    """NumPy's own takes ten times as long for one pair."""
    (ax, ay, az), (bx, by, bz) = a, b
    return np.array([ay * bz - az * by, az * bx - ax * bz, ax * by - ay * bx])
