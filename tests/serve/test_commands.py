"""The console commands against the application over stand-in stages: what they send, write and refuse."""

import contextlib
import json
import socket

import numpy as np
import pytest

from pose.image import decode
from serve import client, commands
from serve.cli import main
from serve.client import Client
from serve.contact import contact_sheet
from tests.serve.stand_ins import POINTS, Caller, make_api, png

CALLER = Caller(make_api())


@pytest.fixture(autouse=True)
def in_process(monkeypatch):
    @contextlib.contextmanager
    def here(url=None, settings=None):
        yield Client("http://test")

    def post(url, **options):
        options.pop("timeout")
        return CALLER.post(url.removeprefix("http://test"), **options)

    monkeypatch.setattr(commands, "service", here)
    monkeypatch.setattr(client.httpx, "post", post)


@pytest.fixture
def image(tmp_path):
    path = tmp_path / "character.png"
    path.write_bytes(png())
    return path


def test_pose_writes_the_picture_and_its_report(image, tmp_path, capsys):
    out, report = tmp_path / "new" / "out.webp", tmp_path / "report.json"
    arguments = ["pose", str(image), "--pose", "walking", "-o", str(out), "--report", str(report), "--scale", "2"]
    assert main(arguments) == 0
    assert decode(out.read_bytes()).rgba.shape == (224, 192, 4)
    assert json.loads(report.read_text())["weights"]["parse"] == "b" * 64
    assert "garments" in capsys.readouterr().out
    assert not list(tmp_path.rglob("*.part"))


def test_pose_takes_keypoints_masks_and_backgrounds(image, tmp_path):
    keypoints = tmp_path / "k.json"
    keypoints.write_text(json.dumps({"width": 96, "height": 112, "points": POINTS}))
    given = ["--keypoints", str(keypoints), "--source-keypoints", str(keypoints), "--mask", str(image)]
    out = tmp_path / "out.png"
    assert main(["pose", str(image), *given, "--background", str(image), "--seed", "0", "-o", str(out)]) == 0
    assert out.exists()


@pytest.mark.parametrize(
    "given", [["--pose", "flying"], ["--reference", "none.png"], ["--pose", "walking", "--steps", "99"]]
)
def test_a_refusal_is_told_and_leaves_no_file(image, tmp_path, given, capsys):
    out = tmp_path / "out.png"
    assert main(["pose", str(image), *given, "-o", str(out)]) == 1
    assert capsys.readouterr().err.startswith("contrapposto: ")
    assert not out.exists()


def test_poses_lists_the_library(capsys):
    assert main(["poses"]) == 0
    assert "walking" in capsys.readouterr().out.split()


def test_keypoints_prints_and_draws(image, tmp_path, capsys):
    overlay = tmp_path / "overlay.png"
    assert main(["keypoints", str(image), "--overlay", str(overlay)]) == 0
    assert json.loads(capsys.readouterr().out)["figures"][0]["points"]["neck"][:2] == [48.0, 32.0]
    assert (decode(overlay.read_bytes()).rgba != decode(png()).rgba).any()


def test_sheet_keeps_a_refused_cell_empty(image, tmp_path, capsys):
    nobody = tmp_path / "nobody.png"
    nobody.write_bytes(png(shade=0))
    out = tmp_path / "sheet.png"
    arguments = ["sheet", str(image), str(nobody), "--poses", "walking", "--reference", str(image), "-o", str(out)]
    assert main(arguments) == 0
    assert decode(out.read_bytes()).rgba.shape[1] > 3 * 320
    assert "no_figure" in capsys.readouterr().out
    assert main(["sheet", str(image), "-o", str(out)]) == 1


def test_contact_sheet_lays_out_rows():
    red = np.zeros((10, 20, 4), np.uint8)
    red[...] = (255, 0, 0, 255)
    sheet = contact_sheet([[red, None]], [["a", "b"]], cell=40)
    assert sheet.shape == (10 + 40 + 26 + 10, 2 * 50 + 10, 3)
    assert (sheet[10 + 26 + 20, 10 + 20] == (255, 0, 0)).all()


def test_a_taken_port_is_a_refusal_to_start(monkeypatch, capsys):
    monkeypatch.setattr("serve.cli.check_weights", lambda directory: {})
    with socket.create_server(("127.0.0.1", 0)) as taken:
        assert main(["serve", "--port", str(taken.getsockname()[1])]) == 2
    assert "give another --port" in capsys.readouterr().err


def test_a_sheet_of_drawn_figures_is_made_in_a_process_of_its_own(tmp_path):
    sheet = tmp_path / "figures.png"
    assert main(["figures", "--sheet", str(sheet), "--families", "chibi_cel", "--count", "2", "--size", "48"]) == 0
    assert decode(sheet.read_bytes()).rgba.shape == (48, 96, 4)
    assert main(["figures", "--sheet", str(sheet), "--families", "nobody"]) == 2
