"""The HTTP contract over stand-in stages: what is answered, and that every refusal is a problem with its remedy."""

import base64
import json

import pytest

from pose.image import decode
from tests.serve.stand_ins import POINTS, Caller, StandInStages, make_api, png

KEYPOINTS = json.dumps({"width": 96, "height": 112, "points": POINTS})
TINY = json.dumps({"width": 1, "height": 1, "points": dict.fromkeys(POINTS, (0.5, 0.5))})
IMAGE = ("image", ("a.png", png()))
WALKING = ("pose", (None, "walking"))
JSON = {"Accept": "application/json"}


@pytest.fixture
def stages():
    return StandInStages()


@pytest.fixture
def client(stages):
    return Caller(make_api(stages))


def text(name, value):
    return name, (None, value)


def assert_problem(answer, status, code):
    body = answer.json()
    assert (answer.status_code, body["code"]) == (status, code), body
    assert answer.headers["content-type"] == "application/problem+json"
    assert body["status"] == status
    assert body["request_id"] == answer.headers["x-request-id"]
    assert isinstance(body["retryable"], bool)
    assert body["detail"].strip().endswith((".", ")"))
    return body


def test_a_transfer_answers_a_picture_with_its_report(client, stages):
    answer = client.post("/v1/transfers", files=[IMAGE, WALKING])
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "image/png"
    assert decode(answer.content).rgba.shape == (112, 96, 4)
    report = json.loads(answer.headers["contrapposto-report"])
    assert report["seed"] == 0
    assert report["weights"]["pose"] == "a" * 12
    assert 0.99 < report["copied"] + report["stretched"] + report["invented"] < 1.01
    assert "garments;dur=" in answer.headers["server-timing"]
    assert stages.calls.count("parse") == 1


def test_a_transfer_object_holds_outputs_source_and_report(client):
    answer = client.post("/v1/transfers", files=[IMAGE, text("keypoints", KEYPOINTS)], headers=JSON).json()
    output = answer["outputs"][0]
    assert output["target"] == {"kind": "keypoints", "label": "keypoints 1"}
    assert output["image"].startswith("data:image/png;base64,")
    assert (output["width"], output["height"]) == (96, 112)
    assert output["report"]["pose_error"] is not None
    assert answer["source"]["keypoints"]["points"]["nose"][:2] == [48.0, 20.0]
    assert set(answer["seconds"]) >= {"keypoints", "garments", "denoiser", "deformation", "backgrounds", "report"}


def test_what_a_transfer_answers_is_accepted_back(client):
    first = client.post("/v1/transfers", files=[IMAGE, WALKING], headers=JSON).json()
    mask = base64.b64decode(first["source"]["mask"].partition(",")[2])
    back = [IMAGE, ("mask", ("m.png", mask)), text("source_keypoints", json.dumps(first["source"]["keypoints"]))]
    target = text("keypoints", json.dumps(first["outputs"][0]["keypoints"]))
    assert client.post("/v1/transfers", files=[*back, target]).status_code == 200


def test_one_figure_many_poses_is_parsed_once(client, stages):
    files = [IMAGE, WALKING, text("pose", "waving"), text("pose", "t-pose"), text("variations", "2")]
    answer = client.post("/v1/transfers", files=files).json()
    assert [output["report"]["seed"] for output in answer["outputs"]] == [0, 1] * 3
    assert stages.calls.count("parse") == stages.calls.count("complete") == 1
    assert stages.calls.count("repair") == 6


def test_a_figure_sent_before_stands_for_its_image(client, stages):
    made = client.post("/v1/figures", files=[IMAGE])
    assert made.status_code == 201
    for _ in range(2):
        answer = client.post("/v1/transfers", files=[text("figure", made.json()["id"]), WALKING], headers=JSON)
        assert answer.json()["source"]["cached"] is True
    assert stages.calls.count("parse") == 1
    assert_problem(client.post("/v1/transfers", files=[text("figure", "fig_0"), WALKING]), 404, "not_found")


def test_json_with_data_urls_is_the_same_request(client):
    image = "data:image/png;base64," + base64.b64encode(png()).decode()
    body = {"image": image, "keypoints": json.loads(KEYPOINTS), "scale": 2, "seed": 5, "background": "transparent"}
    answer = client.post("/v1/transfers", json=body)
    assert answer.status_code == 200
    assert decode(answer.content).rgba.shape == (224, 192, 4)


@pytest.mark.parametrize("file_format", ["png", "webp", "jpeg"])
def test_formats(client, file_format):
    answer = client.post("/v1/transfers", files=[IMAGE, WALKING, text("format", file_format)])
    assert answer.headers["content-type"] == f"image/{file_format}"
    decode(answer.content)


def test_keypoints_upscales_and_backgrounds(client, stages):
    read = client.post("/v1/keypoints", files=[IMAGE]).json()
    assert (read["width"], read["height"]) == (96, 112)
    assert read["figures"][0]["points"]["neck"] == [48.0, 32.0, 1.0]
    larger = client.post("/v1/upscales", files=[IMAGE, text("scale", "2")])
    assert decode(larger.content).rgba.shape == (224, 192, 4)
    before = client.post("/v1/backgrounds", files=[IMAGE, ("background_image", ("b.png", png(8, 8)))])
    assert before.status_code == 200
    assert "compose picture" in stages.calls


def test_poses_with_pictures(client):
    poses = client.get("/v1/poses").json()["poses"]
    assert len(poses) >= 24
    picture = client.get(poses[0]["pictures"]["side"])
    assert picture.headers["content-type"] == "image/png"
    decode(picture.content)
    assert_problem(client.get("/v1/poses/flying.png"), 422, "unknown_pose")
    assert_problem(client.get(f"{poses[0]['picture']}?view=below"), 422, "invalid_input")


def test_state(client, stages):
    assert client.get("/healthz").json() == {"status": "ok"}
    assert client.get("/readyz").status_code == 200
    stages.all_ready = False
    assert client.get("/readyz").status_code == 503
    assert "<form" in client.get("/").text
    assert client.get("/docs").status_code == 200


def test_metrics_count_requests_errors_and_stages(client):
    client.post("/v1/transfers", files=[IMAGE, WALKING])
    client.post("/v1/transfers", files=[IMAGE])
    client.get("/none/such")
    told = client.get("/metrics").text
    assert 'contrapposto_requests_total{method="POST",route="/v1/transfers",status="200"} 1.0' in told
    assert 'contrapposto_errors_total{code="invalid_input"} 1.0' in told
    assert 'contrapposto_errors_total{code="not_found"} 1.0' in told
    assert 'contrapposto_stage_seconds_count{stage="garments"} 1.0' in told
    assert 'contrapposto_queue_depth{stage="garments"} 0.0' in told


def test_openapi_describes_forms_and_problems(client):
    document = client.get("/openapi.json").json()
    assert document["openapi"].startswith("3.1")
    transfer = document["paths"]["/v1/transfers"]["post"]
    assert "reference" in transfer["requestBody"]["content"]["multipart/form-data"]["schema"]["properties"]
    assert "application/problem+json" in transfer["responses"]["422"]["content"]


REFUSED = {
    "not an image": ([("image", ("a.png", b"hello")), WALKING], 400, "invalid_image"),
    "empty image": ([("image", ("a.png", b"")), WALKING], 400, "invalid_image"),
    "truncated": ([("image", ("a.png", png()[:-40])), WALKING], 400, "invalid_image"),
    "a picture too small": ([("image", ("a.png", png(15, 40))), WALKING], 400, "invalid_image"),
    "a picture too narrow": ([("image", ("a.png", png(20, 401))), WALKING], 400, "invalid_image"),
    "a reference too small": ([IMAGE, ("reference", ("r.png", png(1, 1)))], 400, "invalid_image"),
    "no image": ([WALKING], 422, "invalid_input"),
    "image as text": ([text("image", "cat"), WALKING], 422, "invalid_input"),
    "no figure": ([("image", ("a.png", png(shade=0))), WALKING], 422, "no_figure"),
    "no pose in the reference": ([IMAGE, ("reference", ("r.png", png(shade=0)))], 422, "no_pose"),
    "broken reference": ([IMAGE, ("reference", ("r.png", b"GIF89a"))], 400, "invalid_image"),
    "unknown pose": ([IMAGE, text("pose", "walkin on the moon")], 422, "unknown_pose"),
    "no pose": ([IMAGE], 422, "invalid_input"),
    "two kinds of pose": ([IMAGE, WALKING, text("keypoints", KEYPOINTS)], 422, "invalid_input"),
    "too many poses": ([IMAGE, *[WALKING] * 33], 413, "too_large"),
    "too many outputs": ([IMAGE, *[WALKING] * 5, text("variations", "8")], 413, "too_large"),
    "unknown field": ([IMAGE, WALKING, text("prompt", "a cat")], 422, "invalid_input"),
    "repeated field": ([IMAGE, WALKING, text("seed", "1"), text("seed", "2")], 422, "invalid_input"),
    "bad seed": ([IMAGE, WALKING, text("seed", "-1")], 422, "invalid_input"),
    "seed is no number": ([IMAGE, WALKING, text("seed", "²")], 422, "invalid_input"),
    "bad steps": ([IMAGE, WALKING, text("steps", "1000")], 422, "invalid_input"),
    "bad scale": ([IMAGE, WALKING, text("scale", "3")], 422, "invalid_input"),
    "bad format": ([IMAGE, WALKING, text("format", "tiff")], 422, "invalid_input"),
    "bad framing": ([IMAGE, WALKING, text("framing", "tight")], 422, "invalid_input"),
    "bad background": ([IMAGE, WALKING, text("background", "#12")], 422, "invalid_input"),
    "two backgrounds": (
        [IMAGE, WALKING, text("background", "keep"), ("background_image", ("b.png", png()))], 422, "invalid_input",
    ),
    "mask of another size": ([IMAGE, WALKING, ("mask", ("m.png", png(8, 8)))], 422, "invalid_input"),
    "empty mask": ([IMAGE, WALKING, ("mask", ("m.png", png(shade=0)))], 422, "invalid_input"),
    "figure and image": ([IMAGE, text("figure", "fig_1"), WALKING], 422, "invalid_input"),
    "figure_index": ([IMAGE, WALKING, text("figure_index", "3")], 422, "no_figure"),
    "a canvas of one pixel": (
        [IMAGE, text("keypoints", TINY), text("retarget", "none")], 422, "invalid_keypoints",
    ),
    "keypoints are no JSON": ([IMAGE, text("keypoints", "{")], 422, "invalid_input"),
    "keypoints are a list": ([IMAGE, text("keypoints", "[1]")], 422, "invalid_keypoints"),
    "source keypoints elsewhere": (
        [IMAGE, WALKING, text("source_keypoints", KEYPOINTS.replace("96", "97"))], 422, "invalid_keypoints",
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", REFUSED)
def test_bad_transfers_are_refused_with_a_remedy(client, case):
    files, status, code = REFUSED[case]
    assert_problem(client.post("/v1/transfers", files=files), status, code)


@pytest.mark.parametrize(
    "points",
    [
        {"nose": [float("nan"), 1]}, {"nose": [1e9, 1]}, {"nose": [-500, 20]}, {"nose": "here"}, {"nose": [1]},
        {"horn": [1, 2]}, {}, {"nose": [1, 2, 7, 9]}, {"nose": [True, False]}, {"nose": None},
    ],
)  # fmt: skip
def test_bad_keypoints_are_refused(client, points):
    content = json.dumps({"width": 96, "height": 112, "points": points})
    assert_problem(client.post("/v1/transfers", files=[IMAGE, text("keypoints", content)]), 422, "invalid_keypoints")


def test_errors_of_the_framework_are_problems_too(client):
    assert_problem(client.get("/v1/none"), 404, "not_found")
    assert_problem(client.get("/v1/transfers"), 405, "method_not_allowed")
    assert_problem(
        client.post("/v1/transfers", content=b"x", headers={"Content-Type": "text/csv"}), 422, "invalid_input"
    )
    assert_problem(client.post("/v1/transfers", content=b"{"), 422, "invalid_input")
    bad_form = {"Content-Type": "multipart/form-data; boundary=x"}
    assert client.post("/v1/transfers", content=b"--x\r\nnonsense", headers=bad_form).status_code in (400, 422)
    deep = b"[" * 100_000
    answer = client.post("/v1/transfers", content=deep, headers={"Content-Type": "application/json"})
    assert_problem(answer, 422, "invalid_input")


def test_an_unforeseen_error_tells_nothing_of_itself():
    stages = StandInStages(fault=RuntimeError("secret path /etc/passwd"))
    answer = Caller(make_api(stages)).post("/v1/transfers", files=[IMAGE, WALKING])
    body = assert_problem(answer, 500, "internal")
    assert "secret" not in answer.text
    assert body["retryable"] is True
