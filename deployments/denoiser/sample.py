"""What the network sees of one figure: numpy arrays in, a batch of tensors out. Knows pixels, not weights.

A Sample is the same thing in training and in serving, so its pictures are uint8: premultiplied RGBA. A Frame tells
which rectangle of a canvas a sample shows, and at which scale.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from deployments.denoiser.network import CHANNELS, SOURCE_SIZE, STRIDE
from pose.figure import PARTS, Figure
from pose.pose import Pose

COMPLETE, REPAIR = 0, 1
PLANES = ("copied", "skinned", "filled", "trust", "hole", "invented")
"""The fields of a Sample that have its size."""
Array = NDArray[Any]


@dataclass(frozen=True, eq=False)
class Sample:
    """copied, skinned, filled (h, w, 4) uint8 premultiplied; trust (h, w) uint8; hole, invented (h, w) bool.

    points (J, 3) x, y, score in pixels of the sample; height: the figure's, in pixels at the sample's scale; source
    (128, 128, 4) uint8 premultiplied with source_points (J, 3) in its pixels; task COMPLETE or REPAIR; part: PARTS row.
    """

    copied: Array
    skinned: Array
    filled: Array
    trust: Array
    hole: Array
    invented: Array
    points: Array
    height: float
    source: Array
    source_points: Array
    task: int = REPAIR
    part: int = 0


@dataclass(frozen=True)
class Frame:
    """box: rectangle of the canvas (it may reach beyond); scale: sample pixels a canvas pixel; size (h, w) of a sample.

    A sample is the scaled box, padded at the right and at the bottom up to `size`.
    """

    box: tuple[int, int, int, int]
    scale: float
    size: tuple[int, int]

    @property
    def inner(self) -> tuple[int, int]:
        """(h, w) of the scaled box inside the sample."""
        x0, y0, x1, y1 = self.box
        return max(round((y1 - y0) * self.scale), 1), max(round((x1 - x0) * self.scale), 1)

    def cut(self, picture: Array) -> Array:
        """(H, W[, C]) uint8 or float32 canvas -> the sample, zero beyond canvas and box."""
        return self._scaled(self._window(picture))

    def cut_premultiplied(self, rgba: Array) -> Array:
        """(H, W, 4) uint8 straight -> the sample, premultiplied."""
        return self._scaled(premultiplied(self._window(rgba)))

    def cut_mask(self, mask: Array) -> Array:
        """(H, W) bool -> bool; a sample pixel is on where a quarter of it is."""
        return self.cut(mask.astype(np.uint8) * 255) >= 64

    def pose(self, pose: Pose) -> Pose:
        """A pose on the canvas -> the same on the sample."""
        height, width = self.size
        corner = (-self.box[0] * self.scale, -self.box[1] * self.scale)
        return pose.scaled(self.scale).moved(corner, width, height)

    def paste(self, sample: Array, canvas: tuple[int, int]) -> Array:
        """The inverse of `cut`: (h, w[, C]) float32 -> (H, W[, C]) float32, zero beyond the box."""
        h, w = self.inner
        x0, y0, x1, y1 = self.box
        shrinking = cv2.INTER_AREA if self.scale > 1 else cv2.INTER_LINEAR
        part = cv2.resize(sample[:h, :w], (x1 - x0, y1 - y0), interpolation=shrinking)
        out = np.zeros((*canvas, *sample.shape[2:]), np.float32)
        left, top, right, bottom = max(x0, 0), max(y0, 0), min(x1, canvas[1]), min(y1, canvas[0])
        out[top:bottom, left:right] = part[top - y0 : bottom - y0, left - x0 : right - x0]
        return out

    def place(self, pose: Pose) -> Array:
        """(J, 3) x, y, score of a pose on the canvas, in sample pixels."""
        points = (pose.points - np.array(self.box[:2], np.float32)) * np.float32(self.scale)
        return np.concatenate([np.where(pose.present[:, None], points, 0), pose.scores[:, None]], 1).astype(np.float32)

    def _window(self, picture: Array) -> Array:
        x0, y0, x1, y1 = self.box
        height, width = picture.shape[:2]
        part = picture[max(y0, 0) : max(y1, 0), max(x0, 0) : max(x1, 0)]
        margins = (max(-y0, 0), max(y1 - height, 0), max(-x0, 0), max(x1 - width, 0))
        return np.asarray(cv2.copyMakeBorder(part, *margins, cv2.BORDER_CONSTANT, value=0))

    def _scaled(self, part: Array) -> Array:
        h, w = self.inner
        if part.shape[:2] != (h, w):
            part = cv2.resize(part, (w, h), interpolation=cv2.INTER_AREA if self.scale < 1 else cv2.INTER_LINEAR)
        below, right = self.size[0] - h, self.size[1] - w
        return np.asarray(cv2.copyMakeBorder(part, 0, below, 0, right, cv2.BORDER_CONSTANT, value=0))


def frame_of(box: tuple[int, int, int, int], margin: int, scale: float, multiple: int = STRIDE) -> Frame:
    """The box grown by `margin` canvas pixels, at `scale`, padded to multiples of `multiple` sample pixels."""
    x0, y0, x1, y1 = box[0] - margin, box[1] - margin, box[2] + margin, box[3] + margin
    bare = Frame((x0, y0, x1, y1), scale, (0, 0))
    h, w = (-(-side // multiple) * multiple for side in bare.inner)
    return Frame(bare.box, scale, (h, w))


def bounds(mask: Array) -> tuple[int, int, int, int] | None:
    """The box of a mask's true pixels, None where there are none."""
    rows, columns = np.flatnonzero(mask.any(1)), np.flatnonzero(mask.any(0))
    if not len(rows):
        return None
    return int(columns[0]), int(rows[0]), int(columns[-1]) + 1, int(rows[-1]) + 1


def figure_height(figure: Figure) -> float:
    """Height in source pixels of what the matte shows, 1 at least."""
    box = bounds(figure.image[..., 3] > 127)
    return float(box[3] - box[1]) if box else 1.0


def source_view(figure: Figure, size: int = SOURCE_SIZE) -> tuple[Array, Array]:
    """The whole figure in a square of `size` pixels: (S, S, 4) uint8 premultiplied, and its joints (J, 3) there."""
    box = bounds(figure.image[..., 3] > 127) or (0, 0, figure.image.shape[1], figure.image.shape[0])
    side = max(box[2] - box[0], box[3] - box[1])
    x0, y0 = (box[0] + box[2] - side) // 2, (box[1] + box[3] - side) // 2
    frame = Frame((x0, y0, x0 + side, y0 + side), size / side, (size, size))
    return frame.cut_premultiplied(figure.image), frame.place(figure.pose)


def premultiplied(rgba: Array) -> Array:
    """(H, W, 4) uint8 straight -> uint8 premultiplied."""
    alpha = rgba[..., 3:].astype(np.uint16)
    return np.concatenate([((rgba[..., :3] * alpha + 127) // 255).astype(np.uint8), rgba[..., 3:]], -1)


def straight(premultiplied_rgba: Array) -> Array:
    """(H, W, 4) float32 premultiplied in 0..1 -> uint8 straight."""
    alpha = np.clip(premultiplied_rgba[..., 3:], 0, 1)
    rgb = np.clip(premultiplied_rgba[..., :3], 0, alpha) / np.maximum(alpha, 1e-4)
    return np.asarray(np.round(np.concatenate([rgb, alpha], -1) * 255), np.uint8)


def stack(samples: Sequence[Sample]) -> tuple[Tensor, Tensor, Tensor, Tensor, Tensor]:
    """Samples of one size -> the network's inputs at t = 0: maps, points, condition, source, source_points."""
    maps = np.empty((len(samples), CHANNELS, *samples[0].trust.shape), np.float32)
    for sample, row in zip(samples, maps, strict=True):
        _write_maps(sample, row)
    condition = np.stack([_condition(sample) for sample in samples])
    source = np.stack([sample.source for sample in samples]).astype(np.float32) / 255
    return (
        torch.from_numpy(maps),
        torch.from_numpy(np.stack([sample.points for sample in samples])),
        torch.from_numpy(condition),
        torch.from_numpy(source.transpose(0, 3, 1, 2)),
        torch.from_numpy(np.stack([sample.source_points for sample in samples])),
    )


def at_time(maps: Tensor, condition: Tensor, state: Tensor, t: Tensor) -> tuple[Tensor, Tensor]:
    """The maps and condition with the bridge's state (B, 4, H, W) and times t (B,) written in."""
    times = torch.stack([t, 1 - t], 1)
    return torch.cat([state, maps[:, 4:]], 1), torch.cat([times, condition[:, 2:]], 1)


def _write_maps(sample: Sample, maps: Array) -> None:
    """Into (CHANNELS, h, w) float32, whose planes a step can take apart and put together without striding."""
    for place, picture in enumerate((sample.filled, sample.copied, sample.skinned, sample.filled)):
        maps[4 * place : 4 * place + 4] = picture.transpose(2, 0, 1)
    maps[-3], maps[-2], maps[-1] = sample.trust, sample.hole * np.uint8(255), sample.invented * np.uint8(255)
    maps /= 255


def _condition(sample: Sample) -> Array:
    task, part = np.eye(2)[sample.task], np.eye(len(PARTS))[sample.part]
    return np.array([0, 1, *task, *part, np.log2(max(sample.height, 1) / 256)], np.float32)
