from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image

from deployments.keypoints.openpose import read_openpose
from deployments.openpose.drawing import draw_openpose
from pose.pose import Pose, from_named

STICKS = Path(__file__).resolve().parents[4] / "shared" / "data" / "sticks"
STANDING = {
    "nose": (0.50, 0.14), "neck": (0.50, 0.24), "r_eye": (0.47, 0.11), "l_eye": (0.53, 0.11), "r_ear": (0.43, 0.13),
    "l_ear": (0.57, 0.13), "r_shoulder": (0.40, 0.25), "r_elbow": (0.34, 0.38), "r_wrist": (0.26, 0.47),
    "l_shoulder": (0.60, 0.25), "l_elbow": (0.72, 0.31), "l_wrist": (0.80, 0.20), "r_hip": (0.44, 0.52),
    "r_knee": (0.42, 0.72), "r_ankle": (0.40, 0.92), "l_hip": (0.56, 0.52), "l_knee": (0.60, 0.71),
    "l_ankle": (0.63, 0.91),
}  # fmt: skip


def standing(width: int, height: int, jitter: float = 0.0, seed: int = 0) -> Pose:
    random = np.random.default_rng(seed)
    moved = {name: np.array(point) + random.normal(0, jitter, 2) for name, point in STANDING.items()}
    points = {name: (float(x * width), float(y * height)) for name, (x, y) in moved.items()}
    return from_named(points, width, height)


def worst_error(found: Pose, truth: Pose) -> float:
    both = found.present & truth.present
    return float(np.hypot(*(found.points - truth.points)[both].T).max())


@pytest.mark.parametrize("size", [(256, 384), (512, 512), (768, 1024), (1024, 768), (333, 517)])
@pytest.mark.parametrize("seed", range(4))
def test_what_was_drawn_is_read_within_two_pixels(size: tuple[int, int], seed: int) -> None:
    truth = standing(*size, jitter=0.015, seed=seed)
    (reading,) = read_openpose(draw_openpose(truth, *size))
    assert (reading.kind, reading.reader) == ("openpose", "openpose")
    assert reading.pose.present.sum() >= truth.present.sum() - 1
    assert worst_error(reading.pose, truth) < 2


def test_thick_and_thin_sticks_are_read() -> None:
    truth = standing(768, 768)
    for stick in (3, 6, 12):
        (reading,) = read_openpose(draw_openpose(truth, 768, 768, stick))
        assert worst_error(reading.pose, truth) < 2


def test_jpeg_exchanged_channels_and_light_backgrounds_are_read() -> None:
    truth = standing(512, 512)
    drawn = draw_openpose(truth, 512, 512)
    jpeg = cv2.imdecode(cv2.imencode(".jpg", drawn[..., ::-1], [1, 75])[1], cv2.IMREAD_COLOR)[..., ::-1]
    white = np.where(drawn.max(2, keepdims=True) == 0, np.uint8(255), drawn)
    dark = np.where(drawn.max(2, keepdims=True) == 0, np.uint8(30), drawn)
    clear = np.dstack([drawn, np.where(drawn.max(2) > 0, 255, 0).astype(np.uint8)])
    for picture in (np.ascontiguousarray(jpeg), np.ascontiguousarray(drawn[..., ::-1]), white, dark, clear):
        (reading,) = read_openpose(picture)
        assert reading.pose.present.sum() == 18
        assert worst_error(reading.pose, truth) < 2


def test_joints_left_out_stay_absent() -> None:
    names = {name: point for name, point in STANDING.items() if not name.endswith(("knee", "ankle", "r_wrist"))}
    truth = from_named({name: (x * 512, y * 512) for name, (x, y) in names.items()}, 512, 512)
    (reading,) = read_openpose(draw_openpose(truth, 512, 512))
    assert (reading.pose.present == truth.present).all()


def test_two_people_come_apart_the_larger_first() -> None:
    left, right = standing(500, 500), standing(300, 300)
    canvas = np.zeros((512, 900, 3), np.uint8)
    canvas[:500, :500] = draw_openpose(left, 500, 500)
    canvas[150:450, 560:860] = draw_openpose(right, 300, 300, stick=3)
    readings = read_openpose(canvas)
    assert [int(reading.pose.present.sum()) for reading in readings] == [18, 18]
    assert worst_error(readings[0].pose, left.moved((0, 0), 900, 512)) < 2
    assert worst_error(readings[1].pose, right.moved((560, 150), 900, 512)) < 2


def test_hands_dots_are_not_joints() -> None:
    truth = standing(512, 512)
    canvas = draw_openpose(truth, 512, 512)
    for x in range(420, 450, 8):
        cv2.circle(canvas, (x, 60), 4, (0, 0, 255), -1)
    (reading,) = read_openpose(canvas)
    assert worst_error(reading.pose, truth) < 2


def test_a_disc_half_behind_another_is_found_where_it_is() -> None:
    points = {**STANDING, "r_wrist": (0.564, 0.52)}
    truth = from_named({name: (x * 512, y * 512) for name, (x, y) in points.items()}, 512, 512)
    (reading,) = read_openpose(draw_openpose(truth, 512, 512))
    assert worst_error(reading.pose, truth) < 2


def test_other_pictures_are_not_read() -> None:
    random = np.random.default_rng(0)
    noise = random.integers(0, 255, (200, 200, 3), np.uint8)
    discs = np.zeros((200, 200, 3), np.uint8)
    for x in range(20, 200, 30):
        cv2.circle(discs, (x, 100), 6, tuple(random.integers(0, 255, 3).tolist()), -1)
    for picture in (noise, discs, np.zeros((64, 64, 3), np.uint8), np.full((9, 9, 4), 255, np.uint8)):
        assert read_openpose(picture) == []


@pytest.mark.skipif(not STICKS.is_dir(), reason="the shared pictures are not beside the repository")
@pytest.mark.parametrize(("name", "joints"), [("openpose_1", 14), ("openpose_2", 18), ("openpose_a_pose", 14)])
def test_pictures_by_others_are_read(name: str, joints: int) -> None:
    picture = np.array(Image.open(STICKS / f"{name}.png").convert("RGB"))
    (reading,) = read_openpose(picture)
    assert reading.pose.present.sum() == joints
    again = draw_openpose(reading.pose, reading.pose.width, reading.pose.height)
    (second,) = read_openpose(again)
    assert worst_error(second.pose, reading.pose) < 1
