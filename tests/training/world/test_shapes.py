import pytest
import torch

from training.world.shapes import (
    ARC,
    CAPSULE,
    FORM,
    HEART,
    LIMB,
    PROFILE,
    STAR,
    SUPER,
    across,
    curve,
    distance,
    reach,
)

SHAPES = {
    CAPSULE: [1.0, 0.2, 0.1, 0.0, 0.0, 0.0, 0.0, 0.0],
    SUPER: [0.5, 0.3, 2.0, 0.0, -9.0, 0.0, 0.0, 0.0],
    PROFILE: [1.0, 0.3, 0.2, 0.2, 0.4, 0.05, 0.0, 0.0],
    STAR: [0.5, 0.5, 5.0, 0.0, 1.0, 0.0, -9.0, 0.0],
    ARC: [0.5, 0.2, 0.05, 0.0, 0.0, 0.0, 0.0, 0.0],
    HEART: [0.5, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0],
    LIMB: [1.0, *curve((0.1, 0.2, 0.15, 0.15, 0.1, 0.05)), 0.1],
    FORM: [1.0, *curve((0.2, 0.4, 0.3, 0.2, 0.35, 0.3)), 0.05],
}


def _at(kind: int, x: float, y: float) -> float:
    return float(distance(kind, torch.tensor([[[x]]]), torch.tensor([[[y]]]), torch.tensor([SHAPES[kind]])))


def test_a_capsule_by_hand() -> None:
    assert _at(CAPSULE, 0.0, 0.2) == pytest.approx(0.0, abs=1e-5)
    assert _at(CAPSULE, 1.3, 0.0) == pytest.approx(0.2, abs=1e-5)
    assert _at(CAPSULE, 0.5, 0.0) == pytest.approx(-0.15, abs=1e-5)


def test_an_ellipse_is_zero_on_its_axes() -> None:
    assert _at(SUPER, 0.5, 0.0) == pytest.approx(0.0, abs=1e-3)
    assert _at(SUPER, 0.0, -0.3) == pytest.approx(0.0, abs=1e-3)
    assert _at(SUPER, 0.0, 0.0) < 0 < _at(SUPER, 0.5, 0.3)


def test_a_profile_widens_towards_its_end() -> None:
    assert _at(PROFILE, 0.9, 0.3) < 0 < _at(PROFILE, 0.45, 0.3)
    assert _at(PROFILE, 1.1, 0.0) > 0


@pytest.mark.parametrize("kind", list(SHAPES))
def test_nothing_reaches_outside_the_box(kind: int) -> None:
    x, y = torch.meshgrid(torch.linspace(-2, 2, 161), torch.linspace(-2, 2, 161), indexing="ij")
    inside = distance(kind, x[None], y[None], torch.tensor([SHAPES[kind]]))[0] < 0
    x0, y0, x1, y1 = reach(kind, SHAPES[kind])
    assert bool(inside.any())
    assert x0 <= float(x[inside].min())
    assert float(x[inside].max()) <= x1
    assert y0 <= float(y[inside].min())
    assert float(y[inside].max()) <= y1


def test_a_limb_passes_through_its_widths() -> None:
    widths = (0.1, 0.2, 0.15, 0.15, 0.1, 0.05)
    shape = torch.tensor([[1.0, *curve(widths), 0.0]])
    for stop, width in enumerate(widths):
        at = torch.tensor([[[stop / 5]]])
        assert float(distance(LIMB, at, torch.tensor([[[width]]]), shape)) == pytest.approx(0.0, abs=1e-5)
        assert float(across(LIMB, at, torch.tensor([[[0.5 * width]]]), shape)) == pytest.approx(0.5, abs=1e-4)
