"""The network with random weights: bounds, seams, flat colours, both factors."""

import numpy as np
import pytest
import torch

from deployments.runtime import Runner, precision
from deployments.upscaler import upscale as module
from deployments.upscaler.network import FACTORS, MARGIN, AtFactor, UpscalerNetwork, bounds
from deployments.upscaler.run import network_upsampler
from deployments.upscaler.upscale import Upsampler, upscale


def _network() -> UpscalerNetwork:
    torch.manual_seed(0)
    network = UpscalerNetwork().eval()
    for head in network.heads.values():
        torch.nn.init.normal_(head.convolution.weight, std=0.05)
    return network


@pytest.fixture(scope="module")
def upsample() -> Upsampler:
    return network_upsampler(Runner("upscaler", "", _network(), precision()))


def _noise(height: int, width: int) -> np.ndarray:
    return np.random.default_rng(0).integers(0, 256, (height, width, 4), dtype=np.uint8)


@pytest.mark.parametrize("factor", FACTORS)
def test_tiles_leave_no_seams(factor: int, upsample: Upsampler, monkeypatch: pytest.MonkeyPatch) -> None:
    rgba = _noise(150, 130)
    rgba[..., 3] = 255
    monkeypatch.setattr(module, "TILE", 64)
    tiled = upscale(rgba, factor, upsample)
    monkeypatch.setattr(module, "TILE", 4096)
    whole = upscale(rgba, factor, upsample)
    assert np.abs(tiled.astype(int) - whole).max() <= 1
    assert np.abs(whole.astype(int) - rgba.repeat(factor, 0).repeat(factor, 1)).max() > 20


@pytest.mark.parametrize("factor", FACTORS)
def test_flat_colours_stay_flat_to_the_bit(factor: int, upsample: Upsampler) -> None:
    rgba = np.full((40, 60, 4), (200, 31, 77, 255), np.uint8)
    rgba[:, 30:] = (10, 20, 30, 255)
    large = upscale(rgba, factor, upsample)
    assert (large[:, : 28 * factor] == (200, 31, 77, 255)).all()
    assert (large[:, 32 * factor :] == (10, 20, 30, 255)).all()


def test_bounds_are_the_extremes_around_widened() -> None:
    picture = torch.full((1, 4, 9, 9), 0.5)
    picture[:, 1, 4, 4] = 0.6
    low, high = bounds(picture)
    assert torch.allclose(low[:, 1], torch.tensor(0.4))
    assert torch.allclose(high[:, 1], torch.tensor(0.7))
    assert torch.equal(low[:, 0], torch.full((1, 5, 5), 0.5))
    far = torch.full((1, 4, 11, 11), 0.5)
    far[:, :, 5, 2] = 0
    assert (bounds(far)[0][0, 0, 3] == torch.tensor([0, 0, 0, 0.5, 0.5, 0.5, 0.5])).all()


@pytest.mark.parametrize("factor", FACTORS)
def test_an_untrained_network_enlarges_linearly(factor: int) -> None:
    network = UpscalerNetwork().eval()
    picture = torch.rand(1, 4, 5 + 2 * MARGIN, 7 + 2 * MARGIN)
    linear = torch.nn.functional.interpolate(picture, scale_factor=factor, mode="bilinear")
    rim = factor * MARGIN
    assert torch.allclose(AtFactor(network, factor)(picture), linear[..., rim:-rim, rim:-rim], atol=1e-6)


def test_only_an_upscaler_network_is_run() -> None:
    with pytest.raises(TypeError, match="Conv2d"):
        network_upsampler(Runner("upscaler", "", torch.nn.Conv2d(4, 4, 3), torch.float32))
