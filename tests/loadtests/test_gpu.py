import json

import pytest
import torch

from loadtests import gpu
from loadtests.gpu_networks import NETWORKS

CPU = torch.device("cpu")


def _run(out, *modes):
    modes = modes or ("eager",)
    arguments = [
        "--device",
        "cpu",
        "--tiny",
        "--networks",
        "denoiser",
        "--modes",
        *modes,
        "--repeats",
        "1",
        "--out",
        str(out),
    ]
    gpu.main(arguments)
    return json.loads(out.read_text())


def test_the_whole_script_on_a_cpu(tmp_path, capsys):
    out = tmp_path / "gpu.json"
    points = _run(out, "eager", "graph")["points"]
    assert len(points) == 2 * 2 * 2
    assert all(point["seconds"] > 0 and point["flops"] > 0 for point in points.values())
    assert points["denoiser/64/1/eager"]["flops"] > points["denoiser/32/1/eager"]["flops"]
    assert "| 64 | graph |" in out.with_suffix(".md").read_text()


def test_a_later_run_measures_only_what_is_missing(tmp_path, capsys):
    out = tmp_path / "gpu.json"
    results = _run(out)
    results["points"].pop("denoiser/32/2/eager")
    results["points"]["denoiser/32/1/eager"]["seconds"] = 77.0
    out.write_text(json.dumps(results))
    capsys.readouterr()
    again = _run(out)["points"]
    assert again["denoiser/32/1/eager"]["seconds"] == 77.0
    assert "seconds" in again["denoiser/32/2/eager"]
    assert capsys.readouterr().out.count(" px, batch ") == 1


def test_a_point_that_fails_is_kept_with_its_error_and_the_next_is_measured(tmp_path, monkeypatch, capsys):
    def refused(*_):
        raise RuntimeError("no capture here")

    monkeypatch.setattr(gpu, "captured", refused)
    points = _run(tmp_path / "gpu.json", "eager", "graph")["points"]
    assert points["denoiser/32/1/graph"]["error"] == "RuntimeError: no capture here"
    assert "seconds" in points["denoiser/64/2/eager"]
    assert "RuntimeError" in (tmp_path / "gpu.md").read_text()


@pytest.mark.parametrize("case", NETWORKS, ids=lambda case: case.name)
def test_what_is_captured_answers_as_the_network_does(case):
    network, inputs = case.make(True, CPU), case.inputs(32, 2, True, CPU)
    with torch.inference_mode():
        plain, traced = network(*inputs), gpu.captured(network, inputs, CPU)()
    torch.testing.assert_close(traced, plain)


def test_the_unet_has_the_shape_of_sdxl():
    pytest.importorskip("diffusers")
    with torch.device("meta"):
        case = next(case for case in NETWORKS if case.name == "sdxl")
        network = case.make(False, torch.device("meta"))
    assert sum(weights.numel() for weights in network.parameters()) == 2_567_463_684
