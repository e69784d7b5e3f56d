"""Trains the parse network: matte, parts and materials from a crop and a jittered pose.

    python -m training.feed --out DIR &
    python -m training.parse_net --data DIR --out weights --resume runs/parse

The poses it sees are as wrong as a reader's: joints off by up to 3% of the figure's height, some missing, limbs
missing, sides swapped, sometimes no pose at all; half have a rough prior mask. Scores are on held-out families: matte
IoU, and the mean IoU of the parts. Knows nothing of how figures are drawn.
"""

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from deployments.garments.network import SIZE, ParseNetwork
from pose.figure import PARTS
from training.budgets import add_ahead, add_budget, add_start, begin, budget, started
from training.feed import HELD_OUT_PREFIX, Pool
from training.loop import train
from training.parse_crops import Crop, collate, crop, crop_as_served

SCENES = 0.2  # share of figures that stand in busy scenes
# Rows of PARTS and MATERIALS: what covers few pixels counts more.
PART_WEIGHTS = (1.0, 0.8, 1.0, 2.0, 1.1, 1.1, 1.0, 1.0, 1.7, 2.0)
MATERIAL_WEIGHTS = (1.0, 0.8, 1.8, 1.5, 0.8, 1.8, 2.0)


class ParseTask:
    """Batches, losses and scores of the parse network."""

    name = "parse"

    def __init__(self, data: Path, held_out: int = 160, size: int = SIZE) -> None:
        self.size = size
        self.pool = Pool(data)
        self.pool.refresh()
        unseen = Pool(data, HELD_OUT_PREFIX)
        unseen.refresh()
        rng = np.random.default_rng(3)
        self.judged = [crop_as_served(sample, rng, size) for sample in unseen.all("character")[:held_out]]
        self._batches = 0

    def batch(self, size: int, rng: np.random.Generator) -> dict[str, Tensor]:
        self._batches += 1
        if self._batches % 100 == 0:
            self.pool.refresh()
        return collate([self._crop(rng) for _ in range(size)])

    def loss(self, network: nn.Module, batch: dict[str, Tensor]) -> tuple[Tensor, dict[str, float]]:
        with torch.autocast("cpu", torch.bfloat16):
            outputs = network(batch["rgb"], batch["maps"])
        parts = losses(outputs, batch)
        total = parts["matte"] + parts["parts"] + 0.3 * parts["materials"]
        return total, {f"{name}_loss": float(value.detach()) for name, value in parts.items()}

    def validate(self, network: nn.Module) -> dict[str, float]:
        inside, around = np.zeros(len(PARTS)), np.zeros(len(PARTS))
        mattes = []
        for start in range(0, len(self.judged), 16):
            batch = collate(self.judged[start : start + 16])
            with torch.autocast("cpu", torch.bfloat16):
                outputs = network(batch["rgb"], batch["maps"])
            found, true = outputs["matte"][:, 0] > 0, batch["alpha"][:, 0] > 0.5
            mattes += [(found & true).sum((1, 2)) / (found | true).sum((1, 2)).clamp(min=1)]
            large = functional.interpolate(outputs["parts"], scale_factor=2.0, mode="bilinear")
            rows = torch.where(true, large.argmax(1), 0)
            for part in range(len(PARTS)):
                inside[part] += float(((rows == part) & (batch["parts"] == part)).sum())
                around[part] += float(((rows == part) | (batch["parts"] == part)).sum())
        each = {name: inside[i] / around[i] for i, name in enumerate(PARTS) if i > 0 and around[i] > 0}
        matte = float(torch.cat(mattes).mean())
        mean = float(np.mean(list(each.values())))
        return {
            "matte_iou": matte,
            "parts_miou": mean,
            "score": matte + mean,
            **{f"iou_{k}": v for k, v in each.items()},
        }

    def _crop(self, rng: np.random.Generator) -> Crop:
        scene = rng.random() < SCENES
        pictures = [self.pool.random("character", rng).rgb for _ in range(3)] if scene else []
        return crop(self.pool.random("character", rng), rng, self.size, pictures)

    def card(self) -> dict[str, Any]:
        return {
            "data": "procedurally drawn characters (training/world), bent by a loose hand; families in HELD_OUT unseen",
            "input": f"one figure's crop at {SIZE} px and the channels of deployments/garments/maps.py",
            "limits": "bipeds; edges to about a pixel of 256: refine them",
        }


def losses(outputs: dict[str, Tensor], batch: dict[str, Tensor]) -> dict[str, Tensor]:
    """Matte: binary cross-entropy, twice as heavy near the outline, and a Dice term. Parts and materials:
    cross-entropy over the figure, at half the resolution."""
    alpha = batch["alpha"]
    matte = functional.binary_cross_entropy_with_logits(outputs["matte"], alpha, 1 + _near_the_outline(alpha))
    soft = outputs["matte"].sigmoid()
    dice = 1 - (2 * (soft * alpha).sum((1, 2, 3)) + 1) / (soft.sum((1, 2, 3)) + alpha.sum((1, 2, 3)) + 1)
    weight = torch.where(alpha[:, 0, ::2, ::2] > 0.5, 1.0, 0.1)
    both = {}
    for name, rare in (("parts", PART_WEIGHTS), ("materials", MATERIAL_WEIGHTS)):
        each = functional.cross_entropy(outputs[name], batch[name][:, ::2, ::2], torch.tensor(rare), reduction="none")
        both[name] = (each * weight).sum() / weight.sum()
    return {"matte": matte + 0.5 * dice.mean(), **both}


def _near_the_outline(alpha: Tensor) -> Tensor:
    """(B, 1, S, S) 1 within about 4 px of where alpha changes, found on every fourth pixel."""
    sparse = functional.avg_pool2d(alpha, 4)
    near = functional.max_pool2d(sparse, 3, 1, 1) + functional.max_pool2d(-sparse, 3, 1, 1)
    return functional.interpolate(near, scale_factor=4.0)


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="the folder that training.feed fills")
    parser.add_argument("--size", type=int, default=SIZE, help="a first part at 128 is four times as fast")
    add_budget(parser, "parse", minutes=25.0, batch=12)
    add_start(parser)
    add_ahead(parser)
    options = parser.parse_args(arguments)
    begin(options)
    cv2.setNumThreads(1)
    task = ParseTask(options.data, size=options.size)
    train(task, started(task.name, ParseNetwork(), options), budget(options, ahead=options.ahead))


if __name__ == "__main__":
    main()
