"""Cuts one training pair out of a figure, its warp and the truth: a sample as serving has it, and what it should be.

Knows the denoiser's samples and their sizes; neither the figure world nor the choice of what is cut.
"""

from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from deployments.denoiser.complete import layer_sample, write
from deployments.denoiser.lock import band, seeds
from deployments.denoiser.repair import sample_at
from deployments.denoiser.sample import Frame, Sample, bounds, figure_height, premultiplied, source_view
from pose.figure import PARTS, Figure, Layer, Warp
from training.shards import Pair

REPAIR_SIZE, COMPLETE_SIZE = 256, 128
Array = NDArray[Any]


def truly_completed(figure: Figure, true_layers: Array) -> Figure:
    """The figure with the true content (P, S, S, 4) of each part's layer written where it was missing."""
    layers = tuple(replace(layer, rgba=write(layer, _true_layer(layer, true_layers))) for layer in figure.layers)
    return replace(figure, layers=layers, completed=True)


def repair_pair(figure: Figure, warp: Warp, truth: Array, size: int, rng: np.random.Generator) -> Pair | None:
    """A warp and the true picture (S, S, 4) uint8 straight on the same canvas, as (size, size) of both.

    Cropped to the union of the two, shrunk to fit; None where either shows nothing.
    """
    box = bounds((warp.rgba[..., 3] > 0) | warp.hole | (truth[..., 3] > 0))
    if box is None or not (truth[..., 3] > 0).any():
        return None
    frame = union_frame(box, size)
    return sample_at(figure, warp, frame), frame.cut_premultiplied(truth)


def union_frame(box: tuple[int, int, int, int], size: int) -> Frame:
    """The smallest square frame of `size` sample pixels around a box with a margin; never enlarged."""
    side = round(max(box[2] - box[0], box[3] - box[1]) * 1.06) + 2
    side = max(side, size)
    x0, y0 = (box[0] + box[2] - side) // 2, (box[1] + box[3] - side) // 2
    return Frame((x0, y0, x0 + side, y0 + side), size / side, (size, size))


def window_pair(figure: Figure, warp: Warp, truth: Array, size: int, rng: np.random.Generator) -> Pair | None:
    """A (size, size) window of a large warp at full scale, around a place that needs repair."""
    need = band(seeds(warp.trust, warp.rgba[..., 3] / np.float32(255), warp.hole), figure_height(figure))
    rows, columns = np.nonzero(need > 0)
    if not len(rows):
        return None
    pick = int(rng.integers(len(rows)))
    x0 = int(columns[pick]) - int(rng.integers(size // 4, 3 * size // 4))
    y0 = int(rows[pick]) - int(rng.integers(size // 4, 3 * size // 4))
    frame = Frame((x0, y0, x0 + size, y0 + size), 1.0, (size, size))
    return sample_at(figure, warp, frame), frame.cut_premultiplied(truth)


def complete_pairs(figure: Figure, true_layers: Array, rng: np.random.Generator, most: int = 2) -> list[Pair]:
    """Layers with something missing and their true content, as windows of COMPLETE_SIZE."""
    view = source_view(figure)
    jobs = [(layer, layer_sample(figure, layer, view)) for layer in figure.layers if layer.missing.sum() > 30]
    pairs = []
    for row in rng.permutation(len(jobs))[:most]:
        layer, job = jobs[row]
        if job is not None:
            frame, sample = job
            truth = frame.cut_premultiplied(_cropped(_true_of(layer, true_layers), layer.box))
            pairs.append(_window(sample, truth, COMPLETE_SIZE, rng))
    return pairs


def _window(sample: Sample, truth: Array, size: int, rng: np.random.Generator) -> Pair:
    """A (size, size) window of a sample that holds a missing pixel, padded where the sample is smaller."""
    rows, columns = np.nonzero(sample.hole)
    pick = int(rng.integers(len(rows))) if len(rows) else 0
    centre = (int(rows[pick]), int(columns[pick])) if len(rows) else (0, 0)
    y0, x0 = (
        int(np.clip(at - rng.integers(size // 4, 3 * size // 4), 0, max(full - size, 0)))
        for at, full in zip(centre, sample.hole.shape, strict=True)
    )
    frame = Frame((x0, y0, x0 + size, y0 + size), 1.0, (size, size))
    moved = sample.points - np.array([x0, y0, 0], np.float32) * (sample.points[:, 2:] > 0)
    pictures: dict[str, Any] = {
        name: frame.cut(getattr(sample, name)) for name in ("copied", "skinned", "filled", "trust")
    }
    masks: dict[str, Any] = {name: frame.cut_mask(getattr(sample, name)) for name in ("hole", "invented")}
    return replace(sample, **pictures, **masks, points=moved.astype(np.float32)), frame.cut(truth)


def _true_of(layer: Layer, true_layers: Array) -> Array:
    return np.asarray(true_layers[PARTS.index(layer.part) - 1])


def _true_layer(layer: Layer, true_layers: Array) -> Array:
    return premultiplied(_cropped(_true_of(layer, true_layers), layer.box)).astype(np.float32) / 255


def _cropped(picture: Array, box: tuple[int, int, int, int]) -> Array:
    return picture[box[1] : box[3], box[0] : box[2]]
