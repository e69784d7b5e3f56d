"""Trains the parse network: matte, parts and materials from a crop and a jittered pose.

    python -m training.feed --out DIR &
    python -m training.parse_net --data DIR --out weights --resume runs/parse

The poses it sees are as wrong as a reader's: joints off by up to 3% of the figure's height, some missing, limbs
missing, sides swapped, sometimes no pose at all; half have a rough prior mask. Scores are on held-out families: matte
IoU, and the mean IoU of the parts. Knows nothing of how figures are drawn.
"""

import argparse
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional

from deployments.garments.maps import pose_maps
from deployments.garments.network import SIZE, ParseNetwork
from pose.figure import PARTS
from pose.skeleton import BIPED
from training.augment import (
    Spread,
    background,
    centred,
    cut_free,
    degraded,
    figure_box,
    mirrored_parts,
    over,
    placed,
    placement,
    recoloured,
    warp,
)
from training.budgets import add_budget, add_start, begin, budget, started
from training.feed import HELD_OUT_PREFIX, Pool, Sample
from training.loop import train
from training.scenery import lit, scenery

Picture = NDArray[np.uint8]
SPREAD = Spread(0.5, 0.97, 16.0, 0.07, 0.12)
SCENES = 0.2  # share of figures that stand in busy scenes
JITTER = 0.03  # of the figure's height
# Rows of PARTS and MATERIALS: what covers few pixels counts more.
PART_WEIGHTS = (1.0, 0.8, 1.0, 2.0, 1.1, 1.1, 1.0, 1.0, 1.7, 2.0)
MATERIAL_WEIGHTS = (1.0, 0.8, 1.8, 1.5, 0.8, 1.8, 2.0)
_LIMBS = tuple(
    tuple(BIPED.index[f"{side}_{joint}"] for joint in chain)
    for side in "rl"
    for chain in (("elbow", "wrist", "hand"), ("knee", "ankle", "toe"))
)


@dataclass(frozen=True)
class Crop:
    """rgb (S, S, 3), maps (C, S, S), alpha, parts and materials (S, S) uint8."""

    rgb: Picture
    maps: NDArray[np.float32]
    alpha: Picture
    parts: Picture
    materials: Picture


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
            "data": "procedurally drawn characters (training/world); families in HELD_OUT unseen",
            "input": f"one figure's crop at {SIZE} px and the channels of deployments/garments/maps.py",
            "limits": "bipeds; edges to about a pixel of 256: refine them",
        }


def crop(sample: Sample, rng: np.random.Generator, size: int = SIZE, pictures: Sequence[Picture] = ()) -> Crop:
    """A sample placed at random, on its own background or another, with a pose as wrong as a reader's.

    Where `pictures` are given and it can be cut free, it stands in a busy scene of their pieces.
    """
    matrix, mirrored = placement(figure_box(sample), size, SPREAD, rng)
    joints, state, _ = placed(sample, matrix, mirrored, size)
    clean, parts, materials = _truth(sample, matrix, size)
    if pictures and cut_free(sample):
        figure = np.dstack([lit(clean[..., :3], rng, 0.2), clean[..., 3]])
        rgb = over(figure, scenery(pictures, size, rng))
    elif rng.random() < 0.5 and cut_free(sample):
        rgb = over(clean, background(size, rng))
    else:
        rgb = warp(sample.rgb, matrix, size, repeat=rng.random() < 0.5)
    rgb = degraded(recoloured(rgb, rng), rng)
    points, scores = worn_pose(joints, state, rng)
    prior = worn_mask(clean[..., 3], rng) if rng.random() < 0.5 else None
    parts = mirrored_parts(parts) if mirrored else parts
    return Crop(rgb, pose_maps(points, scores, size, prior), clean[..., 3], parts, materials)


def crop_as_served(sample: Sample, rng: np.random.Generator, size: int = SIZE) -> Crop:
    """A held-out sample as serving crops it, its pose off by half of JITTER, no prior."""
    matrix = centred(figure_box(sample), size, 1 / 1.2)
    joints, state, _ = placed(sample, matrix, False, size)
    clean, parts, materials = _truth(sample, matrix, size)
    points = joints + rng.normal(0, JITTER / 2 * size / 1.2, joints.shape).astype(np.float32)
    maps = pose_maps(points, state.astype(np.float32), size)
    return Crop(warp(sample.rgb, matrix, size), maps, clean[..., 3], parts, materials)


def worn_pose(
    joints: NDArray[np.float32], state: NDArray[np.uint8], rng: np.random.Generator
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Points and scores with a reader's errors: noise, missing joints and limbs, swapped sides, no pose at all."""
    here = state > 0
    height = float(np.ptp(joints[here], axis=0).max()) if here.any() else 1.0
    noise = rng.normal(0, JITTER * height * rng.random(), joints.shape)
    points = (joints + noise).astype(np.float32)
    scores = (here & ((state == 2) | (rng.random(len(state)) < 0.6)) & (rng.random(len(state)) > 0.05)).astype(
        np.float32
    )
    if rng.random() < 0.1:
        scores[list(_LIMBS[rng.integers(len(_LIMBS))])] = 0
    if rng.random() < 0.02:
        points, scores = points[list(BIPED.mirrored)], scores[list(BIPED.mirrored)]
    if rng.random() < 0.05:
        scores[:] = 0
    return points, scores


def worn_mask(alpha: Picture, rng: np.random.Generator) -> Picture:
    """A rough prior: the matte grown or shrunk, blurred, pieces missing and pieces leaked."""
    mask, size = alpha.copy(), len(alpha)
    for value in (0, 255):
        if rng.random() < 0.5:
            spots = [tuple(int(v) for v in rng.integers(0, size, 2)) for _ in range(int(rng.integers(1, 4)))]
            for spot in spots:
                cv2.circle(mask, spot, int(rng.uniform(0.025, 0.11) * size), value, -1)
    kernel = np.ones((1 + int(rng.uniform(0, 0.03) * size),) * 2, np.uint8)
    mask = np.asarray(cv2.dilate(mask, kernel) if rng.random() < 0.6 else cv2.erode(mask, kernel), np.uint8)
    return np.asarray(cv2.GaussianBlur(mask, (0, 0), rng.uniform(0.002, 0.02) * size), np.uint8)


def collate(crops: Sequence[Crop]) -> dict[str, Tensor]:
    """Stacks crops into tensors: rgb, maps, alpha (B, 1, S, S) 0..1; parts and materials (B, S, S) rows."""
    rgb = torch.from_numpy(np.stack([item.rgb for item in crops])).permute(0, 3, 1, 2).float() / 255
    return {
        "rgb": rgb,
        "maps": torch.from_numpy(np.stack([item.maps for item in crops])),
        "alpha": torch.from_numpy(np.stack([item.alpha for item in crops]))[:, None].float() / 255,
        "parts": torch.from_numpy(np.stack([item.parts for item in crops])).long(),
        "materials": torch.from_numpy(np.stack([item.materials for item in crops])).long(),
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


def _truth(sample: Sample, matrix: NDArray[np.float64], size: int) -> tuple[Picture, Picture, Picture]:
    """Placed clean picture, parts and materials of a character."""
    if sample.clean is None or sample.parts is None or sample.materials is None:
        raise ValueError(f"expected a character with its truth, got a sample of kind '{sample.kind}'")
    clean = warp(sample.clean, matrix, size, border=0)
    parts, materials = (warp(rows, matrix, size, nearest=True, border=0) for rows in (sample.parts, sample.materials))
    return clean, parts, materials


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="the folder that training.feed fills")
    parser.add_argument("--size", type=int, default=SIZE, help="a first part at 128 is four times as fast")
    add_budget(parser, "parse", minutes=25.0, batch=12)
    add_start(parser)
    options = parser.parse_args(arguments)
    begin(options)
    cv2.setNumThreads(1)
    task = ParseTask(options.data, size=options.size)
    train(task, started(task.name, ParseNetwork(), options), budget(options))


if __name__ == "__main__":
    main()
