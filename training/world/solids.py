"""Draws poses as solids: wooden mannequins and wireframes."""

import math
from collections.abc import Callable

import numpy as np

from training.world.bones import LIMBS, Bones, limb_ends
from training.world.drawing import DIAGONAL, PLAIN, Colour, Drawing, Frame, Look, Paint, Shape
from training.world.inks import Rng, any_ground, bright, contrasting
from training.world.poses import ROW
from training.world.shapes import ARC, CAPSULE, PROFILE, SUPER

_GIRTH = {"upper_arm": (0.034, 0.027), "forearm": (0.028, 0.02), "thigh": (0.05, 0.036), "shin": (0.038, 0.022)}


def draw_mannequin(bones: Bones, picture: int, held_out: bool, rng: Rng) -> tuple[Drawing, tuple[Colour, str]]:
    tone = _wood(rng, held_out)
    outlined = rng.random() < 0.35
    look = Look(0.004 if outlined else 0.0, (0.15, 0.1, 0.08), False, (float(rng.choice([-0.6, 0.6])), -0.7),
                soft=float(rng.uniform(0.3, 0.8)), grain=float(rng.uniform(0, 0.12)))  # fmt: skip
    drawing = Drawing(look, picture)
    balls = rng.random() < 0.75
    ball = Paint(tuple(0.75 * c for c in tone) if rng.random() < 0.5 else tone, material="rigid")  # type: ignore[arg-type]
    draw_body(
        drawing, bones, Paint(tone, material="rigid"), ball if balls else None, held_out, float(rng.uniform(0.7, 1.4))
    )
    return drawing, any_ground(rng)


def draw_wireframe(bones: Bones, picture: int, held_out: bool, rng: Rng) -> tuple[Drawing, tuple[Colour, str]]:
    ink, ground = contrasting(rng)
    fill: Colour = ground[0] if rng.random() < 0.7 else tuple(0.5 + 0.5 * c for c in rng.random(3))
    look = Look(float(rng.uniform(0.0015, 0.0035)), ink, False, (0.5, -0.8), soft=float(rng.choice([0.0, 0.4])))
    drawing = Drawing(look, picture)
    pattern = DIAGONAL if held_out else PLAIN
    paint = Paint(fill, ink, pattern=pattern, frequency=float(rng.uniform(150, 320)))
    mesh = None if held_out else (int(rng.integers(4, 9)), int(rng.integers(2, 5)))
    draw_body(drawing, bones, paint, None, False, float(rng.uniform(0.7, 1.5)), mesh)
    return drawing, ground


def draw_body(
    drawing: Drawing,
    bones: Bones,
    paint: Paint,
    ball: Paint | None,
    boxes: bool,
    girth: float,
    mesh: tuple[int, int] | None = None,
) -> None:
    """Trunk, head and limbs as solids, the farther ones first."""
    solids: list[tuple[float, Callable[[], None]]] = []
    for limb in LIMBS:
        a, b = limb_ends(limb)
        if bones.has(a, b):
            z = 0.5 * float(bones.depth[ROW[a]] + bones.depth[ROW[b]])
            z = z if abs(z) > 0.03 else (-0.05 if "arm" in limb else 0.05)
            solids.append((z, lambda limb=limb: _limb(drawing, bones, limb, paint, ball, boxes, girth, mesh)))  # type: ignore[misc]
    solids.append((0.0, lambda: _solid_trunk(drawing, bones, paint, ball, boxes, girth, mesh)))
    solids.append((-0.02, lambda: _solid_head(drawing, bones, paint, boxes, mesh)))
    for _, add in sorted(solids, key=lambda solid: -solid[0]):
        add()


def _limb(
    drawing: Drawing,
    bones: Bones,
    limb: str,
    paint: Paint,
    ball: Paint | None,
    boxes: bool,
    girth: float,
    mesh: tuple[int, int] | None,
) -> None:
    a, b = limb_ends(limb)
    r0, r1 = (girth * r for r in _GIRTH[limb[2:]])
    frame, length = bones.frame(bones.at(a), bones.at(b))
    inset = 0.6 * r1 if ball else 0.0
    if boxes:
        shape = Shape(PROFILE, frame, (length, r0, r0 * 1.1, r1, r1, 0.3 * r1), paint)
    else:
        shape = Shape(CAPSULE, frame.at(inset, 0), (max(length - 2 * inset, 0.01), r0, r1, 0.0, 0.12 * r0), paint)
    drawing.add("torso", shape)
    if mesh:
        _lines(drawing, frame, length, r0, r1, mesh)
    tip = {"forearm": "hand", "shin": "toe"}.get(limb[2:])
    if tip and bones.has(b, f"{limb[0]}_{tip}"):
        end, reach = bones.frame(bones.at(b), bones.at(f"{limb[0]}_{tip}"))
        drawing.add(
            "torso", Shape(SUPER, end.at(0.5 * reach, 0), (0.6 * reach + 0.4 * r1, 1.1 * r1, 2.0, 0, -9), paint)
        )
    if ball:
        for joint, r in ((a, r0), (b, r1)):
            x, y = bones.at(joint)
            at = Frame(x, y, 0.0, 1.0, bones.height)
            drawing.add("torso", Shape(SUPER, at, (0.9 * r, 0.9 * r, 2.0, 0, -9), ball))


def _solid_trunk(
    drawing: Drawing,
    bones: Bones,
    paint: Paint,
    ball: Paint | None,
    boxes: bool,
    girth: float,
    mesh: tuple[int, int] | None,
) -> None:
    if not bones.has("neck", "r_shoulder", "l_shoulder"):
        return
    half = 0.5 * float(np.linalg.norm(bones.at("r_shoulder") - bones.at("l_shoulder"))) / bones.height
    low = (
        0.5 * (bones.at("r_hip") + bones.at("l_hip"))
        if bones.has("r_hip", "l_hip")
        else bones.at("neck") + np.array([0, 3 * half * bones.height])
    )
    frame, length = bones.frame(bones.at("neck"), low)
    half = max(half, 0.2 * length)
    hip = max(0.7 * half, 0.05 * girth)
    chest = (
        0.62 * length if ball else 1.05 * length,
        0.8 * half,
        1.15 * half,
        0.8 * half,
        0.6 * half if ball else hip,
        0.3 * half,
    )
    drawing.add("torso", Shape(PROFILE, frame.at(-0.02, 0), chest, paint))
    if ball:
        drawing.add("torso", Shape(SUPER, frame.at(0.7 * length, 0), (0.12 * length, 0.45 * half, 2.0, 0, -9), ball))
        pelvis = (0.32 * length, 0.5 * half, 0.9 * hip, 1.2 * hip, 0.8 * hip, 0.2 * half)
        drawing.add("torso", Shape(PROFILE, frame.at(0.76 * length, 0), pelvis, paint))
    if mesh:
        _lines(drawing, frame, length, half, hip, (mesh[0] + 2, mesh[1] + 1))


def _solid_head(drawing: Drawing, bones: Bones, paint: Paint, boxes: bool, mesh: tuple[int, int] | None) -> None:
    head = bones.head()
    if head is None:
        return
    centre, radius = head
    r = radius / bones.height
    if bones.has("neck"):
        neck, length = bones.frame(bones.at("neck"), centre)
        drawing.add("torso", Shape(CAPSULE, neck, (length, 0.35 * r, 0.35 * r), paint))
    top = bones.at("head_top") if bones.has("head_top") else centre - [0, radius]
    frame, _ = bones.frame(centre, top)
    drawing.add(
        "torso", Shape(SUPER, frame._replace(up=True), (1.05 * r, 0.78 * r, 4.0 if boxes else 2.0, 0.15, -9), paint)
    )
    if mesh:
        _lines(drawing, frame.at(-r, 0), 2 * r, 0.35 * r, 0.35 * r, mesh, bulge=0.4 * r)
    elif boxes:
        cross = Paint(drawing.look.ink)
        drawing.add("torso", Shape(ARC, frame, (0.7 * r, 0.1 * r, 0.002), cross, line=0))
        drawing.add("torso", Shape(CAPSULE, frame.at(-r, 0), (2 * r, 0.002, 0.002), cross, line=0))


def _lines(
    drawing: Drawing, frame: Frame, length: float, r0: float, r1: float, mesh: tuple[int, int], bulge: float = 0.0
) -> None:
    """Rings and meridians on a tapered tube."""
    ink, thin = Paint(drawing.look.ink), 0.4 * drawing.look.line
    rings, meridians = mesh
    for k in range(rings):
        t = (k + 0.5) / rings
        r = r0 + (r1 - r0) * t + bulge * 4 * t * (1 - t)
        drawing.add("torso", Shape(ARC, frame.at(t * length, 0), (r, 0.3 * r, thin), ink, line=0))
    for k in range(meridians):
        v = math.sin(math.pi * ((k + 1) / (meridians + 1) - 0.5))
        at, reach = frame.at(0, v * r0), math.hypot(length, v * (r1 - r0))
        at = at.at(0, 0, math.atan2(v * (r1 - r0), length))
        drawing.add("torso", Shape(CAPSULE, at, (reach, thin, thin, v * bulge), ink, line=0))


def _wood(rng: Rng, held_out: bool) -> Colour:
    if held_out:
        return tuple(float(c) for c in np.array([0.55, 0.65, 0.8]) * rng.uniform(0.7, 1.2))  # type: ignore[return-value]
    if rng.random() < 0.6:
        return tuple(float(c) for c in np.array([0.87, 0.68, 0.46]) * rng.uniform(0.7, 1.12))  # type: ignore[return-value]
    grey = float(rng.uniform(0.35, 0.95))
    return (grey, grey, grey) if rng.random() < 0.6 else bright(rng)
