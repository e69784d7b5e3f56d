"""References drawn on the fly: a pose as a stick figure, mannequin, wireframe or sketch, by ever different hands.

    joints, state, depth = random_reference_pose(rng, 256)
    rgb, joints, state = draw_reference(joints, state, depth, "stick", 256, rng)

Numpy and OpenCV only, a few milliseconds a picture; one thread. Knows no characters and no training. The variations
behind `held_out` are never drawn without it; each level's module names its own.
"""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from pose.errors import InvalidInput
from training.world.dolls import draw_doll
from training.world.easel import Picture, Rng
from training.world.meshes import draw_mesh
from training.world.pencils import draw_pencil
from training.world.reference_poses import random_reference_pose
from training.world.sitters import Sitter, seat
from training.world.stickmen import draw_stickman

__all__ = ["REFERENCE_LEVELS", "draw_reference", "random_reference_pose"]

_DRAW: dict[str, Callable[[Sitter, Rng, bool], Picture]] = {
    "stick": draw_stickman, "mannequin": draw_doll, "wireframe": draw_mesh, "sketch": draw_pencil,
}  # fmt: skip
REFERENCE_LEVELS = tuple(_DRAW)


def draw_reference(
    joints: NDArray[np.floating],
    state: NDArray[np.integer],
    depth: NDArray[np.floating],
    level: str,
    size: int,
    rng: Rng,
    held_out: bool = False,
) -> tuple[Picture, NDArray[np.float32], NDArray[np.uint8]]:
    """rgb (size, size, 3), and the truth as this drawing shows it: joints (J, 2) pixels, state (J,) 0 absent, 1
    implied or hidden, 2 visible. Given: joints (J, 2) pixels, state (J,) 0 = absent, depth (J,) body heights.
    Raises InvalidInput for an unknown level."""
    if level not in _DRAW:
        raise InvalidInput(f"unknown level '{level}'; choose from {REFERENCE_LEVELS}.")
    sitter = seat(joints, state, depth, size)
    rgb = _DRAW[level](sitter, rng, held_out)
    return rgb, *sitter.truth()
