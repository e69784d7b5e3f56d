"""What the parse network sees in a window: matte, parts and materials as arrays of the window's size.

Knows the network's crop (a square of 256 px, padded with the border's colour) and nothing of what is made of it.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
import torch
from numpy.typing import NDArray
from torch.nn import functional

from deployments.garments.anatomy import area, around, box_of
from deployments.garments.crop import Window
from deployments.garments.maps import pose_maps
from deployments.garments.network import SIZE
from pose.figure import Reading


@dataclass(frozen=True)
class Sight:
    """matte (h, w) float32 0..1; parts (10, h, w) and materials (7, h, w) float32 log-probabilities."""

    matte: NDArray[np.float32]
    parts: NDArray[np.float32]
    materials: NDArray[np.float32]


def look(small: NDArray[np.uint8], window: Window, reading: Reading, network: Callable[..., Any]) -> Sight:
    """small (h, w, 3) uint8: the window's pixels. Runs the network once on the window fitted into a square."""
    height, width = small.shape[:2]
    scale = SIZE / max(height, width)
    inner = (max(1, round(width * scale)), max(1, round(height * scale)))
    left, top = (SIZE - inner[0]) // 2, (SIZE - inner[1]) // 2
    pads = (top, SIZE - inner[1] - top, left, SIZE - inner[0] - left)
    method = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
    square = cv2.copyMakeBorder(cv2.resize(small, inner, interpolation=method), *pads, cv2.BORDER_REPLICATE)
    pose = window.pose(reading.pose)
    points = pose.points * np.float32(scale) + np.array([left, top], np.float32)
    prior = None
    if reading.mask is not None:
        person = cv2.resize(window.take(reading.mask), inner, interpolation=cv2.INTER_AREA)
        prior = np.asarray(cv2.copyMakeBorder(person, *pads, cv2.BORDER_REPLICATE), np.uint8)
    maps = torch.from_numpy(pose_maps(points, pose.scores, SIZE, prior))[None]
    rgb = torch.from_numpy(square.astype(np.float32) / 255).permute(2, 0, 1)[None]
    answer = network(rgb, maps)
    cut = np.s_[top : top + inner[1], left : left + inner[0]]
    matte = torch.sigmoid(answer["matte"].float())[0, 0].numpy()[cut]
    parts, materials = (_log_probabilities(answer[key])[:, *cut] for key in ("parts", "materials"))
    return Sight(_fit(matte, width, height), _fit_all(parts, width, height), _fit_all(materials, width, height))


def tempered(sight: Sight, inside: NDArray[np.bool_]) -> NDArray[np.float32]:
    """(10, h, w) the parts' log-probabilities in the figure's box, flattened where the network's matte is far from
    the figure `inside`.

    A network that does not see where the figure is does not know its parts either: from an overlap (IoU) of 0.6 down
    it says nothing, from 0.9 up all.
    """
    seen = sight.matte > 0.5
    overlap = float(area(seen & inside) / max(1, area(seen | inside)))
    weight = np.float32(np.clip((overlap - 0.6) / 0.3, 0, 1))
    scores = weight * sight.parts[:, *around(box_of(inside))]
    scores -= scores.max(0)
    result = np.zeros_like(sight.parts)
    result[:, *around(box_of(inside))] = scores - np.log(np.exp(scores).sum(0))
    return result


def _log_probabilities(logits: torch.Tensor) -> NDArray[np.float32]:
    """(1, rows, S/2, S/2) logits -> (rows, S, S)."""
    large = functional.interpolate(logits.float(), size=(SIZE, SIZE), mode="bilinear")
    return np.asarray(torch.log_softmax(large, 1)[0].numpy())


def _fit(plane: NDArray[np.float32], width: int, height: int) -> NDArray[np.float32]:
    return np.asarray(cv2.resize(plane, (width, height), interpolation=cv2.INTER_LINEAR), np.float32)


def _fit_all(planes: NDArray[np.float32], width: int, height: int) -> NDArray[np.float32]:
    return np.stack([_fit(np.ascontiguousarray(plane), width, height) for plane in planes])
