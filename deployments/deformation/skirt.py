"""Skirts, and whatever else hangs round both legs: held at the pelvis, leaning towards the knees, hanging.

Knows the legs' bones and a mesh, not pictures. A skirt keeps its shape: it leans, grows longer, shorter and wider as
one piece, so that no leg can tear or twist it. Cloth that was cut into legs is carried by them instead; between them
the two sides blend.
"""

from dataclasses import dataclass

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
DROOP = 0.4  # of where a skirt points, what gravity decides; the legs decide the rest
LONG = 1.25  # thighs; a skirt from that long on leans towards knees and ankles, a shorter one towards the knees
CLOTHED = 0.15  # thighs; how far a hem reaches past the leg it lies on
LOOSE = 1.3  # of CLOTHED; a hem that reaches less far past the legs is one that they spread
HEM, LOWEST, WIDEST = 0.75, 98.0, 95.0  # where a hem begins in skirt lengths; percentiles that stand for its ends
LENGTHENED, WIDENED = (0.6, 1.25), (0.75, 2.0)
DOWN = np.array([0.0, 1.0])
ALL = slice(None)


@dataclass(frozen=True, eq=False)
class Hang:
    """How legs let a skirt hang: from the hips (2,), along an axis (2,) of length 1, as far as `drop` pixels; `apart`:
    pixels across the axis from the middle to the leg that is further out, where the drop ends."""

    hips: Points
    axis: Points
    drop: float
    apart: float

    @property
    def across(self) -> Points:
        return np.array([-self.axis[1], self.axis[0]])


def skirt(
    torso: Torso, legs: list[Limb], mesh: Mesh, stiffness: NDArray[np.float64], own: NDArray[np.bool_] | slice = ALL
) -> Points:
    """(n, 2) a skirt's vertices in the target frame; with no leg to follow it goes with the torso.

    own (n,): the vertices that are the skirt's, where the mesh is of more; its length and width are theirs.
    """
    if not legs or not len(mesh.vertices[own]):
        return torso(mesh.vertices)
    along, thigh = _below_hips(mesh.vertices, legs)
    reach = float(along[own].max())
    follow = _smooth(along / (CARRIED * min(max(reach, 0.3 * thigh), 1.5 * thigh)))[:, None]
    below, upright = _leaning(legs, mesh.vertices, own)
    placed = (1 - follow) * torso(mesh.vertices) + follow * below
    rest = (1 - follow) * _unturned(legs, mesh.vertices) + follow * upright
    return relaxed(mesh, rest, placed, stiffness, HEM_HOLD + WAIST_HOLD * (1 - follow[:, 0]))


def hung(torso: Torso, legs: list[Limb], vertices: Points) -> Points:
    """(n, 2) cloth that lies in the layers of both legs, carried by them; one map of the plane."""
    if not legs:
        return torso(vertices)
    along, length = _below_hips(vertices, legs)
    follow = _smooth(along / (CARRIED * length))[:, None]
    share = _left_share(vertices, legs)[:, None]
    moved = (1 - share) * _carried(vertices, legs[0]) + share * _carried(vertices, legs[-1])
    return np.asarray((1 - follow) * torso(vertices) + follow * moved)


def _leaning(legs: list[Limb], vertices: Points, own: NDArray[np.bool_] | slice) -> tuple[Points, Points]:
    """(n, 2) twice: where vertices hang on a skirt that `own` of them measure, and that before any turn."""
    scale = legs[0].stretches[0, 0, 0]
    below, thigh = _below_hips(vertices, legs)
    long = np.percentile(below[own], LOWEST) > LONG * thigh and all(len(leg.source) > 2 for leg in legs)
    joints = 3 if long else 2
    before = _hang(np.array([leg.source[:joints] for leg in legs]), 1.0)
    after = _hang(np.array([leg.target[:joints] for leg in legs]), scale)
    deep, aside = (vertices - before.hips) @ before.axis, (vertices - before.hips) @ before.across
    length = max(float(np.percentile(deep[own], LOWEST)), 1.0)
    at_hem = min(length / max(before.drop, 1.0), 1.0)
    wider = _widened(
        np.abs(aside[own][deep[own] > HEM * length]), at_hem * before.apart, at_hem * after.apart, CLOTHED * thigh
    )
    longer = np.clip(after.drop / max(before.drop, 1.0), *LENGTHENED)
    down = (scale * np.where(deep > 0, deep * longer, deep))[:, None]
    wide = (scale * aside * (1 + (wider - 1) * np.clip(deep / length, 0, 1)))[:, None]
    hips = _unturned(legs, before.hips[None])
    return after.hips + down * after.axis + wide * after.across, hips + down * before.axis + wide * before.across


def _hang(joints: Points, scale: float) -> Hang:
    """From the legs' joints (legs, n, 2), hips first; lengths are divided by `scale`."""
    hips, low = joints[:, 0].mean(0), joints[:, 1:].mean((0, 1))
    drop = float(np.hypot(*(low - hips)))
    axis = (1 - DROOP) * (low - hips) / max(drop, 1e-6) + DROOP * DOWN
    axis = axis / max(float(np.hypot(*axis)), 1e-6)
    apart = (joints[0, 1:] - joints[-1, 1:]) @ np.array([-axis[1], axis[0]]) / 2
    return Hang(hips, axis, drop / scale, float(np.abs(apart).max()) / scale)


def _widened(hem: NDArray[np.float64], before: float, after: float, clothed: float) -> float:
    """How much wider a hem is to lie: hem (n,) its vertices' distances from the axis, before and after the legs'.

    A hem that the legs had spread comes along with them; any other only widens where they reach past it.
    """
    half = max(float(np.percentile(hem, WIDEST)), 1.0) if len(hem) else 1.0
    was_spread = half < before + LOOSE * clothed
    wanted = half + after - before if was_spread else max(half, after + clothed)
    return float(np.clip(wanted / half, *WIDENED))


def _unturned(legs: list[Limb], vertices: Points) -> Points:
    """(n, 2) the vertices at the target's scale, before any turn."""
    scale = legs[0].stretches[0, 0, 0]
    return np.asarray(scale * vertices + legs[0].pivots[0] - scale * legs[0].source[0])


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


def _carried(vertices: Points, leg: Limb) -> Points:
    """(n, 2) where the leg's thigh, and past the knee its shin, carry the vertices."""
    weights: Weights = np.zeros((len(vertices), len(leg.angles)))
    thigh = leg.source[1] - leg.source[0]
    length = max(float(np.hypot(*thigh)), 1.0)
    past = _smooth(((vertices - leg.source[1]) @ thigh / length**2 + KNEE_BAND) / (2 * KNEE_BAND))
    weights[:, 1], weights[:, 2] = 1 - past, past
    return blend(stretched(vertices, leg, weights), weights, leg.angles, leg.pivots, leg.goals)


def _smooth(t: NDArray[np.float64]) -> NDArray[np.float64]:
    t = np.clip(t, 0.0, 1.0)
    return np.asarray(t * t * (3 - 2 * t))
