"""Finds figures in a picture and reads their joints with the pose network. Owns numpy and pixels, no tensors' insides.

Knows no other reader and makes no choice between readers. Convention: pictures (H, W, 3|4) uint8; boxes
(x0, y0, x1, y1) pixels of the picture, end exclusive; crops are squares of SIZE px, and beyond the picture they have
its edge's colour.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from deployments.keypoints.network import CELLS, JOINTS, KINDS, LOCATOR_CELLS, SIZE, STRIDE
from pose.figure import Kind, Reading
from pose.pose import Pose, View
from pose.skeleton import BIPED

Network = Callable[[Tensor], dict[str, Tensor]]
Array = NDArray[np.float32]
Bounds = tuple[float, float, float, float]

MARGIN = 1.25  # side of the first crop over the longest side of the box
HIDDEN = 0.3  # share of its confidence that a hidden joint keeps as score
_WINDOW = 2  # cells on each side of the peak that share in its position
_MIRRORED = np.array(BIPED.mirrored)


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


@dataclass(frozen=True)
class Crop:
    """A square of the picture seen by the network: picture pixel = corner + crop pixel * scale."""

    rgb: NDArray[np.uint8]
    corner: tuple[int, int]
    scale: float


@dataclass(frozen=True)
class Glance:
    """One pass over one crop: points (J, 2) picture pixels, confidence (J,), verdict (J, 3) and kind probabilities,
    depth (J,) body heights."""

    points: Array
    confidence: Array
    verdict: Array
    kind: Array
    depth: Array


class PoseReader:
    """`runner(rgb (B, 3, SIZE, SIZE) float 0..1) -> dict` is the pose network, or anything of its signature."""

    def __init__(self, runner: Network) -> None:
        self._runner = runner

    def locate(self, picture: NDArray[np.uint8], threshold: float = 0.25) -> list[Box]:
        """Boxes of the figures in a whole picture, best first; overlapping ones are merged to the best."""
        rgb = opaque(picture)
        height, width = rgb.shape[:2]
        crop = cut(rgb, (0, 0, width, height), 1.0)
        outputs = self._run([crop.rgb])
        boxes = decode_boxes(outputs["centre"][0, 0], outputs["extent"][0], threshold)
        found = [_in_picture(box, crop, width, height) for box in boxes]
        return _without_duplicates([box for box in found if box.x1 - box.x0 > 4 and box.y1 - box.y0 > 4])

    def read(self, picture: NDArray[np.uint8], box: Bounds) -> Reading:
        """Joints of the figure in a box: a first look, then a second one, mirrored too, at where the joints were."""
        rgb = opaque(picture)
        height, width = rgb.shape[:2]
        first = self._look(cut(rgb, box, MARGIN), flip=False)
        second = self._look(cut(rgb, _refined(first, box), 1.0), flip=True)
        scores = joint_scores(second.confidence, second.verdict)
        outside = ((second.points < 0) | (second.points >= (width, height))).any(1)
        scores[outside] = 0
        depth = np.where(scores > 0, second.depth, np.nan).astype(np.float32)
        pose = Pose(second.points, scores, width, height, depth, view_of(second.points, scores, second.depth))
        core = second.confidence[: BIPED.core][scores[: BIPED.core] > 0]
        score = float(core.mean() * min(len(core) / 8, 1)) if len(core) else 0.0
        kind: Kind = KINDS[int(second.kind.argmax())]  # type: ignore[assignment]
        return Reading(pose, kind, "network", score, _bounds(second.points[scores > 0], width, height))

    def _look(self, crop: Crop, flip: bool) -> Glance:
        pictures = [crop.rgb, crop.rgb[:, ::-1]] if flip else [crop.rgb]
        outputs = self._run(pictures)
        heat = _probabilities(outputs["heat"].reshape(len(pictures), JOINTS, -1)).reshape(-1, JOINTS, CELLS, CELLS)
        verdict, kind, depth = _probabilities(outputs["verdict"]), _probabilities(outputs["kind"]), outputs["depth"]
        if flip:
            heat[1] = heat[1][_MIRRORED, :, ::-1]
            verdict[1], depth[1] = verdict[1][_MIRRORED], depth[1][_MIRRORED]
        points, confidence = decode_heat(heat.mean(0))
        corner = np.array(crop.corner, np.float32)
        picture_points = (points * crop.scale + corner).astype(np.float32)
        return Glance(picture_points, confidence, verdict.mean(0), kind.mean(0), depth.mean(0))

    def _run(self, pictures: list[NDArray[np.uint8]]) -> dict[str, NDArray[Any]]:
        batch = torch.from_numpy(np.stack(pictures)).permute(0, 3, 1, 2).float() / 255
        outputs = self._runner(batch.contiguous(memory_format=torch.channels_last))
        return {name: value.float().cpu().numpy().copy() for name, value in outputs.items()}


def opaque(picture: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """(H, W, 3): a picture with alpha is put on white."""
    if picture.shape[2] == 3:
        return picture
    alpha = picture[..., 3:].astype(np.float32) / 255
    return np.asarray(picture[..., :3] * alpha + 255 * (1 - alpha) + 0.5, np.uint8)


def cut(rgb: NDArray[np.uint8], box: Bounds, margin: float) -> Crop:
    """The square around a box, `margin` times its longest side, at SIZE px."""
    x0, y0, x1, y1 = box
    side = max(round(max(x1 - x0, y1 - y0) * margin), 8)
    left, top = round((x0 + x1 - side) / 2), round((y0 + y1 - side) / 2)
    height, width = rgb.shape[:2]
    columns = np.clip((left, left + side), 0, width)
    rows = np.clip((top, top + side), 0, height)
    if rows[0] >= rows[1] or columns[0] >= columns[1]:
        return Crop(np.full((SIZE, SIZE, 3), 255, np.uint8), (left, top), side / SIZE)
    inner = rgb[rows[0] : rows[1], columns[0] : columns[1]]
    above, below = int(rows[0] - top), int(top + side - rows[1])
    before, after = int(columns[0] - left), int(left + side - columns[1])
    padded = cv2.copyMakeBorder(
        np.ascontiguousarray(inner), above, below, before, after, cv2.BORDER_CONSTANT, value=edge_colour(rgb)
    )
    smaller = cv2.INTER_AREA if side > SIZE else cv2.INTER_LINEAR
    return Crop(np.asarray(cv2.resize(padded, (SIZE, SIZE), interpolation=smaller)), (left, top), side / SIZE)


def edge_colour(rgb: NDArray[np.uint8]) -> tuple[int, int, int]:
    """The median colour along the picture's border: what crops show beyond it (a repeated edge would lengthen limbs
    that touch it)."""
    edges = np.concatenate((rgb[0], rgb[-1], rgb[:, 0], rgb[:, -1]))
    red, green, blue = np.median(edges, axis=0).astype(int)
    return int(red), int(green), int(blue)


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
    return np.where(absent > 0.5, 0, np.clip(kept, 0.01, 1)).astype(np.float32)


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


def _refined(glance: Glance, box: Bounds) -> Bounds:
    """Bounds of the second crop: the joints that seem present with a margin; the first box's crop where few are."""
    present = glance.verdict[:, 0] < 0.5
    if present.sum() < 5:
        x0, y0, x1, y1 = box
        margin = (MARGIN - 1) / 2 * max(x1 - x0, y1 - y0)
        return x0 - margin, y0 - margin, x1 + margin, y1 + margin
    low, high = glance.points[present].min(0), glance.points[present].max(0)
    margin = 0.17 * max(float((high - low).max()), 8.0)
    (x0, y0), (x1, y1) = low - margin, high + margin
    return float(x0), float(y0), float(x1), float(y1)


def _bounds(points: Array, width: int, height: int) -> Bounds:
    """The joints' bounds with a margin of 8% of their extent, within the picture."""
    if len(points) == 0:
        return 0.0, 0.0, float(width), float(height)
    low, high = points.min(0), points.max(0)
    margin = 0.08 * float((high - low).max())
    x0, y0 = np.maximum(low - margin, 0)
    x1, y1 = np.minimum(high + margin, (width, height))
    return float(x0), float(y0), float(x1), float(y1)


def _in_picture(box: Box, crop: Crop, width: int, height: int) -> Box:
    left, top = crop.corner
    x0, x1 = (float(np.clip(x * crop.scale + left, 0, width)) for x in (box.x0, box.x1))
    y0, y1 = (float(np.clip(y * crop.scale + top, 0, height)) for y in (box.y0, box.y1))
    return Box(x0, y0, x1, y1, box.score)


def _without_duplicates(boxes: list[Box], most: float = 0.5) -> list[Box]:
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


def overlap(a: Bounds, b: Bounds) -> float:
    """Intersection over union of two boxes."""
    wide = max(min(a[2], b[2]) - max(a[0], b[0]), 0)
    high = max(min(a[3], b[3]) - max(a[1], b[1]), 0)
    both = (a[2] - a[0]) * (a[3] - a[1]) + (b[2] - b[0]) * (b[3] - b[1]) - wide * high
    return wide * high / both if both > 0 else 0.0


def _probabilities(logits: NDArray[Any]) -> NDArray[np.float32]:
    """Softmax over the last axis."""
    raised = np.exp(logits - logits.max(-1, keepdims=True))
    return np.asarray(raised / raised.sum(-1, keepdims=True), np.float32)
