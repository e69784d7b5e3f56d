"""The embedded network as the engine's program: each job is one sample on its own way over the bridge.

States of one key (size, task is no part of it) share a step, each at its own time. A state's noise depends on its seed
alone, never on its company. Knows tensors and samples; no canvases and no schedule.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import torch
from numpy.typing import NDArray
from torch import Tensor

from deployments.denoiser.bridge import enter, onward
from deployments.denoiser.engine.slots import Job, OutOfMemory
from deployments.denoiser.sample import Sample, stack

Network = Callable[..., dict[str, Tensor]]


@dataclass(frozen=True)
class Restoration:
    """What a job asks for: a sample and the seed of its noise."""

    sample: Sample
    seed: int


@dataclass
class Crossing:
    """inputs: the network's for a batch of 1, the state on the bridge written in; picture (1, 4, h, w): that state.

    doubt (1, 1, h, w): logits of the last step, None before it.
    """

    inputs: tuple[Tensor, ...]
    steps: int
    picture: Tensor
    done: int = 0
    doubt: Tensor | None = None


def restoration(sample: Sample, steps: int, seed: int, **more: Any) -> Job:
    """The job of restoring a sample; `more`: the job's deadline and the like."""
    return Job((sample.copied.shape[:2],), Restoration(sample, seed), steps, **more)


class BridgeProgram:
    """See `engine.slots.Program`. Results are (h, w, 4) premultiplied and (h, w) probability of doubt, float32."""

    def __init__(self, network: Network) -> None:
        self._network = network

    def start(self, job: Job) -> Crossing:
        asked: Restoration = job.work
        inputs = stack([asked.sample])
        maps = inputs[0]
        if job.saved is None:
            loose = torch.maximum(maps[:, -2:-1], maps[:, -1:])
            generator = torch.Generator().manual_seed(asked.seed)
            state = Crossing(inputs, job.steps, enter(maps[:, :4], loose, generator))
        else:
            state = Crossing(inputs, job.steps, **job.saved)
        maps[:, :4] = state.picture
        return state

    def step(self, states: Sequence[Crossing]) -> None:
        try:
            moved = self._moved(states)
        except (torch.OutOfMemoryError, MemoryError) as error:
            raise OutOfMemory(str(error)) from error
        for state, (picture, doubt) in zip(states, moved, strict=True):
            state.picture, state.doubt = picture, doubt
            state.inputs[0][:, :4] = picture
            state.done += 1

    def done(self, state: Crossing) -> int:
        return state.done

    def sound(self, state: Crossing) -> bool:
        return bool(state.picture.sum().isfinite())  # a sum of what is not finite is not, and is quickly had

    def finish(self, state: Crossing) -> tuple[NDArray[Any], NDArray[Any]]:
        doubt = torch.zeros_like(state.picture[:, :1]) if state.doubt is None else torch.sigmoid(state.doubt)
        return _numpy(state.picture[0].permute(1, 2, 0)), _numpy(doubt[0, 0])

    def save(self, state: Crossing) -> dict[str, Any]:
        return {"picture": state.picture, "doubt": state.doubt, "done": state.done}

    def _moved(self, states: Sequence[Crossing]) -> list[tuple[Tensor, Tensor]]:
        """Each state's picture one step on, and the network's doubt: its own, for a view would keep the whole batch."""
        maps, points, condition, source, source_points = (
            together(rows) for rows in zip(*(state.inputs for state in states), strict=True)
        )
        here = torch.tensor([[state.done / state.steps] for state in states])
        there = torch.tensor([[(state.done + 1) / state.steps] for state in states])
        when = torch.cat([here, 1 - here, condition[:, 2:]], 1)
        out = self._network(maps, points, when, source, source_points)
        clean, doubt = out["clean"].split(1), out["doubt"].split(1)
        return [
            (onward(state.picture, clean[row], here[row], there[row]), doubt[row].clone())
            for row, state in enumerate(states)
        ]


def together(rows: Sequence[Tensor]) -> Tensor:
    """A batch of batches; of one alone that itself, for a copy costs as much as a layer."""
    return rows[0] if len(rows) == 1 else torch.cat(list(rows))


def _numpy(tensor: Tensor) -> Any:
    return tensor.float().clamp(0, 1).numpy()
