"""Moves the two parts that other parts hang from: the torso, one smooth map of the plane, and the head, a similarity.

Knows joints, not pictures. The torso is a bounded scaling in the spine's frame followed by a rigid moving least
squares map (Schaefer, McPhail and Warren 2006) that carries each shoulder and hip to its place.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from deployments.deformation.joints import TORSO, Motion, Vector, heading, rotation, wrapped

Points = NDArray[np.float64]

ALONG_LIMITS = (0.55, 1.3)
ACROSS_LIMITS = (0.5, 1.2)
RESIDUAL = 0.35
SOFTNESS = 0.12
HEAD_TILT = np.radians(60.0)


@dataclass(frozen=True, eq=False)
class Similarity:
    """v -> goal + scale R(angle) (v - pivot)."""

    angle: float
    pivot: Vector
    goal: Vector
    scale: float = 1.0

    def __call__(self, points: Points) -> Points:
        return np.asarray(self.goal + self.scale * (points - self.pivot) @ rotation(self.angle).T)


@dataclass(frozen=True, eq=False)
class Torso:
    """The torso's map of the plane, source frame to target frame; smooth everywhere, exact up to softness at joints."""

    frame: Points
    pivot: Vector
    goal: Vector
    handles: Points
    goals: Points
    softness: float

    def __call__(self, points: Points) -> Points:
        """(n, 2) -> (n, 2)."""
        placed = self.goal + (points - self.pivot) @ self.frame.T
        if len(self.handles) < 2:
            return np.asarray(placed)
        return _rigid_least_squares(placed, self.handles, self.goals, self.softness)

    def turn(self, point: Vector) -> float:
        """How much the map turns around a point."""
        step = max(self.softness, 1e-3)
        ring = point + step * np.array([[1.0, 0], [-1, 0], [0, 1], [0, -1]])
        x0, x1, y0, y1 = self(ring)
        across, down = x0 - x1, y0 - y1
        return float(np.arctan2(across[1] - down[0], across[0] + down[1]))


def torso_map(motion: Motion) -> Torso:
    """The torso's map. With fewer than two torso joints it is a translation (and the motion's turn)."""
    names = [name for name in TORSO if motion.has(name)] or list(motion.source)
    start = np.array([motion.source[name] for name in names])
    end = np.array([motion.target[name] for name in _unmirrored(motion, names)])
    axis = _spine(motion)
    size = max(float(np.ptp(start, axis=0).max()), 1.0)
    frame = _frame(start, end, axis, motion.angle, motion.scale)
    pivot, goal = start.mean(0), end.mean(0)
    handles = goal + (start - pivot) @ frame.T
    residual = end - handles
    length = np.hypot(residual[:, 0], residual[:, 1])
    bound = RESIDUAL * size * motion.scale
    residual *= np.minimum(1.0, bound / np.maximum(length, 1e-9))[:, None]
    if length.max() < 1e-3:
        handles = handles[:0]
    return Torso(frame, pivot, goal, handles, (handles + residual[: len(handles)]), SOFTNESS * size * motion.scale)


def rigid_torso(motion: Motion) -> Torso:
    """The torso's map for a body that carries the face: turned and moved, its shape kept."""
    soft = torso_map(motion)
    frame = motion.scale * rotation(motion.angle)
    return Torso(frame, soft.pivot, soft.goal, soft.handles[:0], soft.goals[:0], soft.softness)


def head_map(motion: Motion, torso: Torso) -> Similarity:
    """The head's similarity: it turns with the neck's axis and the line of the eyes or ears, at most 60 degrees.

    The head's centre may come nearer to the neck by a quarter (nodding), and hardly go away from it.
    """
    if not motion.has("neck"):
        names = [name for name in ("nose", "r_eye", "l_eye", "r_ear", "l_ear") if motion.has(name)]
        pivot = np.mean([motion.source[n] for n in names], axis=0) if names else torso.pivot
        goal = np.mean([motion.target[n] for n in names], axis=0) if names else torso(torso.pivot[None])[0]
        return Similarity(_head_turn(motion, torso.turn(pivot)), pivot, goal, motion.scale)
    pivot = motion.source["neck"]
    angle = _head_turn(motion, torso.turn(pivot))
    goal = motion.target["neck"] + _nod(motion, angle)
    return Similarity(angle, pivot, goal, motion.scale)


def _spine(motion: Motion) -> Vector:
    """Unit vector down the source's spine."""
    if motion.has("neck", "r_hip", "l_hip"):
        down = (motion.source["r_hip"] + motion.source["l_hip"]) / 2 - motion.source["neck"]
        if np.hypot(*down) > 1:
            return np.asarray(down / np.hypot(*down))
    if motion.has("r_shoulder", "l_shoulder"):
        across = motion.source["l_shoulder"] - motion.source["r_shoulder"]
        if np.hypot(*across) > 1:
            down = np.array([-across[1], across[0]]) / np.hypot(*across)
            return np.asarray(down if down[1] >= 0 else -down)
    return np.array([0.0, 1.0])


def _unmirrored(motion: Motion, names: list[str]) -> list[str]:
    """The target joint of each torso joint: sides change places where the target faces the other way."""
    swap = {"r_shoulder": "l_shoulder", "l_shoulder": "r_shoulder", "r_hip": "l_hip", "l_hip": "r_hip"}
    axis = _spine(motion)
    before, after = np.array([-axis[1], axis[0]]), rotation(motion.angle) @ np.array([-axis[1], axis[0]])
    sides = 0.0
    for right, left in (("r_shoulder", "l_shoulder"), ("r_hip", "l_hip")):
        if motion.has(right, left):
            source = (motion.source[right] - motion.source[left]) @ before
            sides += np.sign(source) * ((motion.target[right] - motion.target[left]) @ after)
    if sides >= 0:
        return names
    return [swap[name] if name in swap and motion.has(swap[name]) else name for name in names]


def _frame(start: Points, end: Points, axis: Vector, angle: float, scale: float) -> Points:
    """(2, 2) turn times bounded scaling along and across the spine."""
    basis = np.array([[-axis[1], axis[0]], axis])
    p = (start - start.mean(0)) @ basis.T
    q = (end - end.mean(0)) @ (basis @ rotation(angle).T).T
    power = (p**2).sum(0)
    across, along = (
        float(np.clip((p[:, k] * q[:, k]).sum() / power[k] / scale, *limits)) if power[k] > 4 else 1.0
        for k, limits in ((0, ACROSS_LIMITS), (1, ALONG_LIMITS))
    )
    return np.asarray(scale * rotation(angle) @ basis.T @ np.diag([across, along]) @ basis)


def _rigid_least_squares(points: Points, handles: Points, goals: Points, softness: float) -> Points:
    weight = 1.0 / (((points[:, None] - handles[None]) ** 2).sum(2) + softness**2 * 0.02) ** 1.0
    weight /= weight.sum(1, keepdims=True)
    centre, goal = weight @ handles, weight @ goals
    p, q = handles[None] - centre[:, None], goals[None] - goal[:, None]
    dot = (weight[..., None] * p * q).sum((1, 2))
    cross = (weight * (p[..., 0] * q[..., 1] - p[..., 1] * q[..., 0])).sum(1)
    norm = np.maximum(np.hypot(dot, cross), 1e-12)
    cos, sin = dot / norm, cross / norm
    offset = points - centre
    turned = np.stack([cos * offset[:, 0] - sin * offset[:, 1], sin * offset[:, 0] + cos * offset[:, 1]], 1)
    return np.asarray(goal + turned)


def _centre(joints: dict[str, Vector]) -> Vector | None:
    for names in (("r_ear", "l_ear"), ("r_eye", "l_eye"), ("nose",), ("head_top",)):
        if all(name in joints for name in names):
            return np.asarray(np.mean([joints[name] for name in names], axis=0))
    return None


def _head_turn(motion: Motion, torso: float) -> float:
    """Mean of what the neck's axis and the line of eyes or ears say, within 60 degrees of the torso."""
    votes = []
    before, after = _centre(motion.source), _centre({name: motion.target[name] for name in motion.source})
    if before is not None and after is not None and motion.has("neck"):
        p, q = before - motion.source["neck"], after - motion.target["neck"]
        if np.hypot(*p) > 1 and np.hypot(*q) > 0.3 * motion.scale * np.hypot(*p):
            votes.append(wrapped(heading(q) - heading(p) - torso))
    for right, left in (("r_ear", "l_ear"), ("r_eye", "l_eye")):
        if motion.has(right, left):
            p = motion.source[left] - motion.source[right]
            q = motion.target[left] - motion.target[right]
            if np.hypot(*p) > 2 and np.hypot(*q) > 0.4 * motion.scale * np.hypot(*p):
                votes.append(wrapped(heading(q) - heading(p) - torso))
                break
    if len(votes) == 2 and abs(votes[0] - votes[1]) > np.radians(50):
        votes = votes[:1]
    return torso + float(np.clip(np.mean(votes) if votes else 0.0, -HEAD_TILT, HEAD_TILT))


def _nod(motion: Motion, angle: float) -> Vector:
    before, after = _centre(motion.source), _centre({name: motion.target[name] for name in motion.source})
    if before is None or after is None:
        return np.zeros(2)
    reach = before - motion.source["neck"]
    axis = rotation(angle) @ reach * motion.scale
    length = float(np.hypot(*axis))
    if length < 1:
        return np.zeros(2)
    wanted = float((after - motion.target["neck"]) @ axis) / length
    return np.asarray(axis / length * np.clip(wanted - length, -0.25 * length, 0.08 * length))
