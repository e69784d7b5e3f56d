from dataclasses import replace

import numpy as np
import pytest

from training.world.cast import Actor
from training.world.drawing import Drawing
from training.world.poses import STANDING
from training.world.trunks import Trunk


@pytest.fixture
def trunk() -> Trunk:
    rng = np.random.default_rng(1)
    actor = Actor.random("vector_hero", 1, 96, (0.8, 0.9), 0.0, 1.0, 0.0, STANDING, rng)
    design = actor.design
    assert design.wardrobe is not None
    posed = replace(actor.posed[0], yaw=0.0)
    return Trunk.of(Drawing(design.look, 0), design, replace(design.wardrobe, build="fem"), posed)


def test_a_trunk_reaches_from_above_the_shoulders_to_below_the_pelvis(trunk: Trunk) -> None:
    assert trunk.start < 0
    assert trunk.start + trunk.length > trunk.body.torso


def test_the_front_moves_aside_as_the_body_turns(trunk: Trunk) -> None:
    turned = Trunk.of(trunk.drawing, trunk.design, trunk.wear, replace(trunk.posed, yaw=40.0))
    assert trunk.shift == 0
    assert turned.shift < 0
    assert turned.at(0.5, 1.0) != turned.at(0.5, 0.0)


def test_a_panel_hangs_along_the_thigh_and_is_pulled_down(trunk: Trunk) -> None:
    hip, knee = np.array([0.0, 0.0]), np.array([10.0, 0.0])
    panel = trunk.hanging(trunk.frame, hip, knee, (0.0, 1.0), (-0.02, -0.03))
    assert (panel.ax, panel.ay) == pytest.approx((2**-0.5, 2**-0.5))
    assert (panel.z0, panel.z1) == (-0.02, -0.03)
