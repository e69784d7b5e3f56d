"""Mannequins: artists' wooden dolls, dummies, clay, tailors' dolls, robots; solids lit from a side.

Reserved for `held_out`: limbs of boxes and bodies in stripes.
"""

from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from training.world.anatomy import Build, body_solids, random_build
from training.world.easel import Field, Picture, Rng, clouds
from training.world.grounds import any_ground
from training.world.hues import coloured
from training.world.reliefs import FAR, Relief
from training.world.sitters import FACE, Sitter

_KINDS = ("wood", "grey", "skin", "clay", "crash", "fashion", "robot", "suit", "odd")
_CHANCES = (0.26, 0.2, 0.08, 0.08, 0.05, 0.1, 0.13, 0.05, 0.05)
_BASE = {
    "wood": (222, 178, 122), "grey": (168, 168, 170), "skin": (226, 172, 142), "clay": (186, 110, 82),
    "crash": (232, 186, 40), "fashion": (238, 234, 228), "robot": (150, 160, 176), "suit": (222, 170, 140),
    "odd": (128, 128, 128),
}  # fmt: skip
SCALE = 1.75


@dataclass(frozen=True)
class Light:
    """Where it comes from (3,), how much of it is everywhere, gloss, steps of toon shading (0: smooth), crease."""

    way: NDArray[np.float32]
    ambient: float
    gloss: float
    steps: int
    crease: float


def draw_doll(sitter: Sitter, rng: Rng, held_out: bool) -> Picture:
    """The picture; implies the face of a faceless doll and what its own body hides."""
    kind = str(rng.choice(_KINDS, p=_CHANCES))
    build = _build(kind, rng)
    boxes = held_out and rng.random() < 0.6
    relief = Relief(body_solids(sitter, replace(build, boxes=boxes)), sitter.size, SCALE)
    _tell(sitter, relief, build)
    if not build.segmented:
        relief.smoothed(sitter.height * rng.uniform(0.006, 0.014))
    albedo = _albedo(relief, kind, build, rng)
    if held_out:
        _striped(albedo, relief, sitter, rng)
    light = _light(kind, rng)
    shade = _shaded(albedo, relief, light, sitter.height)
    ground = any_ground(rng, sitter.size)
    if rng.random() < 0.45:
        ground = _shadowed(ground, relief, rng)
    outline = rng.random() < (0.6 if light.steps else 0.12)
    return _laid(ground, shade, relief, outline)


def _build(kind: str, rng: Rng) -> Build:
    build = random_build(rng, {"wood": 0.95, "crash": 0.7, "robot": 0.8, "grey": 0.35}.get(kind, 0.08))
    if kind == "fashion":
        slim = rng.uniform(0.7, 0.95)
        return replace(build, arms=slim, legs=slim, waist=0.75 * slim, chest=0.95, face=False)
    if kind == "wood":
        return replace(build, balls=rng.random() < 0.85, face=rng.random() < 0.08, arms=rng.uniform(0.85, 1.25))
    return build


def _tell(sitter: Sitter, relief: Relief, build: Build) -> None:
    """What the drawing shows of the joints: those on the far side of the body are hidden."""
    solids = np.concatenate((sitter.points, sitter.depth[:, None]), 1)
    hidden = relief.hides(solids, 0.075 * sitter.height)
    sitter.state[hidden] = np.minimum(sitter.state[hidden], 1)
    if not build.face:
        sitter.imply(*FACE)


def _light(kind: str, rng: Rng) -> Light:
    way = np.array([rng.choice((-1, 1)) * rng.uniform(0.1, 0.8), rng.uniform(-0.9, -0.2), -rng.uniform(0.4, 1.0)])
    steps = int(rng.integers(2, 4)) if rng.random() < (0.02 if kind == "wood" else 0.14) else 0
    gloss = rng.uniform(0.1, 0.7) if rng.random() < 0.5 or kind in ("fashion", "robot") else 0.0
    return Light(
        (way / np.linalg.norm(way)).astype(np.float32), rng.uniform(0.2, 0.6), gloss, steps, rng.uniform(0.2, 0.9)
    )


def _albedo(relief: Relief, kind: str, build: Build, rng: Rng) -> Field:
    """(n, n, 3) 0..255: a colour by part, wood grain or speckles over it."""
    base = np.array(_BASE[kind], np.float32) * rng.uniform(0.75, 1.12) + rng.normal(0, 6, 3)
    if kind == "grey":
        base = np.full(3, rng.uniform(60, 240)) + rng.normal(0, 6, 3)
    if kind == "odd" or (kind == "robot" and rng.random() < 0.5) or (kind == "fashion" and rng.random() < 0.35):
        base = np.array(coloured(rng.random(), rng.uniform(0.1, 0.8), rng.uniform(0.2, 1)))
    other = base * rng.uniform(0.35, 0.9) if rng.random() < 0.7 else rng.uniform(20, 230, 3)
    inks = np.empty((len(relief.solids) + 1, 3), np.float32)
    inks[:] = base
    for row, solid in enumerate(relief.solids):
        if (solid.name.endswith("ball") and (kind != "wood" or rng.random() < 0.1 or other.mean() < base.mean())) or (
            (kind == "suit" and solid.name in ("chest", "waist", "pelvis", "yoke"))
            or (kind == "suit" and solid.name.endswith("thigh"))
        ):
            inks[row] = other
    field = inks[relief.owner]
    if kind == "wood" or rng.random() < 0.15:
        grain = clouds(rng, len(field), int(rng.integers(20, 70)))
        grain = cv2.resize(grain[:: int(rng.integers(3, 9))], grain.shape[::-1])
        field = field * (1 + rng.uniform(0.01, 0.06) * grain[..., None])
    return np.asarray(field, np.float32)


def _striped(albedo: Field, relief: Relief, sitter: Sitter, rng: Rng) -> None:
    """Bands across the figure, in place."""
    line = np.arange(len(albedo), dtype=np.float32) / relief.scale
    turn = rng.uniform(0, 3.14)
    wave = np.cos(turn) * line[None] + np.sin(turn) * line[:, None]
    band = (wave / (rng.uniform(0.02, 0.05) * sitter.height)) % 2 < 1
    albedo[band] *= 0.55


def _shaded(albedo: Field, relief: Relief, light: Light, height: float) -> Field:
    """The lit colours: Lambert, Blinn's gloss, darker creases."""
    lit = np.maximum(relief.normal @ light.way, 0)
    if light.steps:
        lit = np.ceil(lit * light.steps) / light.steps
    shade = (light.ambient + (1 - light.ambient) * lit) * _creases(relief, light.crease, height)
    colours = albedo * shade[..., None]
    if light.gloss:
        half = light.way + np.array((0, 0, -1), np.float32)
        shine = np.maximum(relief.normal @ (half / np.linalg.norm(half)), 0) ** 24
        colours += (200 * light.gloss * shine)[..., None]
    return colours


def _creases(relief: Relief, amount: float, height: float) -> Field:
    """Darker where the surroundings are nearer than the spot itself."""
    reach = max(0.02 * height, 1.0)
    small = cv2.resize(relief.z, None, fx=0.4, fy=0.4, interpolation=cv2.INTER_NEAREST)
    near = float(small.min())
    floor = np.minimum(small, near + 0.6 * height)
    blurred = cv2.GaussianBlur(floor, (0, 0), max(0.4 * reach * relief.scale, 0.5))
    sunk = np.clip((floor - blurred) / reach - 0.1, 0, 1) * (small < FAR)
    return 1 - amount * cv2.resize(sunk, relief.z.shape[::-1])


def _shadowed(ground: Picture, relief: Relief, rng: Rng) -> Picture:
    """The figure's shadow on a floor: its mask laid down from its lowest row, or a pool under it."""
    size = len(ground)
    mask = cv2.resize(relief.mask.astype(np.float32), (size, size), interpolation=cv2.INTER_AREA)
    rows = np.nonzero(mask.max(1) > 0.3)[0]
    if len(rows) == 0:
        return ground
    base, flat = float(rows[-1]), rng.uniform(0.08, 0.4)
    lean = rng.uniform(-1.2, 1.2)
    matrix = np.array([[1, -lean * flat, lean * flat * base], [0, flat, (1 - flat) * base]])
    laid = cv2.warpAffine(mask, matrix, (size, size))
    dark = cv2.GaussianBlur(laid, (0, 0), rng.uniform(0.8, 6) * size / 256) * rng.uniform(0.2, 0.6)
    return (ground * (1 - dark[..., None])).astype(np.uint8)


def _laid(ground: Picture, shade: Field, relief: Relief, outline: bool) -> Picture:
    """The shaded relief on its ground, at the picture's size."""
    size = len(ground)
    mask = relief.mask.astype(np.float32)
    if outline:
        edge = cv2.morphologyEx(relief.owner.astype(np.float32), cv2.MORPH_GRADIENT, np.ones((3, 3), np.uint8)) > 0
        step = cv2.morphologyEx(np.minimum(relief.z, 1e4), cv2.MORPH_GRADIENT, np.ones((3, 3), np.uint8)) > 5
        shade = np.where((edge & step & relief.mask)[..., None], 0.2 * shade, shade)
    paint = cv2.resize(np.clip(shade, 0, 255) * mask[..., None], (size, size), interpolation=cv2.INTER_AREA)
    alpha = cv2.resize(mask, (size, size), interpolation=cv2.INTER_AREA)[..., None]
    return (ground * (1 - alpha) + paint).clip(0, 255).astype(np.uint8)
