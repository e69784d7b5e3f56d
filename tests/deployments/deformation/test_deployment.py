"""The deployment class: retargeting before warping, and what 'none' means."""

import numpy as np

from deployments.deformation.deployment import Deformation
from tests.deployments.deformation import stickman


def test_proportions_keep_the_figures_size_and_none_takes_the_targets() -> None:
    stage, figure = Deformation(), stickman.figure()
    target = stickman.pose(2.0)
    kept = stage.warp(figure, target, "proportions", "source")
    given = stage.warp(figure, target, "none")
    assert kept.rgba.shape[:2] == (280, 200)
    assert given.rgba.shape[:2] == (560, 400)
    area = (figure.image[..., 3] > 127).sum()
    assert abs((kept.rgba[..., 3] > 127).sum() / area - 1) < 0.2
    assert np.allclose(given.pose["r_wrist"], target["r_wrist"])
