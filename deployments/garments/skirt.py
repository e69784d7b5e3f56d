"""Finds a skirt where the network names none: one surface over both thighs that flares out and ends in a hem.

Knows the part map and the joints; no colours. What spans both legs without a gap from the hips far down, grows wider
on the way, and ends where much narrower legs (or nothing) come out, is no leg but hangs over them. Upright figures
only: a seated skirt is left to the network.
"""

import numpy as np
from numpy.typing import NDArray

from deployments.garments.anatomy import Mask
from pose.figure import PART_INDEX
from pose.pose import Pose

LEAST_LENGTH = 0.25  # of the way from the hips to the lowest leg joint
BELOW = 0.15  # of the legs' length that a hem may hang past the lowest joint
ENDS = ("r_knee", "l_knee", "r_ankle", "l_ankle")
FLARE = 1.25  # the widest row over the narrowest at the hips
STEP = 0.7  # the legs' width just under the hem over the skirt's


def add_skirt(parts: NDArray[np.uint8], pose: Pose) -> NDArray[np.uint8]:
    """The parts (h, w) with what hangs from the hips to the hem named skirt; unchanged where there is no skirt."""
    if not pose.has("r_hip", "l_hip", "r_knee", "l_knee"):
        return parts
    cloth = np.isin(parts, [PART_INDEX[name] for name in ("torso", "r_leg", "l_leg")])
    lines = [_leg_line(pose, side, len(parts)) for side in "rl"]
    top = int((pose["r_hip"][1] + pose["l_hip"][1]) / 2)
    lowest = max(float(pose[name][1]) for name in ENDS if pose.has(name))
    bottom = min(int(lowest + BELOW * (lowest - top)), len(parts) - 1)
    spans = _spans(cloth, lines, top, bottom)
    hem = _hem(spans, bottom - top)
    if hem is None or not _steps_in(cloth, top + hem, spans[:hem].max(), bottom):
        return parts
    rows = np.arange(len(parts))[:, None]
    legs = np.isin(parts, [PART_INDEX["r_leg"], PART_INDEX["l_leg"]]) & (rows <= top + hem)
    skirt = legs | (cloth & (rows > _waist(cloth, pose, top)) & (rows <= top + hem))
    return np.where(skirt, PART_INDEX["skirt"], parts).astype(np.uint8)


def _waist(cloth: Mask, pose: Pose, top: int) -> int:
    """The row at which the trunk is narrowest between its middle and the hips."""
    if not pose.has("neck"):
        return top
    middle = int(pose["neck"][1] + 0.5 * (top - pose["neck"][1]))
    widths = cloth[max(0, middle) : top + 1].sum(1)
    return max(0, middle) + int(len(widths) - 1 - widths[::-1].argmin()) if len(widths) else top


def _leg_line(pose: Pose, side: str, height: int) -> NDArray[np.float32]:
    """(height,) the leg bones' x on each row, NaN above the hip."""
    names = [f"{side}_{joint}" for joint in ("hip", "knee", "ankle") if pose.has(f"{side}_{joint}")]
    points = np.array([pose[name] for name in names])
    if (np.diff(points[:, 1]) <= 0).any():  # not upright
        return np.full(height, np.nan, np.float32)
    rows = np.arange(height) + 0.5
    return np.interp(rows, points[:, 1], points[:, 0], left=np.nan).astype(np.float32)


def _spans(cloth: Mask, lines: list[NDArray[np.float32]], top: int, bottom: int) -> NDArray[np.float32]:
    """Widths, from the hips down, of the runs of cloth that hold both legs' bones; ends at the first row without."""
    widths: list[int] = []
    for row in range(max(0, top), bottom):
        ends = np.array([line[row] for line in lines])
        if not np.isfinite(ends).all():
            if row < top + 0.1 * (bottom - top):
                continue
            break
        low, high = np.clip([ends.min(), ends.max()], 0, cloth.shape[1] - 1).astype(int)
        if not cloth[row, low : high + 1].all():
            if row < top + 0.1 * (bottom - top):
                continue
            break
        gaps = np.flatnonzero(~cloth[row])
        left = gaps[gaps < low].max(initial=-1)
        right = gaps[gaps > high].min(initial=cloth.shape[1])
        widths.append(int(right - left - 1))
    return np.array(widths, np.float32)


def _hem(spans: NDArray[np.float32], length: int) -> int | None:
    """The hem's row below the hips, or None where the spans are short or do not flare."""
    if len(spans) < max(6, LEAST_LENGTH * length):
        return None
    waist = spans[: max(1, len(spans) // 5)].min()
    if spans.max() < FLARE * waist:
        return None
    return int(np.flatnonzero(spans > 0.6 * spans.max()).max())


def _steps_in(cloth: Mask, hem: int, width: float, bottom: int) -> bool:
    """Whether less comes out under the hem than the skirt is wide (nothing at all counts too)."""
    row = hem + max(2, round(0.08 * width))
    return row >= min(bottom, len(cloth)) or bool(cloth[row].sum() < STEP * width)
