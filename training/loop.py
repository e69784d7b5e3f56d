"""The loop that the small networks' trainers share: steps, averaging, checkpoints, validation, log and curve.

A task says what a batch, a loss and a score are; the loop knows no pictures. It resumes from its last checkpoint with
optimiser, averages and clocks, and it ends after so many steps or minutes, whichever comes first; the learning rate
follows that progress (warm-up, then a cosine), so a slow machine's training still ends annealed.
"""

import json
import logging
import math
import os
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import torch
from torch import Tensor, nn
from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn
from torch.utils.data import DataLoader, IterableDataset

from training import card
from training.curve import draw_curve

log = logging.getLogger("training")


class Task(Protocol):
    """What a trainer supplies. `validate` returns scores, among them `score`, the larger the better.

    With `Options.ahead`, `batch` runs in another process: what `loss` needs of it must be in the batch.
    """

    name: str

    def batch(self, size: int, rng: np.random.Generator) -> Any: ...

    def loss(self, network: nn.Module, batch: Any) -> tuple[Tensor, dict[str, float]]: ...

    def validate(self, network: nn.Module) -> dict[str, float]: ...

    def card(self) -> dict[str, Any]: ...


@dataclass(frozen=True)
class Options:
    """steps and minutes: the training ends at the first of them. checkpoint_every and validate_every: seconds."""

    runs: Path
    out: Path
    curve: Path | None = None
    steps: int = 100_000
    minutes: float = 35.0
    batch: int = 24
    rate: float = 1.5e-3
    decay: float = 0.03
    warm_up: int = 150
    average: float = 0.997
    checkpoint_every: float = 120.0
    validate_every: float = 300.0
    seed: int = 0
    ahead: bool = False  # batches are made by a process of their own, ahead of the steps


@dataclass
class State:
    """Where a training stands; what a checkpoint holds beside the tensors."""

    step: int = 0
    seconds: float = 0.0
    best: float = -math.inf
    history: list[dict[str, float]] = field(default_factory=list)


def train(task: Task, network: nn.Module, options: Options, clock: Callable[[], float] = time.monotonic) -> State:
    """Trains to the end of the budget; writes weights and card into `options.out` whenever the score is better."""
    network = network.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
    averaged = AveragedModel(network, multi_avg_fn=get_ema_multi_avg_fn(options.average), use_buffers=True)
    optimiser = torch.optim.AdamW(network.parameters(), options.rate, weight_decay=options.decay)
    state = _resume(options.runs, network, averaged, optimiser)
    batches = _batches(task, options, state.step)
    saved = validated = last = clock()
    running: dict[str, float] = {}
    while (progress := _progress(state, options)) < 1:
        _set_rate(optimiser, _rate(state.step, progress, options))
        parts = _step(task, network, optimiser, next(batches))
        averaged.update_parameters(network)
        running = {key: running.get(key, value) * 0.98 + value * 0.02 for key, value in parts.items()}
        now = clock()
        state.step, state.seconds, last = state.step + 1, state.seconds + now - last, now
        if state.step % 50 == 0:
            log.info("%d  %.1f min  %s", state.step, state.seconds / 60, _line(running))
        if now - saved > options.checkpoint_every:
            _checkpoint(options.runs, network, averaged, optimiser, state)
            saved = clock()
        if now - validated > options.validate_every:
            _validate(task, averaged.module, options, state, running)
            validated = clock()
    _validate(task, averaged.module, options, state, running)
    _checkpoint(options.runs, network, averaged, optimiser, state)
    return state


def _batches(task: Task, options: Options, step: int) -> Iterator[Any]:
    """Batches without end, random by the seed and the step that they begin with."""
    dealt = _Dealt(task, options.batch, (options.seed, step))
    if not options.ahead:
        return iter(dealt)
    loader = DataLoader(
        dealt, batch_size=None, num_workers=1, collate_fn=_as_it_is, prefetch_factor=2, multiprocessing_context="fork"
    )
    return iter(loader)


def _as_it_is(batch: Any) -> Any:
    return batch


class _Dealt(IterableDataset[Any]):
    """A task's batches without end, from one seed."""

    def __init__(self, task: Task, size: int, seed: tuple[int, int]) -> None:
        self.task, self.size, self.seed = task, size, seed

    def __iter__(self) -> Iterator[Any]:
        rng = np.random.default_rng(self.seed)
        while True:
            yield self.task.batch(self.size, rng)


def _step(task: Task, network: nn.Module, optimiser: torch.optim.Optimizer, batch: Any) -> dict[str, float]:
    network.train()
    optimiser.zero_grad(set_to_none=True)
    loss, parts = task.loss(network, batch)
    loss.backward()
    nn.utils.clip_grad_norm_(network.parameters(), 5.0)
    optimiser.step()
    return {"loss": float(loss.detach()), **parts}


def _validate(task: Task, network: nn.Module, options: Options, state: State, running: dict[str, float]) -> None:
    """Scores the averaged network; the best so far becomes the weights."""
    network.eval()
    with torch.inference_mode():
        scores = {key: float(value) for key, value in task.validate(network).items()}
    entry = {"step": float(state.step), "minutes": round(state.seconds / 60, 2), **running, **scores}
    state.history.append(entry)
    log.info("validation %d  %s", state.step, _line(scores))
    options.runs.mkdir(parents=True, exist_ok=True)
    (options.runs / "history.json").write_text(json.dumps(state.history, indent=1))
    if options.curve is not None:
        draw_curve(state.history, options.curve)
    if scores["score"] > state.best:
        state.best = scores["score"]
        written = {key: round(value, 4) for key, value in scores.items()}
        about: dict[str, Any] = {
            "steps": state.step,
            "batch": options.batch,
            "minutes": entry["minutes"],
            "seed": options.seed,
        }
        about["hardware"] = f"{torch.get_num_threads()} of {os.cpu_count()} CPU cores, bfloat16"
        card.save(task.name, network, {**task.card(), **about, "scores": written}, options.out)


def _resume(runs: Path, network: nn.Module, averaged: nn.Module, optimiser: torch.optim.Optimizer) -> State:
    path = runs / "checkpoint.pt"
    if not path.exists():
        return State()
    held = torch.load(path, weights_only=True)
    network.load_state_dict(held["network"])
    averaged.load_state_dict(held["averaged"])
    optimiser.load_state_dict(held["optimiser"])
    log.info("resumed at step %d", held["state"]["step"])
    # The held-out set may be another by now, and its scores no measure for those of before.
    return State(**{**held["state"], "best": -math.inf})


def _checkpoint(
    runs: Path, network: nn.Module, averaged: nn.Module, optimiser: torch.optim.Optimizer, state: State
) -> None:
    runs.mkdir(parents=True, exist_ok=True)
    held = {
        "network": network.state_dict(),
        "averaged": averaged.state_dict(),
        "optimiser": optimiser.state_dict(),
        "state": vars(state),
    }
    torch.save(held, runs / "checkpoint.part")
    os.replace(runs / "checkpoint.part", runs / "checkpoint.pt")


def _progress(state: State, options: Options) -> float:
    return max(state.step / options.steps, state.seconds / 60 / options.minutes)


def _rate(step: int, progress: float, options: Options) -> float:
    """Linear warm-up, then a cosine down to 2% of the rate."""
    cosine = 0.02 + 0.98 * 0.5 * (1 + math.cos(math.pi * min(progress, 1)))
    return options.rate * min((step + 1) / options.warm_up, 1) * cosine


def _set_rate(optimiser: torch.optim.Optimizer, rate: float) -> None:
    for group in optimiser.param_groups:
        group["lr"] = rate


def _line(values: dict[str, float]) -> str:
    return "  ".join(f"{key} {value:.4f}" for key, value in values.items())
