"""The embedded network as the engine's program: each job is one sample on its own way over the bridge.

States of one key (size, task is no part of it) share a step, each at its own time. A state's noise depends on its seed
alone, never on its company. Knows tensors and samples; no canvases and no schedule.
"""

import weakref
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import torch
from numpy.typing import NDArray
from torch import Tensor

from deployments.denoiser.bridge import enter, onward
from deployments.denoiser.engine.memory import is_out_of_memory, refusing
from deployments.denoiser.engine.slots import Job, OutOfMemory
from deployments.denoiser.sample import Sample, stack

Network = Callable[..., dict[str, Tensor]]


@dataclass(frozen=True)
class Restoration:
    """What a job asks for: samples of one size, and the seed of the first one's noise (the next has the next)."""

    samples: tuple[Sample, ...]
    seed: int


@dataclass(eq=False)
class Crossing:
    """inputs: the network's for the job's samples, whose first channels are a step's to write; picture (B, 4, h, w):
    the state on the bridge. doubt (B, 1, h, w): logits of the last step, None before it.
    """

    inputs: tuple[Tensor, ...]
    steps: int
    picture: Tensor
    done: int = 0
    doubt: Tensor | None = None
    of: str = ""


def restoration(samples: Sequence[Sample], steps: int, seed: int, **more: Any) -> Job:
    """The job of restoring samples of one size, each a row; `more`: the job's deadline and the like."""
    return Job((samples[0].copied.shape[:2],), Restoration(tuple(samples), seed), steps, len(samples), **more)


class BridgeProgram:
    """See `engine.slots.Program`.

    Results are (B, h, w, 4) premultiplied and (B, h, w) probability of doubt, float32.
    """

    def __init__(self, network: Network) -> None:
        self._network = network
        self._of = str(getattr(network, "sha256", ""))
        self._company: list[weakref.ref[Crossing]] = []
        self._inputs: tuple[Tensor, ...] = ()

    def start(self, job: Job) -> Crossing:
        asked: Restoration = job.work
        inputs = stack(asked.samples)
        of = self._named(job)
        if job.saved is not None and job.saved.get("of") == of:
            return Crossing(inputs, job.steps, torch.from_numpy(job.saved["picture"].copy()), job.saved["done"], of=of)
        maps = inputs[0]
        loose = torch.maximum(maps[:, -2:-1], maps[:, -1:])
        seeds = range(asked.seed, asked.seed + len(maps))
        entered = [_entered(*row) for row in zip(maps[:, :4].split(1), loose.split(1), seeds, strict=True)]
        return Crossing(inputs, job.steps, together(entered), of=of)

    def step(self, states: Sequence[Crossing]) -> None:
        try:
            with refusing(OutOfMemory):
                moved = self._moved(states) if len(states) > 1 else [self._fitted(states[0])]
        except Exception:
            self._forget()
            raise
        for state, (picture, doubt) in zip(states, moved, strict=True):
            state.picture, state.doubt = picture, doubt
            state.done += 1
        if any(state.done >= state.steps for state in states):
            self._forget()

    def done(self, state: Crossing) -> int:
        return state.done

    def sound(self, state: Crossing) -> bool:
        return bool(state.picture.sum().isfinite())  # a sum of what is not finite is not, and is quickly had

    def finish(self, state: Crossing) -> tuple[NDArray[Any], NDArray[Any]]:
        doubt = torch.zeros_like(state.picture[:, :1]) if state.doubt is None else torch.sigmoid(state.doubt)
        return _numpy(state.picture.permute(0, 2, 3, 1)), _numpy(doubt[:, 0])

    def save(self, state: Crossing) -> dict[str, Any]:
        """numpy, so that who passes it on needs no torch. `of`: the weights, sizes and steps that it belongs to."""
        return {"of": state.of, "picture": state.picture.numpy(), "done": state.done}

    def _moved(self, states: Sequence[Crossing]) -> list[tuple[Tensor, Tensor]]:
        """Each state's picture one step on, and the network's doubt: its own, for a view would keep the whole batch."""
        maps, points, condition, source, source_points = self._gathered(states)
        sizes = [len(state.picture) for state in states]
        here = torch.cat([_times(state)[0].expand(len(state.picture)) for state in states])
        when = torch.cat([here[:, None], 1 - here[:, None], condition[:, 2:]], 1)
        out = self._network(maps, points, when, source, source_points)
        clean, doubt = out["clean"].split(sizes), out["doubt"].split(sizes)
        return [
            (onward(state.picture, clean[row], *_times(state)), doubt[row].clone()) for row, state in enumerate(states)
        ]

    def _gathered(self, states: Sequence[Crossing]) -> tuple[Tensor, ...]:
        """The inputs of one batch, pictures and all; kept while the same company steps on."""
        inputs = self._inputs
        same = len(states) == len(self._company) and all(
            one() is state for one, state in zip(self._company, states, strict=True)
        )
        if not same or not inputs:
            inputs = tuple(together(rows) for rows in zip(*(state.inputs for state in states), strict=True))
            self._company, self._inputs = [weakref.ref(state, self._forget) for state in states], inputs
        inputs[0][:, :4] = together([state.picture for state in states])
        return inputs

    def _forget(self, *_: object) -> None:
        """Keeps nothing of a batch, for one of it has failed or is gone."""
        self._company, self._inputs = [], ()

    def _fitted(self, state: Crossing) -> tuple[Tensor, Tensor]:
        """One state moved; a job of several samples that does not fit at once is taken in halves."""
        rows = len(state.picture)
        try:
            return self._moved([state])[0]
        except Exception as error:
            self._forget()
            if rows == 1 or not is_out_of_memory(error):
                raise
        halves = [part_of(state, slice(0, rows // 2)), part_of(state, slice(rows // 2, rows))]
        pictures, doubts = zip(*map(self._fitted, halves), strict=True)
        return torch.cat(pictures), torch.cat(doubts)

    def _named(self, job: Job) -> str:
        return f"{self._of} {job.key} {job.steps} {job.rows}"


def together(rows: Sequence[Tensor]) -> Tensor:
    """A batch of batches; of one alone that itself, for a copy costs as much as a layer."""
    return rows[0] if len(rows) == 1 else torch.cat(list(rows))


def part_of(state: Crossing, rows: slice) -> Crossing:
    """Some of a state's samples as a state of their own."""
    inputs = tuple(tensor[rows].clone() for tensor in state.inputs)
    return Crossing(inputs, state.steps, state.picture[rows], state.done)


def _entered(copied: Tensor, loose: Tensor, seed: int) -> Tensor:
    return enter(copied, loose, torch.Generator().manual_seed(seed))


def _times(state: Crossing) -> tuple[Tensor, Tensor]:
    """Where a state is and where its next step leads."""
    return torch.tensor([state.done / state.steps]), torch.tensor([(state.done + 1) / state.steps])


def _numpy(tensor: Tensor) -> Any:
    return tensor.float().clamp(0, 1).numpy()
