"""The report that comes with every result: how true it is to the pose, and how much of it the source shows.

Knows the numbers, not how they were come by. Lengths are per cent of the figure's height unless said otherwise.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pose.figure import Figure, Reading, Warp
from pose.pose import Pose

UNSTRETCHED = (0.7, 1.4)
VISIBLE = 8
REPAINTED = 12
MUCH_INVENTED = 0.25
MUCH_TURNED = 45.0
BOX_MARGIN = 0.08
FACE = frozenset({"nose", "r_eye", "l_eye", "r_ear", "l_ear"})


@dataclass(frozen=True)
class Report:
    """pose_error: mean distance of re-detected from asked joints, % of the figure's height (None: not re-detected),
    over `joints_compared` joints. bone_drift: median of |detected / asked - 1| over bones, %. copied, stretched and
    invented: shares of the figure's visible pixels, 1 together."""

    pose_error: float | None
    joints_compared: int
    bone_drift: float | None
    copied: float
    stretched: float
    invented: float
    ignored_joints: tuple[str, ...]
    merged_parts: tuple[str, ...]
    turn_degrees: float
    warnings: tuple[str, ...]


def make_report(
    figure: Figure, asked: Pose, warp: Warp, result: NDArray[np.uint8], readings: list[Reading], turn: float
) -> Report:
    """asked: the target as requested; warp.pose: as retargeted, in output pixels; result (H, W, 4): after repair."""
    found = nearest_reading(readings, warp.pose)
    error, compared = (None, 0) if found is None else pose_error(found, warp.pose)
    drift = None if found is None else bone_drift(found, warp.pose)
    copied, stretched, invented = shares(warp, result)
    ignored = ignored_joints(figure.pose, asked)
    warnings = _warnings(figure, warp, turn, invented, ignored, found is None)
    return Report(error, compared, drift, copied, stretched, invented, ignored, figure.merged, turn, warnings)


def shares(warp: Warp, result: NDArray[np.uint8]) -> tuple[float, float, float]:
    """(copied, stretched, invented) of the result's visible pixels.

    Invented: no source texel, a completed texel, or repainted (more than 12 levels off the warp). Of the rest,
    stretched: a texel whose area grew or shrank by more than 1.4; copied: what remains.
    """
    visible = result[..., 3] > VISIBLE
    if not visible.any():
        return 0.0, 0.0, 0.0
    apart = np.abs(result.astype(np.int16) - warp.rgba.astype(np.int16)).max(-1)
    invented = (warp.invented | ~np.isfinite(warp.source[..., 0]) | (apart > REPAINTED)) & visible
    area = np.nan_to_num(warp.stretch, nan=1.0)
    calm = (area >= UNSTRETCHED[0]) & (area <= UNSTRETCHED[1])
    count = float(visible.sum())
    stretched = visible & ~invented & ~calm
    return (
        float((visible & ~invented & calm).sum()) / count,
        float(stretched.sum()) / count,
        float(invented.sum()) / count,
    )


def nearest_reading(readings: list[Reading], asked: Pose) -> Pose | None:
    """The re-detected pose with the smallest error against what was asked; None where nothing comparable was found."""
    scored = [(pose_error(reading.pose, asked), reading.pose) for reading in readings]
    comparable = [(error, pose) for (error, count), pose in scored if error is not None and count >= 3]
    return min(comparable, key=lambda pair: pair[0])[1] if comparable else None


def pose_error(found: Pose, asked: Pose) -> tuple[float | None, int]:
    """Mean joint distance in % of the asked figure's height, and over how many core joints present in both."""
    core = slice(0, asked.skeleton.core)
    both = found.present[core] & asked.present[core]
    if not both.any():
        return None, 0
    apart = np.linalg.norm(found.points[core][both] - asked.points[core][both], axis=1)
    return float(apart.mean() / figure_height(asked) * 100), int(both.sum())


def bone_drift(found: Pose, asked: Pose) -> float | None:
    """Median over limb bones of |detected / asked - 1| in %; bones under 3% of the height are left out."""
    height = figure_height(asked)
    ratios = []
    for first, second in asked.skeleton.bone_rows:
        rows = [first, second]
        if not (found.present[rows].all() and asked.present[rows].all()):
            continue
        length = float(np.linalg.norm(asked.points[first] - asked.points[second]))
        if length > 0.03 * height:
            ratios.append(abs(float(np.linalg.norm(found.points[first] - found.points[second])) / length - 1))
    return float(np.median(ratios) * 100) if ratios else None


def figure_box(pose: Pose) -> tuple[float, float, float, float]:
    """(x0, y0, x1, y1) around the present joints with a margin of 8% of their extent, within the pose's canvas."""
    points = pose.points[pose.present]
    if not len(points):
        return 0.0, 0.0, float(pose.width), float(pose.height)
    low, high = points.min(0), points.max(0)
    margin = BOX_MARGIN * float((high - low).max())
    x0, y0 = np.maximum(low - margin, 0)
    x1, y1 = np.minimum(high + margin, (pose.width, pose.height))
    return float(x0), float(y0), float(x1), float(y1)


def figure_height(pose: Pose) -> float:
    """The larger side of the box around the present joints, pixels (at least 1)."""
    points = pose.points[pose.present]
    return float(max(1.0, np.ptp(points, axis=0).max())) if len(points) else 1.0


def ignored_joints(source: Pose, asked: Pose) -> tuple[str, ...]:
    """Core joints that were asked for and that the source does not have."""
    missing = asked.present & ~source.present
    return tuple(
        name for name, gone in zip(source.skeleton.joints[: source.skeleton.core], missing, strict=False) if gone
    )


def _warnings(
    figure: Figure, warp: Warp, turn: float, invented: float, ignored: tuple[str, ...], unread: bool
) -> tuple[str, ...]:
    told = list(warp.warnings)
    if turn > MUCH_TURNED:
        told.append(f"the pose turns the figure by about {turn:.0f} degrees; sides that the source hides are guessed.")
    if figure.merged:
        told.append(f"no boundary was found for {', '.join(figure.merged)}; these move with the part they belong to.")
    limbs = [name for name in ignored if name not in FACE]
    if limbs:
        told.append(f"the source does not show {', '.join(limbs)}; the pose's joints of that name were ignored.")
    if invented > MUCH_INVENTED:
        told.append(f"{invented:.0%} of the figure is invented; a pose nearer to the source's shows more of it.")
    if unread:
        told.append("no pose could be read back from the result; its pose error is unknown.")
    return tuple(told)
