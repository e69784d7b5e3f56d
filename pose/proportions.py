"""A figure's proportions, read from one pose: bone lengths freed of foreshortening, stature, the tilt of its head.

Convention: points are complex numbers x + iy in pixels (x right, y down), so a rotation is a product; depth in pixels.
A picture shows a bone no longer than it is. What undoes that: depth where it is exact, the bone of the other side, and
the neighbouring bone. No table of human lengths bounds a character. Depth that a reader guessed is left out: it made
the trunk of a drawn woman, seen from the front, 1.8 times as long as drawn.
"""

import cmath
from dataclasses import dataclass
from statistics import median

import numpy as np

from pose.pose import Pose

SHORTEST = 0.55
SIDES_AT_MOST = 2.5
NEIGHBOUR_AT_LEAST = 0.65
SHARES = {
    ("neck", "hip"): 0.30,
    ("shoulder", "elbow"): 0.165,
    ("elbow", "wrist"): 0.145,
    ("hip", "knee"): 0.245,
    ("knee", "ankle"): 0.235,
}
NEIGHBOUR = {
    ("shoulder", "elbow"): ("elbow", "wrist"),
    ("elbow", "wrist"): ("shoulder", "elbow"),
    ("hip", "knee"): ("knee", "ankle"),
    ("knee", "ankle"): ("hip", "knee"),
}
HEAD = ("nose", "r_eye", "l_eye", "r_ear", "l_ear", "head_top")


@dataclass(frozen=True, eq=False)
class Body:
    """The joints that are there, by name; `trunk` (the neck or between the shoulders) and `pelvis` (between the hips)
    among them where they can be told. depth holds only finite values; solid: they are exact. stature: pixels of a body
    height, estimated.
    """

    at: dict[str, complex]
    depth: dict[str, float]
    stature: float
    solid: bool = False

    def has(self, *names: str) -> bool:
        return all(name in self.at for name in names)

    def vector(self, a: str, b: str) -> complex:
        """From a to b, pixels."""
        return self.at[b] - self.at[a]


def read_body(pose: Pose) -> Body:
    """The present joints of a biped pose with its virtual joints, depth in pixels."""
    index = pose.skeleton.index
    at = {name: complex(*map(float, pose.points[row])) for name, row in index.items() if pose.scores[row] > 0}
    depth = {}
    if pose.depth is not None:
        depth = {name: float(pose.depth[index[name]]) for name in at if np.isfinite(pose.depth[index[name]])}
    _add_middle(at, depth, "trunk", ("neck",), ("r_shoulder", "l_shoulder"))
    _add_middle(at, depth, "pelvis", (), ("r_hip", "l_hip"))
    stature = _stature(at, depth if pose.solid else {}, max(pose.width, pose.height))
    return Body(
        at, {name: value * stature for name, value in depth.items()}, stature, pose.solid and pose.depth is not None
    )


def true_length(body: Body, a: str, b: str) -> float:
    """The bone's length in pixels without foreshortening, the same for both sides of the body."""
    length = _longest(body, a, b)
    neighbour = NEIGHBOUR.get((a[2:], b[2:]))
    if neighbour is not None:
        side = a[:2]
        length = max(length, NEIGHBOUR_AT_LEAST * _longest(body, side + neighbour[0], side + neighbour[1]))
    return length


def foreshortening(body: Body, a: str, b: str) -> float:
    """Length in the picture over true length; 1 where nothing is known."""
    true = true_length(body, a, b)
    return abs(body.vector(a, b)) / true if true > 1e-9 else 1.0


def lean(body: Body) -> float | None:
    """Radians by which the trunk leans from upright, clockwise in the picture; None where it cannot be told."""
    return _from_upright(body.vector("pelvis", "trunk")) if body.has("pelvis", "trunk") else None


def head_centre(body: Body) -> complex | None:
    """Between the ears, else between the eyes, else the nose."""
    for right, left in (("r_ear", "l_ear"), ("r_eye", "l_eye")):
        if body.has(right, left):
            return (body.at[right] + body.at[left]) / 2
    return next((body.at[name] for name in HEAD if name in body.at), None)


def head_tilts(body: Body) -> dict[str, float]:
    """Radians from upright, clockwise, by each way of measuring that this pose allows."""
    tilts = {}
    for right, left in (("r_ear", "l_ear"), ("r_eye", "l_eye")):
        if body.has(right, left, "trunk", "nose"):
            line = body.vector(right, left)
            if abs(line) > 0.3 * abs(body.vector("trunk", "nose")) and "line" not in tilts:
                tilts["line"] = cmath.phase(line if line.real >= 0 else -line)
    if body.has("trunk", "head_top"):
        tilts["crown"] = _from_upright(body.vector("trunk", "head_top"))
    centre = head_centre(body)
    if centre is not None and body.has("trunk"):
        tilts["centre"] = _from_upright(centre - body.at["trunk"])
    return tilts


def _longest(body: Body, a: str, b: str) -> float:
    lengths = [_length(body, *bone) for bone in {(a, b), (_other(a), _other(b))} if body.has(*bone)]
    least, most = min(lengths, default=0.0), max(lengths, default=0.0)
    return min(most, SIDES_AT_MOST * least) if least > 0.05 * most else most


def _length(body: Body, a: str, b: str) -> float:
    flat = abs(body.vector(a, b))
    if not body.solid or a not in body.depth or b not in body.depth:
        return flat
    return min(float(np.hypot(flat, body.depth[b] - body.depth[a])), flat / SHORTEST)


def _other(name: str) -> str:
    return {"r_": "l_", "l_": "r_"}.get(name[:2], name[:2]) + name[2:]


def _from_upright(vector: complex) -> float:
    return cmath.phase(vector / -1j) if abs(vector) > 1e-9 else 0.0


def _add_middle(
    at: dict[str, complex], depth: dict[str, float], name: str, first: tuple[str, ...], pair: tuple[str, ...]
) -> None:
    """Adds a virtual joint: the first of `first` that is there, else the middle of what is there of `pair`."""
    for names in (first, pair):
        there = [joint for joint in names if joint in at]
        if there:
            at[name] = sum(at[joint] for joint in there) / len(there)
            deep = [depth[joint] for joint in there if joint in depth]
            if deep:
                depth[name] = sum(deep) / len(deep)
            return


def _stature(at: dict[str, complex], depth: dict[str, float], fallback: float) -> float:
    """Each bone says: share of a body height² = (pixels / stature)² + depth²; the median of what they say."""
    found = []
    for (a, b), share in SHARES.items():
        for side in ("r_", "l_"):
            start, end = a if a == "neck" else side + a, side + b
            start = "trunk" if start == "neck" else start
            if start in at and end in at:
                flat, deep = abs(at[end] - at[start]), depth.get(end, 0.0) - depth.get(start, 0.0)
                if abs(deep) < 0.9 * share and flat > 0:
                    found.append(flat / (share**2 - deep**2) ** 0.5)
    return median(found) if found else float(fallback)
