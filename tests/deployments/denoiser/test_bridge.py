import pytest
import torch

from deployments.denoiser.bridge import NOISE, between, restore


def _walk(steps, seed=3, truth=None):
    copied, loose = torch.rand(1, 4, 8, 8, generator=torch.Generator().manual_seed(0)), torch.ones(1, 1, 8, 8)
    truth = torch.zeros_like(copied) if truth is None else truth

    def predict(state, t):
        return 0.5 * state + 0.5 * truth, state[:, :1] * 0 + t

    return restore(predict, copied, loose, steps, torch.Generator().manual_seed(seed))


@pytest.mark.parametrize("steps", [1, 2, 4])
def test_the_same_seed_gives_the_same_picture(steps):
    assert torch.equal(_walk(steps)[0], _walk(steps)[0])
    assert not torch.equal(_walk(steps)[0], _walk(steps, seed=4)[0])


@pytest.mark.parametrize("steps", [1, 2, 4])
def test_a_perfect_prediction_arrives(steps):
    truth = torch.rand(1, 4, 8, 8)
    state, doubt = restore(
        lambda state, t: (truth, state[:, :1] * 0 + t),
        torch.rand(1, 4, 8, 8),
        torch.ones(1, 1, 8, 8),
        steps,
        torch.Generator(),
    )
    torch.testing.assert_close(state, truth)
    assert doubt.max() == pytest.approx((steps - 1) / steps)


def test_a_step_keeps_the_state_on_the_bridge():
    """Equation (2) takes a state of (1) at t to the state of (1) at s when the prediction is the truth."""
    copied, truth, loose = torch.rand(1, 4, 8, 8), torch.rand(1, 4, 8, 8), torch.ones(1, 1, 8, 8)
    at = [between(copied, truth, loose, torch.tensor([t]), torch.Generator().manual_seed(1)) for t in (0.25, 0.5)]
    stepped = at[0] + (0.5 - 0.25) / (1 - 0.25) * (truth - at[0])
    torch.testing.assert_close(stepped, at[1])


def test_noise_goes_only_where_texels_are_not_trusted():
    copied, loose = torch.zeros(1, 4, 8, 8), torch.zeros(1, 1, 8, 8)
    loose[..., 4:] = 1
    state = between(copied, copied, loose, torch.zeros(1), torch.Generator().manual_seed(1))
    assert state[..., :4].abs().max() == 0
    assert 0 < state[..., 4:].abs().mean() < 2 * NOISE


def test_refuses_no_steps():
    with pytest.raises(ValueError, match="got 0"):
        _walk(0)
