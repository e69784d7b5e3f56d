import numpy as np
import pytest
import torch
from torch import Tensor

from training.world.posed import Posed
from training.world.poses import ROW, STANDING, joints, random_stance
from training.world.reference_poses import human
from training.world.wobble import noise_table, shaking

SIZE = 192


@pytest.fixture(scope="module")
def table() -> Tensor:
    return noise_table(torch.Generator().manual_seed(2))


def _posed(shift: float = 0.0, wave: bool = False) -> Posed:
    rng = np.random.default_rng(4)
    points = joints(human(rng), random_stance(rng, STANDING, 0.0)).copy()
    if wave:  # the right forearm turns about the elbow by a right angle
        elbow = points[ROW["r_elbow"]].copy()
        for name in ("r_wrist", "r_hand"):
            x, y, z = points[ROW[name]] - elbow
            points[ROW[name]] = elbow + np.array((y, -x, z))
    page = points[:, :2] - points[:, :2].min(0)
    return Posed(page * 150 + 20 + shift, points[:, 2], 150.0, 0.0, 0.0)


def _at(field: Tensor, place: np.ndarray) -> Tensor:
    x, y = (round(float(value)) for value in place)
    return field[y, x]


def test_the_noise_repeats(table: Tensor) -> None:
    assert torch.allclose(table[..., 0], table[..., -1])
    assert torch.allclose(table[..., 0, :], table[..., -1, :])
    assert table.abs().max() < 1


def test_a_moved_figure_takes_its_wobble_along(table: Tensor) -> None:
    still, moved = shaking(_posed(), SIZE, table), shaking(_posed(9.0), SIZE, table)
    assert still.std() > 0.1
    assert torch.allclose(still[20:150, 20:150], moved[29:159, 29:159], atol=1e-3)


def test_a_limb_that_moves_takes_its_wobble_along_and_the_body_keeps_its_own(table: Tensor) -> None:
    before, after = _posed(), _posed(wave=True)
    a, b = shaking(before, SIZE, table), shaking(after, SIZE, table)
    knee, wrist = ROW["l_knee"], ROW["r_wrist"]
    shift = after.points[knee] - before.points[knee]
    assert torch.allclose(_at(a, before.points[knee]), _at(b, before.points[knee] + shift), atol=0.12)
    u, v = _at(a, before.points[wrist])
    x, y = _at(b, after.points[wrist])
    assert abs(float(x - v)) < 0.25  # turned with the forearm
    assert abs(float(y + u)) < 0.25
    assert abs(float(u)) + abs(float(v)) > 0.05
