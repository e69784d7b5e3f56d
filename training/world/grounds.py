"""Grounds that references are drawn on: papers, boards, screens, blurred rooms. Knows no figures.

Pictures are (size, size, 3) uint8.
"""

import cv2
import numpy as np
from numpy.typing import NDArray

from training.world.easel import Field, Ink, Picture, Rng, clouds, inked

WHITE: Ink = (255, 255, 255)
_COARSE = 32  # pixels of a smooth field before it is enlarged


def light_ground(rng: Rng, size: int) -> Picture:
    """White, paper of some kind, or a light colour."""
    pick = rng.random()
    if pick < 0.3:
        return plain(size, WHITE)
    if pick < 0.65:
        return paper(rng, size)
    if pick < 0.8:
        return plain(size, inked(rng.uniform(200, 255, 3)))
    return gradient(rng, size, inked(rng.uniform(190, 255, 3)), inked(rng.uniform(190, 255, 3)))


def dark_ground(rng: Rng, size: int) -> Picture:
    """Black, a blackboard, or a dark colour."""
    pick = rng.random()
    if pick < 0.35:
        return plain(size, inked(rng.uniform(0, 25, 3)))
    if pick < 0.65:
        base = np.array((40, 62, 50) if rng.random() < 0.5 else (45, 48, 52)) * rng.uniform(0.7, 1.3)
        return shaded(plain(size, inked(base)), 9 * clouds(rng, size, 5) + 4 * clouds(rng, size, 40))
    return gradient(rng, size, inked(rng.uniform(0, 80, 3)), inked(rng.uniform(0, 80, 3)))


def any_ground(rng: Rng, size: int) -> Picture:
    """What stands behind a doll: light, mid or dark, a studio, a floor, a room."""
    pick = rng.random()
    if pick < 0.3:
        return light_ground(rng, size)
    if pick < 0.4:
        return dark_ground(rng, size)
    if pick < 0.6:
        return studio(rng, size)
    if pick < 0.72:
        return gradient(rng, size, inked(rng.uniform(0, 255, 3)), inked(rng.uniform(0, 255, 3)))
    if pick < 0.86:
        return grid_floor(rng, size, inked([rng.uniform(40, 220)] * 3))
    return room(rng, size)


def plain(size: int, ink: Ink) -> Picture:
    return np.full((size, size, 3), ink, np.uint8)


def gradient(rng: Rng, size: int, one: Ink, other: Ink) -> Picture:
    way = rng.normal(0, 1, 2)
    line = np.linspace(-0.5, 0.5, _COARSE)
    share = np.clip(0.5 + (way[0] * line[None] + way[1] * line[:, None]) / np.hypot(*way), 0, 1)[..., None]
    return _enlarged(np.array(one) * (1 - share) + np.array(other) * share, size)


def paper(rng: Rng, size: int) -> Picture:
    """White, cream, grey or brown; plain, ruled or squared; at times photographed in uneven light."""
    tints = ((252, 252, 250), (250, 244, 230), (238, 238, 236), (228, 214, 190), (205, 178, 140), (236, 242, 248))
    sheet = plain(
        size, inked(np.array(tints[rng.choice(6, p=(0.3, 0.25, 0.15, 0.12, 0.06, 0.12))]) - rng.uniform(0, 8))
    )
    if rng.random() < 0.3:
        rule(rng, sheet)
    light = np.zeros((size, size), np.float32)
    if rng.random() < 0.6:
        light += rng.uniform(1, 5) * clouds(rng, size, size // 2)
    if rng.random() < 0.5:
        light += rng.uniform(3, 16) * clouds(rng, size, 2)
    if rng.random() < 0.15:
        light += rng.uniform(2, 6) * clouds(rng, size, 9)
    return shaded(sheet, light)


def rule(rng: Rng, sheet: Picture) -> None:
    """Lines or squares, of an exercise book."""
    size = len(sheet)
    step = rng.uniform(0.03, 0.09) * size
    ink = inked(np.array(((150, 180, 220), (190, 200, 215), (170, 210, 190))[rng.integers(3)]) * rng.uniform(0.9, 1.1))
    both, tilt = rng.random() < 0.5, rng.normal(0, 0.03) * size
    for at in np.arange(rng.uniform(0, step), size, step):
        cv2.line(sheet, (0, int(at)), (size, int(at + tilt)), ink, 1, cv2.LINE_AA)
        if both:
            cv2.line(sheet, (int(at), 0), (int(at - tilt), size), ink, 1, cv2.LINE_AA)
    if not both and rng.random() < 0.5:
        at = int(rng.uniform(0.08, 0.16) * size)
        cv2.line(sheet, (at, 0), (at, size), (225, 130, 130), 1, cv2.LINE_AA)


def shaded(picture: Picture, light: Field) -> Picture:
    return np.asarray(cv2.add(picture, cv2.merge([light] * 3), dtype=cv2.CV_8U), np.uint8)


def studio(rng: Rng, size: int) -> Picture:
    """A backdrop with a bright middle."""
    line = np.linspace(-1, 1, _COARSE)
    x, y = rng.uniform(-0.3, 0.3, 2)
    far = np.hypot(line[None] - x, line[:, None] - y)[..., None]
    base = np.array([rng.uniform(70, 250)] * 3) + rng.normal(0, 12, 3) * (rng.random() < 0.5)
    return _enlarged(base * (1.05 - rng.uniform(0.1, 0.5) * np.minimum(far, 1.5)), size)


def grid_floor(rng: Rng, size: int, base: Ink) -> Picture:
    """A viewport: a floor of squares running to a horizon."""
    picture = plain(size, base)
    bright = float(np.mean(base))
    ink = inked([bright + (-1 if bright > 128 else 1) * rng.uniform(12, 55)] * 3)
    horizon, middle = rng.uniform(0.2, 0.75) * size, rng.uniform(0.2, 0.8) * size
    if rng.random() < 0.5:
        picture[: int(horizon)] = inked(np.array(base) + rng.uniform(-30, 30))
    for at in np.linspace(-4, 5, int(rng.integers(14, 40))):
        cv2.line(picture, (int(middle), int(horizon)), (int(at * size), size), ink, 1, cv2.LINE_AA)
    for step in range(1, 14):
        y = int(horizon + (size - horizon) / step)
        cv2.line(picture, (0, y), (size, y), ink, 1, cv2.LINE_AA)
    picture[: int(horizon)] = picture[0, 0] if rng.random() < 0.7 else base
    return picture


def room(rng: Rng, size: int) -> Picture:
    """Blurred shapes in related colours, as a photograph's background."""
    tint = rng.uniform(40, 220, 3)
    picture = gradient(rng, size, inked(tint * 0.8), inked(tint * 1.2))
    for _ in range(int(rng.integers(3, 14))):
        low = (rng.uniform(-0.1, 0.9, 2) * size).astype(int)
        high = low + (rng.uniform(0.05, 0.5, 2) * size).astype(int)
        ink = inked(tint * rng.uniform(0.5, 1.3) + rng.normal(0, 30, 3))
        if rng.random() < 0.7:
            cv2.rectangle(picture, low.tolist(), high.tolist(), ink, -1)
        else:
            cv2.circle(picture, low.tolist(), int(rng.uniform(0.02, 0.2) * size), ink, -1)
    return np.asarray(cv2.GaussianBlur(picture, (0, 0), rng.uniform(0.8, 6) * size / 256), np.uint8)


def faded(picture: Picture, towards: float, share: float) -> Picture:
    """A picture made faint, for lines to show on it."""
    return (picture * (1 - share) + towards * share).astype(np.uint8)


def scribbled(picture: Picture, rng: Rng, ink: Ink) -> None:
    """What else is on a sheet: captions, a title, a frame, an arrow, a number in a ring; in place, near the border."""
    size = len(picture)
    font = int(rng.choice((cv2.FONT_HERSHEY_SIMPLEX, cv2.FONT_HERSHEY_DUPLEX, cv2.FONT_HERSHEY_SCRIPT_SIMPLEX)))
    text = "".join(rng.choice(list("abcdefghiklmnoprstuvwxyz0123456789 "), int(rng.integers(1, 12))))
    at = (int(rng.uniform(0.02, 0.6) * size), int((rng.uniform(0.03, 0.1) if rng.random() < 0.4 else 0.97) * size))
    pick = rng.random()
    if pick < 0.6:
        cv2.putText(picture, text, at, font, rng.uniform(0.25, 0.7) * size / 256, ink, 1, cv2.LINE_AA)
    elif pick < 0.8:
        edge = int(rng.uniform(0.01, 0.05) * size)
        cv2.rectangle(picture, (edge, edge), (size - edge, size - edge), ink, int(rng.integers(1, 3)), cv2.LINE_AA)
    else:
        start = rng.uniform(0.02, 0.1, 2) * size + np.array((0, rng.integers(2) * 0.85 * size))
        end = start + np.array((rng.uniform(0.08, 0.2) * size, rng.normal(0, 0.03) * size))
        cv2.arrowedLine(picture, start.astype(int).tolist(), end.astype(int).tolist(), ink, 1, cv2.LINE_AA)


def _enlarged(field: NDArray[np.floating], size: int) -> Picture:
    smooth = cv2.resize(np.clip(field, 0, 255).astype(np.float32), (size, size), interpolation=cv2.INTER_LINEAR)
    return np.asarray(smooth, np.uint8)
