"""What a detector reads in a result, held against the pose that was asked for and against its reading of the truth.

Knows one reader. The detector looks at the true figure's box in every picture, on white. Lengths are in torsos of the
target (neck to the middle of the hips). What counts: core joints that are visible in the truth.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from deployments.denoiser.sample import bounds
from deployments.keypoints.reader import PoseReader
from pose.pose import Pose
from pose.skeleton import BIPED
from training.cases import Case

SWAP = 0.1  # torsos by which a joint must be nearer to its partner's place than to its own
SHORT = 0.1  # torsos below which a bone is too foreshortened to compare
PARTNERS = np.array(BIPED.mirrored)
LIMBS = np.array([name[2:] in ("elbow", "wrist", "knee", "ankle") for name in BIPED.joints])
CORE = np.arange(len(BIPED.joints)) < BIPED.core
BONES = np.array(
    [(a, b) for a, b in BIPED.bone_rows if max(a, b) < BIPED.core and not {"eye", "ear"} & {BIPED.joints[b][2:]}]
)
Array = NDArray[Any]


@dataclass(frozen=True)
class Rereading:
    """pck10, pck20: shares of joints within 0.1 and 0.2 torsos of the target. drift: median over bones of how far
    their length is from that read on the truth, %. swaps: share of limb joints read on the wrong side, %, that are
    not so on the truth. NaN where nothing counts."""

    pck10: float
    pck20: float
    drift: float
    swaps: float


class Judge:
    """Reads a case's truth once, then any result of it."""

    def __init__(self, reader: PoseReader, case: Case) -> None:
        self._reader, self._target = reader, case.target
        box = bounds(case.truth[..., 3] > 127) or (0, 0, case.target.width, case.target.height)
        self._box = (float(box[0]), float(box[1]), float(box[2]), float(box[3]))
        self._true = self._read(case.truth)

    def __call__(self, rgba: Array) -> Rereading:
        """rgba (H, W, 4) uint8 straight."""
        return compare(self._read(rgba), self._target, self._true)

    def _read(self, rgba: Array) -> Pose:
        return self._reader.read(rgba, self._box).pose


def compare(found: Pose, target: Pose, true: Pose) -> Rereading:
    """A reading of a result held against the target and the reading of the truth."""
    hips = (target["r_hip"] + target["l_hip"]) / 2
    torso = max(float(np.linalg.norm(target["neck"] - hips)), 1.0)
    own = np.linalg.norm(found.points - target.points, axis=1) / torso
    counted = CORE & (target.scores > 0.9)
    within = [_share((own < limit) & found.present, counted) for limit in (0.1, 0.2)]
    limbs = counted & LIMBS & target.present[PARTNERS] & found.present
    swaps = _share(_swapped(found, target, torso) & ~_swapped(true, target, torso), limbs)
    return Rereading(within[0], within[1], 100 * _drift(found, true, torso), 100 * swaps)


def _swapped(read: Pose, target: Pose, torso: float) -> Array:
    """(J,) which joints lie nearer to their partner's place than to their own."""
    own = np.linalg.norm(read.points - target.points, axis=1)
    other = np.linalg.norm(read.points - target.points[PARTNERS], axis=1)
    return np.asarray((own > other + SWAP * torso) & read.present)


def _drift(found: Pose, true: Pose, torso: float) -> float:
    lengths = [np.linalg.norm(pose.points[BONES[:, 0]] - pose.points[BONES[:, 1]], axis=1) for pose in (found, true)]
    there = (found.present & true.present)[BONES].all(1) & (lengths[1] > SHORT * torso)
    if not there.any():
        return float("nan")
    return float(np.median(np.abs(lengths[0][there] / lengths[1][there] - 1)))


def _share(hit: Array, counted: Array) -> float:
    return float(hit[counted].mean()) if counted.any() else float("nan")
