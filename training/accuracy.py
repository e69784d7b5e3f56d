"""How well the pose network reads held-out figures: PCK by level of abstraction, through the serving reader.

    python -m training.accuracy --pictures 128 --out docs/keypoints.md          (contrapposto bench keypoints)

Pictures are drawn anew from a seed that no training used: characters of the HELD_OUT families, and every level in its
held-out variations. Characters and OpenPose pictures show whole figures, one in seven turned 35 degrees or more; the
other references have poses of their own, two in five turned, figures of 25 to 95% of the picture. The reader gets each
figure's true box; `located` is the share of pictures whose figure the locator finds by itself (overlap of 0.5). Scored
are all joints on the picture, of references those that are shown (a blank head has no eyes). "Upright" counts the
pictures whose trunk is within UPRIGHT degrees of standing and is no shorter than SHORT of the joints' extent: nobody
lies, bows to the viewer or stands on the hands. Knows nothing of the other readers. Deterministic.
"""

import argparse
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from deployments.keypoints.decode import overlap
from deployments.keypoints.network import KINDS, PoseNetwork
from deployments.keypoints.reader import PoseReader
from deployments.runtime import WEIGHTS, load
from pose.skeleton import BIPED
from training.augment import figure_box
from training.feed import Sample
from training.world.abstractions import draw_abstractions
from training.world.families import HELD_OUT
from training.world.figures import FigureBatch, draw
from training.world.references import REFERENCE_LEVELS, draw_reference, random_reference_pose

SEED = 9001
SIZE = 256
BATCH = 16
ABSENT = 9.0
UPRIGHT, SHORT = 30.0, 0.2
PARTNERS = np.array(BIPED.mirrored)[: BIPED.core]


@dataclass(frozen=True)
class Score:
    """One level's row. pck: share of joints within 0.2 (0.1) torso lengths; swapped: share of paired joints that lie
    nearer to their partner's true place than to their own; located: share of figures that the locator finds; interval:
    95%, by bootstrap over pictures, of pck20."""

    kind: str
    pictures: int
    pck20: float
    pck10: float
    swapped: float
    located: float
    interval: tuple[float, float]


@dataclass(frozen=True, eq=False)
class Read:
    """One picture: distances of its joints in torso lengths (ABSENT where not read), which paired joints are swapped,
    whether its figure is located, whether it is upright."""

    errors: NDArray[np.float64]
    swapped: NDArray[np.bool_]
    located: bool
    upright: bool


def held_out(kind: str, count: int) -> Iterator[Sample]:
    """Pictures of one kind with their truth; figures whose torso is not wholly on the canvas are left out."""
    samples = _references(kind) if kind in REFERENCE_LEVELS else _batched(kind)
    whole = (sample for sample in samples if (sample.state[_rows("neck", "r_hip", "l_hip")] > 0).all())
    return islice(whole, count)


def read_all(reader: PoseReader, kind: str, count: int) -> list[Read]:
    """Reads `count` held-out pictures of a kind."""
    samples = list(held_out(kind, count))
    return [Read(*_errors(reader, sample), _located(reader, sample), _upright(sample)) for sample in samples]


def score(kind: str, reads: Sequence[Read]) -> Score:
    """A row over the pictures read, one at least."""
    own = np.concatenate([read.errors for read in reads])
    swaps = np.concatenate([read.swapped for read in reads])
    return Score(
        kind,
        len(reads),
        float((own < 0.2).mean()),
        float((own < 0.1).mean()),
        float(swaps.mean()),
        float(np.mean([read.located for read in reads])),
        _interval(reads),
    )


def table(scores: Sequence[Score]) -> str:
    """Markdown."""
    lines = [
        "| | pictures | PCK@0.2 | 95% | PCK@0.1 | left-right swaps | located |",
        "|---" * 7 + "|",
        *(
            f"| {s.kind} | {s.pictures} | {s.pck20:.3f} | {s.interval[0]:.3f} to {s.interval[1]:.3f} | {s.pck10:.3f} "
            f"| {s.swapped:.3f} | {s.located:.3f} |"
            for s in scores
        ),
    ]
    return "\n".join(lines) + "\n"


def _errors(reader: PoseReader, sample: Sample) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """Core joints' distances in torso lengths (ABSENT where not read), and which paired joints are swapped."""
    pose = reader.read(sample.rgb, figure_box(sample)).pose
    truth, here = sample.joints[: BIPED.core], sample.state[: BIPED.core] > (sample.kind in REFERENCE_LEVELS)
    points, read = pose.points[: BIPED.core], pose.scores[: BIPED.core] > 0
    hips = truth[_rows("r_hip", "l_hip")].mean(0)
    torso = max(float(np.linalg.norm(truth[BIPED.index["neck"]] - hips)), 1.0)
    own = np.linalg.norm(points - truth, axis=-1)
    other = np.linalg.norm(points - truth[PARTNERS], axis=-1)
    paired = (np.arange(BIPED.core) != PARTNERS) & here & here[PARTNERS] & read
    return np.where(read, own / torso, ABSENT)[here], (other < own)[paired]


def _upright(sample: Sample) -> bool:
    hips = sample.joints[_rows("r_hip", "l_hip")].mean(0)
    x, y = sample.joints[BIPED.index["neck"]] - hips
    extent = float(np.ptp(sample.joints[sample.state > 0], axis=0).max())
    return bool(abs(np.degrees(np.arctan2(x, -y))) <= UPRIGHT and np.hypot(x, y) >= SHORT * extent)


def _located(reader: PoseReader, sample: Sample) -> bool:
    return any(overlap(box.bounds, figure_box(sample)) >= 0.5 for box in reader.locate(sample.rgb))


def _references(kind: str) -> Iterator[Sample]:
    rng = np.random.default_rng((SEED, REFERENCE_LEVELS.index(kind)))
    while True:
        joints, state, depth = random_reference_pose(rng, SIZE)
        rgb, joints, state = draw_reference(joints, state, depth, kind, SIZE, rng, held_out=True)
        yield Sample(rgb, joints, state, depth, kind)


def _batched(kind: str) -> Iterator[Sample]:
    """Characters of the held-out families, or their poses as OpenPose pictures."""
    generator = torch.Generator().manual_seed(SEED)
    while True:
        batch = draw(HELD_OUT, BATCH, 1, SIZE, generator, truncated=0.0)
        rgb = batch.rgb[:, 0]
        if kind != "character":
            joints, state, depth = batch.joints[:, 0], batch.state[:, 0], batch.joint_depth[:, 0]
            rgb = draw_abstractions(joints, state, depth, kind, SIZE, generator, held_out=True)
        yield from (_sample(batch, rgb[row], row, kind) for row in range(BATCH))


def _sample(batch: FigureBatch, rgb: torch.Tensor, row: int, kind: str) -> Sample:
    picture = (rgb.permute(1, 2, 0).clamp(0, 1) * 255).round().byte().numpy()
    clean = None
    if kind == "character":
        clean = (batch.clean[row, 0].permute(1, 2, 0).clamp(0, 1) * 255).round().byte().numpy()
    joints, state, depth = (part[row, 0].numpy() for part in (batch.joints, batch.state, batch.joint_depth))
    return Sample(picture, joints, state, depth, kind, clean)


def _interval(reads: Sequence[Read]) -> tuple[float, float]:
    rng = np.random.default_rng(SEED)
    right = np.array([(read.errors < 0.2).sum() for read in reads])
    joints = np.array([len(read.errors) for read in reads])
    picks = rng.integers(len(reads), size=(2000, len(reads)))
    shares = right[picks].sum(1) / joints[picks].sum(1)
    low, high = np.percentile(shares, [2.5, 97.5])
    return float(low), float(high)


def _rows(*names: str) -> list[int]:
    return [BIPED.index[name] for name in names]


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pictures", type=int, default=128, help="of each kind")
    parser.add_argument("--weights", type=Path, default=WEIGHTS)
    parser.add_argument("--out", type=Path, default=None, help="a markdown file to write")
    asked = parser.parse_args(arguments)
    reader = PoseReader(load("pose", PoseNetwork(), asked.weights))
    scores = []
    for kind in KINDS:
        reads = read_all(reader, kind, asked.pictures)
        scores += [score(kind, reads)]
        if upright := [read for read in reads if read.upright]:
            scores += [score(f"{kind}, upright", upright)]
    text = table(scores)
    print(text)
    if asked.out is not None:
        first, _, told = (__doc__ or "").strip().split("\n\n", 2)
        asked.out.write_text(f"# Keypoints on held-out figures\n\n{first}\n\n{told}\n\n{text}")


if __name__ == "__main__":
    main()
