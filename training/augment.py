"""Varies drawn samples: where the figure stands in the crop, its colours, what is cut off, how the picture suffered.

Numpy and OpenCV, uint8 pictures. Convention: a placement is a 2 x 3 matrix that takes pixel positions of the drawing
(x right, y down, centres at .5) to those of the crop. Knows no networks.
"""

from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from pose.skeleton import BIPED
from training.feed import Sample

Picture = NDArray[np.uint8]
Matrix = NDArray[np.float64]
_MIRRORED = np.array(BIPED.mirrored)
# PARTS: none, torso, head, hair, r_arm, l_arm, r_leg, l_leg, skirt, held
_MIRRORED_PARTS = np.array([0, 1, 2, 3, 5, 4, 7, 6, 8, 9], np.uint8)


@dataclass(frozen=True)
class Spread:
    """How far placements vary: the figure's box over the crop, rotation in degrees, shift in shares of the crop."""

    low: float = 0.5
    high: float = 0.95
    rotation: float = 20.0
    shift: float = 0.1
    zoomed: float = 0.15  # chance of a close crop that cuts limbs off


def figure_box(sample: Sample) -> tuple[float, float, float, float]:
    """(x0, y0, x1, y1) of what is drawn of the figure: its alpha where known, else its joints with a margin."""
    if sample.clean is not None:
        ys, xs = np.nonzero(sample.clean[..., 3] > 127)
        if len(xs) > 0:
            return float(xs.min()), float(ys.min()), float(xs.max() + 1), float(ys.max() + 1)
    here = sample.joints[sample.state > 0]
    if len(here) == 0:
        return 0.0, 0.0, float(sample.rgb.shape[1]), float(sample.rgb.shape[0])
    low, high = here.min(0), here.max(0)
    margin = 0.06 * float((high - low).max())
    (x0, y0), (x1, y1) = low - margin, high + margin
    return float(x0), float(y0), float(x1), float(y1)


def cut_free(sample: Sample) -> bool:
    """Whether the whole figure is on its drawing, so that it may stand on another background."""
    if sample.clean is None:
        return False
    alpha = sample.clean[..., 3]
    return not (alpha[0].any() or alpha[-1].any() or alpha[:, 0].any() or alpha[:, -1].any())


def placement(
    box: tuple[float, float, float, float], size: int, spread: Spread, rng: np.random.Generator
) -> tuple[Matrix, bool]:
    """A random placement of the box in a crop of `size`, and whether it mirrors."""
    x0, y0, x1, y1 = box
    longest = max(x1 - x0, y1 - y0, 4.0)
    share = rng.uniform(spread.low, spread.high)
    middle = np.array([(x0 + x1) / 2, (y0 + y1) / 2])
    if rng.random() < spread.zoomed:
        share *= rng.uniform(1.1, 1.8)
        middle = middle + rng.uniform(-0.3, 0.3, 2) * (x1 - x0, y1 - y0)
    scale = share * size / longest * rng.uniform(0.92, 1.08, 2)
    angle = np.radians(rng.normal(0, spread.rotation / 2))
    mirrored = bool(rng.random() < 0.5)
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    linear = turn @ np.diag(scale * (-1 if mirrored else 1, 1))
    target = size / 2 + rng.uniform(-spread.shift, spread.shift, 2) * size
    return np.concatenate((linear, (target - linear @ middle)[:, None]), 1), mirrored


def centred(box: tuple[float, float, float, float], size: int, share: float) -> Matrix:
    """The placement that serving uses: the box's middle in the crop's, its longest side `share` of the crop."""
    x0, y0, x1, y1 = box
    scale = share * size / max(x1 - x0, y1 - y0, 4.0)
    middle = np.array([(x0 + x1) / 2, (y0 + y1) / 2])
    return np.concatenate((np.eye(2) * scale, (size / 2 - scale * middle)[:, None]), 1)


def placed(
    sample: Sample, matrix: Matrix, mirrored: bool, size: int
) -> tuple[NDArray[np.float32], NDArray[np.uint8], NDArray[np.float32]]:
    """Joints (J, 2), state (J,) with what leaves the crop absent, and depth (J,), after a placement."""
    joints = (sample.joints @ matrix[:, :2].T + matrix[:, 2]).astype(np.float32)
    state, depth = sample.state.copy(), sample.depth
    if mirrored:
        joints, state, depth = joints[_MIRRORED], state[_MIRRORED], depth[_MIRRORED]
    inside = ((joints >= 0) & (joints < size)).all(1)
    return joints, np.where(inside, state, 0).astype(np.uint8), depth


def warp(
    picture: Picture,
    matrix: Matrix,
    size: int,
    nearest: bool = False,
    border: int | None = None,
    repeat: bool = False,
) -> Picture:
    """The picture in the crop. Beyond its edge: the edge's colour, the edge repeated, or the constant `border`."""
    shifted = matrix.copy()
    shifted[:, 2] += matrix[:, :2] @ (0.5, 0.5) - 0.5  # OpenCV's pixel centres are at whole numbers
    flags = cv2.INTER_NEAREST if nearest else cv2.INTER_LINEAR
    mode = cv2.BORDER_REPLICATE if repeat else cv2.BORDER_CONSTANT
    value = edge_colour(picture) if border is None else (border,) * 4
    moved = cv2.warpAffine(picture, shifted, (size, size), flags=flags, borderMode=mode, borderValue=value)
    return np.asarray(moved, np.uint8)


def edge_colour(picture: Picture) -> tuple[int, ...]:
    """The median colour along the border, which serving puts beyond the picture."""
    edges = np.concatenate((picture[0], picture[-1], picture[:, 0], picture[:, -1]))
    return tuple(int(value) for value in np.median(edges, axis=0))


def trimmed(sample: Sample, rng: np.random.Generator) -> Sample:
    """The sample cut close around its figure, or through it at the waist or a side, as users' pictures are: joints
    beyond the cut are absent; the drawing goes on in its edge's colour."""
    x0, y0, x1, y1 = figure_box(sample)
    size, length = sample.rgb.shape[0], max(x1 - x0, y1 - y0)
    slack = rng.uniform(-0.02, 0.08, 4) * length
    left, top, right, bottom = x0 - slack[0], y0 - slack[1], x1 + slack[2], y1 + slack[3]
    if rng.random() < 0.5:
        bottom = y1 - rng.uniform(0.1, 0.55) * (y1 - y0)
    if rng.random() < 0.1:
        left, right = (left + 0.3 * length, right) if rng.random() < 0.5 else (left, right - 0.3 * length)
    columns = slice(*(int(v) for v in np.clip((left, right), 0, size)))
    rows = slice(*(int(v) for v in np.clip((top, bottom), 0, size)))
    if rows.stop - rows.start < 16 or columns.stop - columns.start < 16:
        return sample
    inner = sample.rgb[rows, columns]
    rgb = np.empty_like(sample.rgb)
    rgb[:] = edge_colour(inner)
    rgb[rows, columns] = inner
    low, high = np.array((columns.start, rows.start)), np.array((columns.stop, rows.stop))
    inside = ((sample.joints >= low) & (sample.joints < high)).all(1)
    clean = None
    if sample.clean is not None:
        clean = np.zeros_like(sample.clean)
        clean[rows, columns] = sample.clean[rows, columns]
    return replace(sample, rgb=rgb, state=np.where(inside, sample.state, 0).astype(np.uint8), clean=clean)


def mirrored_parts(parts: Picture) -> Picture:
    """Part rows after a reflection: right and left limbs change places."""
    return _MIRRORED_PARTS[parts]


def background(size: int, rng: np.random.Generator) -> Picture:
    """(size, size, 3): flat, gradient, smooth blobs, paper with grain, or a cluttered scene."""
    colour = rng.integers(0, 256, 3) if rng.random() < 0.5 else np.repeat(rng.integers(190, 256), 3)
    field = np.broadcast_to(colour.astype(np.float32), (size, size, 3)).copy()
    style = rng.integers(4)
    if style:
        cells = {1: 2, 2: int(rng.integers(3, 9)), 3: 3}[int(style)]
        strength = {1: 60.0, 2: 80.0, 3: 12.0}[int(style)]
        coarse = rng.normal(0, strength, (cells, cells, 3 if rng.random() < 0.6 else 1)) * np.ones(3)
        field += cv2.resize(coarse.astype(np.float32), (size, size), interpolation=cv2.INTER_CUBIC)
    if style == 3 or rng.random() < 0.2:
        field += rng.normal(0, rng.uniform(1, 10), (size, size, 1)).astype(np.float32)
    if rng.random() < 0.3:
        field = _cluttered(field, rng)
    elif rng.random() < 0.1:
        _rule_lines(field, rng)
    return np.clip(field, 0, 255).astype(np.uint8)


def over(rgba: Picture, below: Picture) -> Picture:
    """Straight-alpha compositing."""
    alpha = rgba[..., 3:].astype(np.float32) / 255
    return (rgba[..., :3] * alpha + below * (1 - alpha) + 0.5).astype(np.uint8)


def recoloured(picture: Picture, rng: np.random.Generator, keep_hue: bool = False) -> Picture:
    """Channel permutation, inversion, grey, contrast, brightness and gamma, each sometimes."""
    result = picture.astype(np.float32) / 255
    if not keep_hue:
        if rng.random() < 0.4:
            result = result[..., rng.permutation(3)]
        if rng.random() < 0.08:
            result = 1 - result
        if rng.random() < 0.15:
            result = np.repeat(result.mean(-1, keepdims=True), 3, -1)
    if rng.random() < 0.6:
        result = (result - 0.5) * rng.uniform(0.6, 1.2) + 0.5 + rng.uniform(-0.15, 0.15)
        result = np.clip(result, 0, 1) ** rng.uniform(0.7, 1.4) * rng.uniform(0.9, 1.05, 3)
    return np.ascontiguousarray(np.clip(result, 0, 1) * 255).astype(np.uint8, order="C")


def degraded(picture: Picture, rng: np.random.Generator) -> Picture:
    """Blur, resampling, noise and JPEG, each sometimes."""
    size = picture.shape[0]
    if rng.random() < 0.25:
        picture = np.asarray(cv2.GaussianBlur(picture, (0, 0), rng.uniform(0.4, 1.6) * max(size / 256, 0.7)))
    if rng.random() < 0.15:
        small = int(size * rng.uniform(0.3, 0.7))
        shrunk = cv2.resize(picture, (small, small), interpolation=cv2.INTER_AREA)
        picture = np.asarray(cv2.resize(shrunk, (size, size), interpolation=int(rng.integers(0, 3))))
    if rng.random() < 0.25:
        noise = rng.normal(0, rng.uniform(2, 14), (size, size, 1 if rng.random() < 0.5 else 3))
        picture = np.clip(picture + noise, 0, 255).astype(np.uint8)
    if rng.random() < 0.2:
        quality = [cv2.IMWRITE_JPEG_QUALITY, int(rng.integers(20, 80))]
        picture = np.asarray(cv2.imdecode(cv2.imencode(".jpg", picture, quality)[1], cv2.IMREAD_COLOR), np.uint8)
    return picture


def _cluttered(field: NDArray[np.float32], rng: np.random.Generator) -> NDArray[np.float32]:
    """Boxes, discs, bars and rows of them (shelves, windows, foliage) in related colours, often out of focus."""
    size, tint = len(field), rng.uniform(0, 255, 3)
    scene = np.clip(field, 0, 255).astype(np.uint8)
    for _ in range(int(rng.integers(6, 45))):
        shade = np.clip(tint * rng.uniform(0.2, 1.4) + rng.normal(0, 40, 3), 0, 255)
        colour = tuple(int(value) for value in shade)
        x, y = (int(value) for value in rng.uniform(-0.1, 1.0, 2) * size)
        wide, high = (int(value) for value in np.exp(rng.uniform(-4, -0.7, 2)) * size)
        fill = -1 if rng.random() < 0.75 else int(rng.integers(1, 4))
        if rng.random() < 0.6:
            cv2.rectangle(scene, (x, y), (x + wide, y + high), colour, fill, cv2.LINE_AA)
        elif rng.random() < 0.5:
            cv2.ellipse(scene, (x, y), (wide // 2 + 1, high // 2 + 1), rng.uniform(0, 180), 0, 360, colour, fill)
        else:
            end = tuple(int(value) for value in rng.uniform(0, 1, 2) * size)
            cv2.line(scene, (x, y), end, colour, int(rng.integers(1, 1 + max(size // 20, 2))), cv2.LINE_AA)
    if rng.random() < 0.6:
        scene = np.asarray(cv2.GaussianBlur(scene, (0, 0), rng.uniform(0.3, 4) * size / 160))
    return scene.astype(np.float32)


def _rule_lines(field: NDArray[np.float32], rng: np.random.Generator) -> None:
    """Ruled paper: faint parallel lines."""
    step, shade = int(rng.integers(8, 24)), rng.uniform(15, 60)
    field[int(rng.integers(step)) :: step] -= shade * rng.uniform(0, 1, 3).astype(np.float32)
    if rng.random() < 0.5:
        field[:, int(rng.integers(step)) :: step] -= shade * rng.uniform(0, 1, 3).astype(np.float32)
