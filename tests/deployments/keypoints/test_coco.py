"""BlazePose's path on real photographs: the largest fully visible people reach an OKS of 0.75.

Runs the detector under its own interpreter. Fully visible: at least 15 of COCO's 17 joints are labelled.
"""

import json
import subprocess
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from deployments.keypoints.foreground import estimate_foreground
from deployments.keypoints.read import people_reader, read_figures, search_boxes, shrunk
from pose.figure import Reading
from pose.pose import Pose

ROOT = Path(__file__).resolve().parents[3]
DATA = ROOT.parent / "shared" / "data"
PYTHON = ROOT / ".venv-blazepose" / "bin" / "python"
COCO = (
    "nose", "l_eye", "r_eye", "l_ear", "r_ear", "l_shoulder", "r_shoulder", "l_elbow", "r_elbow", "l_wrist", "r_wrist",
    "l_hip", "r_hip", "l_knee", "r_knee", "l_ankle", "r_ankle",
)  # fmt: skip
SIGMAS = np.array((26, 25, 25, 35, 35, 79, 79, 72, 72, 62, 62, 107, 107, 87, 87, 89, 89)) / 1000
DETECT = """
import pickle, sys
import numpy as np
from deployments.keypoints.deployment import BlazePose
replica = BlazePose()
asked = pickle.load(open(sys.argv[1], "rb"))
pickle.dump([replica.detect(picture, boxes) for picture, boxes in asked], open(sys.argv[2], "wb"))
"""

pytestmark = [
    pytest.mark.skipif(not DATA.is_dir(), reason="the shared pictures are not beside the repository"),
    pytest.mark.skipif(not PYTHON.is_file(), reason="BlazePose's environment is missing; run make install"),
]
PICTURES = {
    **{name: f"photos/{name}.jpg" for name in ("000000000785", "000000040083", "000000196141", "000000197388")},
    "woman": "illustrations/woman_half_body.jpg",
    "rabbit": "illustrations/rabbit_in_skirt.jpg",
    **{f"char{number}": f"characters/char{number}/texture.png" for number in (1, 3)},
}


@pytest.fixture(scope="module")
def readings(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[Reading]]:
    """What BlazePose alone finds, by picture."""
    import pickle

    folder = tmp_path_factory.mktemp("blazepose")
    pictures = {name: np.array(Image.open(DATA / path).convert("RGB")) for name, path in PICTURES.items()}
    small = {name: shrunk(picture) for name, picture in pictures.items()}
    asked = [
        (image, search_boxes(estimate_foreground(pictures[name]), scale)) for name, (image, scale) in small.items()
    ]
    (folder / "asked").write_bytes(pickle.dumps(asked))
    command = [str(PYTHON), "-W", "ignore", "-c", DETECT, str(folder / "asked"), str(folder / "answers")]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True, timeout=120)
    answers = dict(zip(pictures, pickle.loads((folder / "answers").read_bytes()), strict=True))
    return {
        name: read_figures(picture, [people_reader(answers[name], small[name][1])])
        for name, picture in pictures.items()
    }


def object_keypoint_similarity(pose: Pose, annotation: dict[str, Any]) -> float:
    """COCO's, over the labelled joints; an absent joint counts as missed."""
    truth = np.array(annotation["keypoints"], float).reshape(17, 3)
    rows = [pose.skeleton.index[name] for name in COCO]
    squared = ((pose.points[rows] - truth[:, :2]) ** 2).sum(1)
    near = np.exp(-squared / (2 * annotation["area"] * (2 * SIGMAS) ** 2)) * pose.present[rows]
    return float(near[truth[:, 2] > 0].mean())


@pytest.mark.parametrize("image", [785, 40083, 196141, 197388])
def test_the_largest_fully_visible_person(readings: dict[str, list[Reading]], image: int) -> None:
    everyone = json.loads((DATA / "photos" / "test_coco.json").read_text())["annotations"]
    whole = [person for person in everyone if person["image_id"] == image and person["num_keypoints"] >= 15]
    person = max(whole, key=lambda person: person["area"])
    scores = [object_keypoint_similarity(reading.pose, person) for reading in readings[f"{image:012d}"]]
    assert max(scores) >= 0.75


def test_one_reading_a_person(readings: dict[str, list[Reading]]) -> None:
    assert len(readings["000000000785"]) == 1
    assert len(readings["000000040083"]) == 2
    assert len(readings["woman"]) == len(readings["rabbit"]) == 1


def test_a_picture_cut_at_the_thighs_has_no_shins(readings: dict[str, list[Reading]]) -> None:
    pose = readings["woman"][0].pose
    assert not any(pose.has(name) for name in ("r_ankle", "l_ankle", "r_toe", "l_toe"))
    assert pose.has("r_wrist", "l_wrist", "r_hip", "l_hip")


@pytest.mark.parametrize("number", [1, 3])
def test_claims_on_childrens_drawings_are_not_believed(readings: dict[str, list[Reading]], number: int) -> None:
    assert readings[f"char{number}"] == []
