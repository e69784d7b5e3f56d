"""An operator's ViTPose and RT-DETR: the library's own numbers, alone and in company, and what is refused."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
import transformers

from deployments.backends.spec import Runtime
from deployments.checkpoints.opening import Checkpoint
from deployments.keypoints.checkpoint import SURE, PeopleReader, open_people_reader
from deployments.keypoints.deployment import Keypoints
from deployments.keypoints.vitpose import COCO
from pose.errors import ArtefactError, WeightsError
from pose.skeleton import BIPED
from tests.deployments.keypoints.test_blazepose import HEIGHT, WIDTH, person
from tests.deployments.keypoints.test_deployment import FakeHandle, replica
from tests.deployments.keypoints.tiny_people import save_detector, save_vitpose

BOXES = [(10.0, 5.0, 70.0, 90.0), (40.5, 20.25, 95.0, 60.0), (0.0, 0.0, 110.0, 100.0)]
ROWS = [BIPED.index[joint] for joint in COCO]


def picture(height: int = 100, width: int = 110) -> np.ndarray:
    y, x = np.mgrid[:height, :width]
    rgb = np.stack([np.sin(x / 7) * 100 + 128, np.cos(y / 5) * 100 + 128, (x * y) % 256], -1)
    return rgb.astype(np.uint8)


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> Checkpoint:
    root = tmp_path_factory.mktemp("people")
    return Checkpoint(base=str(save_vitpose(root / "pose")), detector=str(save_detector(root / "detector")))


@pytest.fixture(scope="module")
def reader(folders: Checkpoint) -> PeopleReader:
    return open_people_reader(folders, torch.device("cpu"), torch.float32)


def library_people(folder: str, boxes: list[tuple[float, ...]]) -> list[tuple[np.ndarray, np.ndarray]]:
    """The documented way: processor with boxes, network, post-processing."""
    network = transformers.VitPoseForPoseEstimation.from_pretrained(folder).eval()
    processor = transformers.VitPoseImageProcessorPil.from_pretrained(folder)
    corners = [[[x0, y0, x1 - x0, y1 - y0] for x0, y0, x1, y1 in boxes]]
    with torch.no_grad():
        inputs = processor(images=picture(), boxes=corners, return_tensors="pt")
        experts = network.config.backbone_config.num_experts
        more = {"dataset_index": torch.zeros(len(boxes), dtype=torch.long)} if experts > 1 else {}
        (people,) = processor.post_process_pose_estimation(network(**inputs, **more), boxes=corners)
    return [(person["keypoints"].numpy(), person["scores"].numpy()) for person in people]


@pytest.mark.parametrize("experts", [1, 3])
def test_joints_are_the_librarys_own_alone_and_together(tmp_path: Path, folders: Checkpoint, experts: int) -> None:
    base = save_vitpose(tmp_path / "pose", experts)
    ours = open_people_reader(Checkpoint(str(base), detector=folders.detector), torch.device("cpu"), torch.float32)
    together = ours.read(picture(), BOXES)
    alone = [ours.read(picture(), [box])[0] for box in BOXES]
    seen = 0
    for readings in (together, alone):
        for reading, (points, scores) in zip(readings, library_people(str(base), BOXES), strict=True):
            here = reading.pose.scores[ROWS] > 0
            seen += int(here.sum())
            assert np.abs(reading.pose.points[ROWS] - 0.5 - points).max() < 1e-4
            assert np.abs(reading.pose.scores[ROWS] - np.clip(scores, 0, 1))[here].max() < 1e-4
    assert seen > 20


@pytest.mark.parametrize("version", [1, 2])
def test_boxes_are_the_librarys_own_people(tmp_path: Path, folders: Checkpoint, version: int) -> None:
    folder = save_detector(tmp_path / "detector", version)
    ours = open_people_reader(Checkpoint(folders.base, detector=str(folder)), torch.device("cpu"), torch.float32)
    kind = transformers.RTDetrV2ForObjectDetection if version == 2 else transformers.RTDetrForObjectDetection
    processor = transformers.RTDetrImageProcessorPil.from_pretrained(folder)
    with torch.no_grad():
        answer = kind.from_pretrained(folder).eval()(**processor(images=picture(), return_tensors="pt"))
    (found,) = processor.post_process_object_detection(answer, SURE, [(100, 110)])
    people = found["boxes"][found["labels"] == 1].numpy().clip(0, (110, 100, 110, 100))
    boxes = ours.detect(picture())
    assert 2 < len(boxes) <= len(people) < len(found["boxes"])
    assert all(np.abs(people - box).max(1).min() < 1e-4 for box in boxes)


def test_a_large_picture_is_read_small_and_answered_in_its_own_pixels(reader: PeopleReader) -> None:
    large = np.kron(picture(384, 300), np.ones((4, 4, 1), np.uint8))
    small = [reading.box for reading in reader(np.kron(picture(384, 300), np.ones((2, 2, 1), np.uint8)))]
    found = reader(large)
    assert found
    assert {(reading.reader, reading.pose.width, reading.pose.height) for reading in found} == {("vitpose", 1200, 1536)}
    assert np.abs(np.array([reading.box for reading in found]) - 2 * np.array(small)).max() < 0.01


def test_no_boxes_no_readings(reader: PeopleReader) -> None:
    assert reader.read(picture(), []) == []


def test_weights_are_named_for_the_report(reader: PeopleReader) -> None:
    weights = reader.weights()
    assert set(weights) == {"VitPoseForPoseEstimation", "RTDetrV2ForObjectDetection"}
    assert len(set(weights.values())) == 2


def test_the_stage_chooses_among_them_and_takes_the_mask_from_blazepose() -> None:
    keypoints, _ = replica([person()])
    noise = np.random.default_rng(0).integers(0, 255, (HEIGHT, WIDTH, 3), np.uint8)
    (masked,) = asyncio.run(keypoints.read(noise))
    keypoints._people = lambda _: [replace(masked, reader="vitpose", score=0.5, mask=None)]  # type: ignore[assignment]
    (found,) = asyncio.run(keypoints.read(noise))
    assert found.reader == "vitpose"
    assert found.mask is not None


def test_the_stage_opens_the_checkpoint_warms_it_and_names_its_hashes(folders: Checkpoint) -> None:
    keypoints = Keypoints(FakeHandle([]), folders, Runtime("eager", device="cpu", precision="fp32"))
    assert keypoints._people is not None
    assert keypoints._people._pose.dtype == keypoints._people._detector.dtype == torch.float32
    with pytest.raises(ArtefactError, match="keypoints stage with a checkpoint, got compiled"):
        Keypoints(FakeHandle([]), folders, Runtime("compiled"))
    asyncio.run(keypoints.read(picture()))
    assert set(keypoints.weights()) == {"VitPoseForPoseEstimation", "RTDetrV2ForObjectDetection"}


def swapped(folders: Checkpoint, root: Path) -> Checkpoint:
    return Checkpoint(base=str(folders.detector), detector=folders.base)


def alone(folders: Checkpoint, root: Path) -> Checkpoint:
    return Checkpoint(base=folders.base)


def of_animals(folders: Checkpoint, root: Path) -> Checkpoint:
    joints = {row: f"paw_{row}" for row in range(17)}
    return Checkpoint(str(save_vitpose(root / "paws", labels=joints)), detector=folders.detector)


def of_cats(folders: Checkpoint, root: Path) -> Checkpoint:
    return Checkpoint(folders.base, detector=str(save_detector(root / "cats", labels={0: "cat", 1: "dog"})))


def pickled(folders: Checkpoint, root: Path) -> Checkpoint:
    folder = save_vitpose(root / "pickled")
    (folder / "model.safetensors").unlink()
    torch.save({}, folder / "pytorch_model.bin")
    return Checkpoint(str(folder), detector=folders.detector)


@pytest.mark.parametrize(
    ("bad", "told"),
    [
        (swapped, "RTDetrV2ForObjectDetection.*VitPoseForPoseEstimation"),
        (alone, "set detector"),
        (of_animals, "paw_0.*usyd-community/vitpose"),
        (of_cats, "no class 'person'.*cat, dog.*rtdetr"),
        (pickled, "safetensors"),
    ],
)
def test_what_cannot_be_used_is_refused_with_the_remedy(
    tmp_path: Path, folders: Checkpoint, bad: Callable[[Checkpoint, Path], Checkpoint], told: str
) -> None:
    with pytest.raises(WeightsError, match=told):
        open_people_reader(bad(folders, tmp_path), torch.device("cpu"), torch.float32)
