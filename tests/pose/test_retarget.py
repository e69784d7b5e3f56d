from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest

from pose import library
from pose.errors import InvalidKeypoints
from pose.pose import VIEWS, Contact, Pose, from_named
from pose.proportions import read_body, true_length
from pose.retarget import retarget, turn_degrees
from pose.skeleton import BIPED, Skeleton

BONES = [(a, b) for a, b in BIPED.bones if a[2:] in ("shoulder", "elbow", "hip", "knee") and b[:2] == a[:2]]


def chibi() -> Pose:
    """A-pose with a head of nearly half the height: head grown 2.6 times about the neck, limbs halved."""
    pose = library.get("a_pose")
    points = {name: np.array(point[:2]) for name, point in pose.points_by_name().items()}
    found = dict(points)
    for side in ("r", "l"):
        for limb in (("shoulder", "elbow", "wrist", "hand"), ("hip", "knee", "ankle", "toe")):
            for a, b in pairwise(limb):
                bone = points[f"{side}_{b}"] - points[f"{side}_{a}"]
                found[f"{side}_{b}"] = found[f"{side}_{a}"] + 0.5 * bone
    for name in ("nose", "r_eye", "l_eye", "r_ear", "l_ear", "head_top"):
        found[name] = points["neck"] + 2.6 * (points[name] - points["neck"])
    return from_named({name: tuple(map(float, point)) for name, point in found.items()}, pose.width, pose.height)


def without(pose: Pose, *names: str) -> Pose:
    scores = pose.scores.copy()
    scores[[pose.skeleton.index[name] for name in names]] = 0
    return replace(pose, scores=scores)


@pytest.mark.parametrize("view", VIEWS)
@pytest.mark.parametrize("name", library.names())
def test_to_itself_it_comes_back(name, view):
    pose = library.get(name, view)
    for same in (pose, replace(pose, depth=None)):
        np.testing.assert_allclose(retarget(same, same).points, same.points, atol=0.05)


@pytest.mark.parametrize("name", library.names())
def test_mirroring_before_or_after_is_the_same(name):
    source, target = chibi(), library.get(name)
    there = retarget(source.mirrored(), target.mirrored())
    here = retarget(source, target).mirrored()
    np.testing.assert_allclose(there.points, here.points, atol=0.05)
    np.testing.assert_array_equal(there.scores, here.scores)


@pytest.mark.parametrize("name", library.names())
def test_bones_keep_the_characters_lengths(name):
    source = chibi()
    body, result = read_body(source), read_body(retarget(source, library.get(name)))
    for a, b in BONES:
        length = abs(result.vector(a, b)) / true_length(body, a, b)
        assert 0.5 <= length <= 1.001, (a, b, length)


@pytest.mark.parametrize("name", sorted(set(library.names()) - {"bowing"}))
def test_limbs_take_the_targets_angles(name):
    target = replace(library.get(name), contacts=())
    result = retarget(library.get("standing"), target)
    for a, b in BONES:
        wanted, found = target[b] - target[a], result[b] - result[a]
        if np.hypot(*wanted) > 60:
            assert wanted @ found / np.hypot(*wanted) / np.hypot(*found) > 0.999, (a, b)


def test_the_head_is_one_rigid_piece():
    source = chibi()
    rows = [source.skeleton.index[name] for name in ("neck", "nose", "r_eye", "l_eye", "r_ear", "l_ear", "head_top")]
    result = retarget(source, library.get("leaning"))
    before, after = (pose.points[rows] - pose.points[rows[0]] for pose in (source, result))
    np.testing.assert_allclose(np.hypot(*before.T), np.hypot(*after.T), atol=0.01)


def test_an_upright_target_leaves_a_tilted_head_alone():
    tilted = library.get("shrugging")
    result = retarget(tilted, library.get("standing"))
    np.testing.assert_allclose(result["nose"] - result["neck"], tilted["nose"] - tilted["neck"], atol=0.01)


@pytest.mark.parametrize("name", ["walking", "running", "kicking", "sitting", "twirling", "lunging"])
def test_planted_feet_stand_on_the_sources_ground(name):
    source = library.get("standing")
    result = retarget(source, library.get(name))
    feet = [source.skeleton.index[joint] for joint in ("r_toe", "l_toe", "r_ankle", "l_ankle")]
    assert abs(result.points[feet, 1].max() - source.points[feet, 1].max()) < 40
    middle = (result["r_hip"] + result["l_hip"]) / 2
    assert middle[0] == pytest.approx((source["r_hip"] + source["l_hip"])[0] / 2, abs=0.1)


def test_a_jump_leaves_the_ground_and_sitting_lowers_the_pelvis():
    source = library.get("standing")
    jump, sit = retarget(source, library.get("jumping")), retarget(source, library.get("sitting"))
    assert jump.airborne
    assert max(jump["r_toe"][1], jump["l_toe"][1]) < source["r_toe"][1] - 40
    assert sit["r_hip"][1] > source["r_hip"][1] + 40
    unplanted = retarget(source, library.get("sitting"), planted=False)
    assert unplanted["r_hip"][1] == pytest.approx(source["r_hip"][1], abs=1)


def test_a_waist_up_source_stays_where_it_is():
    legs = [f"{side}_{joint}" for side in "rl" for joint in ("knee", "ankle", "toe")]
    source = without(library.get("standing"), *legs)
    result = retarget(source, library.get("running"))
    np.testing.assert_allclose(result["r_hip"] + result["l_hip"], source["r_hip"] + source["l_hip"], atol=0.01)
    bust = without(source, "r_hip", "l_hip")
    np.testing.assert_allclose(retarget(bust, library.get("waving"))["neck"], bust["neck"], atol=0.01)


def test_absent_joints_stay_absent_and_a_silent_target_keeps_the_sources_bone():
    source = without(library.get("standing"), "r_wrist", "r_hand")
    target = without(library.get("waving"), "l_elbow", "l_wrist", "l_hand")
    result = retarget(source, target)
    np.testing.assert_array_equal(result.scores, source.scores)
    np.testing.assert_allclose(result["l_elbow"] - result["l_shoulder"], source["l_elbow"] - source["l_shoulder"])


@pytest.mark.parametrize("name", ["hands_on_hips", "hands_on_hair", "saluting", "thinking", "praying"])
def test_hands_that_touch_touch_again(name):
    target, source = library.get(name), library.get("a_pose")
    longer = replace(source, points=source.points.copy())
    points = longer.points.copy()
    for side in "rl":
        rows = [longer.skeleton.index[f"{side}_{joint}"] for joint in ("elbow", "wrist", "hand")]
        points[rows] = source[f"{side}_shoulder"] + 1.4 * (points[rows] - source[f"{side}_shoulder"])
    result = retarget(replace(longer, points=points, depth=None), target)
    anchor = "nose" if target.contacts[0].landmark == "head" else "neck"
    for contact in target.contacts:
        wanted, found = target[contact.joint] - target[anchor], result[contact.joint] - result[anchor]
        assert np.hypot(*(wanted - found)) < 25


def test_without_contacts_long_arms_would_miss():
    target = replace(library.get("hands_on_hips"), contacts=())
    assert retarget(library.get("a_pose"), target).contacts == ()


def test_depth_is_the_targets_and_the_frame_the_sources():
    source, target = library.get("standing").scaled(0.5), library.get("sitting", "three-quarter")
    result = retarget(source, target)
    np.testing.assert_array_equal(result.depth, target.depth)
    assert (result.width, result.height, result.view) == (source.width, source.height, source.view)


def test_a_target_that_faces_the_other_way_is_turned():
    source = library.get("standing", "side", -1)
    result = retarget(source, library.get("walking", "side", 1))
    np.testing.assert_allclose(result.points, retarget(source, library.get("walking", "side", -1)).points, atol=1)
    back = retarget(library.get("standing", "back"), library.get("waving"))
    assert back["r_shoulder"][0] > back["l_shoulder"][0]
    assert back["r_wrist"][1] < back["r_shoulder"][1]


def test_any_subset_of_joints_works():
    random = np.random.default_rng(3)
    names = library.names()
    for _ in range(400):
        poses = []
        for _side in range(2):
            pose = library.get(names[random.integers(len(names))], VIEWS[random.integers(4)])
            scores = (random.random(23) < random.random()).astype(np.float32)
            contacts = (Contact("r_wrist", "head"), Contact("l_wrist", "hips"), Contact("l_wrist", "chest"))
            poses.append(
                replace(pose, scores=scores, contacts=contacts, depth=pose.depth if random.random() < 0.5 else None)
            )
        result = retarget(*poses, planted=bool(random.integers(2)))
        assert np.isfinite(result.points).all()
        assert np.abs(result.points).max() < 10_000
        np.testing.assert_array_equal(result.scores, poses[0].scores)


def test_degenerate_poses_do_not_break_it():
    same = Pose(np.full((23, 2), 7.0), np.ones(23), 20, 20, depth=np.zeros(23))
    wild = Pose(np.random.default_rng(4).uniform(-1e4, 1e4, (23, 2)), np.ones(23), 20, 20)
    nan = replace(library.get("sitting"), depth=np.full(23, np.nan, np.float32))
    for source in (same, wild, nan, chibi()):
        for target in (same, wild, nan, library.get("walking")):
            assert np.isfinite(retarget(source, target).points).all()


def test_only_bipeds():
    other = Skeleton("pair", ("a", "b"), (("a", "b"),), 2)
    with pytest.raises(InvalidKeypoints, match="biped"):
        retarget(Pose(np.zeros((2, 2)), np.ones(2), 9, 9, skeleton=other), library.get("walking"))


def test_turns_are_told_here_too():
    assert turn_degrees(library.get("walking"), library.get("walking", "side")) > 45


def test_a_readers_guessed_depth_does_not_change_proportions():
    source = chibi()
    guess = np.random.default_rng(5).normal(0, 0.2, 23).astype(np.float32)
    for name in ("standing", "walking"):
        plain, guessed = (retarget(pose, library.get(name)) for pose in (source, replace(source, depth=guess)))
        np.testing.assert_array_equal(plain.points, guessed.points)
    assert not retarget(source, library.get("walking")).solid
