"""The keypoint bench: its arithmetic, with a reader that knows the answer and one that swaps sides."""

from dataclasses import dataclass

import numpy as np

from deployments.keypoints.decode import Box
from pose.figure import Reading
from pose.pose import Pose
from training import accuracy
from training.feed import Sample


@dataclass
class _Oracle:
    """Answers with the truth of the samples in their order, moved; mirrored: right and left exchanged."""

    truths: list[Sample]
    offset: float = 0.0
    mirrored: bool = False

    def read(self, picture: np.ndarray, box: tuple[float, float, float, float]) -> Reading:
        sample = self.truths.pop(0)
        assert np.array_equal(picture, sample.rgb)
        points = sample.joints + np.float32([self.offset, 0])
        pose = Pose(points, np.ones(len(points), np.float32), accuracy.SIZE, accuracy.SIZE)
        if self.mirrored:
            rows = np.array(pose.skeleton.mirrored)
            pose = Pose(points[rows], pose.scores, pose.width, pose.height)
        return Reading(pose, "stick", "network", 1.0, box)

    def locate(self, picture: np.ndarray) -> list[Box]:
        return [] if self.offset else [Box(0, 0, *picture.shape[1::-1], 1.0)]


def _samples() -> list[Sample]:
    return list(accuracy.held_out("stick", 6))


def _scored(oracle: _Oracle) -> accuracy.Score:
    return accuracy.score("stick", accuracy.read_all(oracle, "stick", 6))  # type: ignore[arg-type]


def test_the_truth_scores_one() -> None:
    found = _scored(_Oracle(_samples()))
    assert (found.pictures, found.pck20, found.pck10, found.swapped) == (6, 1.0, 1.0, 0.0)


def test_a_reader_far_off_scores_nothing() -> None:
    found = _scored(_Oracle(_samples(), offset=200))
    assert (found.pck20, found.located) == (0.0, 0.0)


def test_exchanged_sides_are_counted() -> None:
    assert _scored(_Oracle(_samples(), mirrored=True)).swapped > 0.7


def test_pictures_are_the_same_every_time() -> None:
    first, second = _samples()[0], _samples()[0]
    assert np.array_equal(first.rgb, second.rgb)


def test_upright_leaves_out_who_lies_and_who_bows_to_the_viewer() -> None:
    def drawn(neck: tuple[float, float], hips: tuple[float, float]) -> Sample:
        joints = np.full((accuracy.BIPED.core, 2), (100, 200), np.float32)
        joints[accuracy.BIPED.index["neck"]] = neck
        joints[[accuracy.BIPED.index["r_hip"], accuracy.BIPED.index["l_hip"]]] = hips
        state = np.full(len(joints), 2, np.uint8)
        return Sample(np.zeros((256, 256, 3), np.uint8), joints, state, np.zeros(len(joints), np.float32), "stick")

    places = [((100, 50), (100, 110)), ((40, 150), (100, 150)), ((100, 50), (100, 60))]
    assert [accuracy._upright(drawn(*place)) for place in places] == [True, False, False]
