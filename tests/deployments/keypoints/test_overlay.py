import numpy as np

from deployments.keypoints.overlay import draw_overlay
from pose.pose import from_named
from tests.deployments.keypoints.test_openpose import standing


def test_joints_are_drawn_where_they_are_and_nothing_else_changes_shape() -> None:
    pose = standing(300, 300)
    drawn = draw_overlay(np.zeros((300, 300, 3), np.uint8), [pose])
    assert drawn.shape == (300, 300, 3)
    x, y = pose["nose"].astype(int)
    assert drawn[y, x, 0] > 200
    assert drawn[y, x, 1] < 60


def test_transparency_and_joints_far_outside_do_no_harm() -> None:
    pose = from_named({"nose": (1e7, -1e7), "neck": (5, 5), "head_top": (3, 3)}, 10, 10)
    assert draw_overlay(np.zeros((10, 10, 4), np.uint8), [pose, pose]).shape == (10, 10, 3)
