"""Trains the denoiser: one network, two tasks, over the bridge, on pairs made by training.pairs. Knows no figures.

    python -m training.denoiser --pairs FOLDER --validation FOLDER --resume runs/denoiser --out weights

Most samples start at t = 0 (what one step serves), the rest anywhere on the bridge. With --regression it trains
the yardstick (RegressionNetwork) instead, on the same pairs.
"""

import argparse
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from deployments.denoiser.bridge import between
from deployments.denoiser.network import DenoiserNetwork, RegressionNetwork
from deployments.denoiser.repair import editable
from deployments.denoiser.sample import COMPLETE, Sample, at_time, stack
from training.budgets import add_budget, add_start, begin, budget, started
from training.disguise import disguised, windowed
from training.loop import train
from training.restoration import on_grey, restoration_loss, wrong
from training.shards import Pair, Shards

AT_START = 0.7
FURTHEST = 0.9
COMPLETE_SHARE = 0.3
WINDOW, WINDOW_SHARE = 160, 0.75


class DenoiserTask:
    """What the loop needs: batches of either task, the loss over the bridge, scores on held-out families."""

    def __init__(self, pairs: Path, validation: Path, regression: bool = False) -> None:
        self.name = "regression" if regression else "denoiser"
        self.shards = {kind: Shards.open(pairs / kind) for kind in ("repair", "complete")}
        self.held_out = Shards.open(validation / "repair", 64)
        self.always_start = regression
        self._batches = 0
        if not len(self.shards["repair"]):
            raise FileNotFoundError(f"no complete shards in {pairs}; run python -m training.pairs --out {pairs} first.")

    def batch(self, size: int, rng: np.random.Generator) -> list[Pair]:
        """Pairs of one task, most often windows of them; the smaller the pictures, the more of them."""
        self.generator = torch.Generator().manual_seed(int(rng.integers(2**31)))
        self._batches += 1
        if self._batches % 100 == 0:
            for shards in self.shards.values():
                shards.refresh()
        if rng.random() < COMPLETE_SHARE and len(self.shards["complete"]):
            return self._drawn("complete", 3 * size, rng)
        if rng.random() >= WINDOW_SHARE:
            return self._drawn("repair", size, rng)
        return [windowed(*pair, WINDOW, rng) for pair in self._drawn("repair", 2 * size, rng)]

    def _drawn(self, kind: str, count: int, rng: np.random.Generator) -> list[Pair]:
        shards = self.shards[kind]
        return [disguised(*shards[int(row)], rng) for row in rng.integers(len(shards), size=count)]

    def loss(self, network: nn.Module, batch: list[Pair]) -> tuple[Tensor, dict[str, float]]:
        """The restoration loss at times on the bridge."""
        samples = [sample for sample, _ in batch]
        inputs, truth = stack(samples), _pictures([truth for _, truth in batch])
        t = torch.rand(len(batch), generator=self.generator) * FURTHEST
        start = torch.rand(len(batch), generator=self.generator) < AT_START
        t = torch.where(start | torch.tensor(self.always_start), 0.0, t)
        return restoration_loss(*_answer(network, inputs, truth, t, self.generator), editable_planes(samples))

    def validate(self, network: nn.Module) -> dict[str, float]:
        """PSNR (over 50) in the band of held-out repair pairs: network, warp, push-pull; share of right doubts."""
        sums: dict[str, list[float]] = {}
        generator = torch.Generator().manual_seed(1)
        for start in range(0, len(self.held_out), 8):
            pairs = [self.held_out[row] for row in range(start, min(start + 8, len(self.held_out)))]
            samples = [sample for sample, _ in pairs]
            inputs, truth = stack(samples), _pictures([truth for _, truth in pairs])
            out, copied, _ = _answer(network, inputs, truth, torch.zeros(len(pairs)), generator)
            band = editable_planes(samples)
            pictures = {"full": out["clean"], "warp": copied, "pushpull": inputs[0][:, 12:16]}
            for name, picture in pictures.items():
                sums.setdefault(f"psnr_{name}", []).extend(_decibels(picture, truth, band))
            right = ((out["doubt"] > 0).float() == wrong(copied, truth)).float()
            sums.setdefault("doubt_right", []).append(float((right * band).sum() / (band.sum() + 1e-6)))
        means = {name: float(np.mean(values)) / (50 if "psnr" in name else 1) for name, values in sums.items()}
        return {**means, "score": means.get("psnr_full", 0.0)}

    def card(self) -> dict[str, Any]:
        """What the weights' card says beside steps and scores."""
        return {
            "task": "completes layers and repairs warps of drawn characters",
            "data": f"{len(self.shards['repair'])} repair and {len(self.shards['complete'])} complete pairs drawn by "
            "training.world, warped by the serving stages; families held out: training.world.families.HELD_OUT",
            "hardware": "2 CPU cores, bfloat16",
            "scores_note": "psnr_* are PSNR / 50 in the band, before locking, on held-out families",
            "limits": "trained on drawn figures only, figures up to 512 px; one step is the default (docs/quality.md)",
        }


def editable_planes(samples: list[Sample]) -> Tensor:
    """(B, 1, H, W) where the network's picture will be used: the lock's band, or a layer's missing region."""
    planes = [sample.hole.astype(np.float32) if sample.task == COMPLETE else editable(sample) for sample in samples]
    return torch.from_numpy(np.stack(planes))[:, None]


def _answer(
    network: nn.Module, inputs: tuple[Tensor, ...], truth: Tensor, t: Tensor, generator: torch.Generator
) -> tuple[dict[str, Tensor], Tensor, Tensor]:
    """The network's answer at times t of the bridge, the copied picture and the truth."""
    maps, points, condition, source, source_points = inputs
    loose = torch.maximum(maps[:, -2:-1], maps[:, -1:])
    state = between(maps[:, :4], truth, loose, t, generator)
    maps, condition = at_time(maps, condition, state, t)
    with torch.autocast("cpu", torch.bfloat16):
        out = network(maps, points, condition, source, source_points)
    return out, maps[:, 4:8], truth


def _pictures(pictures: list[Any]) -> Tensor:
    return torch.from_numpy(np.stack(pictures).astype(np.float32).transpose(0, 3, 1, 2) / 255)


def _decibels(picture: Tensor, truth: Tensor, band: Tensor) -> list[float]:
    """PSNR of each pair inside its band; pairs whose band is nearly empty are left out."""
    error = ((on_grey(picture) - on_grey(truth)).square().mean(1, keepdim=True) * band).sum((1, 2, 3))
    area = band.sum((1, 2, 3))
    mean = (error / area.clamp_min(1)).clamp_min(1e-6)
    return [float(value) for value in (-10 * torch.log10(mean))[area > 50]]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pairs", type=Path, required=True)
    parser.add_argument("--validation", type=Path, required=True)
    add_budget(parser, "denoiser", minutes=45, batch=8, rate=6e-4, threads=2)
    parser.set_defaults(curve=None)
    add_start(parser)
    parser.add_argument("--regression", action="store_true")
    asked = parser.parse_args()
    begin(asked)
    task = DenoiserTask(asked.pairs, asked.validation, asked.regression)
    network = RegressionNetwork() if asked.regression else DenoiserNetwork()
    train(task, started(task.name, network, asked), budget(asked, average=0.994, validate_every=400.0))


if __name__ == "__main__":
    main()
