from typing import Any

import numpy as np
import pytest

from deployments.keypoints.foreground import estimate_foreground
from deployments.keypoints.read import (
    largest,
    network_reader,
    people_reader,
    read_figures,
    reread,
    search_boxes,
    shrunk,
)
from deployments.openpose.drawing import draw_openpose
from pose.errors import NoFigure, NoPose
from pose.figure import Reading
from tests.deployments.keypoints.test_blazepose import HEIGHT, WIDTH, person
from tests.deployments.keypoints.test_choose import drawing, reading
from tests.deployments.keypoints.test_openpose import standing


class Box:
    def __init__(self, bounds: tuple[float, float, float, float], score: float) -> None:
        self.bounds, self.score = bounds, score


class FakeReader:
    """Finds two boxes, reads every box as the same figure, and remembers what it was asked."""

    def __init__(self) -> None:
        self.asked: list[tuple[float, ...]] = []

    def locate(self, picture: np.ndarray) -> list[Any]:
        return [Box((10, 10, 100, 300), 0.3), Box((20, 20, 380, 390), 0.9)]

    def read(self, picture: np.ndarray, box: tuple[float, ...], around_joints: bool = False) -> Reading:
        self.asked.append(box)
        return reading(standing(400, 400))


def test_a_coloured_openpose_picture_goes_to_no_reader() -> None:
    def never(picture: np.ndarray, foreground: object) -> list[Reading]:
        raise RuntimeError("asked")

    (found,) = read_figures(draw_openpose(standing(400, 400), 400, 400), [never])
    assert found.reader == "openpose"


def test_every_reader_is_asked_and_one_reading_a_figure_is_kept() -> None:
    truth = standing(400, 400)
    readers = [lambda *_: [reading(truth, 0.7)], lambda *_: [reading(truth, 0.9, reader="blazepose")]]
    (found,) = read_figures(drawing(truth), readers)
    assert found.reader == "blazepose"


def test_the_network_is_asked_where_figures_may_be_each_place_once() -> None:
    fake = FakeReader()
    clear, busy = drawing(standing(400, 400)), np.random.default_rng(0).integers(0, 255, (400, 400, 3), np.uint8)
    network_reader(fake)(clear, estimate_foreground(clear))
    assert len(fake.asked) == 2
    assert fake.asked[0][3] - fake.asked[0][1] == pytest.approx(330, abs=40)
    fake.asked.clear()
    network_reader(fake, hints=[(200, 0, 300, 100)])(busy, estimate_foreground(busy))
    assert fake.asked == [(200, 0, 300, 100), (20, 20, 380, 390), (10, 10, 100, 300)]


def test_people_found_in_the_shrunk_picture_are_enlarged() -> None:
    picture = np.full((HEIGHT * 4, WIDTH * 4, 3), 200, np.uint8)
    small, scale = shrunk(picture)
    assert max(small.shape) == 768
    half = person()
    half["landmarks"][:, :3] *= 4 * scale
    half["mask"] = np.zeros(small.shape[:2], np.uint8)
    (found,) = people_reader([half], scale)(picture, estimate_foreground(picture))
    assert found.pose["r_wrist"] == pytest.approx((160, 800), abs=0.01)
    assert found.mask is not None
    assert found.mask.shape == picture.shape[:2]


def test_transparency_is_put_on_white() -> None:
    small, scale = shrunk(np.zeros((10, 10, 4), np.uint8))
    assert scale == 1
    assert (small == 255).all()


def test_people_are_looked_for_everywhere_unless_the_foreground_is_clear() -> None:
    clear = estimate_foreground(drawing(standing(400, 400)))
    busy = estimate_foreground(np.random.default_rng(0).integers(0, 255, (400, 400, 3), np.uint8))
    assert search_boxes(busy, 1.0) is None
    boxes = search_boxes(clear, 0.5)
    assert boxes is not None
    assert boxes[0][3] <= 200


def test_largest_chooses_by_rank_and_tells_the_remedy() -> None:
    found = [reading(standing(400, 400)), reading(standing(200, 200))]
    assert largest(found) is found[0]
    assert largest(found, 1) is found[1]
    with pytest.raises(NoFigure, match="0 to 1"):
        largest(found, 2)
    with pytest.raises(NoFigure, match="source_keypoints"):
        largest([])
    with pytest.raises(NoPose, match="keypoints"):
        largest([], reference=True)


def test_a_result_is_read_in_its_box_and_comes_back_in_its_pixels() -> None:
    class Asked(FakeReader):
        def read(self, picture: np.ndarray, box: tuple[float, ...], around_joints: bool = False) -> Reading:
            self.asked.append((*picture.shape, *box, around_joints))
            return reading(standing(picture.shape[1], picture.shape[0]))

    fake = Asked()
    found = reread(np.full((1536, 1536, 4), 250, np.uint8), (100, 200, 1400, 1500), fake)
    assert fake.asked == [(768, 768, 3, 50, 100, 700, 750, True)]
    assert np.allclose(found.pose.points, standing(1536, 1536).points, atol=0.01)


def test_the_networks_readings_of_large_pictures_come_back_in_their_pixels() -> None:
    class Asked(FakeReader):
        def read(self, picture: np.ndarray, box: tuple[float, ...], around_joints: bool = False) -> Reading:
            return reading(standing(picture.shape[1], picture.shape[0]))

    picture = np.full((1536, 1536, 3), 250, np.uint8)
    found = network_reader(Asked())(picture, estimate_foreground(picture))
    assert np.allclose(found[0].pose.points, standing(1536, 1536).points, atol=0.01)
    assert (found[0].pose.width, found[0].pose.height) == (1536, 1536)
    assert found[0].box[3] > 1000


@pytest.mark.parametrize(("score", "boxes"), [(0.95, 1), (0.6, 2)])
def test_a_figure_that_was_read_with_certainty_is_not_read_again(score: float, boxes: int) -> None:
    class Certain(FakeReader):
        def read(self, picture: np.ndarray, box: tuple[float, ...], around_joints: bool = False) -> Reading:
            self.asked.append(box)
            return reading(standing(400, 400), score)

    fake = Certain()
    drawn = drawing(standing(400, 400))
    network_reader(fake)(drawn, estimate_foreground(drawn))
    assert len(fake.asked) == boxes
