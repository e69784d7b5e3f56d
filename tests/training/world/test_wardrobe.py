import torch

from training.world.families import FAMILIES, HELD_OUT, TRAINED
from training.world.figures import draw
from training.world.scenes import KINDS, scene


def test_held_out_families_keep_the_plain_construction() -> None:
    assert all(FAMILIES[name].rich == 0 for name in HELD_OUT)
    assert sum(FAMILIES[name].rich == 1 for name in TRAINED) >= 4


def test_poses_of_a_turned_character_share_their_view() -> None:
    batch = draw(("vector_hero",), 8, 3, 32, torch.Generator().manual_seed(3))
    wide = (batch.joints[:, :, 2] - batch.joints[:, :, 5])[..., 0].abs() / batch.scale
    assert float((wide.amax(1) - wide.amin(1)).median()) < 0.1
    assert float(wide.min()) < 0.6 * float(wide.max())


def test_every_scene_is_a_picture_of_its_own() -> None:
    pictures = [scene(kind, 48, torch.Generator().manual_seed(1)) for kind in KINDS]
    assert all(picture.shape == (3, 48, 48) and bool(torch.isfinite(picture).all()) for picture in pictures)
    assert all(float(picture.std()) > 0.005 for picture in pictures)
