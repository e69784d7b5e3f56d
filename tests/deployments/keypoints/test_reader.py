"""The reader against a network that knows the truth: crops, decoding, mirroring, absent and hidden joints."""

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from torch import Tensor

from deployments.keypoints.decode import HIDDEN, decode_boxes, joint_scores, overlap, view_of
from deployments.keypoints.network import CELLS, JOINTS, KINDS, LOCATOR_CELLS, SIZE
from deployments.keypoints.reader import Glance, PoseReader, _surer, cut, opaque, turned
from pose.skeleton import BIPED
from tests.training.drawn import standing


class ColourReader:
    """Stands in for the network: finds each joint by the colour that its dot has."""

    def __init__(self, absent: tuple[str, ...] = ()) -> None:
        self.absent = [BIPED.index[name] for name in absent]

    def __call__(self, rgb: Tensor) -> dict[str, Tensor]:
        batch = len(rgb)
        heat = torch.full((batch, JOINTS, CELLS, CELLS), -9.0)
        for joint in range(JOINTS):
            match = ((rgb[:, 0] * 255 - colour(joint)).abs() < 1.5).float()
            heat[:, joint] = torch.nn.functional.avg_pool2d(match[:, None], SIZE // CELLS)[:, 0] * 18 - 9
        verdict = torch.zeros(batch, JOINTS, 3)
        verdict[..., 2] = 9
        verdict[:, self.absent, 0] = 18
        mirrored = torch.tensor(BIPED.mirrored)
        for row in range(batch):
            if rgb[row, 2, :, : SIZE // 2].mean() < rgb[row, 2, :, SIZE // 2 :].mean():
                heat[row], verdict[row] = heat[row][mirrored], verdict[row][mirrored]
        kind = torch.zeros(batch, len(KINDS))
        kind[:, 1] = 5
        return {"heat": heat, "verdict": verdict, "kind": kind, "depth": torch.zeros(batch, JOINTS)}


def colour(joint: int) -> int:
    return 20 + joint * 10


def picture(width: int, height: int) -> tuple[NDArray[np.uint8], NDArray[np.float32]]:
    """Dots whose red tells the joint; the blue half tells a mirrored picture from an upright one."""
    rgb = np.zeros((height, width, 3), np.uint8)
    rgb[:, : width // 2, 2] = 255
    points = standing() * (width, height)
    for joint, (x, y) in enumerate(points):
        radius = height // 40
        rgb[int(y) - radius : int(y) + radius, int(x) - radius : int(x) + radius, 0] = colour(joint)
    return rgb, points.astype(np.float32)


def test_reads_joints_in_pixels_of_the_picture() -> None:
    rgb, points = picture(800, 800)
    reading = PoseReader(ColourReader()).read(rgb, (100, 20, 700, 780))
    seen = [BIPED.index[name] for name in ("r_wrist", "l_wrist", "r_knee", "l_ankle", "neck")]
    assert np.abs(reading.pose.points[seen] - points[seen]).max() < 20
    assert (reading.kind, reading.reader) == ("stick", "network")
    assert (reading.pose.width, reading.pose.height) == (800, 800)


def test_absent_joints_have_no_score() -> None:
    rgb, _ = picture(512, 512)
    reading = PoseReader(ColourReader(absent=("r_ankle", "r_toe"))).read(rgb, (0, 0, 512, 512))
    assert not reading.pose.has("r_ankle")
    assert reading.pose.has("l_ankle")
    assert reading.pose.depth is not None
    assert np.isnan(reading.pose.depth[BIPED.index["r_ankle"]])


def test_hidden_joints_score_low() -> None:
    verdict = np.array([[0.9, 0.05, 0.05], [0.1, 0.8, 0.1], [0.1, 0.1, 0.8]], np.float32)
    scores = joint_scores(np.full(3, 0.8, np.float32), verdict)
    assert scores == pytest.approx([0, 0.8 * HIDDEN, 0.8])


def test_crops_go_on_in_the_edge_colour_and_keep_positions() -> None:
    rgb = np.full((100, 60, 3), 50, np.uint8)
    rgb[40:60, -9:] = 200
    crop = cut(rgb, (0, 0, 60, 100), 1.28)
    assert tuple(crop.corner) == (-34, -14)
    assert crop.scale == pytest.approx(128 / SIZE)
    assert crop.rgb[SIZE // 2, -1, 0] == 50
    assert crop.rgb[SIZE // 2, round((55 + 34) / crop.scale), 0] == 200


@pytest.mark.parametrize("degrees", [90.0, -40.0, 45.0])
def test_a_turned_crop_stands_what_leans_upright_whole_and_keeps_positions(degrees: float) -> None:
    rgb = np.zeros((400, 300, 3), np.uint8)
    way = np.array([np.sin(np.radians(degrees)), -np.cos(np.radians(degrees))])
    feet, head = np.array([150.0, 200.0]) - 60 * way, np.array([150.0, 200.0]) + 60 * way
    for row, (x, y) in enumerate((feet, head)):
        rgb[int(y) - 3 : int(y) + 3, int(x) - 3 : int(x) + 3, row] = 255
    points = np.linspace(feet, head, JOINTS).astype(np.float32)
    verdict = np.tile(np.float32([0, 0, 1]), (JOINTS, 1))
    glance = Glance(points, np.ones(JOINTS, np.float32), verdict, np.zeros(6, np.float32), np.zeros(JOINTS, np.float32))
    crop = turned(rgb, glance, (70, 120, 230, 280), degrees)
    seen = [np.argwhere(crop.rgb[..., row] > 128).mean(0)[::-1] + 0.5 for row in (0, 1)]
    assert seen[1][0] == pytest.approx(seen[0][0], abs=2)
    assert seen[0][1] - seen[1][1] == pytest.approx(SIZE / 1.44, abs=4)
    assert np.abs(crop.in_picture(np.array(seen, np.float32)) - (feet, head)).max() < 1.5


def test_the_surer_glance_is_surer_over_what_either_saw() -> None:
    def glance(confidence: float, present: int) -> Glance:
        verdict = np.zeros((JOINTS, 3), np.float32)
        verdict[:present, 2], verdict[present:, 0] = 1, 1
        sure = np.where(np.arange(JOINTS) < present, confidence, 0.05).astype(np.float32)
        return Glance(np.zeros((JOINTS, 2), np.float32), sure, verdict, np.zeros(6, np.float32), sure)

    many, few = glance(0.6, 18), glance(0.65, 8)
    assert _surer(many, few) is many
    assert _surer(few, many) is many
    assert _surer(many, glance(0.7, 18)).confidence[0] > 0.65


def test_a_figure_that_lies_is_also_looked_at_upright() -> None:
    rgb, points = picture(800, 800)
    lying = np.ascontiguousarray(np.rot90(rgb, -1))
    heads: list[float] = []

    class Watched(ColourReader):
        def __call__(self, batch: Tensor) -> dict[str, Tensor]:
            found = super().__call__(batch)
            rows = found["heat"][0, [BIPED.index["nose"], BIPED.index["l_ankle"]]].flatten(1).argmax(1) // CELLS
            heads.append(float(rows[1] - rows[0]))
            return found

    reading = PoseReader(Watched()).read(lying, (20, 100, 780, 700))
    assert len(heads) == 3
    assert heads[2] > 20 > abs(heads[1])
    seen = [BIPED.index[name] for name in ("neck", "r_knee", "l_wrist")]
    wanted = np.stack([800 - points[seen, 1], points[seen, 0]], -1)
    assert np.abs(reading.pose.points[seen] - wanted).max() < 25


def test_crop_of_a_box_off_the_picture_is_blank() -> None:
    assert cut(np.zeros((50, 50, 3), np.uint8), (200, 200, 300, 300), 1.0).rgb.min() == 255


def test_locates_what_the_maps_say() -> None:
    centre = np.full((LOCATOR_CELLS, LOCATOR_CELLS), -9.0, np.float32)
    extent = np.zeros((4, LOCATOR_CELLS, LOCATOR_CELLS), np.float32)
    centre[5, 4], centre[5, 5], centre[10, 13] = 4, 3, 1
    extent[2:, 5, 4] = np.log(32 / SIZE)
    extent[2:, 10, 13] = np.log(64 / SIZE)
    boxes = decode_boxes(centre, extent)
    assert [box.bounds for box in boxes] == [
        pytest.approx((20, 28, 52, 60)),
        pytest.approx((76, 52, 140, 116)),
    ]

    def runner(rgb: Tensor) -> dict[str, Tensor]:
        return {"centre": torch.from_numpy(centre)[None, None], "extent": torch.from_numpy(extent)[None]}

    located = PoseReader(runner).locate(np.zeros((2 * SIZE, 2 * SIZE, 3), np.uint8))
    assert located[0].bounds == pytest.approx((40, 56, 104, 120), abs=0.1)
    assert located[1].x1 == pytest.approx(min(280, 2 * SIZE))


def test_weaker_boxes_inside_a_figure_are_dropped() -> None:
    def runner(rgb: Tensor) -> dict[str, Tensor]:
        centre = torch.full((1, 1, LOCATOR_CELLS, LOCATOR_CELLS), -9.0)
        extent = torch.zeros(1, 4, LOCATOR_CELLS, LOCATOR_CELLS)
        centre[0, 0, 8, 8], centre[0, 0, 8, 11] = 2, 0
        extent[0, 2:, 8, 8], extent[0, 2:, 8, 11] = float(np.log(0.8)), float(np.log(0.2))
        return {"centre": centre, "extent": extent}

    assert len(PoseReader(runner).locate(np.zeros((SIZE, SIZE, 3), np.uint8))) == 1


def test_views_follow_the_shoulders() -> None:
    points = standing() * 100
    scores, depth = np.ones(JOINTS, np.float32), np.zeros(JOINTS, np.float32)
    assert view_of(points, scores, depth) == "front"
    assert view_of(points * np.array([-1, 1], np.float32), scores, depth) == "back"
    turned = depth.copy()
    turned[BIPED.index["l_shoulder"]] = 0.5
    assert view_of(points, scores, turned) == "side"


def test_transparency_is_put_on_white() -> None:
    assert opaque(np.zeros((2, 2, 4), np.uint8)).min() == 255


def test_overlap_by_hand() -> None:
    assert overlap((0, 0, 2, 2), (1, 0, 3, 2)) == pytest.approx(1 / 3)
    assert overlap((0, 0, 1, 1), (2, 2, 3, 3)) == 0
