"""Makes the denoiser's training pairs: drawn characters through the serving stages' own cutting and warping.

Knows the figure world, `warp_figure` and in what shares pairs are made; no losses. A *repair* pair is a warp to another
pose with the true picture in that pose; a *complete* pair is a layer with its hidden part missing, and the true whole
layer (see excerpts.py). Most figures carry mistakes (see estimates.py), since serving sees estimates.

    python -m training.pairs --out FOLDER --count 8000        resumable; folders repair/ and complete/ below FOLDER
"""

import argparse
import logging
import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from deployments.deformation.warp import warp_figure
from deployments.denoiser.complete import complete_figure
from deployments.denoiser.run import Restore
from deployments.garments.network import ParseNetwork
from deployments.runtime import WEIGHTS, load
from pose.errors import NoFigure
from pose.figure import Figure
from pose.pose import Pose
from training.estimates import Drawn, characters, mistaken_figure, parsed_figure
from training.excerpts import REPAIR_SIZE, complete_pairs, repair_pair, truly_completed, window_pair
from training.shards import Pair, write_shard
from training.world.families import HELD_OUT, TRAINED
from training.world.figures import draw

CANVAS, LARGE_CANVAS = 288, 512
POSES = 7
HEIGHTS = (0.62, 0.95)
LARGE_EVERY = 8
SHARD = 24
PARSED = 0.15  # share of characters that go through the serving parser
Array = NDArray[Any]
log = logging.getLogger("training")


def make_pairs(
    families: Sequence[str], count: int, large: bool, seed: int, restore: Restore | None = None, parser: Any = None
) -> tuple[list[Pair], list[Pair]]:
    """Repair and complete pairs of `count` characters, each in POSES poses. `large`: windows of large pictures."""
    rng = np.random.default_rng(seed)
    generator = torch.Generator().manual_seed(seed)
    batch = draw(families, count, POSES, LARGE_CANVAS if large else CANVAS, generator, layers=True, height=HEIGHTS)
    repair: list[Pair] = []
    complete: list[Pair] = []
    for drawn in characters(batch):
        figure, targets, parsed = _estimated(drawn, parser, rng)
        if not large and not parsed:
            complete += complete_pairs(figure, drawn.layers[0], rng)
        make = window_pair if large else repair_pair
        for k, target in enumerate(targets, 1):
            whole = _completed(figure, drawn.layers[0], restore, rng)
            pair = make(whole, warp_figure(whole, target, "exact"), drawn.clean[k], REPAIR_SIZE, rng)
            repair += [pair] if pair is not None else []
    return repair, complete


def generate(out: Path, count: int, families: Sequence[str], seed: int, parser: Any = None) -> None:
    """Writes shards until `count` repair pairs are there; takes up where an earlier run ended."""
    held: dict[str, list[Pair]] = {"repair": [], "complete": []}
    shards = {kind: sum(1 for _ in (out / kind).glob("shard-*.npz")) for kind in held}
    step = sum(1 for _ in (out / "repair").glob("shard-*.npz")) * SHARD
    start, made = time.monotonic(), 0
    while shards["repair"] * SHARD < count:
        step += 1
        repair, complete = make_pairs(families, 2, step % LARGE_EVERY == 0, seed * 1_000_003 + step, parser=parser)
        made += len(repair)
        for kind, pairs in (("repair", repair), ("complete", complete)):
            held[kind] += pairs
            while len(held[kind]) >= SHARD:
                write_shard(held[kind][:SHARD], out / kind, f"shard-{shards[kind]:05d}")
                held[kind] = held[kind][SHARD:]
                shards[kind] += 1
        if step % 10 == 0:
            log.info("%d repair shards, %.2f pairs/s", shards["repair"], made / (time.monotonic() - start))


def _estimated(drawn: Drawn, parser: Any, rng: np.random.Generator) -> tuple[Figure, list[Pose], bool]:
    """The figure of pose 0 with its mistakes, the targets, and whether the serving parser made it."""
    targets = list(drawn.poses[1:])
    if parser is not None and rng.random() < PARSED:
        with suppress(NoFigure):
            return *parsed_figure(drawn, 0, targets, parser, rng), True
    return *mistaken_figure(drawn, 0, targets, rng), False


def _completed(figure: Figure, true_layers: Array, restore: Restore | None, rng: np.random.Generator) -> Figure:
    """What fills the hidden regions: the truth, push-pull (or `restore`), or nothing."""
    choice = rng.random()
    if choice < 0.3:
        return truly_completed(figure, true_layers)
    return complete_figure(figure, restore, 0) if choice < 0.85 else figure


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--count", type=int, default=8000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--weights", type=Path, default=WEIGHTS, help="the folder of the parse network")
    parser.add_argument("--held-out", action="store_true", help="draw the families that training never sees")
    options = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    torch.set_num_threads(1)
    parser_network = load("parse", ParseNetwork(), options.weights)
    generate(options.out, options.count, HELD_OUT if options.held_out else TRAINED, options.seed, parser_network)


if __name__ == "__main__":
    main()
