"""Draws poses as stick figures, pencil sketches and coloured OpenPose pictures."""

import numpy as np

from pose.skeleton import BIPED
from training.world.bones import LIMBS, Bones, limb_ends
from training.world.drawing import Colour, Drawing, Frame, Look, Paint, Shape
from training.world.inks import Rng, bright, contrasting
from training.world.poses import Points
from training.world.shapes import ARC, CAPSULE, SUPER
from training.world.solids import draw_body

_HUES = (
    (255, 0, 0), (255, 85, 0), (255, 170, 0), (255, 255, 0), (170, 255, 0), (85, 255, 0), (0, 255, 0), (0, 255, 85),
    (0, 255, 170), (0, 255, 255), (0, 170, 255), (0, 85, 255), (0, 0, 255), (85, 0, 255), (170, 0, 255),
    (255, 0, 255), (255, 0, 170), (255, 0, 85),
)  # fmt: skip


def draw_stick(bones: Bones, picture: int, held_out: bool, rng: Rng) -> tuple[Drawing, tuple[Colour, str]]:
    ink, ground = contrasting(rng)
    drawing = Drawing(Look(0.004, ink, False, (0.5, -0.8), swell=float(rng.uniform(0, 0.4))), picture)
    width = float(np.exp(rng.uniform(np.log(0.004), np.log(0.022))))
    colourful = rng.random() < 0.3
    for a, b in stick_bones(bones, rng):
        paint = Paint(bright(rng) if colourful else ink)
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
        dot = Paint(bright(rng) if rng.random() < 0.5 else ink)
        for name in BIPED.joints[1:14]:
            if bones.has(name):
                frame, _ = bones.frame(bones.at(name), bones.at(name) + 1)
                drawing.add("torso", Shape(SUPER, frame, (radius, radius, 2.0, 0, -9), dot, line=0))
    return drawing, ground


def draw_sketch(bones: Bones, picture: int, held_out: bool, rng: Rng) -> tuple[Drawing, tuple[Colour, str]]:
    grey = float(rng.uniform(0.05, 0.45))
    ink: Colour = (grey, grey, grey) if rng.random() < 0.75 else (0.3, 0.35, 0.7)
    paper = tuple(float(c) for c in 0.88 + 0.12 * rng.random(3))
    look = Look(0.003, ink, False, (0.5, -0.8), swell=0.8, scribble=0.5 if held_out else 0.15, paper=paper)  # type: ignore[arg-type]
    drawing = Drawing(look, picture)
    if rng.random() < (0.9 if held_out else 0.6):
        fill = Paint(paper)  # type: ignore[arg-type]
        draw_body(drawing, bones, fill, fill if rng.random() < 0.5 else None, held_out, float(rng.uniform(0.7, 1.3)))
    width = float(rng.uniform(0.005, 0.009) if held_out else rng.uniform(0.0015, 0.004))
    for a, b in stick_bones(bones, rng):
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
            draw_dots(drawing, bones, head[1] / bones.height, ink, rng)
    return drawing, (paper, "paper")  # type: ignore[return-value]


def draw_openpose(bones: Bones, picture: int, held_out: bool, rng: Rng) -> tuple[Drawing, tuple[Colour, str]]:
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


def stick_bones(bones: Bones, rng: Rng) -> list[tuple[Points, Points]]:
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
    for limb in LIMBS:
        a, b = limb_ends(limb)
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
        draw_dots(drawing, bones, r, ink, rng)


def draw_dots(drawing: Drawing, bones: Bones, r: float, ink: Colour, rng: Rng) -> None:
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
