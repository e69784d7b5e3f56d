"""Composes the pose network's training pictures from drawn samples: crops of one figure, canvases of several.

Pixels and truths only; knows no networks but the size of their input. Truths are in pixels of the crop.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from deployments.keypoints.network import KINDS, LOCATOR_CELLS, SIZE
from training.augment import (
    Spread,
    background,
    cut_free,
    degraded,
    figure_box,
    over,
    placed,
    placement,
    recoloured,
    trimmed,
    warp,
)
from training.bending import bent
from training.feed import Pool, Sample
from training.scenery import lit, scenery

Picture = NDArray[np.uint8]
Bounds = tuple[float, float, float, float]
SPREAD = Spread()
SCENES = 0.4  # share of figures on other grounds that stand in busy scenes
BENT = 0.25  # share of crops whose drawing is bent
TRIMMED = 0.35  # share of crops from pictures cut close around or through the figure


@dataclass(frozen=True)
class Crop:
    """One training crop: rgb (S, S, 3), joints (J, 2), state (J,), depth (J,), kind row, boxes of figures or None."""

    rgb: Picture
    joints: NDArray[np.float32]
    state: NDArray[np.uint8]
    depth: NDArray[np.float32]
    kind: int
    boxes: list[Bounds] | None = None


def crop(sample: Sample, pool: Pool, rng: np.random.Generator) -> Crop:
    """A sample placed at random, on its own background or another, recoloured, partly covered, degraded."""
    sample = bent(sample, rng) if sample.kind != "openpose" and rng.random() < BENT else sample
    close = rng.random() < TRIMMED
    sample = trimmed(sample, rng) if close else sample
    matrix, mirrored = placement(figure_box(sample), SIZE, SPREAD, rng)
    joints, state, depth = placed(sample, matrix, mirrored, SIZE)
    rgb = warp(sample.rgb, matrix, SIZE) if close else _picture(sample, matrix, pool, rng)
    rgb = recoloured(rgb, rng, keep_hue=sample.kind == "openpose")
    if rng.random() < 0.12:
        state = _covered(rgb, joints, state, rng)
    return Crop(degraded(rgb, rng), joints, state, depth, KINDS.index(sample.kind))


def canvas(pool: Pool, rng: np.random.Generator) -> Crop:
    """A whole picture with one to three figures, for the locator."""
    kinds = pool.kinds()
    kind = "character" if rng.random() < 0.6 else kinds[rng.integers(len(kinds))]
    sample = pool.random(kind, rng)
    spread = Spread(0.2, 1.0, 14.0, 0.22, 0.1)
    count = int(rng.integers(1, 4)) if cut_free(sample) else 1
    matrix, _ = placement(figure_box(sample), SIZE, spread, rng)
    if count == 1:
        rgb = _picture(sample, matrix, pool, rng)
        boxes = [_moved(figure_box(sample), matrix)]
    else:
        rgb, boxes = _crowd(pool, count, rng)
    joints, state, depth = placed(sample, matrix, False, SIZE)
    rgb = degraded(recoloured(rgb, rng, keep_hue=kind == "openpose"), rng)
    return Crop(rgb, joints, state, depth, KINDS.index(kind), [box for box in boxes if box[2] - box[0] > 8])


def collate(crops: Sequence[Crop]) -> dict[str, Tensor]:
    """Stacks crops; centre (B, n, n) and extent (B, 4, n, n) are the locator's targets (canvases only)."""
    maps = [locator_targets(item.boxes or []) for item in crops]
    rgb = torch.from_numpy(np.stack([item.rgb for item in crops])).permute(0, 3, 1, 2).float() / 255
    return {
        "rgb": rgb.contiguous(memory_format=torch.channels_last),
        "joints": torch.from_numpy(np.stack([item.joints for item in crops])),
        "state": torch.from_numpy(np.stack([item.state for item in crops])).long(),
        "depth": torch.from_numpy(np.stack([item.depth for item in crops])),
        "kind": torch.tensor([item.kind for item in crops]),
        "is_canvas": torch.tensor([item.boxes is not None for item in crops]),
        "centre": torch.from_numpy(np.stack([heat for heat, _ in maps])),
        "extent": torch.from_numpy(np.stack([extent for _, extent in maps])),
    }


def locator_targets(
    boxes: Sequence[Bounds],
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Centre map (n, n), 1 at each box's centre cell with a Gaussian around it, and extents (4, n, n) there."""
    centre = np.zeros((LOCATOR_CELLS, LOCATOR_CELLS), np.float32)
    extent = np.zeros((4, LOCATOR_CELLS, LOCATOR_CELLS), np.float32)
    cell = SIZE / LOCATOR_CELLS
    grid = np.arange(LOCATOR_CELLS)
    for x0, y0, x1, y1 in boxes:
        x, y = (x0 + x1) / 2 / cell, (y0 + y1) / 2 / cell
        column, row = (int(np.clip(v, 0, LOCATOR_CELLS - 1)) for v in (x, y))
        sigma = np.clip(0.06 * max(x1 - x0, y1 - y0) / cell, 0.7, 2.0)
        near = np.exp(-((grid[:, None] - row) ** 2 + (grid[None] - column) ** 2) / (2 * sigma**2)).astype(np.float32)
        centre = np.maximum(centre, near)
        size = np.log(np.maximum((x1 - x0, y1 - y0), 4) / SIZE)
        extent[:, row, column] = (x - column - 0.5, y - row - 0.5, *size)
    return centre, extent


def _picture(sample: Sample, matrix: NDArray[np.float64], pool: Pool, rng: np.random.Generator) -> Picture:
    """The placed figure on its own background, or on another, sometimes beside another figure."""
    if rng.random() < 0.5 or sample.clean is None or not cut_free(sample):
        return warp(sample.rgb, matrix, SIZE)
    if rng.random() < SCENES:
        pictures = [pool.random("character", rng).rgb for _ in range(3)]
        figure = np.dstack([lit(sample.clean[..., :3], rng, 0.2), sample.clean[..., 3]])
        return over(warp(figure, matrix, SIZE, border=0), scenery(pictures, SIZE, rng))
    below = background(SIZE, rng)
    if rng.random() < 0.15:
        other = pool.random("character", rng)
        aside, _ = placement(figure_box(other), SIZE, Spread(0.4, 0.8, 10, 0.0, 0.0), rng)
        aside[0, 2] += rng.choice((-1, 1)) * rng.uniform(0.5, 0.8) * SIZE
        if other.clean is not None and cut_free(other):
            below = over(warp(other.clean, aside, SIZE, border=0), below)
    return over(warp(sample.clean, matrix, SIZE, border=0), below)


def _crowd(pool: Pool, count: int, rng: np.random.Generator) -> tuple[Picture, list[Bounds]]:
    """Several figures side by side, overlapping a little, on one background."""
    rgb, boxes = background(SIZE, rng), []
    for index in range(count):
        sample = pool.random("character", rng)
        if sample.clean is None or not cut_free(sample):
            continue
        matrix, _ = placement(figure_box(sample), SIZE, Spread(0.2, 0.85, 10, 0.1, 0.0), rng)
        matrix[0, 2] += ((index + 0.5) / count - 0.5) * SIZE * 0.9
        rgb = over(warp(sample.clean, matrix, SIZE, border=0), rgb)
        boxes.append(_moved(figure_box(sample), matrix))
    return rgb, boxes


def _moved(box: Bounds, matrix: NDArray[np.float64]) -> Bounds:
    """The box around a placed box, within the canvas."""
    x0, y0, x1, y1 = box
    corners = np.array([(x0, y0), (x1, y0), (x0, y1), (x1, y1)]) @ matrix[:, :2].T + matrix[:, 2]
    low, high = np.clip(corners.min(0), 0, SIZE), np.clip(corners.max(0), 0, SIZE)
    return float(low[0]), float(low[1]), float(high[0]), float(high[1])


def _covered(
    rgb: Picture, joints: NDArray[np.float32], state: NDArray[np.uint8], rng: np.random.Generator
) -> NDArray[np.uint8]:
    """Covers a rectangle of the picture in place; joints under it become hidden."""
    low = rng.uniform(0, 0.8, 2) * SIZE
    high = low + rng.uniform(0.08, 0.3, 2) * SIZE
    colour = tuple(int(value) for value in rng.integers(0, 256, 3))
    cv2.rectangle(rgb, tuple(int(v) for v in low), tuple(int(v) for v in high), colour, -1)
    under = ((joints > low) & (joints < high)).all(1)
    return np.where(under & (state == 2), 1, state).astype(np.uint8)
