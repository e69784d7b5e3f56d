"""Varies training pairs as they are drawn from the shards: windowed, mirrored, recoloured. Knows samples only."""

from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from deployments.denoiser.sample import Sample
from pose.figure import PARTS
from pose.skeleton import BIPED

Array = NDArray[Any]
_ROWS = np.array(BIPED.mirrored)
_PARTNER = {"r_arm": "l_arm", "l_arm": "r_arm", "r_leg": "l_leg", "l_leg": "r_leg"}
_PARTS = [PARTS.index(_PARTNER.get(name, name)) for name in PARTS]
_PICTURES = ("copied", "skinned", "filled", "source")
_PLANES = (*_PICTURES, "trust", "hole", "invented")


def disguised(sample: Sample, truth: Array, rng: np.random.Generator) -> tuple[Sample, Array]:
    """A pair mirrored half of the time, its colours permuted, inverted or scaled; the truth follows."""
    if rng.random() < 0.5:
        sample, truth = mirrored(sample), truth[:, ::-1]
    table, order = _tables(rng), rng.permutation(3)
    pictures: dict[str, Any] = {
        name: _recoloured(getattr(sample, name), table, order) for name in (*_PICTURES, "source")
    }
    return replace(sample, **pictures), _recoloured(truth, table, order)


def windowed(sample: Sample, truth: Array, size: int, rng: np.random.Generator) -> tuple[Sample, Array]:
    """A random (size, size) window of a pair that holds a pixel which is not trusted, where there is one."""
    rows, columns = np.nonzero(sample.hole | ((sample.trust < 128) & (sample.copied[..., 3] > 8)))
    pick = int(rng.integers(len(rows))) if len(rows) else 0
    centre = (rows[pick], columns[pick]) if len(rows) else (size // 2, size // 2)
    y, x = (
        int(np.clip(at - rng.integers(size // 5, 4 * size // 5), 0, full - size))
        for at, full in zip(centre, sample.hole.shape, strict=True)
    )
    cut = np.s_[y : y + size, x : x + size]
    planes: dict[str, Any] = {name: getattr(sample, name)[cut] for name in _PLANES if name != "source"}
    points = (sample.points - np.array([x, y, 0], np.float32) * (sample.points[:, 2:] > 0)).astype(np.float32)
    return replace(sample, **planes, points=points), truth[cut]


def mirrored(sample: Sample) -> Sample:
    """The sample reflected left to right; right and left joints and parts change places."""
    planes: dict[str, Any] = {
        name: getattr(sample, name)[:, ::-1] for name in (*_PICTURES, "source", "trust", "hole", "invented")
    }
    return replace(
        sample,
        **planes,
        points=_reflected(sample.points, sample.copied.shape[1]),
        source_points=_reflected(sample.source_points, sample.source.shape[1]),
        part=_PARTS[sample.part],
    )


def _reflected(points: Array, width: int) -> Array:
    there = points[:, 2:] > 0
    flipped = np.where(there, points * [-1, 1, 1] + [width, 0, 0], points).astype(np.float32)
    return np.asarray(flipped[_ROWS])


def _tables(rng: np.random.Generator) -> Array:
    """(3, 2): a gain for each channel, and whether it is inverted."""
    gain = rng.uniform(0.75, 1.0, 3)
    return np.stack([gain, np.full(3, rng.random() < 0.15)], 1)


def _recoloured(picture: Array, table: Array, order: Array) -> Array:
    """Premultiplied colours: channel c becomes gain * c, or gain * (alpha - c) where inverted."""
    rgb = picture[..., order].astype(np.float32)
    if table[0, 1]:
        rgb = picture[..., 3:].astype(np.float32) - rgb
    rgb = rgb * table[:, 0].astype(np.float32)
    return np.concatenate([np.round(rgb).astype(np.uint8), picture[..., 3:]], -1)
