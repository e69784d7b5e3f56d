"""What the trainers' command lines share."""

import argparse
from pathlib import Path

import pytest
import torch
from torch import nn

from pose.errors import WeightsError
from training.budgets import add_budget, add_start, begin, budget, started


def _asked(*given: str) -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    add_budget(parser, "pose", minutes=35.0, batch=24)
    add_start(parser)
    return parser.parse_args(given)


def test_arguments_become_the_loops_options() -> None:
    found = budget(_asked("--minutes", "2", "--rate", "0.5"), average=0.9)
    assert (found.runs, found.out, found.curve) == (Path("runs/pose"), Path("weights"), Path("docs/curves/pose.png"))
    assert (found.steps, found.minutes, found.batch, found.rate, found.average) == (100_000, 2.0, 24, 0.5, 0.9)


def test_every_training_begins_with_the_same_weights() -> None:
    begin(_asked())
    first = nn.Linear(3, 3).weight
    begin(_asked())
    torch.testing.assert_close(first, nn.Linear(3, 3).weight)


def test_a_start_without_weights_is_refused(tmp_path: Path) -> None:
    network = nn.Linear(3, 3)
    assert started("pose", network, _asked()) is network
    with pytest.raises(WeightsError):
        started("pose", network, _asked("--start", str(tmp_path)))
