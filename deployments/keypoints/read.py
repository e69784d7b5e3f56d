"""From a picture to the figures in it, with their poses. Pure: readers are arguments. Knows no network, no Ray.

A picture coloured like OpenPose's is read by hue, and by nothing else. Any other goes to every reader; what they claim
is chosen from by evidence (choose.py).
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any, Protocol

import cv2
import numpy as np
from numpy.typing import NDArray

from deployments.keypoints.blazepose import to_reading
from deployments.keypoints.choose import choose
from deployments.keypoints.foreground import Foreground, estimate_foreground, is_photograph
from deployments.keypoints.openpose import read_openpose
from pose.errors import NoFigure, NoPose
from pose.figure import Kind, Reading

Bounds = tuple[float, float, float, float]
Reader = Callable[[NDArray[np.uint8], Foreground], list[Reading]]

LONGEST = 768
BOXES, BOXES_IF_CLEAR = 4, 2
CERTAIN = 0.85  # score of a reading that settles a figure
ABOUT = 0.4  # share of their union from which a box is around the figure of a reading
CLEAR = 0.8


class Locator(Protocol):
    """What `reader.PoseReader` gives of itself here."""

    def locate(self, picture: NDArray[np.uint8]) -> list[Any]: ...

    def read(self, picture: NDArray[np.uint8], box: Bounds, around_joints: bool = False) -> Reading: ...


def read_figures(picture: NDArray[np.uint8], readers: Sequence[Reader]) -> list[Reading]:
    """The figures in a picture (H, W, 3 or 4), largest first; empty where nothing reads as a figure."""
    coloured = read_openpose(picture)
    if coloured:
        return coloured
    foreground = estimate_foreground(picture)
    return choose([reading for reader in readers for reading in reader(picture, foreground)], foreground)


def largest(readings: Sequence[Reading], figure_index: int = 0, reference: bool = False) -> Reading:
    """The figure to work with: the largest, or the one of rank `figure_index`.

    Raises NoFigure (NoPose where the picture is a reference) if there is none of that rank.
    """
    error = NoPose if reference else NoFigure
    if not readings:
        what = "pose" if reference else "figure"
        instead = "keypoints" if reference else "source_keypoints"
        raise error(
            f"found no {what} in the picture; give one with a plainly visible figure, or the joints as {instead}."
        )
    if not 0 <= figure_index < len(readings):
        raise error(f"figure_index {figure_index} asked, {len(readings)} found; give 0 to {len(readings) - 1}.")
    return readings[figure_index]


def shrunk(picture: NDArray[np.uint8]) -> tuple[NDArray[np.uint8], float]:
    """(h, w, 3) of at most 768 px, all that the networks need, transparency on white; and the scale, new over old."""
    scale = min(1.0, LONGEST / max(picture.shape[:2]))
    size = max(1, round(picture.shape[1] * scale)), max(1, round(picture.shape[0] * scale))
    small = cv2.resize(picture, size, interpolation=cv2.INTER_AREA) if scale < 1 else picture
    if small.shape[2] == 4:
        alpha = small[..., 3:].astype(np.uint16)
        small = ((small[..., :3] * alpha + 255 * (255 - alpha)) // 255).astype(np.uint8)
    return np.ascontiguousarray(small), scale


def search_boxes(foreground: Foreground, scale: float) -> list[Bounds] | None:
    """Where to look for people in the shrunk picture; None (everywhere) where the foreground is not clear."""
    if foreground.trust < CLEAR or not foreground.boxes:
        return None
    return [_scaled(box, scale) for box in foreground.boxes[:BOXES]]


def people_reader(people: list[dict[str, Any]], scale: float) -> Reader:
    """BlazePose's answer for the shrunk picture, already there, as a reader."""

    def read(picture: NDArray[np.uint8], foreground: Foreground) -> list[Reading]:
        height, width = picture.shape[:2]
        kind: Kind = "photo" if is_photograph(picture) else "drawing"
        return [to_reading(_enlarged(person, scale, width, height), width, height, kind) for person in people]

    return read


def network_reader(reader: Locator, hints: Sequence[Bounds] = ()) -> Reader:
    """Our own network on its own boxes, those of the foreground, `hints`, and the whole picture where they are few.

    A box around a figure that has been read with certainty is not read again.
    """

    def read(picture: NDArray[np.uint8], foreground: Foreground) -> list[Reading]:
        height, width = picture.shape[:2]
        small, scale = shrunk(picture)
        located = [box.bounds for box in sorted(reader.locate(small), key=lambda box: -box.score)]
        known = [*(foreground.boxes[:2] if foreground.trust > 0.5 else ()), *hints]
        whole = (0.0, 0.0, float(small.shape[1]), float(small.shape[0]))
        boxes = _distinct([*(_scaled(box, scale) for box in known), *located, whole])
        most = BOXES_IF_CLEAR if foreground.trust >= CLEAR else BOXES
        found: list[Reading] = []
        for box in boxes[:most]:
            if not any(one.score >= CERTAIN and _union_share(one.box, box) > ABOUT for one in found):
                found.append(reader.read(small, box))
        return [_restored(one, scale, width, height) for one in found]

    return read


def reread(picture: NDArray[np.uint8], box: Bounds, reader: Locator) -> Reading:
    """The figure of a box around its joints in the picture (H, W, 3 or 4), by our own network alone."""
    small, scale = shrunk(picture)
    return _restored(
        reader.read(small, _scaled(box, scale), around_joints=True), scale, picture.shape[1], picture.shape[0]
    )


def _enlarged(person: dict[str, Any], scale: float, width: int, height: int) -> dict[str, Any]:
    landmarks = np.array(person["landmarks"], np.float32)
    landmarks[:, :3] /= scale
    mask = cv2.resize(person["mask"], (width, height), interpolation=cv2.INTER_LINEAR) if scale < 1 else person["mask"]
    return {**person, "landmarks": landmarks, "mask": mask}


def _restored(reading: Reading, scale: float, width: int, height: int) -> Reading:
    """A reading of the shrunk picture in the pixels of the whole one."""
    pose = replace(reading.pose, points=reading.pose.points / np.float32(scale), width=width, height=height)
    return replace(reading, pose=pose, box=_scaled(reading.box, 1 / scale))


def _scaled(box: Bounds, factor: float) -> Bounds:
    x0, y0, x1, y1 = box
    return x0 * factor, y0 * factor, x1 * factor, y1 * factor


def _distinct(boxes: list[Bounds]) -> list[Bounds]:
    """Without those that another one before equals by 70% of their union."""
    kept: list[Bounds] = []
    for box in boxes:
        if all(_union_share(box, other) < 0.7 for other in kept):
            kept.append(box)
    return kept


def _union_share(a: Bounds, b: Bounds) -> float:
    width, height = min(a[2], b[2]) - max(a[0], b[0]), min(a[3], b[3]) - max(a[1], b[1])
    shared = max(width, 0.0) * max(height, 0.0)
    union = (a[2] - a[0]) * (a[3] - a[1]) + (b[2] - b[0]) * (b[3] - b[1]) - shared
    return shared / max(union, 1e-6)
