"""How right the serving parser's mattes are on degraded pictures of drawn figures, true joints given.

Knows the parser and the truth; no poses but the source's.
"""

from typing import Any

import numpy as np

from deployments.garments.parse import parse_figure
from pose.errors import NoFigure
from pose.figure import Reading
from pose.pose import Pose
from training.cases import Case
from training.scores import iou


def matte_iou(case: Case, network: Any) -> float:
    """IoU of the refined matte of the source's uploaded picture with the true one, at alpha > 0.5; 0 without one."""
    try:
        figure = parse_figure(case.picture, true_reading(case.figure.pose), None, network)
    except NoFigure:
        return 0.0
    return iou(figure.image, case.figure.image)


def true_reading(pose: Pose) -> Reading:
    """The true joints as a reader would hand them over."""
    points = pose.points[pose.present]
    low, high = np.maximum(points.min(0), 0), np.minimum(points.max(0), (pose.width, pose.height))
    return Reading(pose, "character", "network", 1.0, (*low.tolist(), *high.tolist()))
