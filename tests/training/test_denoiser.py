import json

import numpy as np
import pytest
import torch
from torch import nn

from deployments.denoiser.network import DenoiserNetwork, RegressionNetwork
from deployments.denoiser.repair import sample_at
from deployments.denoiser.sample import Frame, premultiplied
from deployments.runtime import load
from tests.deployments.denoiser.figures import figure, warp
from training.denoiser import DenoiserTask
from training.loop import Options, train
from training.restoration import restoration_loss, similarity, wrong
from training.shards import write_shard

WIDTHS = (8, 8, 16, 16)


@pytest.fixture
def folder(tmp_path, monkeypatch):
    fig = figure()
    monkeypatch.setattr("training.denoiser.WINDOW", 64)
    frame = Frame((0, 0, 96, 96), 1.0, (96, 96))
    pairs = [(sample_at(fig, warp(fig), frame), premultiplied(fig.image))] * 2
    write_shard(pairs, tmp_path / "repair", "shard-00000")
    return tmp_path


@pytest.mark.parametrize("kind", [DenoiserNetwork, RegressionNetwork])
def test_training_lowers_the_loss(folder, kind):
    torch.manual_seed(0)
    task = DenoiserTask(folder, folder, kind is RegressionNetwork)
    network, rng = kind(WIDTHS), np.random.default_rng(0)
    optimiser = torch.optim.AdamW(network.parameters(), 3e-3)
    losses = []
    for _ in range(16):
        loss, _ = task.loss(network, task.batch(2, rng))
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        losses.append(float(loss.detach()))
    assert np.mean(losses[-4:]) < 0.8 * np.mean(losses[:4])


def test_what_the_loop_writes_is_what_serving_loads(folder, tmp_path):
    task = DenoiserTask(folder, folder)
    options = Options(tmp_path / "runs", tmp_path / "weights", steps=2, batch=2)
    train(task, DenoiserNetwork(), options)
    runner = load("denoiser", DenoiserNetwork(), tmp_path / "weights")
    card = json.loads((tmp_path / "weights" / "denoiser.json").read_text())
    assert card["sha256"] == runner.sha256
    assert {"psnr_full", "psnr_warp", "psnr_pushpull"} <= set(card["scores"])


def test_refuses_a_folder_without_shards(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"training\.pairs"):
        DenoiserTask(tmp_path, tmp_path)


def test_the_truth_costs_least():
    torch.manual_seed(0)
    truth, band = torch.rand(1, 4, 16, 16), torch.ones(1, 1, 16, 16)
    sure = torch.full((1, 1, 16, 16), -20.0)
    right, parts = restoration_loss({"clean": truth, "doubt": sure}, truth, truth, band)
    off, _ = restoration_loss({"clean": truth * 0.5, "doubt": sure}, truth, truth, band)
    assert right < 0.01 < off
    assert set(parts) >= {"l1_loss", "alpha_loss", "doubt_loss"}


def test_similarity_of_a_picture_with_itself_is_one():
    picture = torch.rand(1, 3, 24, 24)
    torch.testing.assert_close(similarity(picture, picture), torch.ones(1, 1, 12, 12))
    assert similarity(picture, nn.functional.avg_pool2d(picture, 3, 1, 1)).mean() < 0.9


def test_wrong_is_any_channel_off():
    copied, truth = torch.zeros(1, 4, 2, 2), torch.zeros(1, 4, 2, 2)
    truth[0, 2, 0, 0] = 0.2
    assert wrong(copied, truth).sum() == 1
