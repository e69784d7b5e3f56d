"""Whom a step waits for, and what it raises where memory is short."""

import pytest
import torch

from deployments.denoiser.checkpoint.stepping import stepping
from deployments.denoiser.engine.slots import OutOfMemory


def test_a_gpu_is_waited_for_and_a_cpu_is_not(monkeypatch: pytest.MonkeyPatch) -> None:
    waited: list[torch.device] = []
    monkeypatch.setattr(torch.cuda, "synchronize", waited.append)
    for name in ("cpu", "cuda:1"):
        with stepping(torch.device(name)):
            assert not waited
    assert waited == [torch.device("cuda:1")]


def test_what_only_the_wait_tells_is_out_of_memory_too(monkeypatch: pytest.MonkeyPatch) -> None:
    def failing(device: torch.device) -> None:
        raise RuntimeError("CUDA error: out of memory")

    monkeypatch.setattr(torch.cuda, "synchronize", failing)
    with pytest.raises(OutOfMemory), stepping(torch.device("cuda")):
        pass
