from dataclasses import replace

import numpy as np
import pytest

from pose.pose import from_named
from training.rereading import compare

TARGET = from_named(
    {
        "neck": (50, 20), "r_hip": (45, 60), "l_hip": (55, 60), "r_shoulder": (40, 22), "l_shoulder": (60, 22),
        "r_elbow": (30, 30), "l_elbow": (70, 30), "r_wrist": (20, 40), "l_wrist": (80, 40),
        "r_knee": (45, 80), "l_knee": (55, 80), "r_ankle": (45, 99), "l_ankle": (55, 99),
    },
    100, 100,
)  # fmt: skip


def put(pose, **points):
    rows = pose.points.copy()
    for name, point in points.items():
        rows[pose.skeleton.index[name]] = point
    return replace(pose, points=rows)


def test_a_perfect_reading():
    found = compare(TARGET, TARGET, TARGET)
    assert (found.pck10, found.pck20, found.drift, found.swaps) == (1, 1, 0, 0)


def test_a_joint_off_by_fifteen_percent_of_the_torso_counts_at_twenty_only():
    found = compare(put(TARGET, r_wrist=(20, 46)), TARGET, TARGET)
    assert found.pck10 == pytest.approx(12 / 13)
    assert found.pck20 == 1


def test_a_joint_that_is_not_found_is_missed():
    scores = np.where(np.arange(len(TARGET.scores)) == TARGET.skeleton.index["r_knee"], 0, TARGET.scores)
    assert compare(replace(TARGET, scores=scores), TARGET, TARGET).pck20 == pytest.approx(12 / 13)


def test_swapped_wrists_count_unless_the_truth_is_read_so_too():
    swapped = put(TARGET, r_wrist=(80, 40), l_wrist=(20, 40))
    assert compare(swapped, TARGET, TARGET).swaps == pytest.approx(100 * 2 / 8)
    assert compare(swapped, TARGET, swapped).swaps == 0


def test_hidden_joints_do_not_count():
    scores = np.where(np.arange(len(TARGET.scores)) == TARGET.skeleton.index["r_wrist"], 0.5, TARGET.scores)
    assert compare(put(TARGET, r_wrist=(0, 0)), replace(TARGET, scores=scores), TARGET).pck20 == 1


def test_bones_drift_against_the_reading_of_the_truth():
    larger = replace(TARGET, points=TARGET.points * np.float32(1.1))
    assert compare(larger, TARGET, TARGET).drift == pytest.approx(10, abs=0.01)
    assert compare(larger, TARGET, larger).drift == 0
