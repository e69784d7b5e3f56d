import pytest
import torch
from torch.nn import functional

from pose.errors import InvalidInput
from pose.figure import MATERIALS, PARTS
from pose.skeleton import BIPED
from training.world.families import HELD_OUT, TRAINED
from training.world.figures import LAYERS, FigureBatch, correspondence, draw

SIZE = 96


def _draw(families: tuple[str, ...] = TRAINED, seed: int = 0, layers: bool = False, poses: int = 2) -> FigureBatch:
    return draw(families, 6, poses, SIZE, torch.Generator().manual_seed(seed), layers)


@pytest.fixture(scope="module")
def batch() -> FigureBatch:
    return _draw(TRAINED + HELD_OUT, layers=True)


def test_shapes_and_ranges(batch: FigureBatch) -> None:
    joints = len(BIPED.joints)
    assert batch.rgb.shape == (6, 2, 3, SIZE, SIZE)
    assert batch.clean.shape == (6, 2, 4, SIZE, SIZE)
    assert batch.joints.shape == (6, 2, joints, 2)
    assert batch.state.shape == batch.joint_depth.shape == (6, 2, joints)
    assert batch.texel.shape == (6, 2, SIZE, SIZE, 3)
    assert batch.layers is not None
    assert batch.layers.shape == (6, 1, len(LAYERS), 4, SIZE, SIZE)
    assert batch.parts.max() < len(PARTS)
    assert batch.materials.max() < len(MATERIALS)
    for picture in (batch.rgb, batch.clean, batch.plate):
        assert 0 <= float(picture.min()) <= float(picture.max()) <= 1
        assert bool(torch.isfinite(picture).all())


def test_the_generator_decides_everything() -> None:
    one, two, other = _draw(seed=5), _draw(seed=5), _draw(seed=6)
    for name in ("rgb", "clean", "joints", "state", "parts", "texel", "order"):
        assert torch.equal(getattr(one, name), getattr(two, name))
    assert not torch.equal(one.rgb, other.rgb)


def test_parts_cover_the_figure(batch: FigureBatch) -> None:
    solid = batch.clean[:, :, 3] > 0.6
    assert bool((batch.parts[solid] > 0).all())
    assert bool((batch.materials[solid] > 0).all())
    assert not bool((batch.parts[batch.clean[:, :, 3] < 0.4] > 0).any())


def test_joints_lie_in_their_parts(batch: FigureBatch) -> None:
    """A limb's joints lie inside that limb's complete layer (up to the wobble of the outline)."""
    assert batch.layers is not None
    grown = functional.max_pool2d(batch.layers[:, :, :, 3].flatten(0, 2)[:, None], 5, 1, 2)
    alpha = grown.view(6, 1, len(LAYERS), SIZE, SIZE)
    inside = []
    for joint, part in (("elbow", "arm"), ("wrist", "arm"), ("knee", "leg"), ("ankle", "leg")):
        for side in "rl":
            row = BIPED.index[f"{side}_{joint}"]
            cell = batch.joints[:, :1, row].floor().long().clamp(0, SIZE - 1)
            layer = alpha[:, :, LAYERS.index(f"{side}_{part}")]
            b, k = torch.meshgrid(torch.arange(6), torch.arange(1), indexing="ij")
            inside.append(layer[b, k, cell[..., 1], cell[..., 0]] > 0.5)
    assert float(torch.stack(inside).float().mean()) > 0.97


def test_layers_in_order_make_the_figure(batch: FigureBatch) -> None:
    assert batch.layers is not None
    layers = torch.cat((batch.layers[:, :, :, :3] * batch.layers[:, :, :, 3:], batch.layers[:, :, :, 3:]), 3)
    whole = torch.zeros_like(batch.clean[:, :1])
    for rank in range(len(LAYERS)):
        which = (batch.order[:, :1] == rank).long().argmax(-1)[:, :, None, None, None, None]
        layer = layers.gather(2, which.expand(-1, -1, 1, 4, SIZE, SIZE))[:, :, 0]
        whole = layer + whole * (1 - layer[:, :, 3:])
    clean = batch.clean[:, :1]
    truth = torch.cat((clean[:, :, :3] * clean[:, :, 3:], clean[:, :, 3:]), 2)
    assert float((whole - truth).abs().max()) < 1e-3


def test_correspondence_with_itself_is_the_identity(batch: FigureBatch) -> None:
    place, seen = correspondence(batch, 0, 0)
    line = torch.arange(SIZE) + 0.5
    grid = torch.stack(torch.meshgrid(line, line, indexing="xy"), -1)
    figure = batch.texel[:, 0, ..., 0] >= 0
    assert float(seen[figure].float().mean()) > 0.9
    blocky = torch.tensor([name == "pixel" for name in batch.family])
    error = (place - grid).norm(dim=-1)
    assert float(error[~blocky][seen[~blocky]].mean()) < 0.2


def test_corresponding_spots_have_one_colour() -> None:
    batch = draw(("flat_mascot", "chibi_cel", "shaded3d"), 6, 2, 128, torch.Generator().manual_seed(1))
    place, seen = correspondence(batch, 0, 1)
    brought = functional.grid_sample(batch.clean[:, 0, :3], place / 128 * 2 - 1, align_corners=False)
    error = (brought - batch.clean[:, 1, :3]).abs().mean(1)
    assert float(seen.float().mean()) > 0.03
    assert float(error[seen].median()) < 0.02
    assert float(error[seen].mean()) < 0.06


def test_one_scale_for_all_poses_of_a_character(batch: FigureBatch) -> None:
    assert torch.equal(batch.scale[:, 0], batch.scale[:, 1])


def test_truncated_figures_have_absent_joints() -> None:
    batch = draw(TRAINED, 8, 1, 64, torch.Generator().manual_seed(2), truncated=1.0)
    assert bool((batch.state == 0).any(-1).all())
    outside = ((batch.joints < 0) | (batch.joints >= 64)).any(-1)
    assert torch.equal(outside, batch.state == 0)


def test_an_unknown_family_is_refused() -> None:
    with pytest.raises(InvalidInput, match="choose from"):
        draw(("nobody",), 1, 1, 64, torch.Generator())
