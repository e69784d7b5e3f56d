"""Pairing of joints: what is absent, what is ignored, what scale."""

import numpy as np
import pytest

from deployments.deformation.joints import correspond
from pose.errors import InvalidKeypoints
from pose.pose import Pose, from_named
from pose.skeleton import Skeleton
from tests.deployments.deformation import stickman


def test_a_joint_absent_in_the_target_turns_with_its_parent_bone() -> None:
    source = from_named({"neck": (0, 0), "r_shoulder": (0, 10), "r_elbow": (0, 20), "r_wrist": (0, 30)}, 99, 99)
    target = from_named({"neck": (0, 0), "r_shoulder": (0, 10), "r_elbow": (10, 10)}, 99, 99)
    motion = correspond(source, target, exact=False)
    assert np.allclose(motion.target["r_wrist"], (20, 10))


def test_target_joints_without_a_source_joint_are_ignored() -> None:
    source = from_named({"neck": (0, 0), "nose": (0, -10)}, 99, 99)
    target = from_named({"neck": (5, 5), "nose": (5, -5), "r_ankle": (90, 90)}, 99, 99)
    assert set(correspond(source, target, exact=False).target) == {"neck", "nose"}


def test_a_missing_neck_is_the_middle_of_the_shoulders() -> None:
    source = from_named({"r_shoulder": (0, 0), "l_shoulder": (10, 0)}, 99, 99)
    assert np.allclose(correspond(source, source, exact=False).source["neck"], (5, 0))


@pytest.mark.parametrize(("factor", "expected"), [(2.0, 2.0), (1.05, 1.0), (0.5, 0.5)])
def test_only_exact_targets_scale_and_only_when_clearly_another_size(factor: float, expected: float) -> None:
    source, target = stickman.pose(), stickman.pose(factor)
    assert correspond(source, target, exact=True).scale == pytest.approx(expected, rel=1e-3)
    assert correspond(source, target, exact=False).scale == 1.0


def test_refuses_strangers() -> None:
    other = Skeleton("limbs", ("a",), (), 1)
    with pytest.raises(InvalidKeypoints, match="use one"):
        correspond(stickman.pose(), Pose(np.zeros((1, 2)), np.ones(1), 9, 9, skeleton=other), exact=False)
