import pytest
import torch

from deployments.denoiser.bridge import NOISE, between, onward


def test_a_step_keeps_the_state_on_the_bridge():
    """Equation (2) takes a state of (1) at t to the state of (1) at s when the prediction is the truth."""
    copied, truth, loose = torch.rand(1, 4, 8, 8), torch.rand(1, 4, 8, 8), torch.ones(1, 1, 8, 8)
    at = [between(copied, truth, loose, torch.tensor([t]), torch.Generator().manual_seed(1)) for t in (0.25, 0.5)]
    torch.testing.assert_close(onward(at[0], truth, torch.tensor([0.25]), torch.tensor([0.5])), at[1])


@pytest.mark.parametrize("steps", [1, 2, 4])
def test_a_perfect_prediction_arrives(steps):
    state, truth = torch.rand(2, 4, 8, 8), torch.rand(2, 4, 8, 8)
    for step in range(steps):
        state = onward(state, truth, torch.full((2,), step / steps), torch.full((2,), (step + 1) / steps))
    torch.testing.assert_close(state, truth)


def test_states_of_one_batch_are_at_times_of_their_own():
    state, truth = torch.zeros(2, 1, 1, 1), torch.ones(2, 1, 1, 1)
    moved = onward(state, truth, torch.tensor([0.0, 0.5]), torch.tensor([0.25, 1.0]))
    assert moved.flatten().tolist() == [0.25, 1.0]


def test_noise_goes_only_where_texels_are_not_trusted():
    copied, loose = torch.zeros(1, 4, 8, 8), torch.zeros(1, 1, 8, 8)
    loose[..., 4:] = 1
    state = between(copied, copied, loose, torch.zeros(1), torch.Generator().manual_seed(1))
    assert state[..., :4].abs().max() == 0
    assert 0 < state[..., 4:].abs().mean() < 2 * NOISE
