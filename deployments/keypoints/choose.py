"""Chooses among readings by evidence: the reader's own score, agreement with the foreground, anatomy. No network.

Readers are confident about what is not there: BlazePose finds people in the arm of a drawn pumpkin. So a reading is
worth its score times how much of it lies on the figure, how much of the figure it spans, and how far its limbs could
be a body's. Two readings of one figure are told by their joints, masks and boxes; the worthier stays. Our network's
scores are the share of certainty near the peak, so they run lower than BlazePose's visibilities.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from deployments.keypoints.foreground import Foreground
from pose.figure import Reading
from pose.pose import Pose

LEAST_WORTH = {"blazepose": 0.3, "network": 0.1, "vitpose": 0.3}
LEAST_OF_BEST = 0.35
UNSUPPORTED = 0.2
ONE_SIDED = 0.88
SAME_OKS = 0.4
SAME_OVERLAP = 0.6
PAIRS = (("shoulder", "elbow"), ("elbow", "wrist"), ("hip", "knee"), ("knee", "ankle"))


@dataclass(frozen=True)
class Evidence:
    """Each in 0..1. `worth` is what readings are compared by."""

    score: float
    support: float
    coverage: float
    anatomy: float

    @property
    def worth(self) -> float:
        return self.score * self.support * self.coverage * self.anatomy


def choose(candidates: list[Reading], foreground: Foreground) -> list[Reading]:
    """The readings that are worth it, one a figure, largest first; scores replaced by what they proved to be worth."""
    weighed = sorted(((weigh(reading, foreground).worth, reading) for reading in candidates), key=lambda pair: -pair[0])
    chosen: list[tuple[float, Reading]] = []
    for worth, reading in weighed:
        least = max(LEAST_WORTH.get(reading.reader, 0.0), LEAST_OF_BEST * chosen[0][0] if chosen else 0.0)
        if worth >= least and not any(same_figure(reading, other) for _, other in chosen):
            chosen.append((worth, reading))
    return sorted(
        (_scored(reading, float(worth)) for worth, reading in chosen), key=lambda reading: -_area(reading.box)
    )


def weigh(reading: Reading, foreground: Foreground) -> Evidence:
    """How far the picture bears a reading out."""
    if reading.reader in ("openpose", "user"):
        return Evidence(reading.score, 1.0, 1.0, 1.0)
    return Evidence(
        score=float(np.clip(reading.score, 0, 1)),
        support=_support(reading, foreground),
        coverage=_coverage(reading, foreground),
        anatomy=anatomy(reading.pose),
    )


def anatomy(pose: Pose) -> float:
    """1 for what could be a body, less for left and right limbs of very different lengths, a torso of no length, or a
    whole leg or arm on one side only."""
    penalties = [_imbalance(pose, inner, outer) for inner, outer in PAIRS]
    worst = max(penalties, default=0.0)
    few = min(1.0, int(pose.present[: pose.skeleton.core].sum()) / 7)
    whole = ONE_SIDED if _one_sided(pose) else 1.0
    return float(few * (1 - 0.5 * worst) * (1.0 if _torso(pose) else 0.3) * whole)


def same_figure(a: Reading, b: Reading) -> bool:
    """Whether two readings are of one figure."""
    if a.mask is not None and b.mask is not None:
        return max(_mask_overlap(a.mask, b.mask), oks(a.pose, b.pose)) > SAME_OVERLAP
    return _box_overlap(joint_box(a.pose), joint_box(b.pose)) > SAME_OVERLAP or oks(a.pose, b.pose) > SAME_OKS


def oks(a: Pose, b: Pose) -> float:
    """Object keypoint similarity over the joints that both have; one deviation is a tenth of the smaller one's size."""
    both = a.present & b.present
    if both.sum() < 4:
        return 0.0
    size = min(np.sqrt(_area(joint_box(pose))) for pose in (a, b))
    squared = ((a.points[both] - b.points[both]) ** 2).sum(1)
    return float(np.exp(-squared / (2 * (0.1 * max(size, 1)) ** 2)).mean())


def joint_box(pose: Pose) -> tuple[float, float, float, float]:
    """Around the joints that are there, (x0, y0, x1, y1)."""
    if not pose.present.any():
        return 0.0, 0.0, 0.0, 0.0
    points = pose.points[pose.present]
    (x0, y0), (x1, y1) = points.min(0), points.max(0)
    return float(x0), float(y0), float(x1), float(y1)


def bone_points(pose: Pose, count: int = 7) -> NDArray[np.float32]:
    """(N, 2) points along every bone that is there, both ends included."""
    along = np.linspace(0, 1, count, dtype=np.float32)[:, None]
    lines = [
        pose[a] * (1 - along) + pose[b] * along for a, b in pose.skeleton.bones if pose.has(a, b) and b != "head_top"
    ]
    return np.concatenate(lines) if lines else np.zeros((0, 2), np.float32)


def _support(reading: Reading, foreground: Foreground) -> float:
    """Share of the bones on the figure: the foreground as far as it is trusted, else the reader's own mask."""
    points = bone_points(reading.pose)
    own = 1.0
    if reading.mask is not None:
        x, y = np.floor(points).astype(int).T
        height, width = reading.mask.shape
        own = float((reading.mask[y.clip(0, height - 1), x.clip(0, width - 1)] > 100).mean()) if len(points) else 0.0
    seen = UNSUPPORTED + (1 - UNSUPPORTED) * foreground.share_of(points)
    return min(1.0, 0.1 + own) * (1 - foreground.trust + foreground.trust * seen)


def _coverage(reading: Reading, foreground: Foreground) -> float:
    """How much of the piece of foreground that the joints lie on they span, as far as the foreground is trusted."""
    spans = [_intersection(joint_box(reading.pose), box) / max(_area(box), 1) for box in foreground.boxes]
    touching = [
        span
        for span, box in zip(spans, foreground.boxes, strict=True)
        if _intersection(joint_box(reading.pose), box) > 0.5 * _area(joint_box(reading.pose))
    ]
    spanned = min(1.0, max(touching) / 0.35) if touching else 1.0
    return 1 - 0.8 * foreground.trust * (1 - spanned)


def _imbalance(pose: Pose, inner: str, outer: str) -> float:
    """0 for limbs of equal length to 1 where one is four times as long as the other (foreshortening makes two)."""
    names = [(f"{side}_{inner}", f"{side}_{outer}") for side in "rl"]
    if not all(pose.has(*pair) for pair in names):
        return 0.0
    lengths = sorted(float(np.hypot(*(pose[a] - pose[b]))) for a, b in names)
    return float(np.clip((lengths[1] / max(lengths[0], 1e-3) - 2) / 2, 0, 1))


def _one_sided(pose: Pose) -> bool:
    """Whether one side's knee and ankle, or elbow and wrist, are there and the other side has neither."""
    chains = [[(f"{side}_{inner}", f"{side}_{outer}") for side in "rl"] for inner, outer in (PAIRS[1], PAIRS[3])]
    return any(
        pose.has(*one) and not (pose.has(other[0]) or pose.has(other[1]))
        for a, b in chains
        for one, other in ((a, b), (b, a))
    )


def _torso(pose: Pose) -> bool:
    """Whether shoulders and hips, where both are there, are apart by more than a tenth of the figure."""
    names = ("r_shoulder", "l_shoulder", "r_hip", "l_hip")
    if not pose.has(*names):
        return True
    middle = (pose["r_shoulder"] + pose["l_shoulder"] - pose["r_hip"] - pose["l_hip"]) / 2
    x0, y0, x1, y1 = joint_box(pose)
    return float(np.hypot(*middle)) > 0.08 * float(np.hypot(x1 - x0, y1 - y0))


def _mask_overlap(a: NDArray[np.uint8], b: NDArray[np.uint8]) -> float:
    """Intersection over the smaller of the two."""
    one, other = a > 127, b > 127
    return float((one & other).sum() / max(min(one.sum(), other.sum()), 1))


def _box_overlap(a: tuple[float, ...], b: tuple[float, ...]) -> float:
    """Intersection over the smaller of the two."""
    return _intersection(a, b) / max(min(_area(a), _area(b)), 1.0)


def _intersection(a: tuple[float, ...], b: tuple[float, ...]) -> float:
    width, height = min(a[2], b[2]) - max(a[0], b[0]), min(a[3], b[3]) - max(a[1], b[1])
    return max(width, 0.0) * max(height, 0.0)


def _area(box: tuple[float, ...]) -> float:
    return (box[2] - box[0]) * (box[3] - box[1])


def _scored(reading: Reading, worth: float) -> Reading:
    return Reading(reading.pose, reading.kind, reading.reader, worth, reading.box, reading.mask)
