"""Draws a pose as channels for the parse network; the same code serves and trains. Numpy and OpenCV only.

Soft tubes along the bones of each part, soft dots at the joints, and an optional prior mask. Widths follow the
figure's extent, so that the maps look alike at every scale. Knows no pictures.
"""

import cv2
import numpy as np
from numpy.typing import NDArray

from pose.skeleton import BIPED

_BONES: tuple[tuple[str, ...], ...] = (
    ("neck-nose", "nose-head_top", "nose-r_eye", "nose-l_eye", "r_eye-r_ear", "l_eye-l_ear"),
    ("neck-r_hip", "neck-l_hip", "r_shoulder-l_shoulder", "r_hip-l_hip", "r_shoulder-r_hip", "l_shoulder-l_hip"),
    ("r_shoulder-r_elbow", "r_elbow-r_wrist", "r_wrist-r_hand"),
    ("l_shoulder-l_elbow", "l_elbow-l_wrist", "l_wrist-l_hand"),
    ("r_hip-r_knee", "r_knee-r_ankle", "r_ankle-r_toe"),
    ("l_hip-l_knee", "l_knee-l_ankle", "l_ankle-l_toe"),
)
_DOTS: tuple[tuple[str, ...], ...] = (
    ("r_eye", "l_eye", "r_ear", "l_ear", "nose", "head_top"),
    ("neck", "r_shoulder", "l_shoulder", "r_hip", "l_hip"),
    ("r_elbow", "l_elbow", "r_knee", "l_knee"),
    ("r_wrist", "l_wrist", "r_ankle", "l_ankle", "r_hand", "l_hand", "r_toe", "l_toe"),
)
CHANNELS = len(_BONES) + len(_DOTS) + 1
_WORK = 4  # the maps are smooth: they are drawn at a quarter of the size


def pose_maps(
    points: NDArray[np.float32], scores: NDArray[np.float32], size: int, prior: NDArray[np.uint8] | None = None
) -> NDArray[np.float32]:
    """(CHANNELS, size, size) float32 in 0..1 from BIPED points (23, 2) in pixels of the crop and scores (23,).

    A joint of score 0 leaves no trace. `prior` (size, size) uint8 0..255 is a rough matte from elsewhere; zeros
    where there is none.
    """
    small = size // _WORK
    rows = np.arange(small, dtype=np.float32) + np.float32(0.5)
    grid = np.stack(np.meshgrid(rows, rows), -1)
    scaled = (np.asarray(points, np.float32) / _WORK).astype(np.float32)
    here = np.asarray(scores) > 0
    sigma = _sigma(scaled[here], small)
    maps = np.zeros((CHANNELS, size, size), np.float32)
    for channel, bones in enumerate(_BONES):
        ends = [tuple(BIPED.index[name] for name in bone.split("-")) for bone in bones]
        maps[channel] = _enlarged(_tubes(grid, scaled, [(a, b) for a, b in ends if here[a] and here[b]], sigma), size)
    for channel, names in enumerate(_DOTS, len(_BONES)):
        rows_of = [BIPED.index[name] for name in names]
        maps[channel] = _enlarged(_tubes(grid, scaled, [(a, a) for a in rows_of if here[a]], sigma), size)
    if prior is not None:
        maps[-1] = prior.astype(np.float32) / 255
    return maps


def _sigma(points: NDArray[np.float32], size: int) -> float:
    """Half-width of tubes and dots: 3.5% of the joints' extent, in grid cells."""
    if len(points) < 2:
        return 0.03 * size
    extent = float(np.ptp(points, axis=0).max())
    return max(0.035 * extent, 0.8)


def _tubes(
    grid: NDArray[np.float32], points: NDArray[np.float32], bones: list[tuple[int, int]], sigma: float
) -> NDArray[np.float32]:
    """The largest of exp(-d^2 / 2 sigma^2) over the bones, d = distance to the segment."""
    nearest = np.full(grid.shape[:2], np.inf, np.float32)
    for a, b in bones:
        along = points[b] - points[a]
        share = np.clip((grid - points[a]) @ along / max(float(along @ along), 1e-6), 0, 1)
        offset = grid - points[a] - share[..., None] * along
        nearest = np.minimum(nearest, (offset**2).sum(-1))
    return np.exp(-nearest / np.float32(2 * sigma**2)).astype(np.float32)


def _enlarged(image: NDArray[np.float32], size: int) -> NDArray[np.float32]:
    return np.asarray(cv2.resize(image, (size, size), interpolation=cv2.INTER_LINEAR), np.float32)
