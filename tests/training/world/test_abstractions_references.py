import numpy as np
import pytest

from pose.errors import InvalidInput
from pose.skeleton import BIPED
from training.world.anatomy import Ball
from training.world.pictograms import draw_pictogram
from training.world.references import REFERENCE_LEVELS, draw_reference, random_reference_pose
from training.world.reliefs import Relief
from training.world.sitters import ARMS, PROFILE, seat

SIZE = 128


@pytest.mark.parametrize("held_out", [False, True])
@pytest.mark.parametrize("level", REFERENCE_LEVELS)
def test_every_level_draws_many_poses_and_repeats(level: str, held_out: bool) -> None:
    for seed in range(12):
        pictures = []
        for _ in range(2):
            rng = np.random.default_rng(seed)
            rgb, joints, state = draw_reference(*random_reference_pose(rng, SIZE), level, SIZE, rng, held_out)
            pictures.append(rgb)
        assert rgb.shape == (SIZE, SIZE, 3)
        assert rgb.dtype == np.uint8
        assert joints.shape == (23, 2)
        assert np.isfinite(joints).all()
        inside = ((joints >= 0) & (joints < SIZE)).all(1)
        assert not state[~inside].any()
        np.testing.assert_array_equal(*pictures)
        assert np.ptp(rgb) > 40  # something shows


def test_the_truth_lies_on_what_is_drawn() -> None:
    """A plain background's pixels differ from the figure's at nearly every visible limb joint."""
    hits = []
    names = [BIPED.index[f"{side}_{name}"] for side in "rl" for name in ("elbow", "knee", "shoulder", "hip")]
    for seed in range(40):
        rng = np.random.default_rng(seed)
        rgb, joints, state = draw_reference(*random_reference_pose(rng, SIZE), "mannequin", SIZE, rng)
        ground = np.median(rgb[:4].reshape(-1, 3).astype(float), axis=0)
        if np.ptp(rgb[:4].astype(float), axis=(0, 1)).max() > 6:
            continue
        x, y = joints[names].astype(int).T
        seen = state[names] == 2
        hits += (np.abs(rgb[y[seen], x[seen]] - ground).max(-1) > 8).tolist()
    assert len(hits) > 30
    assert np.mean(hits) > 0.9


def test_a_faceless_doll_implies_its_face_only() -> None:
    implied = []
    for seed in range(10):
        rng = np.random.default_rng(seed)
        _, _, state = draw_reference(*random_reference_pose(rng, SIZE), "stick", SIZE, rng)
        implied.append(state[BIPED.index["nose"]])
    assert 1 in implied


def test_a_figure_from_behind_is_taken_for_one_from_the_front() -> None:
    joints = np.zeros((23, 2), np.float32)
    joints[:, 1] = np.linspace(20, 100, 23)
    for name, sign in (("r", 1), ("l", -1)):
        for joint in ("shoulder", "hip"):
            joints[BIPED.index[f"{name}_{joint}"], 0] = 64 + 10 * sign
    joints[BIPED.index["neck"]] = (64, 20)
    for side in "rl":
        joints[BIPED.index[f"{side}_hip"], 1] = 60
    sitter = seat(joints, np.full(23, 2), np.zeros(23), SIZE)
    sitter.face_us()
    assert sitter.at("r_shoulder")[0] < sitter.at("l_shoulder")[0]


def test_a_body_in_profile_keeps_its_sides() -> None:
    joints, depth = np.zeros((23, 2), np.float32), np.zeros(23, np.float32)
    joints[BIPED.index["neck"]] = (64, 20)
    for side, sign in (("r", 1), ("l", -1)):
        joints[BIPED.index[f"{side}_hip"]] = (64 + 3 * sign, 60)
        joints[BIPED.index[f"{side}_shoulder"]] = (64 + 3 * sign, 24)
        depth[BIPED.index[f"{side}_shoulder"]] = 0.2 * sign
    sitter = seat(joints, np.full(23, 2), depth, SIZE)
    sitter.face_us(PROFILE)
    assert sitter.at("r_shoulder")[0] > sitter.at("l_shoulder")[0]
    sitter.face_us()
    assert sitter.at("r_shoulder")[0] < sitter.at("l_shoulder")[0]


def test_eyes_that_no_doll_has_are_implied() -> None:
    rng = np.random.default_rng(5)
    rows = [BIPED.index[name] for name in ("r_eye", "l_eye", "r_ear", "l_ear")]
    for level in ("mannequin", "wireframe"):
        for _ in range(8):
            _, _, state = draw_reference(*random_reference_pose(rng, SIZE), level, SIZE, rng)
            assert state[rows].max() <= 1


def test_limbs_that_start_at_one_point_are_named_by_where_they_go() -> None:
    rng = np.random.default_rng(2)
    sitter = seat(*random_reference_pose(rng, SIZE), SIZE)
    apart = [(sitter.at(f"r_{name}") - sitter.at(f"l_{name}")) @ sitter.leftwards for name in ("elbow", "wrist")]
    crossed = sum(apart) < 0
    before = sitter.at("r_wrist").copy()
    sitter.uncross(ARMS)
    assert np.array_equal(sitter.at("l_wrist" if crossed else "r_wrist"), before)
    sitter.points = sitter.points[np.array(BIPED.mirrored)]
    sitter.uncross(ARMS)
    assert np.array_equal(sitter.at("l_wrist" if crossed else "r_wrist"), before)


def test_a_pictogram_implies_hands_and_face_and_shows_elbows() -> None:
    rng = np.random.default_rng(0)
    sitter = seat(*random_reference_pose(rng, SIZE), SIZE)
    sitter.state[:] = 2
    draw_pictogram(sitter, rng)
    shown = {name: int(sitter.state[row]) for row, name in enumerate(BIPED.joints)}
    assert shown["r_hand"] == shown["nose"] == shown["l_toe"] == 1
    assert shown["r_elbow"] == shown["l_knee"] == 2
    assert np.array_equal(sitter.at("r_hand"), sitter.at("r_wrist"))


def test_what_lies_behind_a_solid_is_hidden_and_what_lies_before_it_is_not() -> None:
    relief = Relief([Ball("ball", np.array([64.0, 64.0, 0.0]), np.eye(3) * 20)], SIZE)
    points = np.array([(64.0, 64.0, 30.0), (64.0, 64.0, -30.0), (5.0, 5.0, 30.0)])
    assert relief.hides(points, 1.0).tolist() == [True, False, False]
    assert abs(relief.z.min() + 20) < 0.5


def test_joints_beyond_the_border_are_drawn_but_absent() -> None:
    joints = np.full((23, 2), 64.0)
    joints[BIPED.index["r_wrist"]] = (-20, 64)
    sitter = seat(joints, np.where(joints[:, 0] < 0, 0, 2), np.zeros(23), SIZE)
    assert sitter.has("r_wrist")
    assert sitter.truth()[1][BIPED.index["r_wrist"]] == 0


def test_random_poses_are_people_of_many_sizes() -> None:
    rng = np.random.default_rng(0)
    sizes = []
    for _ in range(60):
        joints, state, depth = random_reference_pose(rng, SIZE)
        assert joints.dtype == depth.dtype == np.float32
        assert state.dtype == np.uint8
        sizes.append(np.ptp(joints, axis=0).max() / SIZE)
    assert min(sizes) < 0.5
    assert max(sizes) > 0.85


def test_an_unknown_level_is_refused() -> None:
    rng = np.random.default_rng(0)
    with pytest.raises(InvalidInput, match="choose from"):
        draw_reference(*random_reference_pose(rng, SIZE), "photograph", SIZE, rng)
