"""The bench over stand-in stages: what it asks for, counts and writes."""

import contextlib
import io
import json

import pytest
from PIL import Image

from pose.errors import ContrappostoError
from pose.image import decode
from serve import bench
from serve.bench import CASES, Run, fresh_picture, one_run, summary, table
from serve.cli import main
from tests.serve.stand_ins import png


class Answering:
    """A client whose service takes note of what it is asked."""

    def __init__(self, cached=False):
        self.cached, self.asked = cached, []

    def transfer(self, image, fields):
        poses = [value for name, (_, value) in fields if name == "pose"]
        scale = next(value for name, (_, value) in fields if name == "scale")
        self.asked.append((max(Image.open(io.BytesIO(image)).size), len(poses), len(set(poses)), scale))
        return {"source": {"cached": self.cached, "reader": "network"}, "seconds": {"garments": 0.5}}


@pytest.fixture
def image(tmp_path):
    path = tmp_path / "character.png"
    path.write_bytes(png())
    return path


@pytest.fixture
def client(monkeypatch):
    answering = Answering()
    monkeypatch.setattr(bench, "service", lambda url: contextlib.nullcontext(answering))
    return answering


def test_every_case_is_asked_for_after_a_request_that_does_not_count(image, client, tmp_path, capsys):
    out = tmp_path / "new" / "latency.json"
    assert main(["bench", "latency", "--image", str(image), "--runs", "1", "--json", str(out)]) == 0
    assert client.asked == [
        *[(512, 1, 1, "1")] * 2,
        *[(1024, 1, 1, "1")] * 2,
        *[(512, 1, 1, "1"), (512, 20, 20, "1")],
        *[(512, 1, 1, "4k")] * 2,
    ]
    written = json.loads(out.read_text())
    assert list(written["cases"]) == ["512", "1024", "poses", "4k"]
    assert written["cases"]["4k"]["stages"] == {"garments": 0.5}
    assert str(written["machine"]["cores"]) in capsys.readouterr().out.splitlines()[0]


def test_cases_are_chosen_and_have_runs_of_their_own(image, client):
    assert main(["bench", "latency", "--image", str(image), "--only", "4k", "512"]) == 0
    assert [asked[3] for asked in client.asked] == ["1"] * 6 + ["4k"] * 4


def test_a_figure_that_was_known_is_no_measurement(image):
    with pytest.raises(ContrappostoError, match="known already"):
        one_run(Answering(cached=True), image, CASES[0], ["walking"])


def test_medians_are_over_the_runs():
    runs = [Run(3.0, {"a": 1.0}, "network"), Run(1.0, {"a": 0.5, "b": 0.2}, "network"), Run(1.2, {"a": 0.9}, "network")]
    numbers = summary(CASES[0], runs)
    assert (numbers["median"], numbers["least"], numbers["most"]) == (1.2, 1.0, 3.0)
    assert numbers["stages"] == {"a": 0.9, "b": 0.0}
    assert "bar of 1.5 s is kept" in table(numbers)
    assert "| a | 0.900 |" in table(numbers)
    assert "is missed" in table(summary(CASES[0], [Run(1.6, {}, "network")]))


def test_pictures_are_alike_but_never_the_same_bytes(image):
    first, second = fresh_picture(image, 512), fresh_picture(image, 512)
    assert first != second
    assert (decode(first).rgba == decode(second).rgba).all()
    assert max(decode(first).rgba.shape) == 512
