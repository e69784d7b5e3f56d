"""Busy scenes for figures to stand in, out of pieces of other drawings: shelves, fruit, leaves, light, out of focus.

Rendered mascots and photographs come with grounds of many hues and sharp edges, the figure's own hues among them. No
photographs are at hand, so the pieces are what the figure world draws. Knows pixels only.
"""

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from training.augment import background, recoloured

Picture = NDArray[np.uint8]


def scenery(pictures: Sequence[Picture], size: int, rng: np.random.Generator) -> Picture:
    """(size, size, 3): pieces of the pictures (h, w, 3), scattered; the farther ones out of focus; unevenly lit."""
    scene = background(size, rng)
    for _ in range(int(rng.integers(3, 9))):
        _scatter(scene, pictures[int(rng.integers(len(pictures)))], rng)
    if rng.random() < 0.7:
        scene = np.asarray(cv2.GaussianBlur(scene, (0, 0), float(np.exp(rng.uniform(-1, 2))) * size / 256))
    for _ in range(int(rng.integers(0, 4))):
        _scatter(scene, pictures[int(rng.integers(len(pictures)))], rng, 0.35)
    return lit(scene, rng)


def lit(picture: Picture, rng: np.random.Generator, strength: float = 0.35) -> Picture:
    """Multiplied by a smooth field of light, a little tinted."""
    size = picture.shape[0]
    coarse = rng.normal(0, strength, (int(rng.integers(2, 5)),) * 2 + (1,)) + rng.normal(0, 0.06, (1, 1, 3))
    field = cv2.resize(coarse.astype(np.float32), (size, size), interpolation=cv2.INTER_CUBIC)
    return np.clip(picture * np.exp(field), 0, 255).astype(np.uint8)


def _scatter(scene: Picture, picture: Picture, rng: np.random.Generator, most: float = 0.9) -> None:
    """One piece, cut to an ellipse, a box or a blob, put anywhere in place."""
    size = len(scene)
    wide, high = (max(int(value * size), 8) for value in np.exp(rng.uniform(np.log(0.08), np.log(most), 2)))
    side = int(rng.uniform(0.15, 1.0) * len(picture))
    x, y = (int(value) for value in rng.integers(0, len(picture) - side + 1, 2))
    piece = cv2.resize(picture[y : y + side, x : x + side], (wide, high), interpolation=cv2.INTER_LINEAR)
    piece = recoloured(np.asarray(piece, np.uint8), rng)
    mask = _cut(high, wide, rng)
    left, top = (int(value) for value in rng.uniform(-0.2, 1.0, 2) * size)
    rows = slice(max(top, 0), min(top + high, size))
    columns = slice(max(left, 0), min(left + wide, size))
    if rows.start >= rows.stop or columns.start >= columns.stop:
        return
    own = np.s_[rows.start - top : rows.stop - top, columns.start - left : columns.stop - left]
    scene[rows, columns] = np.where(mask[own][..., None] > 0, piece[own], scene[rows, columns])


def _cut(high: int, wide: int, rng: np.random.Generator) -> Picture:
    mask = np.zeros((high, wide), np.uint8)
    kind = rng.random()
    if kind < 0.4:
        cv2.ellipse(mask, (wide // 2, high // 2), (wide // 2, high // 2), 0, 0, 360, 255, -1)
    elif kind < 0.65:
        mask[:] = 255
    else:
        turns = np.sort(rng.uniform(0, 2 * np.pi, int(rng.integers(5, 12))))
        reach = rng.uniform(0.4, 1.0, len(turns))
        ring = np.stack([np.cos(turns) * reach * wide / 2 + wide / 2, np.sin(turns) * reach * high / 2 + high / 2], -1)
        cv2.fillPoly(mask, [ring.astype(np.int32)], 255)
    return mask
