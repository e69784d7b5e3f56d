from dataclasses import replace

import numpy as np

from deployments.garments.ordering import layer_order
from pose.figure import PARTS
from pose.pose import Pose
from tests.deployments.garments import doll


def masks_of(parts: np.ndarray) -> dict[str, np.ndarray]:
    return {name: parts == row for row, name in enumerate(PARTS) if row and (parts == row).any()}


def crossing(pose: Pose) -> Pose:
    """The right forearm laid over the torso."""
    points = pose.points.copy()
    points[pose.skeleton.index["r_elbow"]] = (95, 120)
    points[pose.skeleton.index["r_wrist"]] = (125, 120)
    return replace(pose, points=points)


def test_an_arm_that_is_seen_over_the_torso_is_in_front() -> None:
    parts = doll.parts()
    parts[parts == PARTS.index("r_arm")] = 0
    parts[112:128, 90:130] = PARTS.index("r_arm")
    order = layer_order(crossing(doll.pose()), masks_of(parts))
    assert order.index("r_arm") > order.index("torso")


def test_an_arm_that_vanishes_over_the_torso_is_behind() -> None:
    parts = doll.parts()
    parts[parts == PARTS.index("r_arm")] = 0
    parts[84:90, 70:86] = PARTS.index("r_arm")
    order = layer_order(crossing(doll.pose()), masks_of(parts))
    assert order.index("r_arm") < order.index("torso")


def test_depth_decides_where_nothing_is_seen() -> None:
    pose = doll.pose()
    depth = np.zeros(len(pose.points), np.float32)
    for name in ("l_elbow", "l_wrist"):
        depth[pose.skeleton.index[name]] = 0.3
    order = layer_order(replace(pose, depth=depth), masks_of(doll.parts()))
    assert order.index("l_arm") < order.index("torso") < order.index("r_arm")


def test_the_nearer_leg_is_in_front() -> None:
    pose = doll.pose()
    depth = np.zeros(len(pose.points), np.float32)
    for name in ("r_hip", "r_knee", "r_ankle"):
        depth[pose.skeleton.index[name]] = -0.2
    order = layer_order(replace(pose, depth=depth), masks_of(doll.parts()))
    assert order.index("l_leg") < order.index("r_leg")


def test_hair_is_behind_unless_it_covers_the_torso() -> None:
    parts = doll.parts()
    parts[18:40, 85:136] = PARTS.index("hair")
    assert layer_order(doll.pose(), masks_of(parts))[0] == "hair"
    parts[84:110, 100:120] = PARTS.index("hair")
    order = layer_order(doll.pose(), masks_of(parts))
    assert order.index("torso") < order.index("hair") < order.index("head")
