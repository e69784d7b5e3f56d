from typing import Any

import numpy as np
import pytest

from deployments.keypoints.blazepose import to_reading, view_of

WIDTH, HEIGHT = 200, 400
PLACES = {
    0: (100, 60), 2: (106, 50), 5: (94, 50), 7: (115, 55), 8: (85, 55), 9: (104, 72), 10: (96, 72),
    11: (130, 100), 12: (70, 100), 13: (150, 150), 14: (50, 150), 15: (160, 200), 16: (40, 200),
    17: (160, 212), 18: (40, 212), 19: (164, 216), 20: (36, 216), 23: (118, 200), 24: (82, 200),
    25: (120, 280), 26: (80, 280), 27: (120, 360), 28: (80, 360), 31: (126, 380), 32: (74, 380),
}  # fmt: skip


def person(**changes: Any) -> dict[str, Any]:
    landmarks = np.zeros((33, 5), np.float32)
    landmarks[:, 3:] = 1
    for row, place in PLACES.items():
        landmarks[row, :2] = place
    mask = np.zeros((HEIGHT, WIDTH), np.uint8)
    mask[30:390, 30:170] = 255
    return {"landmarks": landmarks, "mask": mask, "agreement": 1.0, "readings": 3} | changes


def test_right_is_the_characters_own_and_estimates_lie_where_they_should() -> None:
    pose = to_reading(person(), WIDTH, HEIGHT, "photo").pose
    assert pose.present.all()
    assert tuple(pose["r_wrist"]) == (40, 200)
    assert tuple(pose["neck"]) == (100, 100)
    assert tuple(pose["r_hand"]) == (38, 214)
    assert tuple(pose["l_toe"]) == (126, 380)
    assert pose["head_top"][0] == pytest.approx(100)
    assert 0 < pose["head_top"][1] < 30
    assert pose.view == "front"


def test_the_box_is_the_masks_and_the_score_the_visibility() -> None:
    reading = to_reading(person(), WIDTH, HEIGHT, "photo")
    assert reading.box == (30, 30, 170, 390)
    assert reading.score == pytest.approx(1)
    once = to_reading(person(readings=1), WIDTH, HEIGHT, "photo")
    assert once.score < reading.score


def test_joints_outside_the_picture_or_unseen_are_absent_and_all_beyond_them() -> None:
    cut = person()
    cut["landmarks"][[25, 26], 1] = HEIGHT + 20
    cut["landmarks"][13, 3] = 0.05
    pose = to_reading(cut, WIDTH, HEIGHT, "photo").pose
    assert not any(pose.has(name) for name in ("r_knee", "r_ankle", "r_toe", "l_knee", "l_ankle", "l_toe"))
    assert not any(pose.has(name) for name in ("l_elbow", "l_wrist", "l_hand"))
    assert pose.has("r_hip", "l_hip", "l_shoulder", "r_wrist")


def test_depth_is_in_body_heights_and_smaller_is_nearer() -> None:
    near = person()
    near["landmarks"][16, 2] = -34
    pose = to_reading(near, WIDTH, HEIGHT, "photo").pose
    assert pose.depth is not None
    assert pose.depth[pose.skeleton.index["r_wrist"]] == pytest.approx(-34 / (3.4 * 100))
    near["landmarks"][14, 3] = 0
    absent = to_reading(near, WIDTH, HEIGHT, "photo").pose
    assert absent.depth is not None
    assert np.isnan(absent.depth[absent.skeleton.index["r_wrist"]])


@pytest.mark.parametrize(("turn", "view"), [(0, "front"), (45, "three-quarter"), (90, "side"), (180, "back")])
def test_the_view_follows_the_shoulders(turn: float, view: str) -> None:
    landmarks = np.zeros((33, 5), np.float32)
    along = np.array((np.cos(np.radians(turn)), 0, np.sin(np.radians(turn))), np.float32)
    landmarks[[11, 23], :3], landmarks[[12, 24], :3] = 50 * along, -50 * along
    assert view_of(landmarks) == view


def test_a_person_of_whom_nothing_is_seen_scores_nothing() -> None:
    hidden = person(mask=np.zeros((HEIGHT, WIDTH), np.uint8))
    hidden["landmarks"][:, 3] = 0
    reading = to_reading(hidden, WIDTH, HEIGHT, "photo")
    assert reading.score == 0
    assert not reading.pose.present.any()
