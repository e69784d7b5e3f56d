import pytest
import torch
from torch import Tensor

from pose.errors import InvalidInput
from pose.skeleton import BIPED
from training.world.abstractions import LEVELS, draw_abstractions
from training.world.families import TRAINED
from training.world.figures import FigureBatch, draw

SIZE = 128


@pytest.fixture(scope="module")
def batch() -> FigureBatch:
    return draw(TRAINED, 3, 1, SIZE, torch.Generator().manual_seed(0), truncated=0.0)


def _abstract(batch: FigureBatch, level: str, seed: int = 0, held_out: bool = False) -> Tensor:
    generator = torch.Generator().manual_seed(seed)
    return draw_abstractions(
        batch.joints[:, 0], batch.state[:, 0], batch.joint_depth[:, 0], level, SIZE, generator, held_out
    )


@pytest.mark.parametrize("held_out", [False, True])
@pytest.mark.parametrize("level", LEVELS)
def test_every_level_draws_and_repeats(batch: FigureBatch, level: str, held_out: bool) -> None:
    one = _abstract(batch, level, 3, held_out)
    assert one.shape == (3, 3, SIZE, SIZE)
    assert 0 <= float(one.min()) <= float(one.max()) <= 1
    assert torch.equal(one, _abstract(batch, level, 3, held_out))
    assert not torch.equal(one, _abstract(batch, level, 4, held_out))


def test_openpose_pictures_carry_the_joints_colours() -> None:
    turn = torch.arange(len(BIPED.joints)) * (6.28 / len(BIPED.joints))
    joints = (64 + 50 * torch.stack((turn.cos(), turn.sin()), -1))[None]
    state = torch.full(joints.shape[:2], 2)
    picture = draw_abstractions(joints, state, joints[..., 0], "openpose", SIZE, torch.Generator())
    x, y = joints[0, BIPED.index["r_wrist"]].floor().long().tolist()
    assert picture[0, :, y, x].tolist() == pytest.approx([170 / 255, 1.0, 0.0], abs=0.02)


def test_absent_joints_are_not_drawn(batch: FigureBatch) -> None:
    joints, state = batch.joints[:1, 0], torch.zeros_like(batch.state[:1, 0])
    picture = draw_abstractions(joints, state, joints[..., 0], "openpose", SIZE, torch.Generator())
    assert float(picture.max()) == 0.0


def test_an_unknown_level_is_refused(batch: FigureBatch) -> None:
    with pytest.raises(InvalidInput, match="choose from"):
        _abstract(batch, "photograph")
