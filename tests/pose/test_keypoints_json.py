import json

import numpy as np
import pytest

from pose import library
from pose.errors import InvalidKeypoints
from pose.keypoints_json import keypoints_object, parse_keypoints

ENOUGH = {"neck": [50, 20], "r_elbow": [30, 40]}


def sent(points: object = None, **fields: object) -> dict:
    return {"width": 100, "height": 80, "points": ENOUGH if points is None else points} | fields


def test_there_and_back():
    pose = library.get("walking")
    again = parse_keypoints(json.dumps(keypoints_object(pose)))
    np.testing.assert_allclose(again.points, pose.points, atol=0.006)
    assert (again.width, again.height) == (pose.width, pose.height)
    assert keypoints_object(again) == keypoints_object(pose)


def test_scores_default_to_one_and_zero_means_absent():
    pose = parse_keypoints(sent(ENOUGH | {"nose": [0, 0, 0], "l_elbow": [10, 10, 0.5], "l_wrist": [-900, 5, 0]}))
    assert pose.scores[pose.skeleton.index["neck"]] == 1
    assert pose.scores[pose.skeleton.index["l_elbow"]] == 0.5
    assert not pose.has("nose")
    assert not pose.has("l_wrist")


def test_what_the_service_answers_is_taken():
    answer = sent(skeleton="biped", kind="photo", reader="blazepose", score=0.9, box=[0, 0, 9, 9])
    assert parse_keypoints(answer).has("neck")


@pytest.mark.parametrize(
    "value",
    [
        "", "null", "[]", "{", "7", b"\xff\xfe", "[" * 100_000, sent([]), sent({}), sent("x"), sent({"neck": [1, 2]}),
        sent({"r_elbow": [1, 2], "nose": [1, 2]}), sent(ENOUGH | {"tail": [1, 2]}), sent(ENOUGH | {"nose": [1]}),
        sent(ENOUGH | {"nose": [1, 2, 1, 1]}), sent(ENOUGH | {"nose": None}), sent(ENOUGH | {"nose": {"x": 1}}),
        sent(ENOUGH | {"nose": [True, 2]}), sent(ENOUGH | {"nose": ["1", 2]}), sent(ENOUGH | {"nose": [1, 2, 2]}),
        sent(ENOUGH | {"nose": [1, 2, -0.1]}), sent(ENOUGH | {"nose": [float("nan"), 2]}),
        sent(ENOUGH | {"nose": [float("inf"), 2]}), sent(ENOUGH | {"nose": [10**400, 2]}),
        sent(ENOUGH | {"nose": [102, 2]}), sent(ENOUGH | {"nose": [5, -1.5]}), sent(ENOUGH | {"nose": [1e30, 2]}),
        sent(width=0), sent(width=-5), sent(width=3.5), sent(width=True), sent(width="100"), sent(width=None),
        sent(height=1e9), sent(height=float("nan")), sent(skeleton="squid"), sent(skeleton=3), sent(colour=1),
        '{"width": 100, "height": 80, "points": {"neck": [NaN, 1], "r_elbow": [1, 1]}}',
        '{"width": 100, "height": 80, "points": {"neck": [1' + "0" * 5000 + ", 1]}}",
    ],
)  # fmt: skip
def test_malformed(value):
    with pytest.raises(InvalidKeypoints) as caught:
        parse_keypoints(value)
    assert len(caught.value.message) < 700


def test_one_pixel_beyond_the_border_is_forgiven():
    assert parse_keypoints(sent(ENOUGH | {"nose": [101, -1]})).has("nose")
