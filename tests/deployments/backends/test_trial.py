"""That a difference is seen, what counts as bearing padding, and what a time is."""

import itertools

import torch
from torch import nn

from deployments.backends.trial import bears_padding, distance, example_inputs, median_seconds, relative_error
from deployments.signature import Port, Signature
from tests.export.tiny import SIGNATURE, tiny_network

INF = float("inf")
ONE = Signature(
    "one", "one", (Port("x", lambda h, w: (3, h + 2, w + 2)),), (Port("y", lambda h, w: (4, h, w)),), ((16, 16),), 4
)


def test_relative_error_is_of_the_largest_value() -> None:
    assert relative_error(torch.tensor([0.0, 4.0]), torch.tensor([1.0, 4.0])) == 0.25
    assert relative_error(torch.zeros(2), torch.zeros(3)) == INF
    assert relative_error(torch.zeros(2), torch.tensor([0, torch.nan])) == INF
    assert distance([torch.ones(1), torch.ones(1)], [torch.ones(1), torch.zeros(1)]) == 1


def test_inputs_lie_within_their_ports_bounds() -> None:
    picture, shift = example_inputs(SIGNATURE, (8, 12), 3)
    assert picture.shape == (3, 3, 8, 12)
    assert picture.min() >= 0
    assert -1 <= shift.min() < 0


def test_convolutions_over_what_the_picture_brings_along_bear_padding() -> None:
    assert bears_padding(nn.Conv2d(3, 4, 3), ONE, 1e-5)


def test_a_normalisation_over_the_whole_picture_does_not() -> None:
    assert not bears_padding(nn.Sequential(nn.Conv2d(3, 4, 3), nn.GroupNorm(2, 4)), ONE, 1e-3)
    assert not bears_padding(tiny_network(), SIGNATURE, 1e-3)


def test_a_network_of_one_size_does_not() -> None:
    one_size = nn.Sequential(
        nn.Conv2d(3, 4, 3), nn.Flatten(), nn.Linear(4 * 256, 4 * 256), nn.Unflatten(1, (4, 16, 16))
    )
    assert not bears_padding(one_size, ONE, 1e-3)


def test_a_time_is_the_median_after_a_first_run() -> None:
    ticks, runs = itertools.accumulate([0, 5, 0, 1, 0, 2]), []
    assert median_seconds(lambda: runs.append(1), lambda: next(ticks), repeats=3) == 2
    assert len(runs) == 4
