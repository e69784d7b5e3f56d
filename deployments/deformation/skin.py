"""Skinning: which vertex follows which bone, and where the bones carry it.

Knows joints and meshes, not pictures. Bones first stretch along themselves (width kept), then turn; turns are blended
as dual complex numbers (Matsuda, Kaji and Ochiai 2014), so a bend neither collapses nor bulges.
Transform 0 of every limb is its root: what the limb hangs from.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from deployments.deformation.joints import Motion, Vector, heading, rotation, wrapped
from deployments.deformation.mesh import Mesh, distances
from deployments.deformation.trunk import Torso

Points = NDArray[np.float64]
Weights = NDArray[np.float64]

STRETCH_LIMITS = (0.15, 3.0)
ROOT_BAND = 0.7
BEND_BAND = 0.8
SHORT = 1.0


@dataclass(frozen=True, eq=False)
class Limb:
    """A chain of bones and where they go. source (n, 2) joints; the transforms are root, n - 1 bones and the tip.

    angles (b,), origins (b, 2) in the source, pivots (b, 2) after stretching, goals (b, 2), stretches (b, 2, 2).
    """

    source: Points
    target: Points
    angles: NDArray[np.float64]
    origins: Points
    pivots: Points
    goals: Points
    stretches: NDArray[np.float64]
    torso: Torso

    @property
    def length(self) -> float:
        """Of the source's bones together, pixels."""
        return float(np.hypot(*np.diff(self.source, axis=0).T).sum())


def limb_of(motion: Motion, part: str, torso: Torso) -> Limb | None:
    """The limb's bones, or None where the source has no bone of it."""
    source, target = motion.chain(part)
    if len(source) < 2:
        return None
    steps, goals = np.diff(source, axis=0), np.diff(target, axis=0)
    before, after = np.hypot(*steps.T), np.hypot(*goals.T)
    turn = torso.turn(source[0])
    angles, stretches = [turn], [motion.scale * np.eye(2)]
    for step, goal, a, b in zip(steps, goals, before, after, strict=True):
        sound = a > SHORT and b > 0.03 * a * motion.scale
        turned = wrapped(heading(goal) - heading(step) - angles[-1]) if sound else 0.0
        angles.append(angles[-1] + turned)
        ratio = np.clip(b / a / motion.scale, *STRETCH_LIMITS) if a > SHORT else 1.0
        axis = step / a if a > SHORT else np.zeros(2)
        stretches.append(motion.scale * (np.eye(2) + (ratio - 1) * np.outer(axis, axis)))
    angles.append(angles[-1])
    stretches.append(motion.scale * np.eye(2))
    pivots = [source[0], source[0]]
    for step, stretch in zip(steps, stretches[1:-1], strict=True):
        pivots.append(pivots[-1] + stretch @ step)
    return Limb(
        source, target, np.array(angles), np.concatenate([source[:1], source]), np.array(pivots),
        np.concatenate([target[:1], target]), np.array(stretches), torso,
    )  # fmt: skip


def limb_weights(mesh: Mesh, limb: Limb, halfwidth: float, start: float) -> Weights:
    """(n, b) how much each vertex follows each transform; rows sum to 1.

    `halfwidth` (pixels) is the limb's; a joint bends within that much before and after it. `start` (pixels along the
    first bone) is where the limb leaves its root.
    """
    segments = list(zip(limb.source[:-1], limb.source[1:], strict=True))
    away = np.stack([distances(mesh, a, b) for a, b in segments], 1)
    gates = [_root_gate(mesh.vertices, limb, halfwidth, start)]
    for k in range(1, len(segments)):
        band = max(min(BEND_BAND * halfwidth, 0.45 * _shorter(limb, k)), 1e-3)
        square = away[:, k - 1] ** 2 - away[:, k] ** 2
        gates.append(_smooth((np.sign(square) * np.sqrt(np.abs(square)) + band) / (2 * band)))
    gates.append(_tip_gate(mesh.vertices, limb, halfwidth))
    gate = np.minimum.accumulate(np.stack(gates, 1), axis=1)
    ones, zeros = np.ones(len(gate)), np.zeros(len(gate))
    return np.asarray(np.column_stack([ones, gate]) - np.column_stack([gate, zeros]))


def stretched(vertices: Points, limb: Limb, weights: Weights) -> Points:
    """The vertices after the bones' stretching and before any turn: the rest shape of the relaxation."""
    offsets = vertices[None] - limb.origins[:, None]
    placed = limb.pivots[:, None] + np.einsum("bij,bnj->bni", limb.stretches, offsets)
    return np.asarray(np.einsum("nb,bni->ni", weights, placed))


def posed(vertices: Points, limb: Limb, weights: Weights) -> Points:
    """The vertices where the limb's bones and its root carry them."""
    rest = stretched(vertices, limb, weights)
    moved = blend(rest, weights, limb.angles, limb.pivots, limb.goals)
    root = weights[:, 0]
    if not (root > 0).any():
        return moved
    origin = limb.source[0]
    attached = limb.torso(vertices) + limb.goals[0] - limb.torso(origin[None])[0]
    scaled = limb.pivots[0] + (vertices - origin) @ limb.stretches[0].T
    rigid = limb.goals[0] + (scaled - limb.pivots[0]) @ rotation(limb.angles[0]).T
    return np.asarray(moved + root[:, None] * (attached - rigid))


def blend(points: Points, weights: Weights, angles: Vector, pivots: Points, goals: Points) -> Points:
    """(n, 2) points under weighted turns: transform b turns by angles[b] about pivots[b] and brings it to goals[b]."""
    z, pivot, goal = (a[..., 0] + 1j * a[..., 1] for a in (points, pivots, goals))
    half = np.exp(0.5j * angles)
    shift = (goal - half**2 * pivot) / (2 * half)
    turn, move = (weights * half).sum(1), (weights * shift).sum(1)
    size = np.maximum(np.abs(turn), 1e-9)
    turn, move = turn / size, move / size
    moved = turn**2 * z + 2 * turn * move
    return np.stack([moved.real, moved.imag], -1)


def _root_gate(vertices: Points, limb: Limb, halfwidth: float, start: float) -> NDArray[np.float64]:
    way = limb.source[1] - limb.source[0]
    length = max(float(np.hypot(*way)), 1e-6)
    along = (vertices - limb.source[0]) @ way / length
    band = max(min(ROOT_BAND * halfwidth, 0.6 * length), 1e-3)
    near = _smooth((along - start) / band)
    far = np.maximum(np.hypot(*(vertices - limb.source[0]).T) - 2.5 * halfwidth - max(start, 0), 0) / max(halfwidth, 1)
    return np.maximum(near, _smooth(far))


def _tip_gate(vertices: Points, limb: Limb, halfwidth: float) -> NDArray[np.float64]:
    way = limb.source[-1] - limb.source[-2]
    length = max(float(np.hypot(*way)), 1e-6)
    band = max(min(0.5 * halfwidth, 0.4 * length), 1e-3)
    return _smooth(((vertices - limb.source[-1]) @ way / length + band) / (2 * band))


def _shorter(limb: Limb, joint: int) -> float:
    lengths = np.hypot(*np.diff(limb.source, axis=0).T)
    return float(min(lengths[joint - 1], lengths[joint]))


def _smooth(t: NDArray[np.float64]) -> NDArray[np.float64]:
    t = np.clip(t, 0.0, 1.0)
    return np.asarray(t * t * (3 - 2 * t))
