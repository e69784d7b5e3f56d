"""Pairs the joints of a figure with those of a target pose, and completes what the target leaves out.

Knows two poses, not pictures. Convention: both poses in one frame, pixels, x right, y down; angles in radians,
positive turns x towards y (clockwise on the screen).
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pose.errors import InvalidKeypoints
from pose.pose import Pose

Vector = NDArray[np.float64]

TORSO = ("neck", "r_shoulder", "l_shoulder", "r_hip", "l_hip")
HEAD = ("nose", "r_eye", "l_eye", "r_ear", "l_ear", "head_top")
CHAINS = {
    "r_arm": ("r_shoulder", "r_elbow", "r_wrist", "r_hand"),
    "l_arm": ("l_shoulder", "l_elbow", "l_wrist", "l_hand"),
    "r_leg": ("r_hip", "r_knee", "r_ankle", "r_toe"),
    "l_leg": ("l_hip", "l_knee", "l_ankle", "l_toe"),
}
SCALE_LIMITS = (0.05, 20.0)
SAME_SCALE = 0.1


@dataclass(frozen=True, eq=False)
class Motion:
    """Where every joint that the source has goes. `scale` is 1 unless joints are given exactly; `angle` the torso's."""

    source: dict[str, Vector]
    target: dict[str, Vector]
    depth: dict[str, float]
    scale: float
    angle: float

    def has(self, *names: str) -> bool:
        """Whether every named joint is in the source (and so in both)."""
        return all(name in self.source for name in names)

    def chain(self, part: str) -> tuple[Vector, Vector]:
        """(n, 2) source and target of a limb's joints from its root on, up to the first that the source lacks."""
        names: list[str] = []
        for name in CHAINS[part]:
            if name not in self.source:
                break
            names.append(name)
        source = np.array([self.source[name] for name in names]).reshape(-1, 2)
        return source, np.array([self.target[name] for name in names]).reshape(-1, 2)


def correspond(source: Pose, target: Pose, exact: bool) -> Motion:
    """Pairs joints. What the target leaves out keeps its rigid relation to its parent bone.

    Raises InvalidKeypoints where the two poses share no joint, or name different skeletons.
    """
    if source.skeleton.name != target.skeleton.name:
        raise InvalidKeypoints(
            f"the figure's skeleton is '{source.skeleton.name}', the target's '{target.skeleton.name}'; use one."
        )
    start, end = _with_neck(_present(source)), _with_neck(_present(target))
    shared = [name for name in start if name in end]
    if not shared:
        raise InvalidKeypoints("the target names no joint that the figure has; give at least one of its joints.")
    scale = _scale(start, end, source.skeleton.bones) if exact else 1.0
    angle = _turn(start, end, [name for name in TORSO if name in shared])
    complete = _complete(start, end, shared, scale, angle, source.skeleton.bones)
    return Motion(start, complete, _depths(target), scale, angle)


def rotation(angle: float) -> Vector:
    """(2, 2) the matrix that turns x towards y."""
    cos, sin = np.cos(angle), np.sin(angle)
    return np.array([[cos, -sin], [sin, cos]])


def wrapped(angle: float) -> float:
    """The same angle in (-pi, pi]."""
    return float(np.arctan2(np.sin(angle), np.cos(angle)))


def heading(vector: Vector) -> float:
    """The angle of a vector."""
    return float(np.arctan2(vector[1], vector[0]))


def _present(pose: Pose) -> dict[str, Vector]:
    rows = zip(pose.skeleton.joints, pose.points.astype(np.float64), pose.present, strict=True)
    return {name: point for name, point, there in rows if there}


def _with_neck(joints: dict[str, Vector]) -> dict[str, Vector]:
    if "neck" not in joints and "r_shoulder" in joints and "l_shoulder" in joints:
        return joints | {"neck": (joints["r_shoulder"] + joints["l_shoulder"]) / 2}
    return joints


def _depths(pose: Pose) -> dict[str, float]:
    if pose.depth is None:
        return {}
    rows = zip(pose.skeleton.joints, pose.depth, pose.present, strict=True)
    return {name: float(depth) for name, depth, there in rows if there and np.isfinite(depth)}


def _scale(start: dict[str, Vector], end: dict[str, Vector], bones: tuple[tuple[str, str], ...]) -> float:
    ratios = []
    for a, b in bones:
        if {a, b} <= start.keys() & end.keys():
            before, after = np.hypot(*(start[b] - start[a])), np.hypot(*(end[b] - end[a]))
            if before > 2:
                ratios.append(after / before)
    scale = float(np.clip(np.median(ratios), *SCALE_LIMITS)) if ratios else 1.0
    return 1.0 if abs(np.log(scale)) < SAME_SCALE else scale


def _turn(start: dict[str, Vector], end: dict[str, Vector], names: list[str]) -> float:
    if {"r_hip", "l_hip", "neck"} <= set(names):
        before = (start["r_hip"] + start["l_hip"]) / 2 - start["neck"]
        after = (end["r_hip"] + end["l_hip"]) / 2 - end["neck"]
        if np.hypot(*before) > 1 and np.hypot(*after) > 1:
            return wrapped(heading(after) - heading(before))
    if len(names) < 2:
        return 0.0
    p = np.array([start[name] for name in names])
    q = np.array([end[name] for name in names])
    p, q = p - p.mean(0), q - q.mean(0)
    return float(np.arctan2((p[:, 0] * q[:, 1] - p[:, 1] * q[:, 0]).sum(), (p * q).sum()))


def _complete(
    start: dict[str, Vector], end: dict[str, Vector], shared: list[str], scale: float, angle: float,
    bones: tuple[tuple[str, str], ...],
) -> dict[str, Vector]:  # fmt: skip
    anchors = [name for name in TORSO if name in shared] or shared
    p = np.mean([start[name] for name in anchors], axis=0)
    q = np.mean([end[name] for name in anchors], axis=0)
    parents = {child: parent for parent, child in bones}
    done = {name: end[name] for name in shared}
    order = [name for name in ("neck", *(child for _, child in bones)) if name in start]
    for name in order:
        if name in done:
            continue
        parent = parents.get(name)
        if parent in done and parent is not None:
            turn = _bone_turn(start, done, parents.get(parent), parent, angle)
            done[name] = done[parent] + scale * rotation(turn) @ (start[name] - start[parent])
        else:
            done[name] = q + scale * rotation(angle) @ (start[name] - p)
    return done


def _bone_turn(
    start: dict[str, Vector], done: dict[str, Vector], grand: str | None, parent: str, fallback: float
) -> float:
    if grand is None or grand not in start or grand not in done or parent in TORSO or parent in HEAD:
        return fallback
    before, after = start[parent] - start[grand], done[parent] - done[grand]
    if np.hypot(*before) < 1 or np.hypot(*after) < 1:
        return fallback
    return wrapped(heading(after) - heading(before))
