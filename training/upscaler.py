"""Trains the upscaler at x2 and x4 together, and measures it against Lanczos.

    python -m training.upscaler --data /tmp/upscaler --out weights --resume runs/upscaler
    python -m training.upscaler --measure

One small picture serves both heads: the x4 head is held to the large picture, the x2 head to its average over 2 x 2
pixels. The loss is L1 of premultiplied colour and alpha; at x2, where it costs a quarter, also of their steps to the
next pixel. Knows nothing of how pictures are drawn or enlarged in tiles.
"""

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from deployments.runtime import load
from deployments.upscaler.network import FACTORS, MARGIN, UpscalerNetwork
from training.budgets import add_budget, begin, budget
from training.loop import train
from training.upscale_pictures import SIZE, Picture, shrunk, write_pictures
from training.upscaling import write_report
from training.world.families import HELD_OUT, TRAINED

CROP = 48  # small pixels that are judged; MARGIN more on every side
DULL = 0.15  # share of crops taken wherever they fall; the others hold some edge
STEPS_WEIGHT = 0.5
VALIDATION = "heldout.npy"
SHARD = 600  # pictures


class UpscalerTask:
    """Batches, losses and scores of the upscaler."""

    name = "upscaler"

    def __init__(self, data: Path) -> None:
        self.shards = [np.load(path, mmap_mode="r") for path in sorted(data.glob("train-*.npy"))]
        self.held_out = held_out_pairs(np.load(data / VALIDATION))

    def batch(self, size: int, rng: np.random.Generator) -> tuple[Tensor, Tensor]:
        """small (B, 4, CROP + 2 MARGIN, same), large (B, 4, 4 CROP, 4 CROP)."""
        pairs = [pair(self._crop(rng), rng) for _ in range(size)]
        return _tensor([small for small, _ in pairs]), _tensor([large for _, large in pairs])

    def loss(self, network: nn.Module, batch: tuple[Tensor, Tensor]) -> tuple[Tensor, dict[str, float]]:
        small, large = batch
        with torch.autocast("cpu", torch.bfloat16):
            features = network.features(small)  # type: ignore[operator]
            enlarged = {factor: network.enlarge(small, features, factor) for factor in FACTORS}  # type: ignore[operator]
        parts = {2: difference(enlarged[2], F.avg_pool2d(large, 2)), 4: (enlarged[4] - large).abs().mean()}
        return parts[2] + parts[4], {f"x{factor}_loss": float(value.detach()) for factor, value in parts.items()}

    def validate(self, network: nn.Module) -> dict[str, float]:
        small, large = self.held_out
        scores = {}
        with torch.autocast("cpu", torch.bfloat16):
            for factor, truth in ((4, large), (2, F.avg_pool2d(large, 2))):
                enlarged = torch.cat([network(part, factor) for part in small.split(8)])
                error = (enlarged - truth).square().mean((1, 2, 3)).clamp_min(1e-6)
                scores[f"x{factor}_psnr50"] = float((-10 * error.log10()).mean()) / 50
        scores["score"] = sum(scores.values()) / len(scores)
        return scores

    def card(self) -> dict[str, Any]:
        return {
            "data": "close-ups of procedurally drawn figures (training/world) and doodles (training/upscale_pictures); "
            "families in HELD_OUT unseen",
            "input": "premultiplied RGBA in 0..1, any size; enlarges 2 or 4 times",
            "scored_as": "x2_psnr50, x4_psnr50: dB / 50 over premultiplied RGBA of held-out crops, area-averaged input",
            "limits": "drawings; photographs gain little. It sharpens edges and invents no texture.",
        }

    def _crop(self, rng: np.random.Generator) -> Picture:
        """A large square, its phase at random, turned and mirrored, its channels shuffled."""
        side = 4 * (CROP + 2 * MARGIN)
        anywhere = rng.random() < DULL
        for _ in range(6):
            shard = self.shards[rng.integers(len(self.shards))]
            picture = shard[rng.integers(len(shard))]
            top, left = rng.integers(0, SIZE - side + 1, 2)
            crop = picture[top : top + side, left : left + side]
            if anywhere or crop[::4, ::4].std((0, 1)).max() > 12:
                break
        crop = np.rot90(crop, int(rng.integers(4)))[:, :: int(rng.choice((-1, 1)))]
        return np.ascontiguousarray(crop[..., [*rng.permutation(3), 3]])


def draw_missing(data: Path, pictures: int) -> None:
    """Fills the folder: a shard that is there is kept. Three pictures in five are figures, the rest doodles."""
    wanted: list[tuple[Path, tuple[str, ...], int, int]] = [(data / VALIDATION, HELD_OUT, 16, 8)]
    for shard in range(-(-pictures // SHARD)):
        wanted.append((data / f"train-{shard + 2}.npy", TRAINED, SHARD * 3 // 5, SHARD * 2 // 5))
    for seed, (path, families, figures, doodles) in enumerate(wanted, 1):
        if not path.exists():
            write_pictures(path, families, figures, doodles, seed)


def pair(large: Picture, rng: np.random.Generator) -> tuple[Picture, Picture]:
    """A small picture and the inside of the large one that it shows."""
    rim = 4 * MARGIN
    return shrunk(large, 4, rng), large[rim:-rim, rim:-rim]


def held_out_pairs(pictures: Picture) -> tuple[Tensor, Tensor]:
    """The middle of every picture, area-averaged."""
    side = 4 * (CROP + 2 * MARGIN)
    start = (SIZE - side) // 2
    crops = [np.ascontiguousarray(p[start : start + side, start : start + side]) for p in pictures]
    small = [cv2.resize(crop, None, fx=0.25, fy=0.25, interpolation=cv2.INTER_AREA) for crop in crops]
    rim = 4 * MARGIN
    return _tensor(small), _tensor([crop[rim:-rim, rim:-rim] for crop in crops])


def difference(found: Tensor, truth: Tensor) -> Tensor:
    """L1, and STEPS_WEIGHT times L1 of the steps to the pixel on the right and the one below."""
    error = found - truth
    steps = error.diff(dim=-1).abs().mean() + error.diff(dim=-2).abs().mean()
    return error.abs().mean() + STEPS_WEIGHT * steps


def _tensor(pictures: Sequence[Any]) -> Tensor:
    stacked = torch.from_numpy(np.stack(pictures)).permute(0, 3, 1, 2).float() / 255
    return stacked.contiguous(memory_format=torch.channels_last)


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=Path("runs/upscaler/data"), help="pictures; drawn where missing")
    parser.add_argument("--pictures", type=int, default=600)
    add_budget(parser, "upscaler", minutes=20.0, batch=8, rate=2e-3)
    parser.add_argument("--measure", action="store_true", help="write docs/upscaler.md from the weights in --out")
    options = parser.parse_args(arguments)
    begin(options)
    cv2.setNumThreads(1)
    if options.measure:
        write_report(load("upscaler", UpscalerNetwork(), options.out), Path("docs/upscaler.md"))
        return
    draw_missing(options.data, options.pictures)
    told = budget(options, decay=0.0, average=0.995, validate_every=180.0)
    train(UpscalerTask(options.data), UpscalerNetwork(), told)


if __name__ == "__main__":
    main()
