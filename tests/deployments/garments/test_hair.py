import cv2
import numpy as np

from deployments.garments.parts import label_parts
from pose.figure import PART_INDEX
from tests.deployments.garments import doll

PINK = (225, 110, 160)


def long_haired(colour: tuple[int, int, int]) -> tuple[np.ndarray, np.ndarray]:
    """The doll's picture and silhouette with a cap of hair and two broad locks down to the elbows."""
    locks = np.zeros(doll.SIZE, np.uint8)
    cv2.ellipse(locks, (110, 40), (30, 30), 0, 180, 360, 1, -1)
    cv2.rectangle(locks, (62, 40), (90, 130), 1, -1)
    cv2.rectangle(locks, (130, 40), (158, 130), 1, -1)
    picture = doll.coloured()
    picture[(locks > 0) & ~(doll.parts() == PART_INDEX["torso"])] = colour
    cv2.circle(picture, (110, 48), 17, doll.COLOURS["head"], -1)
    return picture, doll.silhouette() | (locks > 0)


def test_hanging_locks_of_the_crowns_colour_are_hair() -> None:
    picture, inside = long_haired(PINK)
    parts, _ = label_parts(picture, inside, doll.pose(), None)
    assert parts[110, 70] == parts[110, 150] == PART_INDEX["hair"]
    assert parts[48, 110] == PART_INDEX["head"]


def test_a_figure_of_one_colour_has_no_hair() -> None:
    _, inside = long_haired(PINK)
    picture = np.full((*doll.SIZE, 3), 120, np.uint8)
    parts, _ = label_parts(picture, inside, doll.pose(), None)
    assert PART_INDEX["hair"] not in parts


def test_an_outline_is_not_hair() -> None:
    parts, _ = label_parts(doll.outlined(), doll.silhouette(), doll.pose(), None)
    assert PART_INDEX["hair"] not in parts
