"""Completes a figure: every layer under what hides it, in the source's own pose, once. Knows layers, not targets.

Written only inside `missing`; known texels stay byte for byte. Layers work at a scale at which the figure is at most
SIZE high; the completion is enlarged from there.
"""

from dataclasses import replace
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from deployments.denoiser.lock import crisp
from deployments.denoiser.pushpull import fill
from deployments.denoiser.run import Restore
from deployments.denoiser.sample import (
    COMPLETE,
    Frame,
    Sample,
    bounds,
    figure_height,
    frame_of,
    source_view,
    straight,
)
from pose.figure import PART_INDEX, Figure, Layer

SIZE = 256
MARGIN = 0.08
MULTIPLE = 64
CRISP = (0.6, 0.9)
CALM = 2.0
OPAQUE = 0.5  # alpha from which a texel lends its colour to what is completed; half of the most where none is so


def complete_figure(figure: Figure, restore: Restore | None, seed: int) -> Figure:
    """The figure with every layer's `missing` region filled, its alpha there predicted too.

    Without `restore`, by push-pull. The same figure and seed give the same texels.
    """
    filled = dict(_completions(figure, restore, seed))
    layers = tuple(
        layer if row not in filled else replace(layer, rgba=write(layer, filled[row]))
        for row, layer in enumerate(figure.layers)
    )
    return replace(figure, layers=layers, completed=True)


def layer_sample(figure: Figure, layer: Layer, view: tuple[NDArray[Any], NDArray[Any]]) -> tuple[Frame, Sample] | None:
    """What the network sees of a layer with its surroundings; None where nothing is missing. Frame: in the layer's box.

    `skinned` shows the figure as it is (what hides the layer). `view`: the figure's `source_view`.
    """
    box = bounds(layer.missing)
    if box is None:
        return None
    height = figure_height(figure)
    scale = min(1.0, SIZE / height)
    frame = frame_of(box, max(round(MARGIN * height), 4), scale, MULTIPLE)
    copied = frame.cut_premultiplied(np.where(layer.known[..., None], layer.rgba, 0).astype(np.uint8))
    missing = frame.cut_mask(layer.missing)
    x, y = layer.box[:2]
    figure_frame = Frame(_shifted(frame.box, x, y), scale, frame.size)
    source, source_points = view
    sample = Sample(
        copied=copied,
        skinned=figure_frame.cut_premultiplied(figure.image),
        filled=filled_by_pushpull(copied, missing),
        trust=np.where(missing, 0, 255).astype(np.uint8),
        hole=missing,
        invented=missing,
        points=figure_frame.place(figure.pose),
        height=height * scale,
        source=source,
        source_points=source_points,
        task=COMPLETE,
        part=PART_INDEX[layer.part],
    )
    return frame, sample


def filled_by_pushpull(premultiplied_rgba: NDArray[np.uint8], unknown: NDArray[np.bool_]) -> NDArray[np.uint8]:
    """(h, w, 4) uint8 premultiplied, (h, w) bool -> the same, filled from around."""
    filled = fill(premultiplied_rgba.astype(np.float32), unknown)
    return np.clip(np.round(filled), 0, 255).astype(np.uint8)


def coloured(sample: Sample, answer: NDArray[Any]) -> NDArray[np.float32]:
    """The network's shape in the layer's own colours: where the layer reaches is predicted, what it shows is carried
    over from its most opaque texels (push-pull), however far. answer: (h, w, 4) premultiplied in 0..1, as the result.
    """
    copied = sample.copied.astype(np.float32) / 255
    alpha = copied[..., 3:]
    reach = cv2.GaussianBlur(np.ascontiguousarray(answer[..., 3], np.float32), (0, 0), CALM)
    lending = alpha[..., 0] >= max(min(OPAQUE, 0.5 * float(alpha.max())), 1 / 255)
    own = fill(copied[..., :3] / np.maximum(alpha, 1 / 255), ~lending) if lending.any() else answer[..., :3]
    return np.asarray(np.dstack([own, np.ones_like(reach)]) * reach[..., None], np.float32)


def write(layer: Layer, filled: NDArray[Any]) -> NDArray[np.uint8]:
    """(h, w, 4) float32 premultiplied in 0..1 -> the layer's rgba with `missing`, and nothing else, replaced."""
    inside = (layer.missing & ~layer.known)[..., None]
    return np.where(inside, straight(filled), layer.rgba).astype(np.uint8)


def _completions(figure: Figure, restore: Restore | None, seed: int) -> list[tuple[int, NDArray[Any]]]:
    view = source_view(figure)
    found = [(row, layer_sample(figure, layer, view)) for row, layer in enumerate(figure.layers)]
    jobs = [(row, *job) for row, job in found if job is not None]
    samples = [sample for _, _, sample in jobs]
    if restore is None:
        pictures = [(sample.filled / np.float32(255)).astype(np.float32) for sample in samples]
    else:
        pictures = [coloured(*pair) for pair in zip(samples, restore(samples, 1, seed), strict=True)]
    return [
        (row, frame.paste(crisp(picture, CRISP), figure.layers[row].missing.shape))
        for (row, frame, _), picture in zip(jobs, pictures, strict=True)
    ]


def _shifted(box: tuple[int, int, int, int], x: int, y: int) -> tuple[int, int, int, int]:
    return box[0] + x, box[1] + y, box[2] + x, box[3] + y
