"""What the denoiser is measured against besides the warp: the source as it is, and a rigid nearest-bone cut-out.

Knows figures and poses; no meshes, no networks.
"""

from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from deployments.denoiser.sample import premultiplied, straight
from pose.figure import Figure
from pose.pose import Pose

BONES = (
    ("neck", "r_hip"), ("neck", "l_hip"), ("neck", "nose"), ("nose", "head_top"),
    ("r_shoulder", "r_elbow"), ("r_elbow", "r_wrist"), ("l_shoulder", "l_elbow"), ("l_elbow", "l_wrist"),
    ("r_hip", "r_knee"), ("r_knee", "r_ankle"), ("l_hip", "l_knee"), ("l_knee", "l_ankle"),
)  # fmt: skip
Array = NDArray[Any]


def cut_out(figure: Figure, target: Pose) -> Array:
    """Each pixel goes rigidly with its nearest bone, scaled along with it: (H, W, 4) uint8 on the target's canvas.

    Bones that either pose lacks are left out; pieces lie over one another in the order of BONES.
    """
    bones = [bone for bone in BONES if figure.pose.has(*bone) and target.has(*bone)]
    size = (target.width, target.height)
    canvas = np.zeros((target.height, target.width, 4), np.float32)
    if not bones:
        return canvas.astype(np.uint8)
    owner = _owners(figure, bones)
    picture = premultiplied(figure.image).astype(np.float32) / 255
    for row, bone in enumerate(bones):
        piece = picture * (owner == row)[..., None]
        moved = cv2.warpAffine(piece, _similarity(figure.pose, target, bone), size, flags=cv2.INTER_LINEAR)
        canvas = canvas * (1 - moved[..., 3:]) + moved
    return straight(canvas)


def _owners(figure: Figure, bones: list[tuple[str, str]]) -> Array:
    height, width = figure.image.shape[:2]
    y, x = np.mgrid[:height, :width]
    grid = np.stack([x, y], -1) + 0.5
    distances = []
    for start, end in bones:
        a, b = figure.pose[start], figure.pose[end]
        along = np.clip((grid - a) @ (b - a) / max(float((b - a) @ (b - a)), 1e-6), 0, 1)
        distances.append(np.linalg.norm(grid - a - along[..., None] * (b - a), axis=-1))
    return np.asarray(np.stack(distances).argmin(0))


def _similarity(source: Pose, target: Pose, bone: tuple[str, str]) -> Array:
    """(2, 3) pixel-index matrix that takes the bone in the source to the bone in the target."""
    (a, b), (c, d) = ((pose[bone[0]] - 0.5, pose[bone[1]] - 0.5) for pose in (source, target))
    u, v = complex(*(b - a)), complex(*(d - c))
    turn = v / u if abs(u) > 1e-3 else 1 + 0j
    turn *= min(max(abs(turn), 0.5), 2.0) / max(abs(turn), 1e-6)
    matrix = np.array([[turn.real, -turn.imag], [turn.imag, turn.real]])
    return np.concatenate([matrix, (c - matrix @ a)[:, None]], 1)
