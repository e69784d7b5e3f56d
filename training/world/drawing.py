"""Collects the primitives of one picture: frames, paints, outlines, and the order within and between parts.

Knows no characters and no tensors. A primitive's identity is its place in the order of `add` calls, so a character
must make the same calls in every pose; then (identity, u, v) names the same spot of its surface everywhere.

Convention: page pixels, x right, y down. A frame's local x runs along its axis, local y along (-axis_y, axis_x), both
in body heights; u = x / fore, v = y / side undo the foreshortening.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from pose.figure import MATERIAL_INDEX, PART_INDEX
from training.world.shapes import CAPSULE, PROFILE, SUPER, TUBES, reach

Colour = tuple[float, float, float]

COLUMNS = (
    "ox", "oy", "ax", "ay", "scale", "fore", "side",
    "p0", "p1", "p2", "p3", "p4", "p5", "p6", "p7",
    "z0", "z1", "length", "line", "line_r", "line_g", "line_b", "open", "mode",
    "r0", "g0", "b0", "r1", "g1", "b1", "r2", "g2", "b2", "r3", "g3", "b3",
    "pattern", "far", "near", "frequency", "phase", "inradius", "light_x", "light_y",
    "cel", "soft", "grade", "grain", "scribble", "edge", "gloss", "swell", "jitter", "seed", "hard",
    "identity", "part", "material", "material_far", "material_near", "kind", "picture",
    "paper_r", "paper_g", "paper_b",
    "x0", "y0", "x1", "y1",
)  # fmt: skip
COLUMN = {name: row for row, name in enumerate(COLUMNS)}

BOTH, OUTLINE, FILL = 0, 1, 2
PLAIN, STRIPES, BARS, CHECKS, DOTS, FADE, DIAGONAL, STRANDS, FOLDS, PLAID, WEAVE = range(11)
NEVER = 99.0


class Frame(NamedTuple):
    """Where a primitive's local coordinates lie on the page. `up`: whether its axis points up at rest."""

    x: float
    y: float
    ax: float
    ay: float
    scale: float
    fore: float = 1.0
    side: float = 1.0
    z0: float = 0.0
    z1: float = 0.0
    up: bool = False

    def at(
        self, u: float, v: float, turn: float = 0.0, fore: float | None = None, side: float | None = None
    ) -> "Frame":
        """A frame whose origin is this one's (u, v), turned by `turn` radians."""
        x, y = u * self.fore * self.scale, v * self.side * self.scale
        c, s = math.cos(turn), math.sin(turn)
        return self._replace(
            x=self.x + x * self.ax - y * self.ay,
            y=self.y + x * self.ay + y * self.ax,
            ax=c * self.ax - s * self.ay,
            ay=c * self.ay + s * self.ax,
            fore=self.fore if fore is None else fore,
            side=self.side if side is None else side,
        )


class Paint(NamedTuple):
    """Colours and pattern of a primitive over (u, v). `far`: from this u on it is `third` (and `material_far`);
    `near`: up to this u it is `fourth` (a collar, a waistband)."""

    first: Colour
    second: Colour | None = None
    third: Colour | None = None
    fourth: Colour | None = None
    pattern: int = PLAIN
    far: float = NEVER
    near: float = -NEVER
    frequency: float = 30.0
    phase: float = 0.0
    material: str = "skin"
    material_far: str = "skin"
    material_near: str = "fitted"


@dataclass(frozen=True)
class Look:
    """The stroke and the shading of one character. `line` in body heights; light points where the light comes from."""

    line: float
    ink: Colour
    coloured: bool
    light: tuple[float, float]
    cel: float = 0.0
    soft: float = 0.0
    grade: float = 0.0
    grain: float = 0.0
    scribble: float = 0.0
    edge: float = 0.0
    gloss: float = 0.0
    swell: float = 0.0
    jitter: float = 0.0
    hard: bool = False
    paper: Colour = (1.0, 1.0, 1.0)


class Shape(NamedTuple):
    """One primitive before it is put into rows."""

    kind: int
    frame: Frame
    numbers: Sequence[float]
    paint: Paint
    open: float = -NEVER
    line: float = 1.0
    flat: bool = False
    ink: Colour | None = None


@dataclass
class Drawing:
    """The primitives of one picture. `picture` is its row in the batch."""

    look: Look
    picture: int
    rows: dict[str, list[tuple[float, ...]]] = field(default_factory=dict)
    count: int = 0

    def add(self, part: str, *shapes: Shape) -> None:
        """Adds shapes that share one outline: all outlines lie under all fills."""
        first = self.count
        self.count += len(shapes)
        if len(shapes) == 1 or self.look.line == 0:
            modes: tuple[int, ...] = (BOTH,)
        else:
            modes = (OUTLINE, FILL)
        target = self.rows.setdefault(part, [])
        for mode in modes:
            target.extend(self._row(part, shape, mode, first + i) for i, shape in enumerate(shapes))

    def ordered(self, back_to_front: Sequence[str]) -> list[tuple[float, ...]]:
        """All rows, part after part."""
        return [row for part in back_to_front for row in self.rows.get(part, ())]

    def _row(self, part: str, shape: Shape, mode: int, identity: int) -> tuple[float, ...]:
        look, frame, paint = self.look, shape.frame, shape.paint
        line = look.line * shape.line * frame.scale
        sign = -1.0 if frame.up else 1.0
        along = 0.0 if shape.kind in (CAPSULE, *TUBES) else sign * look.light[1]
        light = (along, -sign * look.light[0])
        grade = 0.0 if shape.kind in (CAPSULE, *TUBES) else look.grade
        numbers = [*shape.numbers, *([0.0] * (8 - len(shape.numbers)))]
        box = _page_box(frame, reach(shape.kind, numbers), 1.5 + look.jitter * frame.scale)
        shades = (0.0,) * 7 if shape.flat else (
            look.cel, look.soft, grade, look.grain, look.scribble, look.edge, look.gloss
        )  # fmt: skip
        return (
            frame.x, frame.y, frame.ax, frame.ay, frame.scale, frame.fore, frame.side, *numbers,
            frame.z0, frame.z1, _length(shape.kind, numbers), line, *self._ink(shape), shape.open, mode,
            *paint.first, *(paint.second or paint.first), *(paint.third or paint.first), *(paint.fourth or paint.first),
            paint.pattern, paint.far, paint.near, paint.frequency, paint.phase, _inradius(shape.kind, numbers), *light,
            *shades, look.swell, look.jitter, identity * 7.31, float(look.hard),
            identity, PART_INDEX[part], MATERIAL_INDEX[paint.material], MATERIAL_INDEX[paint.material_far],
            MATERIAL_INDEX[paint.material_near], shape.kind, self.picture, *look.paper, *box,
        )  # fmt: skip

    def _ink(self, shape: Shape) -> Colour:
        if shape.ink is not None:
            return shape.ink
        if not self.look.coloured:
            return self.look.ink
        r, g, b = shape.paint.first
        return (0.45 * r, 0.4 * g, 0.42 * b)


def _length(kind: int, numbers: Sequence[float]) -> float:
    return numbers[0] if kind in (CAPSULE, PROFILE, *TUBES) else 2 * numbers[0]


def _inradius(kind: int, numbers: Sequence[float]) -> float:
    if kind == CAPSULE:
        return 0.5 * (numbers[1] + numbers[2])
    if kind == PROFILE:
        return min(0.5 * numbers[0], 0.25 * sum(numbers[1:5])) + 1e-4
    return min(numbers[0], numbers[1]) if kind == SUPER else numbers[0]


def _page_box(frame: Frame, box: tuple[float, float, float, float], margin: float) -> tuple[float, ...]:
    xs, ys = [], []
    for x in (box[0], box[2]):
        for y in (box[1], box[3]):
            xs.append(frame.x + frame.scale * (x * frame.ax - y * frame.ay))
            ys.append(frame.y + frame.scale * (x * frame.ay + y * frame.ax))
    return min(xs) - margin, min(ys) - margin, max(xs) + margin, max(ys) + margin
