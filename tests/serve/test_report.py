"""The report's numbers, on figures small enough to count by hand."""

from dataclasses import replace

import numpy as np

from pose.figure import Figure, Reading, Warp
from pose.pose import from_named
from serve.report import bone_drift, figure_box, make_report, pose_error, shares
from tests.serve.stand_ins import standing

LINE = {"neck": (10.0, 10.0), "r_hip": (10.0, 60.0), "r_knee": (10.0, 110.0)}


def warp_of(size=4, pose=None):
    rgba = np.full((size, size, 4), 255, np.uint8)
    flat, nowhere = np.ones((size, size), np.float32), np.zeros((size, size), bool)
    where = np.zeros((size, size, 2), np.float32)
    part = np.ones((size, size), np.uint8)
    return Warp(rgba, where, part, flat, flat, nowhere, nowhere, where, (0, 0), pose or standing())


def test_pose_error_is_in_per_cent_of_the_height():
    asked = from_named(LINE, 20, 120)
    found = asked.moved((3.0, 4.0), 20, 120)
    assert pose_error(found, asked) == (5.0, 3)
    absent = from_named({"nose": (1.0, 1.0)}, 20, 120)
    assert pose_error(absent, asked) == (None, 0)


def test_bone_drift_is_the_median_change_of_length():
    asked = from_named(LINE, 20, 120)
    found = from_named({**LINE, "r_knee": (10.0, 120.0)}, 20, 130)
    drift = bone_drift(found, asked)
    assert drift is not None
    assert abs(drift - 10) < 1e-3


def test_shares_are_counted_over_visible_pixels():
    warp = warp_of()
    warp.invented[0] = True
    warp.stretch[1] = 3.0
    result = warp.rgba.copy()
    result[2, 0, 0] = 100
    result[3, :, 3] = 0
    copied, stretched, invented = shares(warp, result)
    assert (copied, stretched, invented) == (3 / 12, 4 / 12, 5 / 12)
    assert shares(warp, np.zeros_like(result)) == (0, 0, 0)


def test_warnings_name_what_went_missing():
    source = standing()
    lame = replace(source, scores=np.where(np.arange(len(source.scores)) == 4, 0, source.scores))
    plane = np.zeros((4, 4), np.uint8)
    figure = Figure(np.zeros((4, 4, 4), np.uint8), lame, plane, plane, (), merged=("r_arm",))
    warp = warp_of(pose=source)
    warp.invented[:] = True
    report = make_report(figure, source, warp, warp.rgba, [], 60.0)
    assert report.ignored_joints == ("r_wrist",)
    assert report.pose_error is None
    told = " ".join(report.warnings)
    for word in ("60 degrees", "r_arm", "r_wrist", "100%", "read back"):
        assert word in told


def test_the_box_holds_every_joint_and_stays_on_the_canvas():
    assert figure_box(from_named(LINE, 20, 112)) == (2.0, 2.0, 18.0, 112.0)
    assert figure_box(from_named({}, 20, 112)) == (0.0, 0.0, 20.0, 112.0)


def test_the_nearest_reading_counts():
    pose = standing()
    far = Reading(pose.moved((40.0, 0.0), 96, 112), "character", "network", 0.9, (0, 0, 1, 1))
    near = replace(far, pose=pose)
    plane = np.zeros((4, 4), np.uint8)
    figure = Figure(np.zeros((4, 4, 4), np.uint8), pose, plane, plane, ())
    report = make_report(figure, pose, warp_of(pose=pose), warp_of().rgba, [far, near], 0.0)
    assert report.pose_error == 0
    assert report.bone_drift == 0
    assert report.warnings == ()
