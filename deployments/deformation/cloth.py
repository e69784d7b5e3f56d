"""Finds cloth that hangs round the legs and was cut apart along their bones: skirts that nobody recognised.

Knows layers and the picture, not the target. Two legs count as one cloth where they share a long border, are wide for
their length, and the picture shows no line between them; a torso that reaches far below the hips hangs too.
"""

import cv2
import numpy as np
from numpy.typing import NDArray

from pose.figure import Figure

SHARED, WIDE, LONG = 0.5, 0.27, 0.3
CONTRAST = 14.0


def hanging_parts(figure: Figure, seen: NDArray[np.int16]) -> frozenset[str]:
    """The parts that move as a skirt does: 'torso', and both legs or neither. `seen` are the figure's `owners`."""
    rows = {layer.part: row for row, layer in enumerate(figure.layers)}
    pairs = [(f"{side}_hip", f"{side}_knee") for side in "rl"]
    thighs = [figure.pose[knee] - figure.pose[hip] for hip, knee in pairs if figure.pose.has(hip, knee)]
    if not thighs:
        return frozenset()
    length = max(float(np.mean([np.hypot(*thigh) for thigh in thighs])), 1.0)
    parts = set()
    if len(thighs) == 2 and {"r_leg", "l_leg"} <= rows.keys() and _one_cloth(figure, seen, rows, length):
        parts |= {"r_leg", "l_leg"}
    if "torso" in rows and ({"r_leg", "l_leg"} & set(figure.merged) or _reaches_down(figure, seen, rows, length)):
        parts.add("torso")
    return frozenset(parts)


def _one_cloth(figure: Figure, seen: NDArray[np.int16], rows: dict[str, int], length: float) -> bool:
    right, left = seen == rows["r_leg"], seen == rows["l_leg"]
    border = right & (cv2.dilate(left.astype(np.uint8), np.ones((3, 3), np.uint8)) > 0)
    if not border.any() or np.ptp(np.nonzero(border)[0]) < SHARED * length:
        return False
    if min(right.sum(), left.sum()) / (4 * length**2) < WIDE:
        return False
    return _contrast(figure, border, max(2, round(0.04 * length))) < CONTRAST


def _contrast(figure: Figure, border: NDArray[np.bool_], reach: int) -> float:
    """How much the picture's brightness (0..255) changes across the border, at its median."""
    grey = figure.image[..., :3].astype(np.float32).mean(-1)
    rows, columns = np.nonzero(border)
    taps = np.stack([
        grey[rows, np.clip(columns + step, 0, grey.shape[1] - 1)] for step in range(-reach, reach + 1)
    ])  # fmt: skip
    return float(np.median(np.ptp(taps, axis=0)))


def _reaches_down(figure: Figure, seen: NDArray[np.int16], rows: dict[str, int], length: float) -> bool:
    """Whether a good part of the torso's width goes on below the hips."""
    hips = [figure.pose[name] for name in ("r_hip", "l_hip") if figure.pose.has(name)]
    level = float(np.mean([hip[1] for hip in hips])) + LONG * length
    torso = seen == rows["torso"]
    below = torso[min(round(level), len(torso)) :]
    return bool(below.any(1).sum() > 0.1 * length and below.sum() > 0.15 * length**2)
