import torch

from pose.figure import PART_INDEX
from pose.skeleton import BIPED
from training.world.visibility import joint_state

SIZE = 16
ABSENT, HIDDEN, VISIBLE = 0, 1, 2


def _state(part: str, at: tuple[float, float] = (8.5, 8.5), turn: float = 0.0) -> dict[str, int]:
    """The states of all joints at one spot of a canvas that shows one part only."""
    points = torch.tensor(at).expand(1, len(BIPED.joints), 2)
    parts = torch.full((1, SIZE, SIZE), PART_INDEX[part])
    state = joint_state(points, parts, torch.tensor([turn]), SIZE)
    return {name: int(state[0, row]) for row, name in enumerate(BIPED.joints)}


def test_a_joint_shows_where_its_own_part_is_seen() -> None:
    state = _state("r_arm")
    assert state["r_elbow"] == state["r_wrist"] == VISIBLE
    assert state["l_elbow"] == state["nose"] == HIDDEN


def test_shoulders_and_hips_show_on_the_torso_too() -> None:
    state = _state("torso")
    assert state["r_shoulder"] == state["l_hip"] == VISIBLE
    assert state["r_elbow"] == state["l_knee"] == HIDDEN


def test_a_turned_head_hides_the_far_eye() -> None:
    assert _state("head")["r_eye"] == _state("head")["l_eye"] == VISIBLE
    turned = _state("head", turn=80.0)
    assert {turned["r_eye"], turned["l_eye"]} == {HIDDEN, VISIBLE}
    assert _state("head", turn=180.0)["nose"] == HIDDEN


def test_outside_the_canvas_every_joint_is_absent() -> None:
    assert set(_state("torso", (SIZE + 1.0, 4.0)).values()) == {ABSENT}
