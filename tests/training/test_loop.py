"""The loop's batches: the same whether the steps make them or a process of its own does."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from training.loop import Options, train


class Counting:
    """A task whose batches are random numbers; it remembers those that a loss was asked of."""

    name = "counting"

    def __init__(self) -> None:
        self.seen: list[float] = []

    def batch(self, size: int, rng: np.random.Generator) -> list[tuple[Tensor, NDArray[np.float32]]]:
        return [(torch.from_numpy(rng.random((1, 1, 1), np.float32)), rng.random(2, np.float32)) for _ in range(size)]

    def loss(
        self, network: nn.Module, batch: list[tuple[Tensor, NDArray[np.float32]]]
    ) -> tuple[Tensor, dict[str, float]]:
        assert all(isinstance(extra, np.ndarray) for _, extra in batch)
        self.seen.append(float(sum(picture.sum() + extra.sum() for picture, extra in batch)))
        return network(torch.stack([picture for picture, _ in batch])).square().mean(), {}

    def validate(self, network: nn.Module) -> dict[str, float]:
        return {"score": 0.0}

    def card(self) -> dict[str, Any]:
        return {}


@pytest.mark.timeout(60)
def test_batches_made_ahead_are_the_same(tmp_path: Path) -> None:
    seen = []
    for ahead in (False, True):
        task = Counting()
        folder = tmp_path / str(ahead)
        train(task, nn.Conv2d(1, 1, 1), Options(folder / "runs", folder / "out", steps=5, batch=3, ahead=ahead))
        seen.append(task.seen)
    assert seen[0] == seen[1]
    assert len(set(seen[0])) == 5
