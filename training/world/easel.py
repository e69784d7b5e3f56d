"""An easel: strokes, splines and blobs painted with OpenCV at twice the picture's size. Knows no figures.

Convention: positions and widths in picture pixels, x right, y down, pixel centres at .5. The paint is (n, n, 4) uint8,
premultiplied; where two strokes overlap, the later one replaces the earlier.
"""

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

Points = NDArray[np.float64]
Picture = NDArray[np.uint8]
Field = NDArray[np.float32]
Ink = tuple[int, int, int]
Rng = np.random.Generator
SCALE = 2
_BITS = 4
_WAVES = np.array((1.0, 2.0, 4.0))


class Easel:
    """A transparent layer of `size` pixels."""

    def __init__(self, size: int) -> None:
        self.size = size
        self.paint = np.zeros((size * SCALE, size * SCALE, 4), np.uint8)

    def line(self, points: Points, width: float, ink: Ink, closed: bool = False) -> None:
        """A polyline with round ends; thinner than a pixel it grows faint."""
        thick = width * SCALE
        strength = min(max(thick, 0.25), 1.0)
        cv2.polylines(
            self.paint, [fixed(points)], closed, _opaque(ink, strength), max(round(thick), 1), cv2.LINE_AA, _BITS
        )

    def ribbon(self, points: Points, widths: Points, ink: Ink) -> None:
        """A stroke whose width varies along it, with square ends."""
        self.blob(outline(points, widths), ink)

    def blob(self, points: Points, ink: Ink) -> None:
        cv2.fillPoly(self.paint, [fixed(points)], _opaque(ink), cv2.LINE_AA, _BITS)

    def clear(self, points: Points) -> None:
        """Takes the paint away inside a polygon."""
        cv2.fillPoly(self.paint, [fixed(points)], (0, 0, 0, 0), cv2.LINE_AA, _BITS)

    def disc(self, at: Points, radius: float, ink: Ink) -> None:
        centre = fixed(at[None])[0]
        cv2.circle(
            self.paint, (int(centre[0]), int(centre[1])), round(radius * SCALE * 16), _opaque(ink), -1, cv2.LINE_AA,
            _BITS,
        )  # fmt: skip

    def over(self, ground: Picture, texture: Field | None = None) -> Picture:
        """The paint on a ground (size, size, 3); texture (size, size) in 0..1 thins it."""
        small = cv2.resize(self.paint, (self.size, self.size), interpolation=cv2.INTER_AREA)
        left, top, wide, high = cv2.boundingRect(small[..., 3])
        window = slice(top, top + high), slice(left, left + wide)
        picture = ground.copy()
        if wide:
            paint = small[window].astype(np.float32)
            if texture is not None:
                paint *= texture[window][..., None]
            picture[window] = np.minimum(ground[window] * (1 - paint[..., 3:] / 255) + paint[..., :3], 255)
        return picture


def fixed(points: Points) -> NDArray[np.int32]:
    """Picture positions as OpenCV's fixed-point positions on the easel."""
    return np.rint((np.asarray(points) * SCALE - 0.5) * (1 << _BITS)).astype(np.int32)


def spline(points: Points, steps: int = 8) -> Points:
    """A Catmull-Rom curve through the points."""
    ends = np.concatenate((2 * points[:1] - points[1:2], points, 2 * points[-1:] - points[-2:-1]))
    t = (np.arange(steps) / steps)[:, None]
    pieces = [
        0.5 * (2 * b + (c - a) * t + (2 * a - 5 * b + 4 * c - d) * t**2 + (3 * b - a - 3 * c + d) * t**3)
        for a, b, c, d in zip(ends, ends[1:], ends[2:], ends[3:], strict=False)
    ]
    return np.concatenate((*pieces, points[-1:]))


def shaky(points: Points, amount: float, rng: Rng, step: float = 6.0) -> Points:
    """The polyline with a hand's slow tremor of `amount` pixels."""
    line = resampled(points, step)
    numbers = rng.random((3, 2, 3))
    turn = np.arange(len(line))[:, None] * (6.283 / max(len(line) - 1, 1) * _WAVES * (0.6 + 0.6 * numbers[0, 0]))
    size = (3.4 * amount / _WAVES**0.7) * (numbers[1] - 0.5)
    for axis in (0, 1):
        line[:, axis] += np.sin(turn + 6.283 * numbers[2, axis]) @ size[axis]
    return line


def resampled(points: Points, step: float) -> Points:
    """Points every `step` pixels along a polyline, its corners among them where they are farther apart than that."""
    along = lengths(points)
    count = max(int(along[-1] / step), 1)
    marks = np.arange(count + 1) * (along[-1] / count)
    if len(points) < len(marks):
        marks = np.sort(np.concatenate((marks, along[1:-1])))
    line = np.empty((len(marks), 2))
    for axis in (0, 1):
        line[:, axis] = np.interp(marks, along, points[:, axis])
    return line


def lengths(points: Points) -> Points:
    """(n,) how far each point lies along the polyline, pixels."""
    steps = np.diff(points, axis=0)
    return np.concatenate(([0.0], np.cumsum(np.hypot(steps[:, 0], steps[:, 1]))))


def outline(points: Points, widths: Points) -> Points:
    """The polygon around a stroke of varying width."""
    way = np.empty_like(points, float)
    way[1:-1] = points[2:] - points[:-2]
    way[0], way[-1] = points[1] - points[0], points[-1] - points[-2]
    across = np.stack((-way[:, 1], way[:, 0]), -1) / np.maximum(np.hypot(way[:, 0], way[:, 1]), 1e-6)[:, None]
    half = 0.5 * np.asarray(widths)[:, None] * across
    return np.concatenate((points + half, (points - half)[::-1]))


def ellipse(centre: Points, axes: Points, count: int = 28, start: float = 0.0, sweep: float = 6.2832) -> Points:
    """Points around an ellipse whose half axes are the rows of `axes`."""
    turn = start + sweep * np.arange(count + 1) / count
    return np.asarray(centre + np.cos(turn)[:, None] * axes[0] + np.sin(turn)[:, None] * axes[1])


def dashes(points: Points, dash: float, gap: float) -> list[Points]:
    """A polyline cut into dashes."""
    line = resampled(points, 2.0)
    on, every = max(int(dash / 2), 1), max(int((dash + gap) / 2), 2)
    return [line[start : start + on + 1] for start in range(0, len(line) - 1, every)]


def clouds(rng: Rng, size: int, cells: int, channels: int = 1) -> Field:
    """(size, size) or (size, size, channels) of smooth noise around 0, of variance about 1."""
    coarse = rng.standard_normal((cells, cells, channels), np.float32)
    way = cv2.INTER_CUBIC if 4 * cells < size else cv2.INTER_LINEAR
    field = cv2.resize(coarse, (size, size), interpolation=way)
    return np.asarray(field, np.float32)


def inked(colours: Sequence[float] | NDArray[np.floating]) -> Ink:
    """Clipped and rounded to an ink."""
    r, g, b = (int(np.clip(value, 0, 255)) for value in colours)
    return r, g, b


def _opaque(ink: Ink, strength: float = 1.0) -> tuple[float, ...]:
    return tuple(strength * value for value in (*ink, 255))
