from pathlib import Path

import pytest
import torch

from deployments import runtime
from deployments.garments.deployment import Garments
from deployments.garments.network import ParseNetwork
from pose.errors import WeightsError
from tests.deployments.garments import doll
from training import card


def test_parses_with_weights_from_a_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    torch.manual_seed(0)
    card.save("parse", ParseNetwork(), {}, tmp_path)
    monkeypatch.setattr(runtime.load, "__defaults__", (tmp_path,))
    stage = Garments()
    mask = (doll.silhouette() * 255).astype("uint8")
    figure = stage.parse(doll.coloured(), doll.reading(), mask)
    assert doll.overlap(figure.image[..., 3] > 127, doll.silhouette()) > 0.95
    assert len(stage.weights()["parse"]) == 64


def test_refuses_to_start_without_weights(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runtime.load, "__defaults__", (tmp_path,))
    with pytest.raises(WeightsError, match="missing"):
        Garments()
