"""Makes the parse network's training crops: a character at random, on some ground, with a pose as wrong as a reader's.

Pixels and truths only; knows no networks but the size of their input.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from deployments.garments.maps import pose_maps
from deployments.garments.network import SIZE
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
from training.bending import bent
from training.feed import Sample
from training.scenery import lit, scenery

Picture = NDArray[np.uint8]
SPREAD = Spread(0.5, 0.97, 16.0, 0.07, 0.12)
BENT = 0.35  # share of crops whose drawing is bent
JITTER = 0.03  # of the figure's height
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


def crop(sample: Sample, rng: np.random.Generator, size: int = SIZE, pictures: Sequence[Picture] = ()) -> Crop:
    """A sample placed at random, on its own background or another, with a pose as wrong as a reader's.

    Where `pictures` are given and it can be cut free, it stands in a busy scene of their pieces.
    """
    sample = bent(sample, rng) if rng.random() < BENT else sample
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


def _truth(sample: Sample, matrix: NDArray[np.float64], size: int) -> tuple[Picture, Picture, Picture]:
    """Placed clean picture, parts and materials of a character."""
    if sample.clean is None or sample.parts is None or sample.materials is None:
        raise ValueError(f"expected a character with its truth, got a sample of kind '{sample.kind}'")
    clean = warp(sample.clean, matrix, size, border=0)
    parts, materials = (warp(rows, matrix, size, nearest=True, border=0) for rows in (sample.parts, sample.materials))
    return clean, parts, materials
