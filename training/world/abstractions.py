"""The same pose at other levels of abstraction: stick figures, mannequins, wireframes, sketches, OpenPose pictures.

Knows joints only, no character. Paints with the figure world's rasteriser. The variations behind `held_out` are never
drawn without it: beads, square heads, box limbs, diagonal meshes, charcoal, OpenPose on light grounds.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from pose.errors import InvalidInput
from pose.skeleton import BIPED
from training.world import raster
from training.world.drawing import CHECKS, DIAGONAL, NEVER, PLAIN, Colour, Drawing, Frame, Look, Paint, Shape
from training.world.papers import degraded, page
from training.world.shapes import ARC, CAPSULE, PROFILE, SUPER
from training.world.surface import NoiseTable

LEVELS = ("stick", "mannequin", "wireframe", "sketch", "openpose")
Rng = np.random.Generator
Points = NDArray[np.float64]
ROW = BIPED.index

_HUES = (
    (255, 0, 0), (255, 85, 0), (255, 170, 0), (255, 255, 0), (170, 255, 0), (85, 255, 0), (0, 255, 0), (0, 255, 85),
    (0, 255, 170), (0, 255, 255), (0, 170, 255), (0, 85, 255), (0, 0, 255), (85, 0, 255), (170, 0, 255),
    (255, 0, 255), (255, 0, 170), (255, 0, 85),
)  # fmt: skip
_LIMBS = tuple(f"{side}_{bone}" for side in "rl" for bone in ("upper_arm", "forearm", "thigh", "shin"))
_ENDS = {
    "upper_arm": ("shoulder", "elbow"),
    "forearm": ("elbow", "wrist"),
    "thigh": ("hip", "knee"),
    "shin": ("knee", "ankle"),
}
_GIRTH = {"upper_arm": (0.034, 0.027), "forearm": (0.028, 0.02), "thigh": (0.05, 0.036), "shin": (0.038, 0.022)}


@dataclass(frozen=True)
class Bones:
    """One pose: points (23, 2) pixels, present (23,), depth (23,), height: the figure's size in pixels."""

    points: Points
    present: NDArray[np.bool_]
    depth: Points
    height: float

    def has(self, *names: str) -> bool:
        return bool(self.present[[ROW[name] for name in names]].all())

    def at(self, name: str) -> Points:
        return self.points[ROW[name]]

    def frame(self, a: Points, b: Points) -> tuple[Frame, float]:
        """The frame from a to b and its length in figure heights."""
        dx, dy = b - a
        length = max(math.hypot(dx, dy), 1e-3)
        return Frame(a[0], a[1], dx / length, dy / length, self.height), length / self.height

    def head(self) -> tuple[Points, float] | None:
        """The skull's centre and radius (pixels), from whatever is there."""
        if self.has("r_ear", "l_ear", "head_top"):
            centre = 0.5 * (self.at("r_ear") + self.at("l_ear"))
            top = self.at("head_top")
            low = self.at("nose") + 0.9 * (self.at("nose") - centre) if self.has("nose") else centre
            middle = 0.5 * (top + low + 0.6 * (centre - top))
            return middle, max(0.55 * float(np.linalg.norm(top - low)) + 0.0, 0.03 * self.height)
        if self.has("nose", "neck"):
            return self.at("nose"), 0.6 * float(np.linalg.norm(self.at("nose") - self.at("neck")))
        return None


def draw_abstractions(
    joints: Tensor,
    state: Tensor,
    joint_depth: Tensor,
    level: str,
    size: int,
    generator: torch.Generator,
    held_out: bool = False,
) -> Tensor:
    """(B, 3, size, size) in 0..1: poses at one of LEVELS. joints (B, J, 2) pixels, state (B, J) 0 = absent,
    joint_depth (B, J) body heights. Raises InvalidInput for an unknown level."""
    if level not in LEVELS:
        raise InvalidInput(f"unknown level '{level}'; choose from {LEVELS}.")
    rng = np.random.default_rng(int(torch.randint(2**62, (1,), generator=generator)))
    points, there = joints.cpu().double().numpy(), state.cpu().numpy() > 0
    grounds: list[tuple[Colour, str]] = []
    rows: list[tuple[float, ...]] = []
    steps: list[int] = []
    for n in range(len(points)):
        bones = Bones(points[n], there[n], joint_depth[n].cpu().double().numpy(), _height(points[n], there[n], size))
        drawing, ground = _DRAW[level](bones, n, held_out, rng)
        new = drawing.ordered(("torso",))
        rows.extend(new)
        steps.extend(range(len(new)))
        grounds.append(ground)
    return _painted(rows, steps, grounds, size, level, generator, joints.device)


def _painted(
    rows: list[tuple[float, ...]],
    steps: list[int],
    grounds: list[tuple[Colour, str]],
    size: int,
    level: str,
    generator: torch.Generator,
    device: torch.device,
) -> Tensor:
    count, noise = len(grounds), NoiseTable(generator, device)
    line = torch.arange(size, device=device) + 0.5
    warp = torch.stack(torch.meshgrid(line, line, indexing="xy"), -1).expand(count, size, size, 2).clone()
    if level == "sketch":
        seed = torch.arange(count, device=device)[:, None, None] * 5.3
        for axis in (0, 1):
            warp[..., axis] += (
                0.02 * size * (noise.smooth(warp[..., 0] * 9 / size, warp[..., 1] * 9 / size, seed + 7 * axis) - 0.5)
            )
    owner = torch.full((count, size, size), -1, dtype=torch.long, device=device)
    canvas = raster.Canvas(torch.zeros(count, size, size, 4, device=device), owner, None, warp)
    if rows:
        raster.paint(canvas, np.array(rows, np.float32), np.array(steps, np.int64), noise)
    pages = [page(colour, kind, size, generator) for colour, kind in grounds]
    plate = torch.stack([p[0] for p in pages]).to(device)
    light = torch.stack([p[1] for p in pages]).to(device)
    rgba = canvas.rgba.permute(0, 3, 1, 2)
    picture = plate * (1 - rgba[:, 3:]) + rgba[:, :3]
    return picture if level == "openpose" else degraded(picture, light, generator)


def _stick(bones: Bones, picture: int, held_out: bool, rng: Rng) -> tuple[Drawing, tuple[Colour, str]]:
    ink, ground = _inks(rng)
    drawing = Drawing(Look(0.004, ink, False, (0.5, -0.8), swell=float(rng.uniform(0, 0.4))), picture)
    width = float(np.exp(rng.uniform(np.log(0.004), np.log(0.022))))
    colourful = rng.random() < 0.3
    for a, b in _stick_bones(bones, rng):
        paint = Paint(_bright(rng) if colourful else ink)
        frame, length = bones.frame(a, b)
        if held_out:
            for k in range(max(int(length / (2.6 * width)), 1)):
                at = frame.at(min((k + 0.5) * 2.6 * width, length), 0)
                drawing.add("torso", Shape(SUPER, at, (width, width, 2.0, 0, -9), paint, line=0))
        else:
            bow = float(rng.normal(0, 0.02)) * length
            drawing.add(
                "torso", Shape(CAPSULE, frame, (length, width, width * rng.uniform(0.7, 1.1), bow), paint, line=0)
            )
    _stick_head(drawing, bones, ink, ground[0], width, held_out, rng)
    if rng.random() < 0.4:
        radius = width * rng.uniform(1.3, 2.4)
        dot = Paint(_bright(rng) if rng.random() < 0.5 else ink)
        for name in BIPED.joints[1:14]:
            if bones.has(name):
                frame, _ = bones.frame(bones.at(name), bones.at(name) + 1)
                drawing.add("torso", Shape(SUPER, frame, (radius, radius, 2.0, 0, -9), dot, line=0))
    return drawing, ground


def _stick_bones(bones: Bones, rng: Rng) -> list[tuple[Points, Points]]:
    """Strokes as pairs of points: limbs always; one of four ways to draw the trunk; hands and feet sometimes."""
    strokes = []
    hips = bones.has("r_hip", "l_hip")
    trunk = rng.integers(4)
    if bones.has("neck") and hips:
        pelvis = 0.5 * (bones.at("r_hip") + bones.at("l_hip"))
        if trunk == 1:
            strokes += [(bones.at("neck"), bones.at("r_hip")), (bones.at("neck"), bones.at("l_hip"))]
        elif trunk == 2 and bones.has("r_shoulder", "l_shoulder"):
            strokes += [(bones.at(f"{s}_shoulder"), bones.at(f"{s}_hip")) for s in "rl"]
            strokes += [(bones.at("r_hip"), bones.at("l_hip"))]
        else:
            strokes += [(bones.at("neck"), pelvis)] + [(pelvis, bones.at(f"{s}_hip")) for s in "rl"]
    for side in "rl":
        if bones.has("neck", f"{side}_shoulder"):
            strokes.append((bones.at("neck"), bones.at(f"{side}_shoulder")))
    for limb in _LIMBS:
        a, b = _limb_ends(limb)
        if bones.has(a, b):
            strokes.append((bones.at(a), bones.at(b)))
    for chance, tip, root in ((0.35, "hand", "wrist"), (0.6, "toe", "ankle")):
        if rng.random() < chance:
            strokes += [
                (bones.at(f"{s}_{root}"), bones.at(f"{s}_{tip}"))
                for s in "rl"
                if bones.has(f"{s}_{root}", f"{s}_{tip}")
            ]
    if bones.has("neck") and (head := bones.head()) is not None:
        way = head[0] - bones.at("neck")
        reach = max(float(np.linalg.norm(way)), 1e-3)
        strokes.append((bones.at("neck"), bones.at("neck") + way * max(1 - head[1] / reach, 0)))
    return strokes


def _stick_head(
    drawing: Drawing, bones: Bones, ink: Colour, ground: Colour, width: float, held_out: bool, rng: Rng
) -> None:
    head = bones.head()
    if head is None:
        return
    centre, radius = head
    frame = Frame(centre[0], centre[1], 0.0, -1.0, bones.height, up=True)
    r = radius / bones.height * rng.uniform(0.85, 1.1)
    shape = (r * rng.uniform(0.95, 1.2), r, 5.0 if held_out else 2.0, 0.0, -9.0)
    empty = rng.random() < 0.65
    stroke = 2 * width / drawing.look.line
    drawing.add("torso", Shape(SUPER, frame, shape, Paint(ground if empty else ink), line=stroke if empty else 0))
    if empty and rng.random() < 0.4:
        _dots(drawing, bones, r, ink, rng)


def _dots(drawing: Drawing, bones: Bones, r: float, ink: Colour, rng: Rng) -> None:
    """Eyes and a mouth, where the joints are."""
    for name in ("r_eye", "l_eye"):
        if bones.has(name):
            x, y = bones.at(name)
            at = Frame(x, y, 0.0, -1.0, bones.height, up=True)
            drawing.add("torso", Shape(SUPER, at, (0.12 * r, 0.1 * r, 2.0, 0, -9), Paint(ink), line=0))
    if bones.has("nose"):
        x, y = bones.at("nose")
        at = Frame(x, y + 0.25 * r * bones.height, 0.0, -1.0, bones.height, up=True)
        drawing.add("torso", Shape(ARC, at, (0.3 * r, 0.2 * r, 0.05 * r), Paint(ink), line=0))


def _mannequin(bones: Bones, picture: int, held_out: bool, rng: Rng) -> tuple[Drawing, tuple[Colour, str]]:
    tone = _wood(rng, held_out)
    outlined = rng.random() < 0.35
    look = Look(0.004 if outlined else 0.0, (0.15, 0.1, 0.08), False, (float(rng.choice([-0.6, 0.6])), -0.7),
                soft=float(rng.uniform(0.3, 0.8)), grain=float(rng.uniform(0, 0.12)))  # fmt: skip
    drawing = Drawing(look, picture)
    balls = rng.random() < 0.75
    ball = Paint(tuple(0.75 * c for c in tone) if rng.random() < 0.5 else tone, material="rigid")  # type: ignore[arg-type]
    _body(
        drawing, bones, Paint(tone, material="rigid"), ball if balls else None, held_out, float(rng.uniform(0.7, 1.4))
    )
    return drawing, _ground(rng)


def _wireframe(bones: Bones, picture: int, held_out: bool, rng: Rng) -> tuple[Drawing, tuple[Colour, str]]:
    ink, ground = _inks(rng)
    fill: Colour = ground[0] if rng.random() < 0.7 else tuple(0.5 + 0.5 * c for c in rng.random(3))  # type: ignore[assignment]
    look = Look(float(rng.uniform(0.0015, 0.0035)), ink, False, (0.5, -0.8), soft=float(rng.choice([0.0, 0.4])))
    drawing = Drawing(look, picture)
    pattern = DIAGONAL if held_out else PLAIN
    paint = Paint(fill, ink, pattern=pattern, frequency=float(rng.uniform(150, 320)))
    mesh = None if held_out else (int(rng.integers(4, 9)), int(rng.integers(2, 5)))
    _body(drawing, bones, paint, None, False, float(rng.uniform(0.7, 1.5)), mesh)
    return drawing, ground


def _sketch(bones: Bones, picture: int, held_out: bool, rng: Rng) -> tuple[Drawing, tuple[Colour, str]]:
    grey = float(rng.uniform(0.05, 0.45))
    ink: Colour = (grey, grey, grey) if rng.random() < 0.75 else (0.3, 0.35, 0.7)
    paper = tuple(float(c) for c in 0.88 + 0.12 * rng.random(3))
    look = Look(0.003, ink, False, (0.5, -0.8), swell=0.8, scribble=0.5 if held_out else 0.15, paper=paper)  # type: ignore[arg-type]
    drawing = Drawing(look, picture)
    if rng.random() < (0.9 if held_out else 0.6):
        fill = Paint(paper)  # type: ignore[arg-type]
        _body(drawing, bones, fill, fill if rng.random() < 0.5 else None, held_out, float(rng.uniform(0.7, 1.3)))
    width = float(rng.uniform(0.005, 0.009) if held_out else rng.uniform(0.0015, 0.004))
    for a, b in _stick_bones(bones, rng):
        for _ in range(int(rng.integers(1, 4))):
            shake = rng.normal(0, 0.007 * bones.height, (2, 2))
            frame, length = bones.frame(a + shake[0] - 0.05 * (b - a), b + shake[1] + 0.05 * (b - a))
            stroke = (length, width, width * 0.6, float(rng.normal(0, 0.04)) * length)
            drawing.add("torso", Shape(CAPSULE, frame, stroke, Paint(ink), line=0))
    if (head := bones.head()) is not None:
        for _ in range(int(rng.integers(1, 4))):
            x, y = head[0] + rng.normal(0, 0.05 * head[1], 2)
            r = head[1] / bones.height * rng.uniform(0.9, 1.08)
            for half in (1.0, -1.0):
                at = Frame(x, y - half * 0.5 * r * bones.height, 0.0, half, bones.height)
                drawing.add("torso", Shape(ARC, at, (r, r, width), Paint(ink), line=0))
        if rng.random() < 0.5:
            _dots(drawing, bones, head[1] / bones.height, ink, rng)
    return drawing, (paper, "paper")  # type: ignore[return-value]


def _openpose(bones: Bones, picture: int, held_out: bool, rng: Rng) -> tuple[Drawing, tuple[Colour, str]]:
    drawing = Drawing(Look(0.0, (0, 0, 0), False, (0.5, -0.8)), picture)
    width = float(rng.uniform(0.006, 0.016))
    dim = float(rng.choice([0.6, 0.6, 1.0]))
    ellipses = rng.random() < 0.7
    for index, (a, b) in enumerate(BIPED.bones[:17]):
        if bones.has(a, b):
            frame, length = bones.frame(bones.at(a), bones.at(b))
            colour: Colour = tuple(dim * c / 255 for c in _HUES[index])  # type: ignore[assignment]
            if ellipses:
                shape = Shape(SUPER, frame.at(0.5 * length, 0), (0.5 * length, width, 2.0, 0, -9), Paint(colour))
            else:
                shape = Shape(CAPSULE, frame, (length, width, width), Paint(colour))
            drawing.add("torso", shape)
    for index, name in enumerate(BIPED.joints[:18]):
        if bones.has(name):
            x, y = bones.at(name)
            colour = tuple(c / 255 for c in _HUES[index])  # type: ignore[assignment]
            at = Frame(x, y, 0.0, 1.0, bones.height)
            drawing.add("torso", Shape(SUPER, at, (width, width, 2.0, 0, -9), Paint(colour)))
    return drawing, ((1.0, 1.0, 1.0) if held_out else (0.0, 0.0, 0.0), "flat")


_DRAW: dict[str, Callable[[Bones, int, bool, Rng], tuple[Drawing, tuple[Colour, str]]]] = {
    "stick": _stick, "mannequin": _mannequin, "wireframe": _wireframe, "sketch": _sketch, "openpose": _openpose,
}  # fmt: skip


def _body(
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
    for limb in _LIMBS:
        a, b = _limb_ends(limb)
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
    a, b = _limb_ends(limb)
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
        else bones.at("neck") + [0, 3 * half * bones.height]
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


def _limb_ends(limb: str) -> tuple[str, str]:
    a, b = _ENDS[limb[2:]]
    return f"{limb[0]}_{a}", f"{limb[0]}_{b}"


def _height(points: Points, there: NDArray[np.bool_], size: int) -> float:
    if there.sum() < 2:
        return 0.5 * size
    seen = points[there]
    return max(float(np.linalg.norm(seen.max(0) - seen.min(0))) * 0.95, 0.1 * size)


def _inks(rng: Rng) -> tuple[Colour, tuple[Colour, str]]:
    """An ink and a ground that it shows on."""
    pick = rng.random()
    if pick < 0.55:
        dark = tuple(float(c) for c in rng.uniform(0, 0.25, 3)) if rng.random() < 0.8 else _bright(rng)
        return dark, (_light(rng), str(rng.choice(["flat", "paper", "paper"])))  # type: ignore[return-value]
    if pick < 0.8:
        return _light(rng), (tuple(float(c) for c in rng.uniform(0, 0.2, 3)), "flat")  # type: ignore[return-value]
    dark = tuple(0.5 * c for c in _bright(rng))
    return dark, (_light(rng), "gradient")  # type: ignore[return-value]


def _ground(rng: Rng) -> tuple[Colour, str]:
    if rng.random() < 0.6:
        return _light(rng), str(rng.choice(["flat", "paper", "gradient"]))
    return tuple(float(c) for c in rng.random(3)), str(rng.choice(["flat", "gradient", "busy"]))  # type: ignore[return-value]


def _wood(rng: Rng, held_out: bool) -> Colour:
    if held_out:
        return tuple(float(c) for c in np.array([0.55, 0.65, 0.8]) * rng.uniform(0.7, 1.2))  # type: ignore[return-value]
    if rng.random() < 0.6:
        return tuple(float(c) for c in np.array([0.87, 0.68, 0.46]) * rng.uniform(0.7, 1.12))  # type: ignore[return-value]
    grey = float(rng.uniform(0.35, 0.95))
    return (grey, grey, grey) if rng.random() < 0.6 else _bright(rng)


def _bright(rng: Rng) -> Colour:
    colour = rng.random(3)
    return tuple(float(c) for c in 0.1 + 0.8 * (colour - colour.min()) / max(float(np.ptp(colour)), 1e-3))  # type: ignore[return-value]


def _light(rng: Rng) -> Colour:
    return (1.0, 1.0, 1.0) if rng.random() < 0.4 else tuple(float(c) for c in rng.uniform(0.82, 1, 3))  # type: ignore[return-value]
