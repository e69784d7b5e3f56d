"""Shoulders read on a thin arm go to the body; all others stay."""

import cv2
import numpy as np
import pytest

from deployments.garments.shoulders import rooted, with_roots
from pose.figure import PART_INDEX
from pose.pose import Pose, from_named

BODY = {"neck": (100, 60), "r_hip": (90, 140), "l_hip": (110, 140)}


def _matte(arm: int = 6) -> np.ndarray:
    matte = np.zeros((220, 200), np.uint8)
    cv2.rectangle(matte, (78, 50), (122, 150), 1, -1)
    cv2.line(matte, (80, 70), (10, 70), 1, arm)
    return matte > 0


def _pose(shoulder: tuple[float, float]) -> Pose:
    return from_named({**BODY, "r_shoulder": shoulder, "r_elbow": (20, 70)}, 200, 220)


def test_a_shoulder_on_the_arm_goes_to_the_body() -> None:
    moved = rooted(_pose((58, 70)), _matte())["r_shoulder"]
    assert 74 <= moved[0] <= 84
    assert moved[1] == pytest.approx(70, abs=6)


@pytest.mark.parametrize("shoulder", [(82, 70), (95, 62)])
def test_a_shoulder_in_the_body_stays(shoulder: tuple[float, float]) -> None:
    assert rooted(_pose(shoulder), _matte())["r_shoulder"].tolist() == list(shoulder)


def test_a_stick_figure_has_no_body_to_go_to() -> None:
    matte = np.zeros((220, 200), np.uint8)
    cv2.line(matte, (100, 50), (100, 150), 1, 6)
    cv2.line(matte, (100, 70), (10, 70), 1, 6)
    assert rooted(_pose((70, 70)), matte > 0)["r_shoulder"].tolist() == [70, 70]


@pytest.mark.parametrize("matte", [np.zeros((220, 200), bool), np.ones((220, 200), bool)])
def test_any_matte_will_do(matte: np.ndarray) -> None:
    assert rooted(_pose((58, 70)), matte)["r_shoulder"].tolist() == [58, 70]


def test_without_an_elbow_nothing_moves() -> None:
    pose = from_named({**BODY, "r_shoulder": (58, 70)}, 200, 220)
    assert rooted(pose, _matte())["r_shoulder"].tolist() == [58, 70]


def test_the_piece_of_arm_before_a_moved_shoulder_becomes_the_arms() -> None:
    matte = _matte()
    before = _pose((58, 70))
    after = rooted(before, matte)
    parts = np.where(matte, PART_INDEX["torso"], 0).astype(np.uint8)
    parts[:, :58][matte[:, :58]] = PART_INDEX["r_arm"]
    moved = with_roots(parts, before, after)
    assert (moved[70, 60:72] == PART_INDEX["r_arm"]).all()
    assert (moved[90:140, 85:115] == PART_INDEX["torso"]).all()
    assert np.array_equal(with_roots(parts, before, before), parts)
