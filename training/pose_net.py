"""Trains the pose network: joints, verdicts and kind on crops; the locator on composed canvases.

    python -m training.feed --out DIR &
    python -m training.pose_net --data DIR --out weights --resume runs/pose

SHARES says how often each kind is shown. Scores are on families and variations that were held out: PCK at 0.2 and 0.1
of the torso (neck to mid-hip) over the 18 core joints that are in the crop, of abstractions over those that are shown
(a blank head has no eyes). Knows nothing of how figures are drawn.
"""

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional

from deployments.keypoints.decode import decode_boxes, decode_heat, overlap
from deployments.keypoints.network import CELLS, JOINTS, SIZE, STRIDE, PoseNetwork
from pose.skeleton import BIPED
from training.augment import centred, figure_box, placed, warp
from training.budgets import add_ahead, add_budget, add_start, begin, budget, started
from training.feed import HELD_OUT_PREFIX, Pool, Sample
from training.loop import train
from training.pose_crops import Crop, canvas, collate, crop

Picture = NDArray[np.uint8]
SIGMA = 1.0  # cells
SHARES = {"character": 0.27, "stick": 0.23, "mannequin": 0.16, "wireframe": 0.14, "sketch": 0.17, "openpose": 0.03}
WEIGHTS = {"heat": 1.0, "verdict": 0.4, "depth": 0.5, "kind": 0.1, "centre": 0.5, "extent": 0.3}
_CORE = slice(0, BIPED.core)
_UNREAD = ("parts", "materials")


class PoseTask:
    """Batches, losses and scores of the pose network."""

    name = "pose"

    def __init__(self, data: Path, canvases: float = 0.2, held_out_each: int = 64) -> None:
        self.pool = Pool(data, without=_UNREAD)
        self.pool.refresh()
        self.held_out = Pool(data, HELD_OUT_PREFIX, _UNREAD)
        self.held_out.refresh()
        self.canvases = canvases
        self.each = held_out_each
        self._batches = 0

    def batch(self, size: int, rng: np.random.Generator) -> dict[str, Tensor]:
        """Crops first, then canvases; `is_canvas` (B,) tells them apart."""
        self._batches += 1
        if self._batches % 100 == 0:
            self.pool.refresh()
        canvases = int(size * self.canvases)
        crops = [self._crop(rng) for _ in range(size - canvases)]
        return collate(crops + [self._canvas(rng) for _ in range(canvases)])

    def loss(self, network: nn.Module, batch: dict[str, Tensor]) -> tuple[Tensor, dict[str, float]]:
        with torch.autocast("cpu", torch.bfloat16):
            outputs = network(batch["rgb"])
        parts = losses(outputs, batch)
        total = torch.stack([WEIGHTS[name] * value for name, value in parts.items()]).sum()
        return total, {f"{name}_loss": float(value.detach()) for name, value in parts.items()}

    def validate(self, network: nn.Module) -> dict[str, float]:
        self.held_out.refresh()
        scores: dict[str, float] = {}
        for kind in self.held_out.kinds():
            samples = self.held_out.all(kind)[: self.each * (3 if kind == "character" else 1)]
            distances, absent = held_out_errors(network, samples)
            scores[f"{kind}_pck20"], scores[f"{kind}_pck10"] = (float((distances < t).mean()) for t in (0.2, 0.1))
            scores[f"{kind}_verdict"] = absent
        scores["locator_iou50"] = self._located(network)
        judged = [value for name, value in scores.items() if name.endswith("pck20")]
        scores["score"] = float(np.mean(judged)) + 0.1 * scores["locator_iou50"]
        return scores

    def card(self) -> dict[str, Any]:
        return {
            "data": "procedurally drawn figures (training/world), every abstraction level; families in HELD_OUT unseen",
            "input": f"one figure, its box x 1.25, {SIZE} px; or a whole picture (locator)",
            "limits": "bipeds; side and back views, lying and bent figures less sure than standing; no photographs",
        }

    def _located(self, network: nn.Module) -> float:
        """Share of composed held-out canvases' figures found with an overlap of at least 0.5."""
        rng = np.random.default_rng(5)
        canvases = [canvas(self.held_out, rng) for _ in range(self.each)]
        outputs = _forward(network, [item.rgb for item in canvases])
        found = []
        for row, item in enumerate(canvases):
            boxes = decode_boxes(outputs["centre"][row, 0].numpy(), outputs["extent"][row].numpy())
            for truth in item.boxes or []:
                found.append(any(overlap(box.bounds, truth) >= 0.5 for box in boxes))
        return float(np.mean(found)) if found else 0.0

    def _crop(self, rng: np.random.Generator) -> Crop:
        kind = str(rng.choice(list(SHARES), p=list(SHARES.values())))
        kind = kind if kind in self.pool.kinds() else "character"
        return crop(self.pool.random(kind, rng), self.pool, rng)

    def _canvas(self, rng: np.random.Generator) -> Crop:
        return canvas(self.pool, rng)


def losses(outputs: dict[str, Tensor], batch: dict[str, Tensor]) -> dict[str, Tensor]:
    """Cross-entropies for joints, verdicts and kind on crops; CenterNet's two losses on canvases."""
    here = ~batch["is_canvas"]
    state = batch["state"][here]
    present = state > 0
    weight = present.float() * torch.where(state == 2, 1.0, 0.5)
    target = joint_targets(batch["joints"][here])
    heat = -(target * outputs["heat"][here].flatten(2).log_softmax(-1)).sum(-1)
    middle = batch["depth"][here][:, [BIPED.index["r_hip"], BIPED.index["l_hip"]]].mean(1, keepdim=True)
    depth = functional.smooth_l1_loss(
        outputs["depth"][here], batch["depth"][here] - middle, beta=0.1, reduction="none"
    ).nan_to_num()
    balance = torch.tensor((1.0, 1.0, 1.0))
    parts = {
        "heat": (heat * weight).sum() / weight.sum().clamp(min=1),
        "verdict": functional.cross_entropy(outputs["verdict"][here].flatten(0, 1), state.flatten(), balance),
        "depth": (depth * present).sum() / present.sum().clamp(min=1),
        "kind": functional.cross_entropy(outputs["kind"][here], batch["kind"][here]),
    }
    if batch["is_canvas"].any():
        there = batch["is_canvas"]
        parts["centre"] = focal_loss(outputs["centre"][there][:, 0], batch["centre"][there])
        at = batch["centre"][there] == 1
        error = (outputs["extent"][there] - batch["extent"][there]).abs().sum(1)
        parts["extent"] = (error * at).sum() / at.sum().clamp(min=1)
    return parts


def joint_targets(joints: Tensor) -> Tensor:
    """(B, J, cells): a Gaussian of SIGMA cells around each joint (crop pixels), summing to 1."""
    middles = torch.arange(CELLS) + 0.5
    axes = [torch.exp(-((middles - joints[..., axis, None] / STRIDE) ** 2) / (2 * SIGMA**2)) for axis in (0, 1)]
    target = (axes[1][..., :, None] * axes[0][..., None, :]).flatten(2)
    return target / target.sum(-1, keepdim=True).clamp(min=1e-6)


def focal_loss(logits: Tensor, target: Tensor) -> Tensor:
    """CornerNet's penalty-reduced focal loss (Law and Deng 2018), per figure."""
    chance = logits.sigmoid().clamp(1e-4, 1 - 1e-4)
    hit = target == 1
    positive = -((1 - chance) ** 2 * chance.log())[hit].sum()
    negative = -((1 - target) ** 4 * chance**2 * (1 - chance).log())[~hit].sum()
    return (positive + negative) / hit.sum().clamp(min=1)


def held_out_errors(network: nn.Module, samples: Sequence[Sample]) -> tuple[NDArray[np.float32], float]:
    """Core joints' distances in torsos over samples placed as serving places them, and the share of right verdicts
    between absent and present."""
    truths, pictures = [], []
    for sample in samples:
        matrix = centred(figure_box(sample), SIZE, 1 / 1.25)
        truths.append(placed(sample, matrix, False, SIZE))
        pictures.append(warp(sample.rgb, matrix, SIZE))
    outputs = _forward(network, pictures)
    distances, right = [], []
    for row, (joints, state, _) in enumerate(truths):
        judged = state[_CORE] > (0 if samples[row].kind == "character" else 1)
        heat = outputs["heat"][row].flatten(1).softmax(-1).view(JOINTS, CELLS, CELLS).numpy()
        error = np.linalg.norm(decode_heat(heat)[0] - joints, axis=-1) / _torso(joints)
        distances.append(error[_CORE][judged])
        absent = outputs["verdict"][row].argmax(-1).numpy() == 0
        right.append(absent == (state == 0))
    return np.concatenate(distances), float(np.mean(right))


def _forward(network: nn.Module, pictures: Sequence[Picture], batch: int = 32) -> dict[str, Tensor]:
    """Outputs over many pictures, in batches."""
    chunks: list[dict[str, Tensor]] = []
    for start in range(0, len(pictures), batch):
        rgb = torch.from_numpy(np.stack(pictures[start : start + batch])).permute(0, 3, 1, 2).float() / 255
        with torch.autocast("cpu", torch.bfloat16):
            chunks.append(network(rgb.contiguous(memory_format=torch.channels_last)))
    return {name: torch.cat([chunk[name] for chunk in chunks]) for name in chunks[0]}


def _torso(joints: NDArray[np.float32]) -> float:
    hips = (joints[BIPED.index["r_hip"]] + joints[BIPED.index["l_hip"]]) / 2
    return max(float(np.linalg.norm(joints[BIPED.index["neck"]] - hips)), 1.0)


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="the folder that training.feed fills")
    add_budget(parser, "pose", minutes=35.0, batch=24)
    add_start(parser)
    add_ahead(parser)
    options = parser.parse_args(arguments)
    begin(options)
    cv2.setNumThreads(1)
    task = PoseTask(options.data)
    train(task, started(task.name, PoseNetwork(), options), budget(options, ahead=options.ahead))


if __name__ == "__main__":
    main()
