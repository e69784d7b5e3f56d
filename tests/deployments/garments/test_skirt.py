import cv2
import numpy as np

from deployments.garments.skirt import add_skirt
from pose.figure import PART_INDEX
from pose.pose import from_named
from tests.deployments.garments import doll


def skirted(hem: int, half_width: int) -> np.ndarray:
    """The doll's parts as bones cut them, with a skirt from the hips to the row `hem` shared out to the legs."""
    shape = np.zeros(doll.SIZE, np.uint8)
    corners = [(88, 148), (132, 148), (110 + half_width, hem), (110 - half_width, hem)]
    cv2.fillConvexPoly(shape, np.array(corners), 1)
    parts = doll.parts()
    columns = np.arange(doll.SIZE[1])[None]
    halves = np.where(columns < 110, PART_INDEX["r_leg"], PART_INDEX["l_leg"])
    return np.where((shape > 0) & (parts != PART_INDEX["torso"]), halves, parts).astype(np.uint8)


def test_a_flared_surface_with_a_hem_is_a_skirt() -> None:
    found = add_skirt(skirted(200, 50), doll.pose())
    assert found[190, 110] == found[195, 70] == PART_INDEX["skirt"]
    assert found[222, 91] == PART_INDEX["r_leg"]


def test_two_legs_are_not() -> None:
    assert PART_INDEX["skirt"] not in add_skirt(doll.parts(), doll.pose())


def test_legs_together_without_a_flare_are_not() -> None:
    assert PART_INDEX["skirt"] not in add_skirt(skirted(222, 20), doll.pose())


def test_a_seated_figure_is_left_alone() -> None:
    points = dict(doll.JOINTS, r_knee=(94.0, 140.0), l_knee=(126.0, 140.0))
    pose = from_named(points, doll.SIZE[1], doll.SIZE[0])
    assert PART_INDEX["skirt"] not in add_skirt(skirted(200, 50), pose)
