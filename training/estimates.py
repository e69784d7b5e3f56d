"""Drawn characters as numpy, and the figures that serving would have of them: perfect, with mistakes, or parsed.

Knows the figure world, `cut_layers` and the serving parser; no pairs and no losses.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from deployments.denoiser.sample import bounds
from deployments.garments.layers import cut_layers
from deployments.garments.parse import parse_figure
from pose.figure import Figure, Reading
from pose.pose import Pose
from training import mistakes
from training.augment import background, over
from training.world.figures import FigureBatch

SHAKEN = 0.015  # of the figure's height, at most
Array = NDArray[Any]


@dataclass(frozen=True, eq=False)
class Drawn:
    """One character of a batch as numpy: pictures (K, S, S, 4) uint8 straight, rgb (K, S, S, 3); layers
    (1, P, S, S, 4) of the first pose, where drawn."""

    clean: Array
    rgb: Array
    parts: Array
    materials: Array
    layers: Any
    poses: tuple[Pose, ...]
    family: str


def characters(batch: FigureBatch) -> Iterator[Drawn]:
    """The batch's characters, one by one, as numpy."""
    size = batch.clean.shape[-1]
    for row in range(batch.clean.shape[0]):
        joints, state, depth = (part[row].numpy() for part in (batch.joints, batch.state, batch.joint_depth))
        scores = np.where(state == 2, 1.0, np.where(state == 1, 0.5, 0.0)).astype(np.float32)
        yield Drawn(
            clean=_bytes(batch.clean[row].permute(0, 2, 3, 1)),
            rgb=_bytes(batch.rgb[row].permute(0, 2, 3, 1)),
            parts=batch.parts[row].numpy(),
            materials=batch.materials[row].numpy(),
            layers=None if batch.layers is None else _bytes(batch.layers[row, :1].permute(0, 1, 3, 4, 2)),
            poses=tuple(Pose(j, s, size, size, depth=d) for j, s, d in zip(joints, scores, depth, strict=True)),
            family=batch.family[row],
        )


def true_figure(drawn: Drawn, k: int) -> Figure:
    """The character in its k-th pose as a perfectly parsed figure."""
    image = drawn.clean[k]
    layers = cut_layers(image, drawn.poses[k], drawn.parts[k])
    return Figure(image, drawn.poses[k], drawn.parts[k], drawn.materials[k], layers)


def mistaken_figure(drawn: Drawn, k: int, targets: list[Pose], rng: np.random.Generator) -> tuple[Figure, list[Pose]]:
    """The same, as a parser might have it, and the target poses with the matching errors in their joints."""
    image, parts, poses = drawn.clean[k], drawn.parts[k], [drawn.poses[k], *targets]
    if rng.random() < 0.2:
        image = mistakes.leaked(image, drawn.rgb[k], rng)
    if rng.random() < 0.35:
        box = bounds(image[..., 3] > 127) or (0, 0, 1, 1)
        poses = mistakes.shaken(poses, box[3] - box[1], float(rng.uniform(0, SHAKEN)), rng)
    if rng.random() < 0.3:
        parts = mistakes.mislabelled(parts, poses[0], rng)
    figure = Figure(image, poses[0], parts, drawn.materials[k], cut_layers(image, poses[0], parts))
    return figure, poses[1:]


def parsed_figure(
    drawn: Drawn, k: int, targets: list[Pose], parser: Any, rng: np.random.Generator
) -> tuple[Figure, list[Pose]]:
    """The same, as the serving parser has it, off a background of its own, from joints that err a little.

    Raises NoFigure where the parser finds nothing.
    """
    image = drawn.clean[k]
    box = bounds(image[..., 3] > 127) or (0, 0, 1, 1)
    poses = mistakes.shaken([drawn.poses[k], *targets], box[3] - box[1], float(rng.uniform(0, SHAKEN)), rng)
    picture = over(image, background(image.shape[0], rng))
    reading = Reading(poses[0], "character", "user", 1.0, tuple(float(v) for v in box))  # type: ignore[arg-type]
    return parse_figure(picture, reading, None, parser), poses[1:]


def _bytes(tensor: torch.Tensor) -> Array:
    return np.asarray((tensor.clamp(0, 1) * 255).round().byte().numpy())
