"""Turns the pose network's maps into joints, scores, boxes and a view. Numpy only; knows no pictures and no networks.

Convention: crop pixels, x right, y down, pixel centres at .5; boxes (x0, y0, x1, y1), end exclusive.
"""

from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from deployments.keypoints.network import LOCATOR_CELLS, SIZE, STRIDE
from pose.pose import View
from pose.skeleton import BIPED

Array = NDArray[np.float32]
Bounds = tuple[float, float, float, float]

ABSENT = 0.75  # probability of the verdict from which a joint is left out: one missed costs more than one guessed
HIDDEN = 0.3  # share of its confidence that a hidden joint keeps as score
_WINDOW = 2  # cells on each side of the peak that share in its position


@dataclass(frozen=True)
class Box:
    """Where a figure seems to be: (x0, y0, x1, y1) pixels, score in 0..1."""

    x0: float
    y0: float
    x1: float
    y1: float
    score: float

    @property
    def bounds(self) -> Bounds:
        return self.x0, self.y0, self.x1, self.y1


def decode_heat(heat: Array) -> tuple[Array, Array]:
    """Probabilities (J, n, n) over cells -> points (J, 2) crop pixels, confidence (J,) = the mass around the peak.

    The peak of the blurred map, then the mean of the cells around it (a local soft-argmax).
    """
    points, confidence = np.zeros((len(heat), 2), np.float32), np.zeros(len(heat), np.float32)
    for joint, cells in enumerate(heat):
        peak = cv2.blur(cells, (3, 3), borderType=cv2.BORDER_CONSTANT).argmax()
        row, column = divmod(int(peak), cells.shape[1])
        rows = slice(max(row - _WINDOW, 0), row + _WINDOW + 1)
        columns = slice(max(column - _WINDOW, 0), column + _WINDOW + 1)
        around = cells[rows, columns]
        mass = float(around.sum())
        ys, xs = np.arange(rows.start, rows.start + around.shape[0]), np.arange(columns.start, cells.shape[1])
        weights = around / max(mass, 1e-9)
        x = float(weights.sum(0) @ xs[: around.shape[1]]) + 0.5
        y = float(weights.sum(1) @ ys) + 0.5
        points[joint], confidence[joint] = (x * STRIDE, y * STRIDE), min(mass, 1.0)
    return points, confidence


def decode_boxes(centre: Array, extent: Array, threshold: float = 0.25) -> list[Box]:
    """Centre logits (n, n) and extents (4, n, n) -> boxes in crop pixels, best first."""
    chance = 1 / (1 + np.exp(-centre))
    peaks = (chance >= threshold) & (chance >= cv2.dilate(chance, np.ones((3, 3), np.uint8)))
    cell = SIZE / LOCATOR_CELLS
    boxes = []
    for row, column in np.argwhere(peaks):
        dx, dy, width, height = extent[:, row, column]
        x, y = (column + 0.5 + dx) * cell, (row + 0.5 + dy) * cell
        half_width, half_height = np.exp(np.clip((width, height), -4, 0.7)) * SIZE / 2
        score = float(chance[row, column])
        boxes.append(Box(x - half_width, y - half_height, x + half_width, y + half_height, score))
    return sorted(boxes, key=lambda box: -box.score)


def joint_scores(confidence: Array, verdict: Array) -> Array:
    """(J,) scores: 0 where the verdict is absent, the confidence where visible, HIDDEN of it where hidden."""
    absent, hidden, visible = verdict.T
    kept = np.where(visible >= hidden, 1.0, HIDDEN) * confidence
    return np.where(absent > ABSENT, 0, np.clip(kept, 0.01, 1)).astype(np.float32)


def view_of(points: Array, scores: Array, depth: Array) -> View:
    """The view from how the shoulders (or hips) lie: across the picture, or one behind the other."""
    extent = float(np.ptp(points[scores > 0], axis=0).max()) if (scores > 0).any() else 0.0
    for right, left in (("r_shoulder", "l_shoulder"), ("r_hip", "l_hip")):
        a, b = BIPED.index[right], BIPED.index[left]
        if scores[a] > 0 and scores[b] > 0 and extent > 0:
            across, behind = (points[b, 0] - points[a, 0]) / extent, depth[b] - depth[a]
            degrees = float(np.degrees(np.arctan2(abs(behind), across)))
            return "front" if degrees < 25 else "three-quarter" if degrees < 65 else "side" if degrees < 115 else "back"
    return "front"


def overlap(a: Bounds, b: Bounds) -> float:
    """Intersection over union of two boxes."""
    wide = max(min(a[2], b[2]) - max(a[0], b[0]), 0)
    high = max(min(a[3], b[3]) - max(a[1], b[1]), 0)
    both = (a[2] - a[0]) * (a[3] - a[1]) + (b[2] - b[0]) * (b[3] - b[1]) - wide * high
    return wide * high / both if both > 0 else 0.0


def without_duplicates(boxes: list[Box], most: float = 0.5) -> list[Box]:
    """Best first: drops what overlaps a better box, and clearly weaker boxes inside one (a limb taken for a figure)."""
    kept: list[Box] = []
    for box in boxes:
        rivals = [(overlap(box.bounds, other.bounds), _inside(box, other), other.score) for other in kept]
        if all(both < most and (share < 0.85 or box.score > 0.8 * score) for both, share, score in rivals):
            kept.append(box)
    return kept


def _inside(box: Box, other: Box) -> float:
    """Share of a box's area that lies in another."""
    wide = max(min(box.x1, other.x1) - max(box.x0, other.x0), 0)
    high = max(min(box.y1, other.y1) - max(box.y0, other.y0), 0)
    return wide * high / max((box.x1 - box.x0) * (box.y1 - box.y0), 1e-6)


def probabilities(logits: NDArray[Any]) -> NDArray[np.float32]:
    """Softmax over the last axis."""
    raised = np.exp(logits - logits.max(-1, keepdims=True))
    return np.asarray(raised / raised.sum(-1, keepdims=True), np.float32)
