"""The whole service on Ray with an operator's checkpoints: tiny random ones, opened as an operator would."""

import json
import os

import pytest
import yaml

os.environ.setdefault("HF_HUB_OFFLINE", "1")

from pose.image import decode
from tests.deployments.denoiser.checkpoint import tiny_diffusion
from tests.test_service import SAMPLES, Service, image, post, pytestmark  # noqa: F401 (marks this module too)


@pytest.fixture(scope="module")
def service(tmp_path_factory):
    root = tmp_path_factory.mktemp("service")
    base = tiny_diffusion.stable_diffusion(root / "base")
    control = tiny_diffusion.controlnet(root / "control", base)
    checkpoint = {"base": str(base), "controlnet": str(control), "scheduler": "EulerDiscreteScheduler"}
    settings = {"denoiser": {"checkpoint": checkpoint, "sampling": {"steps": 3, "guidance": 2.0}}}
    (root / "settings.yaml").write_text(yaml.safe_dump(settings))
    running = Service(root / "log", "--settings", str(root / "settings.yaml"))
    try:
        yield running
    finally:
        running.end()


def test_a_checkpoint_repairs_and_the_known_stays(service):
    fields = [image(SAMPLES[0]), ("pose", (None, "walking"))]
    answers = [post(service, [*fields, ("seed", (None, seed))]) for seed in ("1", "2")]
    assert [answer.status_code for answer in answers] == [200, 200], answers[0].text
    report = json.loads(answers[0].headers["contrapposto-report"])
    assert {"denoiser", "denoiser.base", "denoiser.controlnet"} <= set(report["weights"])
    one, two = (decode(answer.content).rgba.astype(int) for answer in answers)
    differing = (abs(one - two).max(-1) > 2).mean()
    assert 0 < differing < 0.1  # what is painted is noise from random weights, and differs; what is known does not


def test_the_caps_of_both_networks_are_told(service):
    caps = service.process.stdout.readline()
    assert "'64x64': 2" in caps
    assert "'256x256'" in caps
