"""Makes the denoiser's training pairs: drawn characters through the serving stages' own cutting and warping.

Knows the figure world, `cut_layers` and `warp_figure`; no network. A *repair* pair is a warp to another pose with the
true picture in that pose; a *complete* pair is a layer with its hidden part missing, and the true whole layer. Most
figures carry mistakes (see mistakes.py), since serving sees estimates.

    python -m training.pairs --out FOLDER --count 8000        resumable; folders repair/ and complete/ below FOLDER
"""

import argparse
import logging
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from deployments.deformation.warp import warp_figure
from deployments.denoiser.complete import complete_figure, layer_sample, write
from deployments.denoiser.lock import band, seeds
from deployments.denoiser.repair import sample_at
from deployments.denoiser.sample import Frame, Sample, bounds, figure_height, premultiplied
from deployments.garments.layers import cut_layers
from pose.figure import PARTS, Figure, Layer, Warp
from pose.pose import Pose
from training import mistakes
from training.shards import Pair, write_shard
from training.world.families import HELD_OUT, TRAINED
from training.world.figures import FigureBatch, draw

REPAIR_SIZE, COMPLETE_SIZE = 256, 128
CANVAS, LARGE_CANVAS = 288, 512
POSES = 5
HEIGHTS = (0.62, 0.95)
LARGE_EVERY = 8
SHARD = 24
Array = NDArray[Any]
log = logging.getLogger("training")


@dataclass(frozen=True, eq=False)
class Drawn:
    """One character of a batch as numpy: pictures (K, S, S, 4) uint8 straight, rgb (K, S, S, 3); layers
    (1, P, S, S, 4) of the first pose, where drawn."""

    clean: Array
    rgb: Array
    parts: Array
    materials: Array
    layers: Any
    poses: tuple[Pose, ...]
    family: str


def characters(batch: FigureBatch) -> Iterator[Drawn]:
    """The batch's characters, one by one, as numpy."""
    size = batch.clean.shape[-1]
    for row in range(batch.clean.shape[0]):
        joints, state, depth = (part[row].numpy() for part in (batch.joints, batch.state, batch.joint_depth))
        scores = np.where(state == 2, 1.0, np.where(state == 1, 0.5, 0.0)).astype(np.float32)
        yield Drawn(
            clean=_bytes(batch.clean[row].permute(0, 2, 3, 1)),
            rgb=_bytes(batch.rgb[row].permute(0, 2, 3, 1)),
            parts=batch.parts[row].numpy(),
            materials=batch.materials[row].numpy(),
            layers=None if batch.layers is None else _bytes(batch.layers[row, :1].permute(0, 1, 3, 4, 2)),
            poses=tuple(Pose(j, s, size, size, depth=d) for j, s, d in zip(joints, scores, depth, strict=True)),
            family=batch.family[row],
        )


def true_figure(drawn: Drawn, k: int) -> Figure:
    """The character in its k-th pose as a perfectly parsed figure."""
    image = drawn.clean[k]
    layers = cut_layers(image, drawn.poses[k], drawn.parts[k])
    return Figure(image, drawn.poses[k], drawn.parts[k], drawn.materials[k], layers)


def mistaken_figure(drawn: Drawn, k: int, targets: list[Pose], rng: np.random.Generator) -> tuple[Figure, list[Pose]]:
    """The same, as a parser might have it, and the target poses with the matching errors in their joints."""
    image, parts, poses = drawn.clean[k], drawn.parts[k], [drawn.poses[k], *targets]
    if rng.random() < 0.3:
        image = mistakes.leaked(image, drawn.rgb[k], rng)
    if rng.random() < 0.5:
        box = bounds(image[..., 3] > 127) or (0, 0, 1, 1)
        poses = mistakes.shaken(poses, box[3] - box[1], float(rng.uniform(0, 0.02)), rng)
    if rng.random() < 0.4:
        parts = mistakes.mislabelled(parts, poses[0], rng)
    figure = Figure(image, poses[0], parts, drawn.materials[k], cut_layers(image, poses[0], parts))
    return figure, poses[1:]


def truly_completed(figure: Figure, true_layers: Array) -> Figure:
    """The figure with the true content (P, S, S, 4) of each part's layer written where it was missing."""
    layers = tuple(replace(layer, rgba=write(layer, _true_layer(layer, true_layers))) for layer in figure.layers)
    return replace(figure, layers=layers, completed=True)


def repair_pair(figure: Figure, warp: Warp, truth: Array, size: int, rng: np.random.Generator) -> Pair | None:
    """A warp and the true picture (S, S, 4) uint8 straight on the same canvas, as (size, size) of both.

    Cropped to the union of the two, shrunk to fit; None where either shows nothing.
    """
    box = bounds((warp.rgba[..., 3] > 0) | warp.hole | (truth[..., 3] > 0))
    if box is None or not (truth[..., 3] > 0).any():
        return None
    frame = union_frame(box, size)
    return sample_at(figure, warp, frame), frame.cut(premultiplied(truth))


def union_frame(box: tuple[int, int, int, int], size: int) -> Frame:
    """The smallest square frame of `size` sample pixels around a box with a margin; never enlarged."""
    side = round(max(box[2] - box[0], box[3] - box[1]) * 1.06) + 2
    side = max(side, size)
    x0, y0 = (box[0] + box[2] - side) // 2, (box[1] + box[3] - side) // 2
    return Frame((x0, y0, x0 + side, y0 + side), size / side, (size, size))


def window_pair(figure: Figure, warp: Warp, truth: Array, size: int, rng: np.random.Generator) -> Pair | None:
    """A (size, size) window of a large warp at full scale, around a place that needs repair."""
    need = band(seeds(warp.trust, warp.rgba[..., 3] / np.float32(255), warp.hole), figure_height(figure))
    rows, columns = np.nonzero(need > 0)
    if not len(rows):
        return None
    pick = int(rng.integers(len(rows)))
    x0 = int(columns[pick]) - int(rng.integers(size // 4, 3 * size // 4))
    y0 = int(rows[pick]) - int(rng.integers(size // 4, 3 * size // 4))
    frame = Frame((x0, y0, x0 + size, y0 + size), 1.0, (size, size))
    return sample_at(figure, warp, frame), frame.cut(premultiplied(truth))


def complete_pairs(figure: Figure, true_layers: Array, rng: np.random.Generator, most: int = 2) -> list[Pair]:
    """Layers with something missing and their true content, as windows of COMPLETE_SIZE."""
    jobs = [(layer, layer_sample(figure, layer)) for layer in figure.layers if layer.missing.sum() > 30]
    pairs = []
    for row in rng.permutation(len(jobs))[:most]:
        layer, job = jobs[row]
        if job is not None:
            frame, sample = job
            truth = frame.cut(premultiplied(_cropped(_true_of(layer, true_layers), layer.box)))
            pairs.append(_window(sample, truth, COMPLETE_SIZE, rng))
    return pairs


def make_pairs(
    families: Sequence[str], count: int, large: bool, seed: int, network: Any = None
) -> tuple[list[Pair], list[Pair]]:
    """Repair and complete pairs of `count` characters, each in POSES poses. `large`: windows of large pictures."""
    rng = np.random.default_rng(seed)
    generator = torch.Generator().manual_seed(seed)
    batch = draw(families, count, POSES, LARGE_CANVAS if large else CANVAS, generator, layers=True, height=HEIGHTS)
    repair: list[Pair] = []
    complete: list[Pair] = []
    for drawn in characters(batch):
        figure, targets = mistaken_figure(drawn, 0, list(drawn.poses[1:]), rng)
        if not large:
            complete += complete_pairs(figure, drawn.layers[0], rng)
        make = window_pair if large else repair_pair
        for k, target in enumerate(targets, 1):
            whole = _completed(figure, drawn.layers[0], network, rng)
            pair = make(whole, warp_figure(whole, target, "exact"), drawn.clean[k], REPAIR_SIZE, rng)
            repair += [pair] if pair is not None else []
    return repair, complete


def generate(out: Path, count: int, families: Sequence[str], seed: int) -> None:
    """Writes shards until `count` repair pairs are there; takes up where an earlier run ended."""
    held: dict[str, list[Pair]] = {"repair": [], "complete": []}
    shards = {kind: sum(1 for _ in (out / kind).glob("shard-*.npz")) for kind in held}
    step = sum(1 for _ in (out / "repair").glob("shard-*.npz")) * SHARD
    start, made = time.monotonic(), 0
    while shards["repair"] * SHARD < count:
        step += 1
        repair, complete = make_pairs(families, 2, step % LARGE_EVERY == 0, seed * 1_000_003 + step)
        made += len(repair)
        for kind, pairs in (("repair", repair), ("complete", complete)):
            held[kind] += pairs
            while len(held[kind]) >= SHARD:
                write_shard(held[kind][:SHARD], out / kind, f"shard-{shards[kind]:05d}")
                held[kind] = held[kind][SHARD:]
                shards[kind] += 1
        if step % 10 == 0:
            log.info("%d repair shards, %.2f pairs/s", shards["repair"], made / (time.monotonic() - start))


def _completed(figure: Figure, true_layers: Array, network: Any, rng: np.random.Generator) -> Figure:
    """What fills the hidden regions: the truth, push-pull (or a network), or nothing."""
    choice = rng.random()
    if choice < 0.3:
        return truly_completed(figure, true_layers)
    return complete_figure(figure, network, 0) if choice < 0.85 else figure


def _true_of(layer: Layer, true_layers: Array) -> Array:
    return np.asarray(true_layers[PARTS.index(layer.part) - 1])


def _true_layer(layer: Layer, true_layers: Array) -> Array:
    return premultiplied(_cropped(_true_of(layer, true_layers), layer.box)).astype(np.float32) / 255


def _cropped(picture: Array, box: tuple[int, int, int, int]) -> Array:
    return picture[box[1] : box[3], box[0] : box[2]]


def _window(sample: Sample, truth: Array, size: int, rng: np.random.Generator) -> Pair:
    """A (size, size) window of a sample that holds a missing pixel, padded where the sample is smaller."""
    rows, columns = np.nonzero(sample.hole)
    pick = int(rng.integers(len(rows))) if len(rows) else 0
    centre = (int(rows[pick]), int(columns[pick])) if len(rows) else (0, 0)
    y0, x0 = (
        int(np.clip(at - rng.integers(size // 4, 3 * size // 4), 0, max(full - size, 0)))
        for at, full in zip(centre, sample.hole.shape, strict=True)
    )
    frame = Frame((x0, y0, x0 + size, y0 + size), 1.0, (size, size))
    moved = sample.points - np.array([x0, y0, 0], np.float32) * (sample.points[:, 2:] > 0)
    pictures: dict[str, Any] = {
        name: frame.cut(getattr(sample, name)) for name in ("copied", "skinned", "filled", "trust")
    }
    masks: dict[str, Any] = {name: frame.cut_mask(getattr(sample, name)) for name in ("hole", "invented")}
    return replace(sample, **pictures, **masks, points=moved.astype(np.float32)), frame.cut(truth)


def _bytes(tensor: torch.Tensor) -> Array:
    return np.asarray((tensor.clamp(0, 1) * 255).round().byte().numpy())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--count", type=int, default=8000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--held-out", action="store_true", help="draw the families that training never sees")
    options = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    torch.set_num_threads(1)
    generate(options.out, options.count, HELD_OUT if options.held_out else TRAINED, options.seed)


if __name__ == "__main__":
    main()
