"""Finds figures in a picture and reads their joints with the pose network. Owns numpy and pixels, no tensors' insides.

Knows no other reader and makes no choice between readers. Convention: pictures (H, W, 3|4) uint8; boxes
(x0, y0, x1, y1) pixels of the picture, end exclusive; crops are squares of SIZE px, and beyond the picture they have
its edge's colour.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import cv2
import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from deployments.keypoints.decode import (
    Array,
    Bounds,
    Box,
    decode_boxes,
    decode_heat,
    joint_scores,
    probabilities,
    view_of,
    without_duplicates,
)
from deployments.keypoints.network import CELLS, JOINTS, KINDS, SIZE
from pose.figure import Kind, Reading
from pose.pose import Pose
from pose.skeleton import BIPED

Network = Callable[[Tensor], dict[str, Tensor]]

MARGIN = 1.25  # side of the first crop over the longest side of the box
LEANS = 25.0  # degrees from which a second look is also taken at the figure turned upright
TRUNK_SEEN = 0.15  # confidence of neck and hips from which the trunk's direction is believed
UPRIGHT = np.eye(2, dtype=np.float32)
SQRT2 = float(np.sqrt(2))
_MIRRORED = np.array(BIPED.mirrored)


@dataclass(frozen=True, eq=False)
class Crop:
    """A square of the picture seen by the network: picture pixel = corner (2,) + scale * turn (2, 2) @ crop pixel.

    Pixel centres at .5.
    """

    rgb: NDArray[np.uint8]
    corner: Array
    scale: float
    turn: Array

    def in_picture(self, points: Array) -> Array:
        """(..., 2) crop pixels as picture pixels."""
        return np.asarray(self.corner + self.scale * points @ self.turn.T, np.float32)


@dataclass(frozen=True, eq=False)
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
        return without_duplicates([box for box in found if box.x1 - box.x0 > 4 and box.y1 - box.y0 > 4])

    def read(self, picture: NDArray[np.uint8], box: Bounds, around_joints: bool = False) -> Reading:
        """Joints of the figure in a box: a first look, then a second one, mirrored too, at where the joints were.

        At a figure that leans or lies a third look is taken with the picture turned, so that it stands; the surer of
        the last two counts. A box that is known to lie around the joints needs no first look.
        """
        rgb = opaque(picture)
        height, width = rgb.shape[:2]
        refined = _grown(box) if around_joints else _refined(self._look(cut(rgb, box, MARGIN), flip=False), box)
        second = self._look(cut(rgb, refined, 1.0), flip=True)
        lean = _lean(second)
        if abs(lean) > LEANS:
            second = _surer(second, self._look(turned(rgb, second, refined, lean), flip=True))
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
        heat = probabilities(outputs["heat"].reshape(len(pictures), JOINTS, -1)).reshape(-1, JOINTS, CELLS, CELLS)
        verdict, kind, depth = probabilities(outputs["verdict"]), probabilities(outputs["kind"]), outputs["depth"]
        if flip:
            heat[1] = heat[1][_MIRRORED, :, ::-1]
            verdict[1], depth[1] = verdict[1][_MIRRORED], depth[1][_MIRRORED]
        points, confidence = decode_heat(heat.mean(0))
        return Glance(crop.in_picture(points), confidence, verdict.mean(0), kind.mean(0), depth.mean(0))

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


def turned(rgb: NDArray[np.uint8], glance: Glance, box: Bounds, degrees: float) -> Crop:
    """The square around a glance's joints (a box where it saw few) with the picture turned so that what leans by
    `degrees` stands upright."""
    cos, sin = np.cos(np.radians(degrees)), np.sin(np.radians(degrees))
    turn = np.array([[cos, -sin], [sin, cos]], np.float32)
    upright = replace(glance, points=glance.points @ turn)
    corners = np.array([(x, y) for x in box[::2] for y in box[1::2]], np.float32) @ turn
    x0, y0, x1, y1 = _refined(upright, (*corners.min(0).tolist(), *corners.max(0).tolist()))
    middle, half = turn @ np.array([x0 + x1, y0 + y1], np.float32) / 2, max(x1 - x0, y1 - y0) / 2
    wide = cut(
        rgb, (middle[0] - half, middle[1] - half, middle[0] + half, middle[1] + half), SQRT2, round(SQRT2 * SIZE)
    )
    shift = wide.rgb.shape[0] / 2 - turn @ np.array([SIZE / 2, SIZE / 2], np.float32)
    indices = np.column_stack([turn, shift + turn @ np.array([0.5, 0.5]) - 0.5])  # OpenCV's centres are whole numbers
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    stood = cv2.warpAffine(wide.rgb, indices, (SIZE, SIZE), flags=flags, borderValue=edge_colour(rgb))
    return Crop(np.asarray(stood, np.uint8), np.asarray(wide.corner + wide.scale * shift, np.float32), wide.scale, turn)


def cut(rgb: NDArray[np.uint8], box: Bounds, margin: float, size: int = SIZE) -> Crop:
    """The square around a box, `margin` times its longest side, at `size` px."""
    x0, y0, x1, y1 = box
    side = max(round(max(x1 - x0, y1 - y0) * margin), 8)
    left, top = round((x0 + x1 - side) / 2), round((y0 + y1 - side) / 2)
    height, width = rgb.shape[:2]
    corner = np.array([left, top], np.float32)
    columns = np.clip((left, left + side), 0, width)
    rows = np.clip((top, top + side), 0, height)
    if rows[0] >= rows[1] or columns[0] >= columns[1]:
        return Crop(np.full((size, size, 3), 255, np.uint8), corner, side / size, UPRIGHT)
    inner = rgb[rows[0] : rows[1], columns[0] : columns[1]]
    above, below = int(rows[0] - top), int(top + side - rows[1])
    before, after = int(columns[0] - left), int(left + side - columns[1])
    padded = cv2.copyMakeBorder(
        np.ascontiguousarray(inner), above, below, before, after, cv2.BORDER_CONSTANT, value=edge_colour(rgb)
    )
    smaller = cv2.INTER_AREA if side > size else cv2.INTER_LINEAR
    return Crop(np.asarray(cv2.resize(padded, (size, size), interpolation=smaller)), corner, side / size, UPRIGHT)


def edge_colour(rgb: NDArray[np.uint8]) -> tuple[int, int, int]:
    """The median colour along the picture's border: what crops show beyond it (a repeated edge would lengthen limbs
    that touch it)."""
    edges = np.concatenate((rgb[0], rgb[-1], rgb[:, 0], rgb[:, -1]))
    red, green, blue = np.median(edges, axis=0).astype(int)
    return int(red), int(green), int(blue)


def _refined(glance: Glance, box: Bounds) -> Bounds:
    """Bounds of the second crop: the joints that seem present with a margin; the first box's crop where few are."""
    present = glance.verdict[:, 0] < 0.5
    if present.sum() < 5:
        return _grown(box)
    low, high = glance.points[present].min(0), glance.points[present].max(0)
    margin = 0.22 * max(float((high - low).max()), 8.0)
    (x0, y0), (x1, y1) = low - margin, high + margin
    return float(x0), float(y0), float(x1), float(y1)


def _grown(box: Bounds) -> Bounds:
    """The box with the margin of the first crop."""
    x0, y0, x1, y1 = box
    margin = (MARGIN - 1) / 2 * max(x1 - x0, y1 - y0)
    return x0 - margin, y0 - margin, x1 + margin, y1 + margin


def _lean(glance: Glance) -> float:
    """Degrees, clockwise, by which the trunk is away from upright; 0 where it was not seen well."""
    neck, *hips = (BIPED.index[name] for name in ("neck", "r_hip", "l_hip"))
    if glance.confidence[[neck, *hips]].min() < TRUNK_SEEN:
        return 0.0
    x, y = glance.points[neck] - glance.points[hips].mean(0)
    return float(np.degrees(np.arctan2(x, -y)))


def _surer(one: Glance, other: Glance) -> Glance:
    """Of two glances the one that is surer, in the mean over the core joints that either takes for present."""
    present = (np.minimum(one.verdict[:, 0], other.verdict[:, 0]) < 0.5)[: BIPED.core]
    sure, surer = (glance.confidence[: BIPED.core][present].sum() for glance in (one, other))
    return other if surer > sure else one


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
    corners = crop.in_picture(np.array(box.bounds, np.float32).reshape(2, 2)).clip(0, (width, height))
    (x0, y0), (x1, y1) = corners.tolist()
    return Box(x0, y0, x1, y1, box.score)
