"""Draws a pose as channels for the parse network; the same code serves and trains. Numpy and OpenCV only.

Soft tubes along the bones of each part, soft dots at the joints, and an optional prior mask. Widths follow the
figure's extent, so that the maps look alike at every scale. Knows no pictures.
"""

from collections.abc import Sequence

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
# Every tube as (channel, one end, other end), rows of BIPED; a dot is a tube of no length.
_TUBES = [
    (channel, *(BIPED.index[name] for name in bone.split("-")))
    for channel, bones in enumerate(_BONES)
    for bone in bones
] + [
    (channel, BIPED.index[name], BIPED.index[name])
    for channel, names in enumerate(_DOTS, len(_BONES))
    for name in names
]


def pose_maps(
    points: NDArray[np.float32], scores: NDArray[np.float32], size: int, prior: NDArray[np.uint8] | None = None
) -> NDArray[np.float32]:
    """(CHANNELS, size, size) float32 in 0..1 from BIPED points (23, 2) in pixels of the crop and scores (23,).

    A joint of score 0 leaves no trace. `prior` (size, size) uint8 0..255 is a rough matte from elsewhere; zeros
    where there is none.
    """
    here = np.asarray(scores) > 0
    maps = np.zeros((CHANNELS, size, size), np.float32)
    if here.any():
        scaled = (np.asarray(points, np.float32) / _WORK).astype(np.float32)
        drawn = [tube for tube in _TUBES if here[tube[1]] and here[tube[2]]]
        squares = _squared_distances(scaled, drawn, size // _WORK)
        fade = np.float32(-0.5 / _sigma(scaled[here], size // _WORK) ** 2)
        for channel in {tube[0] for tube in drawn}:
            of_channel = [row for row, tube in enumerate(drawn) if tube[0] == channel]
            nearest = np.exp(squares[of_channel].min(0) * fade)
            maps[channel] = cv2.resize(nearest, (size, size), interpolation=cv2.INTER_LINEAR)
    if prior is not None:
        maps[-1] = prior.astype(np.float32) / 255
    return maps


def _sigma(points: NDArray[np.float32], size: int) -> float:
    """Half-width of tubes and dots: 3.5% of the joints' extent, in grid cells."""
    if len(points) < 2:
        return 0.03 * size
    return max(0.035 * float(np.ptp(points, axis=0).max()), 0.8)


def _squared_distances(points: NDArray[np.float32], tubes: Sequence[tuple[int, ...]], size: int) -> NDArray[np.float32]:
    """(tubes, size, size): from each cell's middle to the segment between the tube's ends, squared."""
    start, end = points[[tube[1] for tube in tubes]], points[[tube[2] for tube in tubes]]
    along = end - start
    length = np.maximum((along**2).sum(1), np.float32(1e-6))[:, None, None]
    middles = np.arange(size, dtype=np.float32) + np.float32(0.5)
    dx = middles[None, None, :] - start[:, 0, None, None]
    dy = middles[None, :, None] - start[:, 1, None, None]
    ax, ay = along[:, 0, None, None], along[:, 1, None, None]
    share = np.clip((dx * ax + dy * ay) / length, 0, 1)
    return np.asarray((dx - share * ax) ** 2 + (dy - share * ay) ** 2, np.float32)
