import numpy as np
import pytest

from pose.skeleton import BIPED
from training.world.poses import ACTIVE, STANDING, Proportions, joints, random_stance

BODY = Proportions(0.2, 0.08, 0.05, 0.3, 0.1, 0.06, 0.17, 0.15, 0.05, 0.23, 0.22, 0.06)


def _length(points: np.ndarray, a: str, b: str) -> float:
    return float(np.linalg.norm(points[BIPED.index[a]] - points[BIPED.index[b]]))


@pytest.mark.parametrize("name", sorted({*STANDING, *ACTIVE}))
def test_bones_keep_their_lengths(name: str) -> None:
    points = joints(BODY, random_stance(np.random.default_rng(1), (name,), 20.0))
    for side in "rl":
        assert _length(points, f"{side}_shoulder", f"{side}_elbow") == pytest.approx(BODY.upper_arm)
        assert _length(points, f"{side}_elbow", f"{side}_wrist") == pytest.approx(BODY.forearm)
        assert _length(points, f"{side}_hip", f"{side}_knee") == pytest.approx(BODY.thigh)
        assert _length(points, f"{side}_knee", f"{side}_ankle") == pytest.approx(BODY.shin)


def test_the_characters_right_is_on_the_viewers_left() -> None:
    points = joints(BODY, random_stance(np.random.default_rng(0), ("arms_down",), 0.0))
    for name in ("shoulder", "hip", "eye", "ear"):
        assert points[BIPED.index[f"r_{name}"], 0] < points[BIPED.index[f"l_{name}"], 0]


def test_a_turn_brings_one_shoulder_nearer() -> None:
    points = joints(BODY, random_stance(np.random.default_rng(0), ("arms_down",), 30.0))
    assert points[BIPED.index["r_shoulder"], 2] < points[BIPED.index["l_shoulder"], 2]
