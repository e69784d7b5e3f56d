"""Where a layer's mesh goes: each part's own rule, then relaxation.

Knows meshes and joints, not texels. Limbs bend at their joints and stay attached at their roots; the head is rigid;
long hair hangs; a skirt follows the thighs; held things follow the joint they are held by.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from deployments.deformation.joints import CHAINS, HEAD, Motion, Vector
from deployments.deformation.mesh import Mesh
from deployments.deformation.relax import relaxed
from deployments.deformation.skin import Limb, blend, limb_of, limb_weights, posed, stretched
from deployments.deformation.skirt import hung, skirt
from deployments.deformation.trunk import Similarity, Torso, head_map, rigid_torso, torso_map

Points = NDArray[np.float64]

FREE_HOLD = 1.0
FIRM_HOLD = 3.0
NECK_BAND = 0.035
SETTLED = np.radians(2.0)


@dataclass(frozen=True, eq=False)
class Rig:
    """Every map of one motion. `height` is the figure's, pixels; `hanging` are the parts that move as a skirt does."""

    motion: Motion
    torso: Torso
    head: Similarity
    limbs: dict[str, Limb]
    height: float
    hanging: frozenset[str] = frozenset()


@dataclass(frozen=True, eq=False)
class Shape:
    """placed (n, 2) in the target frame; group (m,) 0 the near-root triangles, 1 those past the middle joint.

    along (n,): how far along its limb a vertex is, in bones; where a group folds on itself the farther is seen.
    """

    placed: Points
    group: NDArray[np.int8]
    along: NDArray[np.float64]


def rig_of(motion: Motion, height: float, hanging: frozenset[str] = frozenset(), faced: bool = False) -> Rig:
    """The maps of torso, head and every limb that the source has. faced: the torso carries the face, so both are rigid
    and move as one (a mascot that is all head)."""
    torso = rigid_torso(motion) if faced else torso_map(motion)
    limbs = {part: limb for part in CHAINS if (limb := limb_of(motion, part, torso)) is not None}
    head = Similarity(motion.angle, torso.pivot, torso.goal, motion.scale) if faced else head_map(motion, torso)
    return Rig(motion, torso, head, limbs, height, hanging)


def shape_layer(
    rig: Rig, part: str, joint: str, mesh: Mesh, area: float, stiffness: NDArray[np.float64], cut: Points
) -> Shape:
    """Places one layer's mesh. area: the layer's pixels; stiffness (n,): 1 for cloth, more for what is rigid.

    cut (k, 2): where the layer was cut from the torso, source frame.
    """
    if part in rig.limbs and part not in rig.hanging:
        return _limb(rig.limbs[part], mesh, area, stiffness)
    return Shape(
        _unjointed(rig, part, joint, mesh, stiffness, cut),
        np.zeros(len(mesh.triangles), np.int8), np.zeros(len(mesh.vertices)),
    )  # fmt: skip


def _unjointed(rig: Rig, part: str, joint: str, mesh: Mesh, stiffness: NDArray[np.float64], cut: Points) -> Points:
    if part == "head":
        return _head(rig, mesh.vertices, cut)
    if part == "hair":
        return _hair(rig, mesh.vertices)
    if part == "held":
        return _attached(rig, joint, mesh.vertices)
    if part == "skirt":
        return skirt(rig.torso, _legs(rig), mesh, stiffness)
    if part in rig.hanging:
        return hung(rig.torso, _legs(rig), mesh.vertices)
    return rig.torso(mesh.vertices)


def _legs(rig: Rig) -> list[Limb]:
    return [rig.limbs[leg] for leg in ("r_leg", "l_leg") if leg in rig.limbs]


def skinned_part(rig: Rig, part: str, joint: str, mesh: Mesh, own: NDArray[np.bool_]) -> Points:
    """(n, 2) where a part's rule carries any vertex, unrelaxed; limbs' width is guessed from their length.

    own (n,): the vertices that are the part's.
    """
    if part in rig.limbs and part not in rig.hanging:
        limb = rig.limbs[part]
        return posed(mesh.vertices, limb, limb_weights(mesh, limb, 0.18 * max(limb.length, 1.0), 0.0))
    ones = np.ones(len(mesh.vertices))
    if part == "skirt":
        return skirt(rig.torso, _legs(rig), mesh, ones, own)
    return shape_layer(rig, part, joint, mesh, 0.0, ones, np.zeros((0, 2))).placed


def _limb(limb: Limb, mesh: Mesh, area: float, stiffness: NDArray[np.float64]) -> Shape:
    halfwidth = max(0.5 * area / max(limb.length, 1.0), 0.5)
    halfwidth = min(halfwidth, 0.35 * max(limb.length, 1.0))
    weights = limb_weights(mesh, limb, halfwidth, _mesh_start(limb, mesh, halfwidth))
    placed = posed(mesh.vertices, limb, weights)
    if _bends(limb):
        rest = stretched(mesh.vertices, limb, weights)
        sure = np.clip((weights.max(1) - 0.85) / 0.15, 0, 1)
        placed = relaxed(mesh, rest, placed, stiffness, FREE_HOLD + FIRM_HOLD * sure)
    upper = weights[:, :2].sum(1)
    along = weights @ np.arange(weights.shape[1])
    return Shape(placed, (upper[mesh.triangles].mean(1) < 0.5).astype(np.int8), along)


def _mesh_start(limb: Limb, mesh: Mesh, halfwidth: float) -> float:
    way = limb.source[1] - limb.source[0]
    axis = way / max(float(np.hypot(*way)), 1e-6)
    points = mesh.vertices - limb.source[0]
    core = (points @ axis)[np.abs(points @ np.array([-axis[1], axis[0]])) < max(0.6 * halfwidth, 0.75 * mesh.cell)]
    return float(np.clip(core.min() + 1.5 * mesh.cell, 0.0, 1.5 * halfwidth)) if len(core) else 0.0


def _bends(limb: Limb) -> bool:
    return bool(np.abs(np.diff(limb.angles)).max() > SETTLED or np.abs(limb.stretches - limb.stretches[0]).max() > 0.02)


def _head(rig: Rig, vertices: Points, cut: Points) -> Points:
    """Rigid, but for a band along its cut from the torso, which stays with the torso."""
    moved = rig.head(vertices)
    if not len(cut):
        return moved
    away = cKDTree(cut).query(vertices)[0] / (NECK_BAND * rig.height)
    keep = np.clip(1.2 - away, 0, 1)[:, None]
    keep = keep * keep * (3 - 2 * keep)
    return np.asarray(keep * rig.torso(vertices) + (1 - keep) * moved)


def _hair(rig: Rig, vertices: Points) -> Points:
    """Follows the head; what hangs below the chin lags behind its turn."""
    head, motion = rig.head, rig.motion
    if not motion.has("neck", "nose"):
        return head(vertices)
    way = motion.source["nose"] - motion.source["neck"]
    length = max(float(np.hypot(*way)), 1.0)
    below = -((vertices - motion.source["nose"]) @ way) / length - 0.6 * length
    lag = np.clip(below / (1.5 * length), 0, 0.75)
    lag = lag * lag * (3 - 2 * lag)
    crown = head(motion.source["nose"][None])[0]
    rest = motion.source["nose"] + head.scale * (vertices - motion.source["nose"])
    anchor = motion.source["nose"]
    return blend(
        rest, np.column_stack([1 - lag, lag]), np.array([head.angle, 0.35 * head.angle]),
        np.array([anchor, anchor]), np.array([crown, crown]),
    )  # fmt: skip


def _attached(rig: Rig, joint: str, vertices: Points) -> Points:
    """Rigidly with the bone that ends at `joint`."""
    if joint in HEAD:
        return rig.head(vertices)
    for part, names in CHAINS.items():
        if joint in names and part in rig.limbs and names.index(joint) > 0:
            limb = rig.limbs[part]
            bone = min(names.index(joint), len(limb.source) - 1)
            start, goal = limb.source[bone], limb.target[bone]
            return Similarity(float(limb.angles[bone]), start, goal, rig.motion.scale)(vertices)
    return _carried(rig, joint, vertices)


def _carried(rig: Rig, joint: str, vertices: Points) -> Points:
    point: Vector = rig.motion.source.get(joint, rig.torso.pivot)
    goal = rig.torso(point[None])[0]
    return Similarity(rig.torso.turn(point), point, goal, rig.motion.scale)(vertices)
