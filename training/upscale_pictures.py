"""Draws large pictures for the upscaler, and makes small ones of them. Knows no networks.

Half are close-ups of the figure world, half doodles: lines of every width, curves, polygons, letters, hatching, dots,
checks, gradients, painted hard-edged at OVERSAMPLING times the size and averaged, so that edges are right to the
pixel. What shrinks them is mostly area averaging, which is how a renderer sees; a third stay perfectly clean, so that a
network learns to leave flat colours flat.

Convention: pictures are premultiplied RGBA, (S, S, 4) uint8.
"""

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from training.world.figures import draw

SIZE = 384
OVERSAMPLING = 3
LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZabcdefghkmnpqrstuvwxyz0123456789&?!#@"
Picture = NDArray[np.uint8]
Points = NDArray[np.float64]
Colour = tuple[int, int, int, int]


def write_pictures(path: Path, families: Sequence[str], figure_count: int, doodle_count: int, seed: int) -> None:
    """Writes (N, SIZE, SIZE, 4) uint8 in one rename: figures first, then doodles. About 0.4 s a picture on one core."""
    generator, rng = torch.Generator().manual_seed(seed), np.random.default_rng(seed)
    drawn = [figures(families, 2, generator) for _ in range(-(-figure_count // 2))]
    pictures = np.stack([*np.concatenate(drawn)[:figure_count], *(doodle(rng) for _ in range(doodle_count))])
    path.parent.mkdir(parents=True, exist_ok=True)
    np.save(path.with_suffix(".part.npy"), pictures)
    os.replace(path.with_suffix(".part.npy"), path)


def figures(families: Sequence[str], count: int, generator: torch.Generator, size: int = SIZE) -> Picture:
    """(count, size, size, 4): figures from whole to close-up, two in three on a background, the rest alone."""
    near = int(torch.randint(3, (1,), generator=generator))
    height = ((0.5, 1.0), (1.0, 1.8), (1.8, 3.2))[near]
    batch = draw(families, count, 1, size, generator, height=height)
    clean, plate = batch.clean[:, 0], batch.plate[:, 0]
    colour, alpha = clean[:, :3] * clean[:, 3:], clean[:, 3:]
    grounded = (torch.rand((count, 1, 1, 1), generator=generator) < 2 / 3).float()
    rgba = torch.cat((colour + grounded * plate * (1 - alpha), torch.maximum(alpha, grounded.expand_as(alpha))), 1)
    return np.asarray((rgba.permute(0, 2, 3, 1).clamp(0, 1) * 255).round().to(torch.uint8).numpy())


def doodle(rng: np.random.Generator, size: int = SIZE) -> Picture:
    """Some dozens of marks on a flat, graded or transparent ground."""
    canvas = np.zeros((size * OVERSAMPLING, size * OVERSAMPLING, 4), np.uint8)
    palette = [_colour(rng) for _ in range(int(rng.integers(2, 8)))]
    if rng.random() < 0.7:
        canvas[:] = palette[0]
        if rng.random() < 0.4:
            _fill(canvas, np.ones(canvas.shape[:2], np.uint8), palette, rng, plain=0.0)
    for _ in range(int(rng.integers(6, 40))):
        mark = _MARKS[rng.integers(len(_MARKS))]
        mark(canvas, palette, rng)
    return np.asarray(cv2.resize(canvas, (size, size), interpolation=cv2.INTER_AREA))


def shrunk(picture: Picture, factor: int, rng: np.random.Generator) -> Picture:
    """What a user might have of a large picture, `factor` times smaller; one in three is its area average alone."""
    size = (picture.shape[1] // factor, picture.shape[0] // factor)
    if rng.random() < 1 / 3:
        return np.asarray(cv2.resize(picture, size, interpolation=cv2.INTER_AREA))
    if rng.random() < 0.4:
        picture = np.asarray(cv2.GaussianBlur(picture, (0, 0), factor * rng.uniform(0.15, 0.6)))
    small = _resized(picture, size, rng)
    if rng.random() < 0.15:
        noisy = small[..., :3] + rng.normal(0, rng.uniform(0.5, 3), (*small.shape[:2], 3))
        small = np.dstack((np.clip(np.rint(noisy), 0, 255), small[..., 3])).astype(np.uint8)
    if rng.random() < 0.35 and small[..., 3].min() == 255:
        small = _photographed(small, int(rng.integers(60, 96)))
    small[..., :3] = np.minimum(small[..., :3], small[..., 3:])
    return small


def _resized(picture: Picture, size: tuple[int, int], rng: np.random.Generator) -> Picture:
    chance = rng.random()
    if chance < 0.6:
        return np.asarray(cv2.resize(picture, size, interpolation=cv2.INTER_AREA))
    kernel = Image.Resampling.BICUBIC if chance < 0.85 else Image.Resampling.BILINEAR
    return np.stack(
        [np.asarray(Image.fromarray(band).resize(size, kernel)) for band in np.moveaxis(picture, -1, 0)], -1
    )


def _photographed(small: Picture, quality: int) -> Picture:
    _, data = cv2.imencode(".jpg", small[..., :3], [cv2.IMWRITE_JPEG_QUALITY, quality])
    return np.dstack((np.asarray(cv2.imdecode(data, cv2.IMREAD_COLOR)), small[..., 3])).astype(np.uint8)


def _line(canvas: Picture, palette: list[Colour], rng: np.random.Generator) -> None:
    points = _stroke(canvas, int(rng.integers(2, 5)), rng)
    cv2.polylines(canvas, [_whole(points)], False, _pick(palette, rng), _width(rng))


def _curve(canvas: Picture, palette: list[Colour], rng: np.random.Generator) -> None:
    points = _smooth(_stroke(canvas, 4, rng), closed=False)
    cv2.polylines(canvas, [_whole(points)], False, _pick(palette, rng), _width(rng))


def _blob(canvas: Picture, palette: list[Colour], rng: np.random.Generator) -> None:
    """A closed shape, angular or round, filled, often with an outline."""
    corners = int(rng.integers(3, 8))
    angles = np.sort(rng.uniform(0, 2 * np.pi, corners))
    radius = len(canvas) * rng.uniform(0.03, 0.3) * rng.uniform(0.5, 1.2, corners)
    points = _place(canvas, rng) + radius[:, None] * np.stack((np.cos(angles), np.sin(angles)), -1)
    if rng.random() < 0.5:
        points = _smooth(points, closed=True)
    mask = np.zeros(canvas.shape[:2], np.uint8)
    cv2.fillPoly(mask, [_whole(points)], 1)
    _fill(canvas, mask, palette, rng)
    if rng.random() < 0.6:
        cv2.polylines(canvas, [_whole(points)], True, _pick(palette, rng), _width(rng))


def _ellipse(canvas: Picture, palette: list[Colour], rng: np.random.Generator) -> None:
    centre, angle = tuple(_whole(_place(canvas, rng)).tolist()), float(rng.uniform(0, 180))
    axes = tuple(int(x) for x in len(canvas) * rng.uniform(0.01, 0.2) * rng.uniform(0.3, 1, 2))
    cv2.ellipse(canvas, centre, axes, angle, 0, 360, _pick(palette, rng), -1)
    if rng.random() < 0.6:
        cv2.ellipse(canvas, centre, axes, angle, 0, float(rng.uniform(90, 360)), _pick(palette, rng), _width(rng))


def _text(canvas: Picture, palette: list[Colour], rng: np.random.Generator) -> None:
    size = int(len(canvas) * rng.uniform(0.03, 0.25))
    page = Image.new("L", (len(canvas), len(canvas)))
    text = "".join(rng.choice(list(LETTERS), int(rng.integers(1, 7))))
    x, y = _place(canvas, rng) - (size, size / 2)
    ImageDraw.Draw(page).text(
        (x, y), text, 255, font=ImageFont.load_default(size), stroke_width=int(rng.integers(0, 9))
    )
    if rng.random() < 0.5:
        page = page.rotate(float(rng.uniform(-90, 90)), Image.Resampling.NEAREST, center=(x + size, y))
    canvas[np.asarray(page) > 127] = _pick(palette, rng)


def _pattern(canvas: Picture, palette: list[Colour], rng: np.random.Generator) -> None:
    """Hatching, checks or dots inside an ellipse or a box."""
    mask = np.zeros(canvas.shape[:2], np.uint8)
    radius = int(len(canvas) * rng.uniform(0.05, 0.25))
    x, y = _whole(_place(canvas, rng)).tolist()
    if rng.random() < 0.5:
        cv2.circle(mask, (x, y), radius, 1, -1)
    else:
        cv2.rectangle(mask, (x - radius, y - radius), (x + radius, y + int(radius * rng.uniform(0.3, 1))), 1, -1)
    window = tuple(slice(max(at - radius, 0), min(at + radius + 1, len(canvas))) for at in (y, x))
    rows, columns = np.mgrid[window] * 1.0
    angle, period = rng.uniform(0, np.pi), OVERSAMPLING * float(np.exp(rng.uniform(np.log(4), np.log(40))))
    u = ((columns * np.cos(angle) + rows * np.sin(angle)) / period) % 1
    v = ((rows * np.cos(angle) - columns * np.sin(angle)) / period) % 1
    share, kind = rng.uniform(0.15, 0.7), rng.integers(3)
    chosen = (u < share, (u < 0.5) ^ (v < 0.5), np.hypot(u - 0.5, v - 0.5) < share * 0.6)[kind]
    canvas[window][chosen & (mask[window] > 0)] = _pick(palette, rng)


_MARKS = (_line, _line, _curve, _curve, _blob, _blob, _ellipse, _text, _pattern)


def _fill(canvas: Picture, mask: Picture, palette: list[Colour], rng: np.random.Generator, plain: float = 0.6) -> None:
    """A flat colour or a straight blend of two."""
    if rng.random() < plain:
        canvas[mask > 0] = _pick(palette, rng)
        return
    first, second = (np.array(_pick(palette, rng), np.float32) for _ in range(2))
    angle, size = rng.uniform(0, 2 * np.pi), canvas.shape[0]
    rows, columns = np.nonzero(mask)
    along = 0.5 + (columns / size - 0.5) * np.cos(angle) + (rows / size - 0.5) * np.sin(angle)
    canvas[rows, columns] = first + (second - first) * np.clip(along, 0, 1)[:, None].astype(np.float32)


def _colour(rng: np.random.Generator) -> Colour:
    """Opaque; ink and paper are frequent."""
    chance = rng.random()
    if chance < 0.25:
        return (*(int(x) for x in rng.integers(0, 50, 3)), 255)  # type: ignore[return-value]
    if chance < 0.4:
        return (*(int(x) for x in rng.integers(225, 256, 3)), 255)  # type: ignore[return-value]
    return (*(int(x) for x in rng.integers(0, 256, 3)), 255)  # type: ignore[return-value]


def _pick(palette: list[Colour], rng: np.random.Generator) -> Colour:
    return palette[int(rng.integers(len(palette)))]


def _width(rng: np.random.Generator) -> int:
    """Of a line, in oversampled pixels: 0.7 to 16 pixels of the picture, thin ones as often as thick ones."""
    return round(OVERSAMPLING * float(np.exp(rng.uniform(np.log(0.7), np.log(16)))))


def _place(canvas: Picture, rng: np.random.Generator) -> Points:
    return rng.uniform(0, len(canvas), 2)


def _stroke(canvas: Picture, count: int, rng: np.random.Generator) -> Points:
    return _place(canvas, rng) + np.cumsum(rng.normal(0, 0.15 * len(canvas), (count, 2)), 0)


def _smooth(points: Points, closed: bool) -> Points:
    """A Catmull-Rom curve through the points, 24 pieces between two."""
    ring = np.concatenate((points[-1:], points, points[:2])) if closed else points[[0, *range(len(points)), -1]]
    a, b, c, d = ring[:-3, None], ring[1:-2, None], ring[2:-1, None], ring[3:, None]
    t = np.linspace(0, 1, 24)[None, :, None]
    curve = b + 0.5 * t * (c - a + t * (2 * a - 5 * b + 4 * c - d + t * (3 * (b - c) + d - a)))
    return np.asarray(curve.reshape(-1, 2))


def _whole(points: Any) -> Any:
    return np.rint(points).astype(np.int32)
