import numpy as np
import pytest

from deployments.keypoints.choose import choose
from deployments.keypoints.foreground import estimate_foreground
from deployments.keypoints.vitpose import ABSENT, COCO, coco_rows, enriched, joined, to_reading
from pose.errors import WeightsError
from pose.figure import Reading
from pose.pose import Pose
from pose.skeleton import BIPED
from tests.deployments.keypoints.test_choose import drawing
from tests.deployments.keypoints.test_choose import reading as read_as
from tests.deployments.keypoints.test_openpose import standing

BOX = (20.0, 10.0, 380.0, 395.0)


def reading(absent: tuple[str, ...] = (), shift: float = 0.0, score: float = 0.9) -> Reading:
    truth = standing(400, 400)
    points = np.stack([truth[joint] for joint in COCO]) - np.float32(0.5) + np.float32(shift)
    scores = np.array([ABSENT - 0.01 if joint in absent else score for joint in COCO], np.float32)
    return to_reading(points.astype(np.float32), scores, BOX, 400, 400, "drawing")


def test_joints_keep_their_names_and_pixel_centres() -> None:
    truth, found = standing(400, 400), reading().pose
    for joint in COCO:
        assert np.abs(found[joint] - truth[joint]).max() < 1e-3
    assert found.view == "front"


def test_the_neck_is_the_middle_of_the_shoulders_and_as_sure_as_the_lesser() -> None:
    found = reading().pose
    assert np.allclose(found["neck"], (found["r_shoulder"] + found["l_shoulder"]) / 2)
    assert not reading(absent=("r_shoulder",)).pose.has("neck")


def test_what_hangs_on_an_absent_joint_is_absent() -> None:
    found = reading(absent=("r_elbow", "l_knee")).pose
    assert not found.has("r_wrist")
    assert not found.has("l_ankle")
    assert found.has("l_wrist", "r_ankle")


def test_joints_beyond_the_picture_are_absent_and_few_joints_are_worth_less() -> None:
    assert not reading(shift=400).pose.present.any()
    assert reading(absent=COCO[5:]).score < 0.7 * reading().score


def test_extras_come_from_blazepose_where_it_read_the_same_figure() -> None:
    truth = standing(400, 400)
    points, scores = truth.points.copy(), np.ones(len(BIPED.joints), np.float32)
    points[BIPED.index["r_toe"]] = truth["r_ankle"] + 9

    person = read_as(Pose(points + 3, scores, 400, 400, depth=scores), mask=np.ones((400, 400), np.uint8))
    rich = enriched(reading(), [person])
    assert np.allclose(rich.pose["r_toe"], truth["r_ankle"] + 9, atol=1e-2)
    assert np.allclose(rich.pose["r_ankle"], truth["r_ankle"], atol=1e-2)
    assert rich.mask is person.mask
    assert rich.pose.depth is not None
    elsewhere = read_as(Pose(points * np.float32(0.3), scores, 400, 400))
    assert enriched(reading(), [elsewhere, read_as(elsewhere.pose)]).mask is None
    assert enriched(reading(), []).pose.depth is None


def test_a_reading_replaces_blazeposes_of_the_same_figure_unless_it_shows_less() -> None:
    person = read_as(standing(400, 400), 1.0, reader="blazepose")
    (found,) = joined([reading(score=0.7)], [person])
    assert (found.reader, found.score) == ("vitpose", 1.0)
    both = joined([reading(absent=COCO[9:])], [person])
    assert [one.reader for one in both] == ["vitpose", "blazepose"]
    assert joined([], [person]) == [person]


def test_it_is_chosen_as_others_are() -> None:
    truth = standing(400, 400)
    (found,) = choose([read_as(truth, 0.5), reading()], estimate_foreground(drawing(truth)))
    assert found.reader == "vitpose"
    assert choose([reading(score=0.31)], estimate_foreground(np.full((400, 400, 3), 255, np.uint8))) != [found]


def test_labels_name_the_rows() -> None:
    backwards = {row: joint.replace("l_", "Left ").replace("r_", "right_") for row, joint in enumerate(COCO[::-1])}
    assert coco_rows(backwards) == list(range(17))[::-1]
    assert coco_rows({row: f"LABEL_{row}" for row in range(17)}) == list(range(17))
    assert coco_rows({0: "sternum"} | {row + 1: joint for row, joint in enumerate(COCO)}) == list(range(1, 18))
    with pytest.raises(WeightsError, match="COCO"):
        coco_rows({row: f"LABEL_{row}" for row in range(133)})
