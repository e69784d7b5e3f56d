"""Skirts, and whatever else hangs round both legs: held at the pelvis, carried by the thighs, hanging past the knees.

Knows the legs' bones and a mesh, not pictures. Between the legs the two sides blend, so that nothing tears.
"""

import numpy as np
from numpy.typing import NDArray

from deployments.deformation.mesh import Mesh
from deployments.deformation.relax import relaxed
from deployments.deformation.skin import Limb, blend, stretched
from deployments.deformation.trunk import Torso

Points = NDArray[np.float64]
Weights = NDArray[np.float64]

WAIST_HOLD, HEM_HOLD = 3.0, 0.3
CARRIED = 0.6
KNEE_BAND = 0.35


def skirt(torso: Torso, legs: list[Limb], mesh: Mesh, stiffness: NDArray[np.float64]) -> Points:
    """(n, 2) a skirt's vertices in the target frame; with no leg to follow it goes with the torso."""
    if not legs:
        return torso(mesh.vertices)
    along, length = _below_hips(mesh.vertices, legs)
    follow = _smooth(along / (CARRIED * min(max(float(along.max()), 0.3 * length), 1.5 * length)))
    placed, rest = _hung(torso, legs, mesh.vertices, follow[:, None])
    return relaxed(mesh, rest, placed, stiffness, HEM_HOLD + WAIST_HOLD * (1 - follow))


def hung(torso: Torso, legs: list[Limb], vertices: Points) -> Points:
    """(n, 2) the same without relaxation, one map of the plane: for one cloth that lies in several layers."""
    if not legs:
        return torso(vertices)
    along, length = _below_hips(vertices, legs)
    return _hung(torso, legs, vertices, _smooth(along / (CARRIED * length))[:, None])[0]


def _hung(torso: Torso, legs: list[Limb], vertices: Points, follow: Points) -> tuple[Points, Points]:
    """(n, 2) twice: placed, and before any turn. follow (n, 1): 0 with the torso, 1 with the legs."""
    sides = [_carried(vertices, leg) for leg in legs]
    share = _left_share(vertices, legs)[:, None]
    moved, rest = ((1 - share) * a + share * b for a, b in zip(sides[0], sides[-1], strict=True))
    scale = legs[0].stretches[0, 0, 0]
    upright = scale * vertices + legs[0].pivots[0] - scale * legs[0].source[0]
    return (1 - follow) * torso(vertices) + follow * moved, (1 - follow) * upright + follow * rest


def _below_hips(vertices: Points, legs: list[Limb]) -> tuple[NDArray[np.float64], float]:
    """(n,) how far below the hips along the thighs, and the thighs' length, pixels."""
    hips = np.mean([leg.source[0] for leg in legs], axis=0)
    thigh = np.mean([leg.source[1] for leg in legs], axis=0) - hips
    length = max(float(np.hypot(*thigh)), 1.0)
    return (vertices - hips) @ thigh / length, length


def _left_share(vertices: Points, legs: list[Limb]) -> NDArray[np.float64]:
    """(n,) how much each vertex goes with the last leg rather than the first, across the hips."""
    across = legs[-1].source[0] - legs[0].source[0]
    width = max(float(across @ across), 1.0)
    return _smooth(((vertices - legs[0].source[0]) @ across / width + 0.25) / 1.5)


def _carried(vertices: Points, leg: Limb) -> tuple[Points, Points]:
    """(n, 2) twice: where the leg's thigh, and past the knee its shin, carry the vertices; and that before turning."""
    weights: Weights = np.zeros((len(vertices), len(leg.angles)))
    thigh = leg.source[1] - leg.source[0]
    length = max(float(np.hypot(*thigh)), 1.0)
    past = _smooth(((vertices - leg.source[1]) @ thigh / length**2 + KNEE_BAND) / (2 * KNEE_BAND))
    weights[:, 1], weights[:, 2] = 1 - past, past
    rest = stretched(vertices, leg, weights)
    return blend(rest, weights, leg.angles, leg.pivots, leg.goals), rest


def _smooth(t: NDArray[np.float64]) -> NDArray[np.float64]:
    t = np.clip(t, 0.0, 1.0)
    return np.asarray(t * t * (3 - 2 * t))
