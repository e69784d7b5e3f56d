from dataclasses import replace

import cv2
import numpy as np
import pytest

from deployments.keypoints.choose import anatomy, choose, same_figure, weigh
from deployments.keypoints.foreground import estimate_foreground
from pose.figure import Reading
from pose.pose import Pose
from tests.deployments.keypoints.test_openpose import standing


def reading(pose: Pose, score: float = 0.8, mask: np.ndarray | None = None, reader: str = "network") -> Reading:
    low, high = pose.points[pose.present].min(0), pose.points[pose.present].max(0)
    return Reading(pose, "drawing", reader, score, (*low.tolist(), *high.tolist()), mask)  # type: ignore[arg-type]


def drawing(pose: Pose) -> np.ndarray:
    """A body of thick limbs on white paper."""
    canvas = np.full((pose.height, pose.width, 3), 245, np.uint8)
    for a, b in pose.skeleton.bones:
        if pose.has(a, b):
            cv2.line(canvas, *(tuple(int(v) for v in pose[name]) for name in (a, b)), (60, 90, 160), 26)
    return canvas


def squeezed(pose: Pose, factor: float, offset: tuple[float, float]) -> Pose:
    return replace(pose, points=pose.points * np.float32(factor) + np.array(offset, np.float32))


def test_a_claim_in_a_part_of_the_figure_loses_to_the_whole_one() -> None:
    truth = standing(400, 400)
    foreground = estimate_foreground(drawing(truth))
    false = reading(squeezed(truth, 0.25, (150, 100)), score=0.95, reader="blazepose")
    right = reading(truth, score=0.6)
    chosen = choose([false, right], foreground)
    assert chosen[0].pose is truth
    assert weigh(false, foreground).worth < weigh(right, foreground).worth


def test_a_claim_beside_the_figure_is_dropped() -> None:
    truth = standing(400, 400)
    foreground = estimate_foreground(drawing(truth))
    beside = reading(squeezed(truth, 0.3, (0, 280)), score=0.9)
    assert [r.pose is truth for r in choose([beside, reading(truth)], foreground)] == [True]


def test_one_figure_read_twice_is_kept_once_and_two_figures_twice() -> None:
    truth = standing(400, 400)
    busy = estimate_foreground(np.random.default_rng(0).integers(0, 255, (400, 400, 3), np.uint8))
    close = squeezed(truth, 1.0, (4, 2))
    assert same_figure(reading(truth), reading(close))
    apart = squeezed(truth, 0.4, (800, 0))
    chosen = choose([reading(apart, 0.9), reading(truth, 0.8), reading(close, 0.7)], busy)
    assert [r.pose is expected for r, expected in zip(chosen, (truth, apart), strict=True)] == [True, True]


def test_people_behind_one_another_are_told_by_their_masks() -> None:
    truth = standing(400, 400)
    behind = squeezed(truth, 0.7, (100, 20))
    left, right = np.zeros((400, 400), np.uint8), np.zeros((400, 400), np.uint8)
    left[:, :200], right[:, 180:] = 255, 255
    assert not same_figure(reading(truth, mask=left), reading(behind, mask=right))
    assert same_figure(reading(truth, mask=left), reading(behind, mask=left))


def test_a_limb_many_times_its_pair_is_not_a_body() -> None:
    truth = standing(400, 400)
    points = truth.points.copy()
    points[truth.skeleton.index["r_wrist"]] += (-150, 150)
    assert anatomy(truth) == 1
    assert anatomy(replace(truth, points=points)) < 0.8
    assert anatomy(replace(truth, scores=np.zeros_like(truth.scores))) == 0


@pytest.mark.parametrize("reader", ["openpose", "user"])
def test_what_is_exact_needs_no_evidence(reader: str) -> None:
    pose = standing(400, 400)
    foreground = estimate_foreground(np.full((400, 400, 3), 255, np.uint8))
    assert weigh(reading(pose, 1.0, reader=reader), foreground).worth == 1


def test_a_leg_on_one_side_only_is_held_against_a_reading() -> None:
    truth = standing(400, 400)
    scores = truth.scores.copy()
    scores[[truth.skeleton.index[name] for name in ("l_knee", "l_ankle")]] = 0
    assert anatomy(replace(truth, scores=scores)) == pytest.approx(0.88)
    scores[[truth.skeleton.index[name] for name in ("r_knee", "r_ankle")]] = 0
    assert anatomy(replace(truth, scores=scores)) == 1
