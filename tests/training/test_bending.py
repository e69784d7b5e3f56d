"""Bending keeps truth and picture together."""

import numpy as np

from pose.skeleton import BIPED
from training.bending import bent
from training.feed import Sample

SIZE = 128


def _sample(joints: np.ndarray, dot: int) -> Sample:
    rgb, parts = np.zeros((SIZE, SIZE, 3), np.uint8), np.zeros((SIZE, SIZE), np.uint8)
    x, y = joints[dot].astype(int)
    rgb[y - 4 : y + 5, x - 4 : x + 5, 0], parts[y - 4 : y + 5, x - 4 : x + 5] = 255, 3
    clean = np.dstack([rgb, rgb[..., 0]])
    state = np.full(BIPED.core, 2, np.uint8)
    return Sample(rgb, joints, state, np.zeros(BIPED.core, np.float32), "character", clean, parts, parts)


def test_bending_moves_joints_and_labels_with_the_drawing() -> None:
    joints = np.random.default_rng(4).uniform(30, 98, (BIPED.core, 2)).astype(np.float32)
    shift = np.linalg.norm(bent(_sample(joints, 0), np.random.default_rng(8)).joints - joints, axis=1)
    dot = int(shift.argmax())
    assert shift[dot] > 3
    moved = bent(_sample(joints, dot), np.random.default_rng(8))
    assert moved.parts is not None
    assert moved.clean is not None
    for plane in (moved.rgb[..., 0] > 128, moved.parts == 3, moved.clean[..., 3] > 128):
        middle = np.argwhere(plane).mean(0)[::-1] + 0.5
        assert np.linalg.norm(middle - moved.joints[dot]) < 1.2
    assert set(np.unique(moved.parts)) == {0, 3}


def test_a_joint_that_is_bent_off_the_picture_is_absent() -> None:
    joints = np.stack([np.full(BIPED.core, 0.2), np.linspace(8, 120, BIPED.core)], -1).astype(np.float32)
    moved = bent(_sample(joints, 9), np.random.default_rng(8))
    outside = (moved.joints[:, 0] < 0) | (moved.joints[:, 0] >= SIZE)
    assert outside.any()
    assert np.array_equal(moved.state == 0, outside)
