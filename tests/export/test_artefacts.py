"""What is made, what is kept, what is made anew, and what is never written; with a network of ten lines."""

import itertools
from dataclasses import replace

import onnx
import pytest
import torch
from safetensors.torch import load_file

from deployments.artefacts import manifest_path
from export import artefacts, beside
from export.artefacts import Card, Made, Plan, count, export
from pose.errors import GraphError
from tests.export.tiny import EMBEDDED, tiny_network
from training import card


@pytest.fixture
def plan(tmp_path):
    card.save("tiny", tiny_network(), {"steps": 1}, tmp_path / "weights")
    return Plan(tmp_path / "out", "fp32", weights=tmp_path / "weights")


@pytest.fixture
def cheap(monkeypatch):
    """Graphs of a few bytes, counted; the real one is made in one test."""
    made = itertools.count(1)
    monkeypatch.setattr(artefacts, "_graph", lambda *_: Made(b"graph %d" % next(made), 1e-6))


def run(plan):
    told = []
    return list(export(plan, [EMBEDDED], told.append)), told


def test_a_graph_is_made_once_and_then_kept(plan) -> None:
    (made,), told = run(plan)
    assert made.made == "not there"
    assert told == ["tiny-8x12-fp32.onnx"]
    onnx.checker.check_model(onnx.load(made.path), full_check=True)
    assert made.manifest.parity < 1e-3
    assert (made.manifest.tensorrt, made.manifest.architecture) == (None, None)
    (kept,), told = run(plan)
    assert (kept.made, told, kept.manifest) == (None, [], made.manifest)


def test_what_is_altered_is_made_anew_and_says_why(plan, cheap) -> None:
    (made,), _ = run(plan)
    made.path.write_bytes(b"graph 9")
    (again,), _ = run(plan)
    assert "SHA-256" in again.made
    assert again.path.read_bytes() == b"graph 2"
    manifest_path(made.path).unlink()
    (again,), _ = run(plan)
    assert "manifest" in again.made


def test_other_weights_make_another_graph(plan, cheap) -> None:
    run(plan)
    network = tiny_network()
    network.see.weight.data[0] = 0
    card.save("tiny", network, {"steps": 2}, plan.weights)
    (again,), _ = run(plan)
    assert "weights_sha256" in again.made


def test_rebuild_makes_all_anew(plan, cheap) -> None:
    run(plan)
    (again,), _ = run(Plan(plan.out, "fp32", rebuild=True, weights=plan.weights))
    assert again.made == "asked for anew"
    assert again.path.read_bytes() == b"graph 2"


def test_a_graph_that_tensorrt_does_not_take_is_not_written(plan, monkeypatch) -> None:
    monkeypatch.setattr(artefacts, "unsupported", lambda _: ["operator Det"])
    with pytest.raises(GraphError, match=r"operator Det.*docs/export.md"):
        run(plan)
    assert not plan.out.exists()


def test_with_a_card_an_engine_stands_beside_each_graph(plan, cheap, monkeypatch) -> None:
    class Trt:
        __version__ = "11.4.0"

    seen = []
    monkeypatch.setattr(artefacts, "build_engine", lambda graph, *_: seen.append(graph.model) or b"engine")
    monkeypatch.setattr(artefacts, "load_engine", lambda *_: None)
    monkeypatch.setattr(artefacts, "EngineRun", lambda *_: None)
    monkeypatch.setattr(artefacts, "check_parity", lambda *_: 1e-4)
    monkeypatch.setattr(artefacts.Lane, "on_card", lambda: None)
    carded = Plan(plan.out, "fp32", weights=plan.weights, card=Card("sm90", Trt))
    (graph, engine), told = run(carded)
    assert (len(told), count(carded, [EMBEDDED]), count(plan, [EMBEDDED])) == (2, 2, 1)
    assert seen == [b"graph 1"]
    assert (engine.manifest.architecture, engine.manifest.tensorrt) == ("sm90", "11.4.0")
    assert graph.manifest.architecture is None
    other = Plan(plan.out, "fp32", weights=plan.weights, card=Card("sm120", Trt))
    (graph, engine), _ = run(other)
    assert graph.made is None
    assert "sm90" in engine.made


def test_weights_beyond_what_one_file_holds_lie_beside_the_graph_once_for_all_sizes(plan, monkeypatch) -> None:
    monkeypatch.setattr(beside, "SMALLEST", 64)
    several = replace(EMBEDDED, signature=replace(EMBEDDED.signature, buckets=((8, 12), (16, 12))))
    small = replace(plan, largest=100)
    first, second = export(small, [several], lambda _: None)
    assert first.manifest.data == second.manifest.data
    (file,) = first.manifest.data
    assert sorted(path.suffix for path in plan.out.iterdir()) == [".json", ".json", ".onnx", ".onnx", ".safetensors"]
    held = load_file(plan.out / file.name)
    assert torch.allclose(held["network.see.weight"], tiny_network().see.weight, atol=1e-3)
    onnx.checker.check_model(str(first.path), full_check=True)
    assert first.manifest.parity < 1e-3
    assert [outcome.made for outcome in export(small, [several], lambda _: None)] == [None, None]


@pytest.mark.parametrize("spoil", [lambda path: path.write_bytes(path.read_bytes()[:-1]), lambda path: path.unlink()])
def test_weights_that_were_spoilt_are_made_anew(plan, monkeypatch, spoil) -> None:
    monkeypatch.setattr(beside, "SMALLEST", 64)
    small = replace(plan, largest=100)
    (made,), _ = run(small)
    weights = plan.out / made.manifest.data[0].name
    before = weights.read_bytes()
    spoil(weights)
    (again,), _ = run(small)
    assert weights.name in again.made
    assert weights.read_bytes() == before


def test_weights_that_no_graph_names_any_more_are_removed(plan, monkeypatch) -> None:
    monkeypatch.setattr(beside, "SMALLEST", 64)
    several = replace(EMBEDDED, signature=replace(EMBEDDED.signature, buckets=((8, 12), (16, 12))))
    small = replace(plan, largest=100)
    earlier = next(export(small, [several], lambda _: None)).manifest.data[0].name
    list(export(small, [several], lambda _: None))
    network = tiny_network()
    network.see.weight.data[0] = 0
    card.save("tiny", network, {"steps": 2}, plan.weights)
    there = [(plan.out / earlier).exists() for _ in export(small, [several], lambda _: None)]
    assert there == [True, False]
    assert len(list(plan.out.glob("*.safetensors"))) == 1


def test_what_differs_from_the_network_leaves_nothing_behind(plan, monkeypatch) -> None:
    monkeypatch.setattr(artefacts, "GRAPH_BOUNDS", {"fp32": -1.0})
    with pytest.raises(GraphError, match="differs"):
        run(replace(plan, largest=100))
    assert not list(plan.out.iterdir())
