"""Draw order: by depth, by anatomy, else as in the source."""

import numpy as np

from deployments.deformation.joints import Motion, correspond
from deployments.deformation.order import draw_order, lower_in_front
from pose.figure import Layer
from pose.pose import Pose
from pose.skeleton import BIPED
from tests.deployments.deformation import stickman

LAYERS = stickman.figure().layers


def _motion(depth: dict[str, float] | None = None, **moved: tuple[float, float]) -> Motion:
    pose = stickman.pose(**moved)
    if depth is not None:
        values = np.zeros(len(BIPED.joints))
        for name, value in depth.items():
            values[BIPED.index[name]] = value
        pose = Pose(pose.points, pose.scores, pose.width, pose.height, values)
    return correspond(stickman.pose(), pose, exact=False)


def _parts(motion: Motion, layers: tuple[Layer, ...] = LAYERS, view: str = "front") -> list[str]:
    return [layers[row].part for row in draw_order(layers, motion, view)]  # type: ignore[arg-type]


def test_without_cause_the_source_order_stays() -> None:
    assert _parts(_motion()) == [layer.part for layer in LAYERS]


def test_an_arm_behind_the_body_goes_to_the_back() -> None:
    order = _parts(_motion({"r_elbow": 0.2, "r_wrist": 0.2}))
    assert order.index("r_arm") < order.index("torso")


def test_an_arm_before_the_face_comes_to_the_front() -> None:
    layers = (LAYERS[4], *LAYERS[:4], LAYERS[5])
    order = _parts(_motion(r_elbow=(60, 60), r_wrist=(100, 40)), layers)
    assert order.index("r_arm") > order.index("head")


def test_seen_from_the_back_that_arm_is_behind() -> None:
    order = _parts(_motion(r_elbow=(60, 60), r_wrist=(100, 40)), view="back")
    assert order.index("r_arm") < order.index("torso")


def test_the_nearer_leg_is_in_front() -> None:
    order = _parts(_motion({"r_knee": -0.1, "r_ankle": -0.02, "l_knee": 0.1, "l_ankle": 0.1}))
    assert order.index("l_leg") < order.index("r_leg")


def test_a_held_thing_stays_beside_its_arm() -> None:
    held = Layer("held", LAYERS[4].box, LAYERS[4].rgba, LAYERS[4].known, LAYERS[4].missing, "r_wrist")
    order = _parts(_motion({"r_elbow": 0.2, "r_wrist": 0.2}), (*LAYERS, held))
    assert order.index("held") == order.index("r_arm") + 1


def test_forearms_fold_before_upper_arms_and_shins_behind_thighs() -> None:
    assert lower_in_front("r_arm", _motion())
    assert not lower_in_front("r_leg", _motion())
    assert lower_in_front("r_leg", _motion({"r_knee": -0.2, "r_ankle": -0.4}))
