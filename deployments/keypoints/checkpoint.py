"""Reads people with an operator's checkpoints: RT-DETR finds them, ViTPose reads their joints, all of them at once.

Boxes, crops and joints are the library's own (Xu et al. 2022, ViTPose; Zhao et al. 2023, RT-DETR). Knows people only:
what is drawn beyond what photographs teach is left to our network and the other readers. Does not choose among them.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from deployments.checkpoints.opening import Checkpoint
from deployments.checkpoints.pretrained import Pretrained, load_pretrained
from deployments.keypoints.foreground import Foreground, is_photograph
from deployments.keypoints.read import shrunk
from deployments.keypoints.vitpose import Bounds, coco_rows, to_reading
from pose.errors import WeightsError
from pose.figure import Kind, Reading

POSES = {"VitPoseForPoseEstimation": "VitPoseImageProcessorPil"}
DETECTORS = {
    "RTDetrV2ForObjectDetection": "RTDetrImageProcessorPil",
    "RTDetrForObjectDetection": "RTDetrImageProcessorPil",
}
PERSON = "person"
SURE = 0.3  # a detection's score from which it is read
MOST = 16  # people of one picture that are read, surest first
LEAST_SIDE = 4.0  # pixels; a smaller box is none


class PeopleReader:
    """A reader as `read.read_figures` takes them: `reader(picture, foreground) -> readings`."""

    def __init__(self, pose: Pretrained, detector: Pretrained) -> None:
        self._pose, self._detector = pose, detector
        self._rows = coco_rows(pose.module.config.id2label)
        self._person = person_row(detector.module.config.id2label)
        self._experts = pose.module.config.backbone_config.num_experts > 1

    def __call__(self, picture: NDArray[np.uint8], foreground: Foreground | None = None) -> list[Reading]:
        """The people in a picture (H, W, 3 or 4), read at 768 px at most. Alpha is put on white."""
        small, scale = shrunk(picture)
        found = self.read(small, self.detect(small))
        kind: Kind = "photo" if is_photograph(picture) else "drawing"
        return [_enlarged(reading, scale, picture.shape[1], picture.shape[0], kind) for reading in found]

    def detect(self, rgb: NDArray[np.uint8]) -> list[Bounds]:
        """People's boxes (x0, y0, x1, y1) in a picture (H, W, 3), surest first."""
        height, width = rgb.shape[:2]
        inputs = self._detector.processor(images=rgb, return_tensors="pt", input_data_format="channels_last")
        answer = self._detector(pixel_values=inputs["pixel_values"])
        plain = SimpleNamespace(logits=answer.logits.float().cpu(), pred_boxes=answer.pred_boxes.float().cpu())
        (found,) = self._detector.processor.post_process_object_detection(
            plain, threshold=SURE, target_sizes=[(height, width)]
        )
        boxes = found["boxes"][found["labels"] == self._person].numpy()
        boxes = np.clip(boxes, 0, np.array((width, height, width, height), np.float32))
        large = (boxes[:, 2:] - boxes[:, :2] >= LEAST_SIDE).all(1)
        return [(float(a), float(b), float(c), float(d)) for a, b, c, d in boxes[large][:MOST]]

    def read(self, rgb: NDArray[np.uint8], boxes: Sequence[Bounds]) -> list[Reading]:
        """The figures of boxes in a picture (H, W, 3), in one batch; `kind` is yet to be told."""
        if not boxes:
            return []
        height, width = rgb.shape[:2]
        corners = [[x0, y0, x1 - x0, y1 - y0] for x0, y0, x1, y1 in boxes]
        people = self._joints(rgb, corners)
        return [
            to_reading(points[self._rows], scores[self._rows], box, width, height, "photo")
            for (points, scores), box in zip(people, boxes, strict=True)
        ]

    def weights(self) -> dict[str, str]:
        """{class: SHA-256} of both networks."""
        return {network.name: network.sha256 for network in (self._pose, self._detector)}

    def _joints(
        self, rgb: NDArray[np.uint8], corners: list[list[float]]
    ) -> list[tuple[NDArray[np.float32], NDArray[np.float32]]]:
        """(joints, 2) and (joints,) of each box (x, y, width, height), as the library gives them."""
        processor = self._pose.processor
        inputs = processor(images=rgb, boxes=[corners], return_tensors="pt", input_data_format="channels_last")
        answer = self._pose(**inputs, **self._chosen_experts(len(corners)))
        plain = SimpleNamespace(heatmaps=answer.heatmaps.float().cpu())
        (people,) = processor.post_process_pose_estimation(plain, boxes=[corners])
        return [(person["keypoints"].float().numpy(), person["scores"].float().numpy()) for person in people]

    def _chosen_experts(self, count: int) -> dict[str, Any]:
        """ViTPose++ has experts by data set; the first are COCO's."""
        return {"dataset_index": torch.zeros(count, dtype=torch.long)} if self._experts else {}


def open_people_reader(
    checkpoint: Checkpoint, device: torch.device | None = None, dtype: torch.dtype | None = None
) -> PeopleReader:
    """base: a ViTPose; detector: an RT-DETR of any version. Raises WeightsError where one is refused or missing."""
    if checkpoint.detector is None:
        raise WeightsError(
            "the keypoints checkpoint has a base but no detector: ViTPose reads people in boxes; set detector to a "
            f"folder (or pulled hub id) of {' or '.join(DETECTORS)}, such as PekingU/rtdetr_v2_r18vd."
        )
    return PeopleReader(
        load_pretrained(checkpoint.base, POSES, device, dtype),
        load_pretrained(checkpoint.detector, DETECTORS, device, dtype),
    )


def person_row(labels: Mapping[int, str]) -> int:
    """The row of the class of people. Raises WeightsError for a detector that has none."""
    rows = [row for row, label in labels.items() if label.lower() == PERSON]
    if not rows:
        raise WeightsError(
            f"the detector has no class '{PERSON}' among its {len(labels)} ({', '.join(list(labels.values())[:5])}, "
            "...); give one trained on COCO or Objects365, such as PekingU/rtdetr_v2_r18vd."
        )
    return rows[0]


def _enlarged(reading: Reading, scale: float, width: int, height: int, kind: Kind) -> Reading:
    """A reading of the shrunk picture in the pixels of the whole one."""
    pose = replace(reading.pose, points=reading.pose.points / np.float32(scale), width=width, height=height)
    x0, y0, x1, y1 = (side / scale for side in reading.box)
    return replace(reading, pose=pose, kind=kind, box=(x0, y0, x1, y1))
