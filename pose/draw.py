"""Draws a pose as a mannequin: rounded limbs, far ones first and paler, the body's right and left tinted apart.

For the pictures of the library, for sheets and for stick-figure references. Knows poses and pixels, not characters.
"""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from pose.pose import Pose

Colour = tuple[int, int, int]
Point = NDArray[np.float64]

SMOOTH = 3
RIGHT, LEFT, MIDDLE, SKIN, INK = (222, 105, 62), (52, 116, 186), (104, 110, 126), (244, 216, 190), (40, 44, 54)
OUTLINE = 0.007
LIMBS = (
    ("shoulder", "elbow", 0.052, 0.044),
    ("elbow", "wrist", 0.044, 0.034),
    ("wrist", "hand", 0.038, 0.036),
    ("hip", "knee", 0.078, 0.058),
    ("knee", "ankle", 0.058, 0.042),
    ("ankle", "toe", 0.044, 0.034),
)


@dataclass(frozen=True)
class Stroke:
    """A rounded bar from a to b, `wide` and `narrow` across (pixels) at its ends; the nearer is drawn later."""

    a: Point
    b: Point
    wide: float
    narrow: float
    colour: Colour
    depth: float


def draw_pose(pose: Pose, size: int | tuple[int, int] | None = None) -> NDArray[np.uint8]:
    """The pose as (H, W, 4) uint8 on a transparent ground.

    size: None for the pose's own canvas and coordinates; else a square's side or (width, height), onto which the
    pose's canvas is fitted, centred (so poses of one canvas stay comparable).
    """
    pose = _fitted(pose, size).scaled(SMOOTH)
    canvas = Image.new("RGBA", (pose.width, pose.height), (255, 255, 255, 0))
    brush = ImageDraw.Draw(canvas)
    scale = figure_scale(pose)
    for stroke in sorted(_limbs(pose, scale) + _trunk(pose, scale), key=lambda stroke: -stroke.depth):
        edge = 2 * OUTLINE * scale
        _draw_stroke(brush, replace(stroke, wide=stroke.wide + edge, narrow=stroke.narrow + edge, colour=INK))
        _draw_stroke(brush, stroke)
    small = canvas.resize((pose.width // SMOOTH, pose.height // SMOOTH), Image.Resampling.BOX)
    return np.array(small, np.uint8)


def figure_scale(pose: Pose) -> float:
    """Body height in pixels, estimated from the longest bone for its share; the widths of limbs follow it."""
    spans = [("neck", "nose", 0.10), ("r_shoulder", "l_shoulder", 0.21)]
    for side in ("r", "l"):
        spans += [("neck", f"{side}_hip", 0.30), (f"{side}_hip", f"{side}_knee", 0.245)]
        spans += [(f"{side}_knee", f"{side}_ankle", 0.235), (f"{side}_shoulder", f"{side}_elbow", 0.165)]
    found = sorted(float(np.hypot(*(pose[a] - pose[b]))) / share for a, b, share in spans if pose.has(a, b))
    return found[len(found) * 3 // 4] if found else max(pose.width, pose.height) / 2


def _fitted(pose: Pose, size: int | tuple[int, int] | None) -> Pose:
    if size is None:
        return pose
    width, height = (size, size) if isinstance(size, int) else size
    factor = min(width / pose.width, height / pose.height)
    offset = ((width - pose.width * factor) / 2, (height - pose.height * factor) / 2)
    return pose.scaled(factor).moved(offset, width, height)


def _limbs(pose: Pose, scale: float) -> list[Stroke]:
    strokes = []
    for side, colour in (("r", RIGHT), ("l", LEFT)):
        for upper, lower, wide, narrow in LIMBS:
            a, b = f"{side}_{upper}", f"{side}_{lower}"
            if pose.has(a, b):
                depth = (_depth(pose, a) + 2 * _depth(pose, b)) / 3
                strokes.append(Stroke(*_ends(pose, a, b), wide * scale, narrow * scale, _paled(colour, depth), depth))
    return strokes


def _trunk(pose: Pose, scale: float) -> list[Stroke]:
    """Two bars down the sides, the spine between, neck and head."""
    strokes = []
    for side in ("r", "l"):
        shoulder, hip = f"{side}_shoulder", f"{side}_hip"
        if pose.has(shoulder, hip):
            depth = (_depth(pose, shoulder) + _depth(pose, hip)) / 2
            strokes.append(Stroke(*_ends(pose, shoulder, hip), 0.07 * scale, 0.09 * scale, MIDDLE, depth))
    if pose.has("neck", "r_hip", "l_hip"):
        middle = (pose["r_hip"] + pose["l_hip"]).astype(np.float64) / 2
        depth = min((stroke.depth for stroke in strokes), default=0.0) - 1e-3
        strokes.append(Stroke(pose["neck"].astype(np.float64), middle, 0.13 * scale, 0.10 * scale, MIDDLE, depth))
    return strokes + _head(pose, scale)


def _head(pose: Pose, scale: float) -> list[Stroke]:
    if not pose.has("neck", "nose"):
        return []
    neck, nose = (pose[name].astype(np.float64) for name in ("neck", "nose"))
    ears = [pose[name].astype(np.float64) for name in ("r_ear", "l_ear") if pose.has(name)]
    centre = np.mean(ears, axis=0) if ears else nose
    crown = pose["head_top"].astype(np.float64) if pose.has("head_top") else centre + 0.8 * (centre - neck)
    depth = float(np.mean([_depth(pose, name) for name in ("r_ear", "l_ear", "neck")]))
    skull = Stroke(centre + 0.35 * (crown - centre), centre, 0.105 * scale, 0.085 * scale, SKIN, depth - 0.02)
    tip = Stroke(nose, nose, 0.02 * scale, 0.02 * scale, SKIN, _depth(pose, "nose"))
    return [Stroke(neck, centre, 0.05 * scale, 0.05 * scale, SKIN, depth + 0.01), skull, tip]


def _draw_stroke(brush: ImageDraw.ImageDraw, stroke: Stroke) -> None:
    for centre, across in ((stroke.a, stroke.wide), (stroke.b, stroke.narrow)):
        radius = across / 2
        brush.ellipse((*(centre - radius), *(centre + radius)), fill=stroke.colour)
    along = stroke.b - stroke.a
    length = float(np.hypot(*along))
    if length > 1e-6:
        normal = np.array([-along[1], along[0]]) / length / 2
        corners = (
            stroke.a + normal * stroke.wide, stroke.b + normal * stroke.narrow,
            stroke.b - normal * stroke.narrow, stroke.a - normal * stroke.wide,
        )  # fmt: skip
        brush.polygon([(float(x), float(y)) for x, y in corners], fill=stroke.colour)


def _ends(pose: Pose, a: str, b: str) -> tuple[Point, Point]:
    return pose[a].astype(np.float64), pose[b].astype(np.float64)


def _depth(pose: Pose, name: str) -> float:
    if pose.depth is None:
        return 0.0
    depth = float(pose.depth[pose.skeleton.index[name]])
    return depth if np.isfinite(depth) else 0.0


def _paled(colour: Colour, depth: float) -> Colour:
    share = float(np.clip(0.15 + 1.2 * depth, 0.0, 0.5))
    red, green, blue = (round(band + share * (255 - band)) for band in colour)
    return red, green, blue
