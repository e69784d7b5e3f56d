"""Augmentations keep truth and picture together."""

import numpy as np

from pose.skeleton import BIPED
from training.augment import bent
from training.feed import Sample

SIZE = 128


def test_bending_moves_joints_and_labels_with_the_drawing() -> None:
    rng = np.random.default_rng(4)
    joints = rng.uniform(30, 98, (BIPED.core, 2)).astype(np.float32)
    rgb, parts = np.zeros((SIZE, SIZE, 3), np.uint8), np.zeros((SIZE, SIZE), np.uint8)
    x, y = joints[0].astype(int)
    rgb[y - 4 : y + 5, x - 4 : x + 5, 0], parts[y - 4 : y + 5, x - 4 : x + 5] = 255, 3
    sample = Sample(rgb, joints, np.full(BIPED.core, 2, np.uint8), np.zeros(BIPED.core, np.float32), "character",
                    clean=np.dstack([rgb, rgb[..., 0]]), parts=parts, materials=parts)  # fmt: skip
    moved = bent(sample, rng)
    assert np.linalg.norm(moved.joints - joints, axis=1).max() > 1
    assert moved.parts is not None
    assert moved.clean is not None
    for plane in (moved.rgb[..., 0] > 128, moved.parts == 3, moved.clean[..., 3] > 128):
        middle = np.argwhere(plane).mean(0)[::-1] + 0.5
        assert np.linalg.norm(middle - moved.joints[0]) < 2
    assert set(np.unique(moved.parts)) == {0, 3}
