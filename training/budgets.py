"""What every trainer's command line has in common: where it writes, how long it trains, how it begins.

Knows arguments and `loop.Options`; no network and no data.
"""

import argparse
import logging
from pathlib import Path
from typing import Any

import torch
from torch import nn

from deployments.runtime import load
from training.loop import Options


def add_budget(
    parser: argparse.ArgumentParser, name: str, minutes: float, batch: int, rate: float = Options.rate, threads: int = 1
) -> None:
    """Adds the arguments that `begin` and `budget` read; checkpoints go to runs/<name>."""
    parser.add_argument("--out", type=Path, default=Path("weights"))
    parser.add_argument("--resume", type=Path, default=Path("runs") / name, help="checkpoints and history")
    parser.add_argument("--curve", type=Path, default=Path("docs/curves") / f"{name}.png")
    parser.add_argument("--steps", type=int, default=100_000)
    parser.add_argument("--minutes", type=float, default=minutes)
    parser.add_argument("--batch", type=int, default=batch)
    parser.add_argument("--rate", type=float, default=rate)
    parser.add_argument("--threads", type=int, default=threads)


def add_ahead(parser: argparse.ArgumentParser) -> None:
    """Adds `--ahead`, for trainers whose batches say all that their loss needs."""
    parser.add_argument("--ahead", action="store_true", help="make batches in a process of their own (one core more)")


def add_start(parser: argparse.ArgumentParser) -> None:
    """Adds the argument that `started` reads."""
    parser.add_argument("--start", type=Path, help="a folder whose weights to begin from")


def begin(asked: argparse.Namespace) -> None:
    """Logging, threads and the seed of the network's first weights."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    torch.set_num_threads(asked.threads)
    torch.manual_seed(0)


def started(name: str, network: nn.Module, asked: argparse.Namespace) -> nn.Module:
    """The network with the weights of `--start`, where given. Raises WeightsError where they do not fit."""
    if asked.start is not None:
        load(name, network, asked.start)
    return network


def budget(asked: argparse.Namespace, **more: Any) -> Options:
    """The loop's options; `more`: those that no argument sets."""
    return Options(
        asked.resume, asked.out, asked.curve, asked.steps, asked.minutes, asked.batch, asked.rate, **more
    )  # fmt: skip
