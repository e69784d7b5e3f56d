"""Tensors come back to the bit, on the device of who goes on; and only what belongs to it is gone on from."""

import pickle
from typing import Any

import numpy as np
import pytest
import torch

from deployments.denoiser.checkpoint.saved import belonging, plain, saved, taken_up, tensors
from deployments.denoiser.checkpoint.schedulers import placed

CPU = torch.device("cpu")
STATE = {
    "latents": torch.randn(1, 4, 3, 3, generator=torch.Generator().manual_seed(0)).to(torch.bfloat16),
    "generator": torch.Generator().get_state(),
    "scheduler": {"outputs": [torch.ones(2), None], "order": [1, 2], "times": np.arange(3), "index": torch.tensor(3)},
    "kept": {"outer": (torch.zeros(2, dtype=torch.float16),), "scale": 0.8},
    "done": 2,
}


def held(value: Any) -> list[Any]:
    """Every leaf."""
    if isinstance(value, dict):
        return [leaf for each in value.values() for leaf in held(each)]
    return [leaf for each in value for leaf in held(each)] if isinstance(value, list | tuple) else [value]


def test_no_tensor_is_left_and_all_come_back_to_the_bit() -> None:
    made = pickle.loads(pickle.dumps(plain(STATE)))
    assert not any(isinstance(leaf, torch.Tensor) for leaf in held(made))
    back = tensors(made, CPU)
    for now, before in zip(held(back), held(STATE), strict=True):
        if isinstance(before, torch.Tensor):
            assert now.dtype == before.dtype
            assert torch.equal(now, before)
        else:
            assert np.array_equal(now, before)
    assert isinstance(back["kept"]["outer"], tuple)


def test_arrays_that_may_not_be_written_are_copied() -> None:
    """As those are that come out of a shared store."""
    made = plain(torch.ones(2))
    made["values"].flags.writeable = False
    tensors(made, CPU).add_(1)
    assert made["values"].tolist() == [1, 1]


def test_what_is_saved_is_a_copy() -> None:
    latents = torch.ones(2)
    made = plain(latents)
    latents.add_(1)
    assert made["values"].tolist() == [1, 1]


def test_tensors_lie_where_the_painter_has_its_own() -> None:
    """The meta device stands for a GPU."""
    device = torch.device("meta")

    class Scheduler:
        def __init__(self) -> None:
            self.sigmas, self.times, self.last = torch.ones(3), torch.ones(3, device=device), None

    memory = plain({"sigmas": torch.ones(3), "times": torch.ones(3), "last": torch.ones(3), "outputs": [torch.ones(1)]})
    found = placed(Scheduler(), memory, device)
    where = {name: held(value)[0].device.type for name, value in found.items()}
    assert where == {"sigmas": "cpu", "times": "meta", "last": "meta", "outputs": "meta"}


@pytest.mark.parametrize("other", [{"of": "b"}, {"steps": 5}, None])
def test_only_what_belongs_to_it_is_taken_up(other: Any, caplog: pytest.LogCaptureFixture) -> None:
    own = saved("a", 4, {"done": 1})
    assert taken_up(own, "a", 4) == own
    assert taken_up(None, "a", 4) is None
    assert not caplog.records
    assert taken_up("old" if other is None else own | other, "a", 4) is None
    assert len(caplog.records) == 1


def test_belonging_tells_parts_apart() -> None:
    assert belonging("a", (1, 2)) == belonging("a", (1, 2)) != belonging("a", (1, 3))
