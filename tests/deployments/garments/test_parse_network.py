"""The parse network's shapes and size, and the channels that tell it the pose."""

import numpy as np
import torch

from deployments.garments.maps import CHANNELS, pose_maps
from deployments.garments.network import SIZE, ParseNetwork
from tests.training.drawn import standing


def test_answers_the_matte_at_full_and_labels_at_half_resolution() -> None:
    torch.manual_seed(0)
    network = ParseNetwork().eval()
    with torch.inference_mode():
        answer = network(torch.rand(1, 3, SIZE, SIZE), torch.zeros(1, CHANNELS, SIZE, SIZE))
    shapes = {name: tuple(value.shape) for name, value in answer.items()}
    assert shapes == {"matte": (1, 1, 256, 256), "parts": (1, 10, 128, 128), "materials": (1, 7, 128, 128)}


def test_fits_in_eight_megabytes_of_halves() -> None:
    assert sum(value.numel() for value in ParseNetwork().state_dict().values()) * 2 < 8_000_000


def test_maps_peak_on_the_bones() -> None:
    points = standing() * SIZE
    maps = pose_maps(points, np.ones(len(points), np.float32), SIZE)
    assert maps.shape == (CHANNELS, SIZE, SIZE)
    assert maps.min() >= 0
    assert maps.max() <= 1
    right_forearm = (points[3] + points[4]) / 2
    x, y = right_forearm.astype(int)
    assert maps[2, y, x] > 0.8
    assert maps[3, y, x] < 0.1


def test_absent_joints_leave_no_trace() -> None:
    points = standing() * SIZE
    assert pose_maps(points, np.zeros(len(points), np.float32), SIZE).max() == 0
    scores = np.ones(len(points), np.float32)
    scores[[3, 4, 19]] = 0
    assert pose_maps(points, scores, SIZE)[2].max() == 0


def test_prior_is_the_last_channel() -> None:
    prior = np.full((SIZE, SIZE), 255, np.uint8)
    points = standing() * SIZE
    assert pose_maps(points, np.zeros(len(points), np.float32), SIZE, prior)[-1].min() == 1
