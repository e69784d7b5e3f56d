"""Parts the head from the torso: across the narrowest place between the shoulders and the face.

Knows the silhouette, the part map and the joints; no colours.
"""

import numpy as np
from numpy.typing import NDArray

from deployments.garments.anatomy import Mask
from pose.figure import PART_INDEX
from pose.pose import Pose

SHARES = np.linspace(0.15, 0.8, 14)  # where the neck is looked for, from the neck joint (0) to the nose (1)
USUAL = 0.45


def neck_cut(parts: NDArray[np.uint8], inside: Mask, pose: Pose, where: Mask | None = None) -> NDArray[np.uint8]:
    """The parts with head and torso told apart by a line across the neck; unchanged where neck or nose is absent.

    where (H, W): pixels to which this is limited.
    """
    if not pose.has("neck", "nose"):
        return parts
    axis = pose["nose"] - pose["neck"]
    length = float(np.linalg.norm(axis))
    if length < 2:
        return parts
    body = np.isin(parts, [PART_INDEX["torso"], PART_INDEX["head"]])
    share = narrowest(inside & body, pose["neck"], axis)
    y, x = np.mgrid[: parts.shape[0], : parts.shape[1]].astype(np.float32) + np.float32(0.5)
    along = ((x - pose["neck"][0]) * axis[0] + (y - pose["neck"][1]) * axis[1]) / length**2
    names = np.where(along > share, PART_INDEX["head"], PART_INDEX["torso"])
    return np.where(body if where is None else body & where, names, parts).astype(np.uint8)


def narrowest(body: Mask, neck: NDArray[np.float32], axis: NDArray[np.float32]) -> float:
    """Where along the axis (0 = neck, 1 = nose) the body is narrowest across it, drawn to the usual place."""
    length = float(np.linalg.norm(axis))
    across = np.array([-axis[1], axis[0]], np.float32) / length
    widths = np.array([_span(body, neck + axis * np.float32(share), across, 2 * length) for share in SHARES])
    score = widths / max(1.0, float(widths.max())) + 0.6 * np.abs(SHARES - USUAL)
    return float(SHARES[int(score.argmin())])


def _span(body: Mask, point: NDArray[np.float32], across: NDArray[np.float32], most: float) -> float:
    """How far the body goes on without a gap from a point to both sides, in pixels."""
    total = 0.0
    for sign in (-1, 1):
        steps = np.arange(1, most, dtype=np.float32)[:, None] * across * sign
        columns, rows = np.floor(point + steps).astype(int).T
        valid = (rows >= 0) & (columns >= 0) & (rows < body.shape[0]) & (columns < body.shape[1])
        seen = np.zeros(len(rows), bool)
        seen[valid] = body[rows[valid], columns[valid]]
        total += len(seen) if seen.all() else int(seen.argmin())
    return total
