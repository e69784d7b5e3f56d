"""One command a network, from nothing to weights: draws what the trainer needs beside it, trains, stops drawing.

    python -m training.recipes pose          pose | parse | denoiser | upscaler; resumable: run it again to go on

Data and checkpoints lie under runs/, weights and cards in weights/. The denoiser's pairs pass through the parser, so
the parse network comes before it. Knows commands and folders; nothing of networks.
"""

import argparse
import logging
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

RUNS = Path("runs")
POLL_SECONDS = 2.0
Command = tuple[str, ...]
log = logging.getLogger("training")


@dataclass(frozen=True)
class Recipe:
    """before: run to their ends, in order. beside: runs while the stages do. ready: a path that says that enough is
    drawn to begin. stages: the trainings, in order. Commands are modules with their arguments."""

    stages: tuple[Command, ...]
    before: tuple[Command, ...] = ()
    beside: Command | None = None
    ready: Path | None = None


LINED = ("marker_child", "pencil", "crayon", "flat_mascot", "comic_ink", "sticker_pack")
"""Families among whose characters are such with single strokes for limbs."""
_FIGURES = ("training.feed", "--out", str(RUNS / "figures"))
_SEEN = ("--data", str(RUNS / "figures"))
RECIPES = {
    "pose": Recipe(
        stages=(
            (
                *("training.pose_net", *_SEEN, "--resume", str(RUNS / "pose")),
                *("--minutes", "300", "--batch", "32", "--ahead"),
            ),
        ),
        beside=_FIGURES,
        ready=RUNS / "figures" / "train-1-0002-sketch",
    ),
    "parse": Recipe(
        before=(
            (*_FIGURES, "--kinds", "character", "--first", "0", "--sets", "8", "--seed", "2", "--families", *LINED),
        ),
        stages=(
            ("training.parse_net", *_SEEN, "--resume", str(RUNS / "parse"), "--size", "192", "--minutes", "18"),
            ("training.parse_net", *_SEEN, "--resume", str(RUNS / "parse"), "--minutes", "120", "--batch", "16"),
        ),
        beside=(*_FIGURES, "--kinds", "character"),
        ready=RUNS / "figures" / "train-1-0004-character",
    ),
    "denoiser": Recipe(
        before=(("training.pairs", "--out", str(RUNS / "unseen"), "--count", "96", "--seed", "3", "--held-out"),),
        beside=("training.pairs", "--out", str(RUNS / "pairs"), "--count", "20000"),
        ready=RUNS / "pairs" / "repair" / "shard-00040.npz",
        stages=(
            (
                *("training.denoiser", "--pairs", str(RUNS / "pairs"), "--validation", str(RUNS / "unseen")),
                *("--curve", "docs/curves/denoiser.png", "--minutes", "100", "--rate", "8e-4"),
            ),
        ),
    ),
    "upscaler": Recipe(
        stages=(("training.upscaler", "--data", str(RUNS / "enlargements"), "--resume", str(RUNS / "upscaler")),)
    ),
}


def cook(recipe: Recipe) -> None:
    """Runs a recipe. Raises CalledProcessError where one of its commands fails."""
    for command in recipe.before:
        subprocess.run(_python(command), check=True)
    beside = None if recipe.beside is None else subprocess.Popen(_python(recipe.beside))
    try:
        _wait(recipe, beside)
        for command in recipe.stages:
            log.info("%s", " ".join(command))
            subprocess.run(_python(command), check=True)
    finally:
        if beside is not None:
            beside.terminate()
            beside.wait()


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("network", choices=tuple(RECIPES))
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    cook(RECIPES[parser.parse_args(arguments).network])


def _wait(recipe: Recipe, beside: subprocess.Popen[bytes] | None) -> None:
    """Until enough is drawn, or the drawing is over."""
    while recipe.ready is not None and beside is not None and not recipe.ready.exists():
        if beside.poll() not in (None, 0):
            raise subprocess.CalledProcessError(beside.returncode, recipe.beside or ())
        if beside.poll() == 0:
            return
        time.sleep(POLL_SECONDS)


def _python(command: Command) -> list[str]:
    return [sys.executable, "-m", *command]


if __name__ == "__main__":
    main()
