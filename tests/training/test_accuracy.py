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


def test_the_truth_scores_one() -> None:
    found = accuracy.score(_Oracle(_samples()), "stick", 6)  # type: ignore[arg-type]
    assert (found.pictures, found.pck20, found.pck10, found.swapped) == (6, 1.0, 1.0, 0.0)


def test_a_reader_far_off_scores_nothing() -> None:
    found = accuracy.score(_Oracle(_samples(), offset=200), "stick", 6)  # type: ignore[arg-type]
    assert (found.pck20, found.located) == (0.0, 0.0)


def test_exchanged_sides_are_counted() -> None:
    assert accuracy.score(_Oracle(_samples(), mirrored=True), "stick", 6).swapped > 0.7  # type: ignore[arg-type]


def test_pictures_are_the_same_every_time() -> None:
    first, second = _samples()[0], _samples()[0]
    assert np.array_equal(first.rgb, second.rgb)
