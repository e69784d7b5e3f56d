import torch

from training.world.papers import contact_shadow, degraded, page


def test_a_contact_shadow_only_darkens_near_the_feet() -> None:
    feet = torch.tensor([[[30.0, 60.0], [36.0, 60.0]]]).expand(16, 2, 2)
    shade = contact_shadow(feet, torch.full((16,), 50.0), 64, torch.Generator().manual_seed(0))
    assert shade.shape == (16, 1, 64, 64)
    assert float(shade.min()) < 0.95
    assert float(shade[..., 0].min()) > 0.98


def test_degradations_stay_in_range_and_keep_most_pictures_close() -> None:
    generator = torch.Generator().manual_seed(0)
    plates = torch.stack([page((0.2, 0.5, 0.8), "busy", 64, generator)[0] for _ in range(16)])
    out = degraded(plates.clone(), torch.ones(16, 1, 64, 64), generator)
    assert 0 <= float(out.min()) <= float(out.max()) <= 1
    assert float((out - plates).abs().mean()) < 0.06
