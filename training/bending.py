"""Bends drawn samples: everything moved by one smooth field, as by a looser hand. Knows no networks and no crops."""

from dataclasses import replace

import cv2
import numpy as np
from numpy.typing import NDArray

from training.feed import Sample

CELLS = (4, 8)  # how many knots the field has along a side
REACH = (0.006, 0.022)  # its standard deviation, in pictures
ROUNDS = 5


def bent(sample: Sample, rng: np.random.Generator) -> Sample:
    """The sample with limbs that bow between their joints; a joint that leaves the picture is absent."""
    size = sample.rgb.shape[0]
    cells = int(rng.integers(*CELLS))
    coarse = rng.normal(0, rng.uniform(*REACH) * size, (cells, cells, 2)).astype(np.float32)
    shift = np.asarray(cv2.resize(coarse, (size, size), interpolation=cv2.INTER_CUBIC), np.float32)
    places = shift + np.stack(np.meshgrid(np.arange(size), np.arange(size)), -1).astype(np.float32)
    joints = _followed(sample.joints, shift)
    inside = ((joints >= 0) & (joints < size)).all(1)

    def moved(plane: NDArray[np.uint8] | None, how: int) -> NDArray[np.uint8] | None:
        return None if plane is None else _moved(plane, places, how)

    return replace(
        sample, rgb=_moved(sample.rgb, places, cv2.INTER_LINEAR), clean=moved(sample.clean, cv2.INTER_LINEAR),
        parts=moved(sample.parts, cv2.INTER_NEAREST), materials=moved(sample.materials, cv2.INTER_NEAREST),
        joints=joints, state=np.where(inside, sample.state, 0).astype(np.uint8),
    )  # fmt: skip


def _moved(picture: NDArray[np.uint8], places: NDArray[np.float32], how: int) -> NDArray[np.uint8]:
    """(H, W[, C]) -> each pixel from its place (H, W, 2), columns and rows."""
    return np.asarray(
        cv2.remap(picture, places[..., 0], places[..., 1], how, borderMode=cv2.BORDER_REPLICATE), np.uint8
    )


def _followed(joints: NDArray[np.float32], shift: NDArray[np.float32]) -> NDArray[np.float32]:
    """(J, 2) the joints p for which p + shift(p) is their old place."""
    moved = joints
    for _ in range(ROUNDS):
        column, row = np.clip(moved, 0, len(shift) - 1).astype(int).T
        moved = (joints - shift[row, column]).astype(np.float32)
    return moved
