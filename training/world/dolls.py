"""Mannequins: artists' wooden dolls, dummies, clay, tailors' dolls, robots; solids lit from a side.

Reserved for `held_out`: bodies in stripes. Limbs of boxes are never drawn.
"""

from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from training.world.anatomy import Build, body_solids, random_build, unseen_face
from training.world.easel import Field, Picture, Rng
from training.world.grounds import any_ground
from training.world.hues import coloured
from training.world.reliefs import FAR, Relief
from training.world.sitters import PROFILE, Sitter

_KINDS = ("wood", "grey", "skin", "clay", "crash", "fashion", "robot", "suit", "odd")
_CHANCES = (0.26, 0.2, 0.08, 0.08, 0.05, 0.1, 0.13, 0.05, 0.05)
_BASE = {
    "wood": (222, 178, 122), "grey": (168, 168, 170), "skin": (226, 172, 142), "clay": (186, 110, 82),
    "crash": (232, 186, 40), "fashion": (238, 234, 228), "robot": (150, 160, 176), "suit": (222, 170, 140),
    "odd": (128, 128, 128),
}  # fmt: skip
_SUIT = ("chest", "waist", "pelvis", "yoke", "r_thigh", "l_thigh")


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
    if not build.face or sitter.from_behind:
        sitter.face_us(PROFILE)
    relief = Relief(body_solids(sitter, build), sitter.size)
    _tell(sitter, relief, build)
    if not build.segmented:
        relief.smoothed(sitter.height * rng.uniform(0.006, 0.014))
    there = relief.mask
    albedo = _albedo(relief, there, kind, rng)
    if held_out:
        albedo[_bands(relief, sitter.height, rng)[there]] *= 0.5
    light = _light(kind, rng)
    creases = _creases(relief, sitter.height, light)[there]
    paint = relief.painted(_shaded(albedo, relief.normal[there], creases, light))
    if rng.random() < (0.6 if light.steps else 0.12):
        _outlined(paint, relief)
    ground = any_ground(rng, sitter.size)
    if rng.random() < 0.45:
        ground = _shadowed(ground, relief, rng)
    return relief.on(ground, paint)


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
    sitter.imply(*unseen_face(sitter, build))


def _light(kind: str, rng: Rng) -> Light:
    way = np.array([rng.choice((-1, 1)) * rng.uniform(0.1, 0.8), rng.uniform(-0.9, -0.2), -rng.uniform(0.4, 1.0)])
    steps = int(rng.integers(2, 4)) if rng.random() < (0.02 if kind == "wood" else 0.14) else 0
    gloss = rng.uniform(0.1, 0.7) if rng.random() < 0.5 or kind in ("fashion", "robot") else 0.0
    return Light(
        (way / np.linalg.norm(way)).astype(np.float32), rng.uniform(0.2, 0.6), gloss, steps, rng.uniform(0.2, 0.9)
    )


def _albedo(relief: Relief, there: NDArray[np.bool_], kind: str, rng: Rng) -> Field:
    """(N, 3) 0..255 of the pixels that are there: a colour by part, wood grain or speckles over it."""
    base = np.array(_BASE[kind], np.float32) * rng.uniform(0.75, 1.12) + rng.normal(0, 6, 3)
    if kind == "grey":
        base = np.full(3, rng.uniform(60, 240)) + rng.normal(0, 6, 3)
    if kind == "odd" or (kind == "robot" and rng.random() < 0.5) or (kind == "fashion" and rng.random() < 0.35):
        base = np.array(coloured(rng.random(), rng.uniform(0.1, 0.8), rng.uniform(0.2, 1)))
    other = base * rng.uniform(0.35, 0.9) if rng.random() < 0.7 else rng.uniform(20, 230, 3)
    balls = kind != "wood" or other.mean() < base.mean()
    inks = np.empty((len(relief.solids), 3), np.float32)
    for row, solid in enumerate(relief.solids):
        covered = solid.name in _SUIT if kind == "suit" else balls and solid.name.endswith("ball")
        inks[row] = other if covered else base
    field = inks[relief.owner[there]]
    if kind == "wood" or rng.random() < 0.15:
        field *= 1 + rng.uniform(0.01, 0.06) * _grain(rng, there.shape)[there][:, None]
    return field


def _grain(rng: Rng, shape: tuple[int, ...]) -> Field:
    """Streaks along one axis of the page."""
    cells = [max(shape[0] // int(rng.integers(3, 9)), 2), max(shape[1] // int(rng.integers(3, 9)), 2)]
    axis = int(rng.integers(2))
    cells[axis] = max(cells[axis] // 6, 2)
    streaks = rng.standard_normal(cells, np.float32)
    return np.asarray(cv2.resize(streaks, shape[::-1], interpolation=cv2.INTER_LINEAR), np.float32)


def _bands(relief: Relief, height: float, rng: Rng) -> NDArray[np.bool_]:
    """Every other stripe across the figure."""
    turn = rng.uniform(0, 3.14)
    y, x = (np.arange(side, dtype=np.float32) / relief.scale for side in relief.z.shape)
    wave = np.cos(turn) * x[None] + np.sin(turn) * y[:, None]
    return np.asarray((wave / (rng.uniform(0.02, 0.05) * height)) % 2 < 1)


def _shaded(albedo: Field, normal: Field, creases: Field, light: Light) -> Field:
    """(N, 3) the lit colours: Lambert, Blinn's gloss, darker creases."""
    lit = np.maximum(normal @ light.way, 0)
    if light.steps:
        lit = np.ceil(lit * light.steps) / light.steps
    colours = albedo * ((light.ambient + (1 - light.ambient) * lit) * creases)[:, None]
    if light.gloss:
        half = light.way + np.array((0, 0, -1), np.float32)
        shine = np.maximum(normal @ (half / np.linalg.norm(half)), 0)
        for _ in range(4):
            shine = shine * shine
        colours += (200 * light.gloss * shine)[:, None]
    return np.asarray(colours, np.float32)


def _creases(relief: Relief, height: float, light: Light) -> Field:
    """(h, w) darker where the surroundings are nearer than the spot itself."""
    reach = max(0.02 * height, 1.0)
    share = 0.5 / relief.scale
    small = cv2.resize(relief.z, None, fx=share, fy=share, interpolation=cv2.INTER_NEAREST)
    floor = np.minimum(small, float(small.min()) + 0.6 * height)
    blurred = cv2.GaussianBlur(floor, (0, 0), max(0.5 * reach, 0.5))
    sunk = np.clip((floor - blurred) / reach - 0.1, 0, 1) * (small < FAR)
    return np.asarray(1 - light.crease * cv2.resize(sunk, relief.z.shape[::-1]), np.float32)


def _outlined(paint: Picture, relief: Relief) -> None:
    """Dark edges where one part stands before another, in place."""
    window = np.ones((3, 3), np.uint8)
    between = cv2.morphologyEx(relief.owner, cv2.MORPH_GRADIENT, window) > 0
    step = cv2.morphologyEx(np.minimum(relief.z, np.float32(1e4)), cv2.MORPH_GRADIENT, window) > 5
    paint[between & step & relief.mask, :3] //= 5


def _shadowed(ground: Picture, relief: Relief, rng: Rng) -> Picture:
    """The figure's shadow on a floor: its mask laid down from its lowest row."""
    size = len(ground)
    mask = np.zeros((size, size), np.uint8)
    mask[relief.window] = relief.shrunk(relief.mask.astype(np.uint8) * 255)
    _, top, _, high = cv2.boundingRect(mask)
    base, flat, lean = float(top + high), rng.uniform(0.08, 0.4), rng.uniform(-1.2, 1.2)
    matrix = np.array([[1, -lean * flat, lean * flat * base], [0, flat, (1 - flat) * base]])
    dark = cv2.GaussianBlur(cv2.warpAffine(mask, matrix, (size, size)), (0, 0), rng.uniform(0.8, 6) * size / 256)
    light = 255 - (rng.uniform(0.2, 0.6) * dark).astype(np.uint8)
    return np.asarray(cv2.multiply(ground, cv2.merge([light] * 3), scale=1 / 255), np.uint8)
