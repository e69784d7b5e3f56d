import pytest
import torch

from deployments.denoiser.limbs import limb_maps
from deployments.denoiser.network import (
    CANDIDATES,
    CHANNELS,
    CONDITIONS,
    REACH,
    DenoiserNetwork,
    RegressionNetwork,
    moved,
)
from pose.skeleton import BIPED


def _inputs(height=64, width=96):
    torch.manual_seed(0)
    points = torch.rand(2, len(BIPED.joints), 3) * torch.tensor([width, height, 1.0])
    condition = torch.zeros(2, CONDITIONS)
    return torch.rand(2, CHANNELS, height, width), points, condition, torch.rand(2, 4, 128, 128), points


@pytest.mark.parametrize("network", [DenoiserNetwork, RegressionNetwork])
def test_predicts_pictures_of_the_input_size_at_any_multiple_of_32(network):
    out = network().eval()(*_inputs())
    assert out["clean"].shape == (2, 4, 64, 96)
    assert out["doubt"].shape == (2, 1, 64, 96)


def test_weights_are_shares_and_offsets_are_bounded():
    network = DenoiserNetwork().eval()
    torch.nn.init.normal_(network.offsets.weight, std=10)
    out = network(*_inputs())
    assert out["weights"].shape[1] == len(CANDIDATES)
    torch.testing.assert_close(out["weights"].sum(1), torch.ones(2, 64, 96))
    assert out["offsets"].abs().max() <= REACH * 256


def test_stays_within_its_size():
    parameters = sum(value.numel() for value in DenoiserNetwork().parameters())
    assert 5e6 < parameters < 7.4e6  # under 15 MB in half precision


def test_moved_by_a_constant_offset_is_a_shift():
    picture = torch.rand(1, 4, 16, 16)
    offset = torch.zeros(1, 2, 4, 4)
    offset[:, 0] = 3
    torch.testing.assert_close(moved(picture, offset)[..., :12], picture[..., 3:15], atol=1e-4, rtol=0)


def test_limb_maps_draw_present_bones_only():
    points = torch.zeros(1, len(BIPED.joints), 3)
    for name, x in (("r_shoulder", 4.5), ("r_elbow", 12.5)):
        points[0, BIPED.index[name]] = torch.tensor([x, 8.5, 1.0])
    maps = limb_maps(points, torch.tensor([1.0]), 16, 16)
    assert maps[0, 0, 8, 8] == pytest.approx(1)
    assert maps[0, 0, 14, 8] < 1e-3
    assert maps[0, 1:].abs().max() == 0
