"""How far the joints that a detector reads in a picture are from where they were asked for. Knows one reader."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from deployments.denoiser.sample import bounds
from deployments.keypoints.reader import PoseReader
from pose.pose import Pose

Array = NDArray[Any]


def joint_error(reader: PoseReader, rgba: Array, asked: Pose, truth: Array) -> float:
    """Mean distance in percent of the figure's height between the re-detected and the asked core joints.

    rgba, truth (H, W, 4) uint8 straight, put on white; the detector looks at the true figure's box in both. Counted
    are the joints that are visible in the truth and that the detector finds; NaN where there are none.
    """
    box = bounds(truth[..., 3] > 127)
    if box is None:
        return float("nan")
    alpha = rgba[..., 3:] / 255
    picture = np.round(rgba[..., :3] * alpha + 255 * (1 - alpha)).astype(np.uint8)
    found = reader.read(picture, tuple(float(v) for v in box)).pose  # type: ignore[arg-type]
    core = np.arange(len(asked.scores)) < asked.skeleton.core
    counted = core & (asked.scores > 0.9) & found.present
    if not counted.any():
        return float("nan")
    distance = np.linalg.norm(found.points - asked.points, axis=1)[counted]
    return float(distance.mean() / (box[3] - box[1]) * 100)
