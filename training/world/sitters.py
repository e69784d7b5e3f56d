"""A sitter: the pose that a reference is drawn from, and the truth as the drawing shows it.

A drawing that merges, moves or leaves out joints says so here, so that the truth is where a person would click. Knows
no looks. Convention: picture pixels, x right, y down; depth in pixels away from the viewer.
"""

import itertools
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pose.skeleton import BIPED

Points = NDArray[np.float64]
ROW = BIPED.index
FACE = ("nose", "r_eye", "l_eye", "r_ear", "l_ear")
PROFILE = 0.4  # share of the shoulders' distance that lies across the page, below which a body is seen from its side
ARMS = ("shoulder", "elbow", "wrist", "hand")
LEGS = ("hip", "knee", "ankle", "toe")
# Shares of the head's half axes: across towards its own left, and up.
_FRONTAL = {"nose": (0, -0.12), "r_eye": (-0.4, 0.08), "l_eye": (0.4, 0.08), "r_ear": (-0.95, 0), "l_ear": (0.95, 0)}
_MIRRORED = np.array(BIPED.mirrored)
_SPINE = ("head_top", "neck", "pelvis", "knee", "ankle")
_WANDERS = 3.0  # pictures from the border, beyond which an absent joint's place is not believed


@dataclass
class Sitter:
    """points (23, 2) pixels, depth (23,) pixels, drawn (23,) what the drawing shows or runs off the picture with,
    state (23,) the truth's 0 absent, 1 implied or hidden, 2 visible; height: the upright body's, in pixels."""

    points: Points
    depth: Points
    drawn: NDArray[np.bool_]
    state: NDArray[np.uint8]
    height: float
    size: int

    def has(self, *names: str) -> bool:
        return bool(self.drawn[[ROW[name] for name in names]].all())

    def at(self, name: str) -> Points:
        return self.points[ROW[name]]

    def solid(self, name: str) -> Points:
        """(3,) the joint in pixels and depth."""
        return np.append(self.points[ROW[name]], self.depth[ROW[name]])

    def move(self, name: str, to: Points) -> None:
        self.points[ROW[name]] = to

    def imply(self, *names: str) -> None:
        """The drawing does not show these joints; where they are follows from the rest."""
        rows = [ROW[name] for name in names]
        self.state[rows] = np.minimum(self.state[rows], 1)

    @property
    def pelvis(self) -> Points:
        return 0.5 * (self.at("r_hip") + self.at("l_hip"))

    @property
    def up(self) -> Points:
        """The trunk's direction on the page, of length 1."""
        way = self.at("neck") - self.pelvis
        return way / max(float(np.linalg.norm(way)), 1e-6)

    @property
    def leftwards(self) -> Points:
        """What is the viewer's left while the trunk stands upright, turned with the trunk."""
        return np.array([self.up[1], -self.up[0]])

    @property
    def from_behind(self) -> bool:
        ears = 0.5 * (self.depth[ROW["r_ear"]] + self.depth[ROW["l_ear"]])
        return bool(self.depth[ROW["nose"]] > ears + 0.01 * self.height)

    def head(self) -> tuple[Points, Points, float]:
        """The skull's centre, its upward direction of length 1, and half its height in pixels."""
        ears = 0.5 * (self.at("r_ear") + self.at("l_ear"))
        rise = self.at("head_top") - ears
        reach = max(float(np.linalg.norm(rise)), 0.02 * self.height)
        return ears + 0.07 * rise, rise / reach, 0.93 * reach

    def blank_face(self, centre: Points, axes: Points) -> None:
        """The head drawn, with its half axes (across, up), shows no face: implies one seen from the front."""
        across = axes[0] if axes[0] @ np.array([-axes[1][1], axes[1][0]]) > 0 else -axes[0]
        for name, (x, y) in _FRONTAL.items():
            self.move(name, centre + x * across + y * axes[1])
        self.imply(*FACE)

    def face_us(self, beyond: float = 0.0) -> None:
        """Renames sides as who takes the figure for seen from the front: the viewer's left is its right. Only where
        the shoulders lie across the page by more than `beyond` of their distance: in profile feet and knees tell."""
        way = self.solid("r_shoulder") - self.solid("l_shoulder")
        if way[:2] @ self.leftwards < -beyond * float(np.linalg.norm(way)):
            self._swap([row for row in range(len(self.points)) if row != _MIRRORED[row]])

    def uncross(self, limb: tuple[str, ...]) -> None:
        """Renames the sides of limbs that start at one point: the one more to the viewer's left is the right one."""
        apart = sum((self.at(f"r_{name}") - self.at(f"l_{name}")) @ self.leftwards for name in limb[1:3])
        if apart < 0:
            self._swap([ROW[f"{side}_{name}"] for side in "rl" for name in limb])

    def truth(self) -> tuple[NDArray[np.float32], NDArray[np.uint8]]:
        """Joints and state; what is off the picture is absent."""
        inside = ((self.points >= 0) & (self.points < self.size)).all(1)
        return self.points.astype(np.float32), np.where(inside, self.state, 0).astype(np.uint8)

    def _swap(self, rows: list[int]) -> None:
        partners = _MIRRORED[rows]
        for array in (self.points, self.depth, self.drawn, self.state):
            array[rows] = array[partners]


def seat(joints: NDArray[np.floating], state: NDArray[np.integer], depth: NDArray[np.floating], size: int) -> Sitter:
    """A sitter from joints (23, 2) pixels, state (23,) and depth (23,) body heights. What is absent because it lies
    beyond the border is drawn all the same, running off the picture."""
    points = np.array(joints, np.float64)
    beyond = ((points < 0) | (points >= size)).any(1) & (np.abs(points - size / 2) < _WANDERS * size).all(1)
    height = _height(points, np.nan_to_num(np.asarray(depth, np.float64)))
    return Sitter(
        points, np.nan_to_num(np.asarray(depth, np.float64)) * height, (np.asarray(state) > 0) | beyond,
        np.where(np.asarray(state) > 0, 2, 0).astype(np.uint8), height, size,
    )  # fmt: skip


def _height(points: Points, depth: Points) -> float:
    """The upright body's height in pixels: the chain from crown to ankle, its depth counted too."""
    solids = {name: np.append(points[ROW[name]], depth[ROW[name]]) for name in ("head_top", "neck")}
    for name in ("hip", "knee", "ankle"):
        pair = [np.append(points[ROW[f"{side}_{name}"]], depth[ROW[f"{side}_{name}"]]) for side in "rl"]
        solids["pelvis" if name == "hip" else name] = 0.5 * (pair[0] + pair[1])
    steps = [solids[b] - solids[a] for a, b in itertools.pairwise(_SPINE)]
    flat = np.array([np.linalg.norm(step[:2]) for step in steps])
    deep = np.array([step[2] for step in steps])
    height = flat.sum()
    for _ in range(4):
        height = np.sqrt(flat**2 + (deep * height) ** 2).sum()
    return max(1.06 * float(height), 12.0)
