import torch

from training.world.canvases import centres, coarsened, straight
from training.world.raster import Canvas

SIZE = 8


def _canvas(layers: bool) -> Canvas:
    rgba = torch.rand(2, SIZE, SIZE, 4, generator=torch.Generator().manual_seed(0))
    stack = rgba[:, None].clone() if layers else None
    owner = torch.zeros(2, SIZE, SIZE, dtype=torch.long)
    return Canvas(rgba, owner, stack, torch.zeros(2, SIZE, SIZE, 2))


def test_centres_lie_at_halves_x_first() -> None:
    assert centres(SIZE, torch.device("cpu"))[2, 5].tolist() == [5.5, 2.5]


def test_straight_colours_come_back_from_premultiplied_ones() -> None:
    colour = torch.tensor([0.2, 0.6, 1.0])[:, None, None]
    picture = torch.cat((colour * 0.25, torch.full((1, 1, 1), 0.25)))
    assert torch.allclose(straight(picture)[:3], colour)


def test_only_pictures_with_blocks_are_coarsened() -> None:
    canvas = _canvas(layers=True)
    fine, (row,), stack = coarsened(canvas, (torch.arange(SIZE).expand(2, SIZE, SIZE),), torch.tensor([1, 4]))
    assert stack is not None
    assert torch.equal(fine[0], canvas.rgba[0].permute(2, 0, 1))
    assert torch.equal(fine[1, :, :4, :4], fine[1, :, 2:3, 2:3].expand(4, 4, 4))
    assert row[1, 0].tolist() == [2, 2, 2, 2, 6, 6, 6, 6]
    assert torch.equal(stack[1, 0], straight(fine[1]))


def test_pictures_without_blocks_and_layers_stay() -> None:
    canvas = _canvas(layers=False)
    fine, _, stack = coarsened(canvas, (), torch.tensor([1, 1]))
    assert stack is None
    assert torch.equal(fine, canvas.rgba.permute(0, 3, 1, 2))
