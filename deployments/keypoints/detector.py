"""Finds and reads people with BlazePose (Bazarevsky et al. 2020), by MediaPipe's own bundled networks.

Runs in the environment that has mediapipe; importing the module needs numpy and OpenCV only. It knows MediaPipe's 33
landmarks, not our skeleton (blazepose.py maps them).

MediaPipe's Python call reads one person a picture, the first that its detector prefers. Here the two networks are
called apart: the detector on the whole picture, on a padded one (people cut by the border) and on tiles (small or
crowded people); the landmark network on each proposed region, then on the region that its own answer implies.
Readings of one person are grouped, and the one that the others agree with most is kept.

Convention: pixels of the given picture, x right, y down. A region is (hip centre, end of the body's radius).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

Bounds = tuple[float, float, float, float]

DETECTION_THRESHOLD = 0.2
GROWTHS = (1.05, 1.15, 1.25)
REPEATS = 3
ATTEMPTS = 24
SIMILARITY_JOINTS = (0, 11, 12, 13, 14, 15, 16, 23, 24, 25, 26, 27, 28)

_DETECT = """
input_stream: "image"
output_stream: "detections"
node { calculator: "PoseDetectionCpu" input_stream: "IMAGE:image" output_stream: "DETECTIONS:detections" }
"""
_READ = """
input_stream: "image"
input_stream: "roi"
input_side_packet: "model_complexity"
input_side_packet: "enable_segmentation"
output_stream: "landmarks"
output_stream: "auxiliary"
output_stream: "mask"
node {
  calculator: "PoseLandmarkByRoiCpu"
  input_side_packet: "MODEL_COMPLEXITY:model_complexity"
  input_side_packet: "ENABLE_SEGMENTATION:enable_segmentation"
  input_stream: "IMAGE:image"
  input_stream: "ROI:roi"
  output_stream: "LANDMARKS:landmarks"
  output_stream: "AUXILIARY_LANDMARKS:auxiliary"
  output_stream: "SEGMENTATION_MASK:mask"
}
"""


@dataclass(frozen=True)
class Region:
    """Where a body is: its hip centre and a point on the circle around it that holds the body, upwards."""

    centre: NDArray[np.float64]
    end: NDArray[np.float64]

    @property
    def radius(self) -> float:
        return float(np.hypot(*(self.end - self.centre)))


@dataclass(frozen=True)
class Sighting:
    """One answer of the landmark network: landmarks (33, 5) = x, y, z in pixels, visibility, presence."""

    landmarks: NDArray[np.float32]
    region: Region
    mask: NDArray[np.float32]


class Detector:
    """Both networks, loaded once. Not thread-safe: one call at a time."""

    def __init__(self) -> None:
        from google.protobuf import text_format  # type: ignore[import-untyped]
        from mediapipe.framework import calculator_pb2
        from mediapipe.python._framework_bindings import calculator_graph
        from mediapipe.python.solution_base import SolutionBase

        def parse(text: str) -> Any:
            return text_format.Parse(text, calculator_pb2.CalculatorGraphConfig())

        expanded = calculator_graph.CalculatorGraph(graph_config=parse(_DETECT)).text_config
        lower = expanded.replace("min_score_thresh: 0.5", f"min_score_thresh: {DETECTION_THRESHOLD}")
        self._detector = SolutionBase(graph_config=parse(lower))
        sides = {"model_complexity": 1, "enable_segmentation": True}
        self._reader = SolutionBase(graph_config=parse(_READ), side_inputs=sides)

    def detect(self, picture: NDArray[np.uint8], boxes: Sequence[Bounds] | None = None) -> list[dict[str, Any]]:
        """People in (H, W, 3): `landmarks` (33, 5) float32, `mask` (H, W) uint8, `agreement` in 0..1 (of repeated
        readings) and `readings`, their number. Where it is known where figures are, `boxes` spares the tiles."""
        picture = np.ascontiguousarray(picture)
        groups: list[list[Sighting]] = []
        attempts = 0
        for window in windows(picture.shape[0], picture.shape[1], boxes):
            if window.fine and _one_large(groups, max(picture.shape)):
                break
            for region in self._propose(picture, window.box):
                known = sum(len(group) for group in groups if _same_region(group[0].region, region))
                if known < REPEATS and attempts < ATTEMPTS:
                    attempts += 1
                    self._sight(picture, region, groups)
        return [self._settle(picture, group) for group in groups]

    def _propose(self, picture: NDArray[np.uint8], box: tuple[int, int, int, int]) -> list[Region]:
        """The detector's regions in the window `box`, which may reach beyond the picture."""
        crop = _cut(picture, box)
        height, width = crop.shape[:2]
        found = self._detector.process({"image": crop}).detections or []
        scale, offset = np.array((width, height)), np.array(box[:2])
        points = [detection.location_data.relative_keypoints for detection in found]
        ends = [[np.array((p.x, p.y)) * scale + offset for p in keypoints[:2]] for keypoints in points]
        return [Region(*pair) for pair in ends]

    def _sight(self, picture: NDArray[np.uint8], region: Region, groups: list[list[Sighting]]) -> None:
        """Reads twice, the second time where the first reading says that the body is; files it with its person."""
        first = self._read(picture, region, 1.25)
        second = None if first is None else self._read(picture, first.region, 1.15)
        if second is None:
            return
        for group in groups:
            if _same_region(group[0].region, second.region):
                group.append(second)
                return
        groups.append([second])

    def _read(self, picture: NDArray[np.uint8], region: Region, growth: float) -> Sighting | None:
        from mediapipe.framework.formats import rect_pb2

        height, width = picture.shape[:2]
        side = 2 * growth * region.radius
        up = region.end - region.centre
        roi = rect_pb2.NormalizedRect(
            x_center=region.centre[0] / width, y_center=region.centre[1] / height,
            width=side / width, height=side / height, rotation=float(np.arctan2(up[0], -up[1])),
        )  # fmt: skip
        answer = self._reader.process({"image": picture, "roi": roi})
        if answer.landmarks is None or region.radius < 8:
            return None
        rows = [(p.x * width, p.y * height, p.z * width, p.visibility, p.presence) for p in answer.landmarks.landmark]
        ends = [np.array((p.x * width, p.y * height)) for p in answer.auxiliary.landmark]
        return Sighting(np.array(rows, np.float32), Region(ends[0], ends[1]), answer.mask)

    def _settle(self, picture: NDArray[np.uint8], group: list[Sighting]) -> dict[str, Any]:
        """The group's medoid, read again at several sizes of its region; the median of those."""
        similar = np.array([[similarity(a, b) for b in group] for a in group]).mean(1)
        medoid = group[int(similar.argmax())]
        again = [self._read(picture, medoid.region, growth) for growth in GROWTHS]
        read = [sighting for sighting in again if sighting is not None] or [medoid]
        agreement = np.mean([similarity(medoid, sighting) for sighting in [*group, *read]])
        mask = read[len(read) // 2].mask
        return {
            "landmarks": np.median([sighting.landmarks for sighting in read], axis=0).astype(np.float32),
            "mask": np.clip(mask * 255 + 0.5, 0, 255).astype(np.uint8),
            "agreement": float(agreement),
            "readings": len(group),
        }


@dataclass(frozen=True)
class Window:
    """A part of the picture to look at; `fine` ones are left out when a large person was already found."""

    box: tuple[int, int, int, int]
    fine: bool


def windows(height: int, width: int, boxes: Sequence[Bounds] | None = None) -> Iterator[Window]:
    """The whole picture, the picture padded by 30%, then `boxes` with a margin, or, where these are not known,
    overlapping square tiles of 66% and 45% of the longer side."""
    longer = max(height, width)
    pad = round(0.3 * longer)
    yield Window((0, 0, width, height), False)
    yield Window((-pad, -pad, width + pad, height + pad), False)
    yield Window((-pad // 2, 0, width + pad // 2, height + pad), False)
    for x0, y0, x1, y1 in boxes or ():
        margin = round(0.15 * max(x1 - x0, y1 - y0))
        yield Window((round(x0) - margin, round(y0) - margin, round(x1) + margin, round(y1) + margin), False)
    for share in (0.66, 0.45) if boxes is None else ():
        side = round(share * longer)
        for x in _starts(width, side):
            for y in _starts(height, side):
                yield Window((x, y, min(x + side, width), min(y + side, height)), True)


def similarity(a: Sighting, b: Sighting) -> float:
    """Object keypoint similarity of two readings, 0..1, over the joints that either sees.

    A tenth of the body's radius counts as one deviation.
    """
    rows = list(SIMILARITY_JOINTS)
    squared = ((a.landmarks[rows, :2] - b.landmarks[rows, :2]) ** 2).sum(1)
    seen = np.maximum(a.landmarks[rows, 3], b.landmarks[rows, 3]) + 1e-6
    return float(np.average(np.exp(-squared / (2 * (0.1 * a.region.radius) ** 2)), weights=seen))


def _starts(length: int, side: int) -> list[int]:
    count = int(np.ceil(2 * (length - side) / side)) + 1 if length > side else 1
    return [round(start) for start in np.linspace(0, max(length - side, 0), count)]


def _same_region(a: Region, b: Region) -> bool:
    near = np.hypot(*(a.centre - b.centre)) < 0.35 * min(a.radius, b.radius)
    return bool(near and 0.5 < a.radius / b.radius < 2.0)


def _one_large(groups: list[list[Sighting]], longer: int) -> bool:
    """Whether someone was read, more than once and alike, whose body fills most of the picture."""
    large = [group for group in groups if len(group) > 1 and 2 * group[0].region.radius > 0.6 * longer]
    return any(similarity(group[0], group[1]) > 0.75 for group in large)


def _cut(picture: NDArray[np.uint8], box: tuple[int, int, int, int]) -> NDArray[np.uint8]:
    """The window `box`; the picture's edge is repeated where the window reaches beyond it."""
    height, width = picture.shape[:2]
    x0, y0, x1, y1 = box
    inside = picture[max(y0, 0) : min(y1, height), max(x0, 0) : min(x1, width)]
    margins = max(-y0, 0), max(y1 - height, 0), max(-x0, 0), max(x1 - width, 0)
    return np.ascontiguousarray(cv2.copyMakeBorder(inside, *margins, cv2.BORDER_REPLICATE))
