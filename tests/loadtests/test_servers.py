import threading
from contextlib import closing

import numpy as np
import pytest
import torch

from deployments.denoiser.engine.slots import Job
from loadtests.arrivals import Arrival
from loadtests.device import Device
from loadtests.servers import Waiting, by_engine, by_requests, by_serve_batch, one_at_a_time, together
from tests.deployments.denoiser.engine.simulated import Clock
from tests.deployments.denoiser.engine.simulated import Device as Simulated

SERVERS = (by_engine, one_at_a_time, by_requests, by_serve_batch)
SIZES = ((32, 32), (64, 32), (128, 128))
SMALL, LARGE = SIZES[0], SIZES[2]


class Network:
    """Answers with the state that it got, and remembers in which thread and how many rows it was asked."""

    def __init__(self) -> None:
        self.asked = []

    def __call__(self, maps, *_):
        self.asked.append((maps.shape[0], threading.current_thread().name))
        return {"clean": maps[:, :4].clone(), "doubt": torch.zeros_like(maps[:, :1])}


def _serve(server, arrivals, caps, network=None):
    network = network or Network()
    with closing(Device(network, np.random.default_rng(0), SIZES)) as device:
        return server(device, arrivals, caps), network


ARRIVALS = [Arrival(0.02 * row, SIZES[row % 3], (1, 2, 4)[row % 3], 1.0) for row in range(6)]


@pytest.mark.parametrize("server", SERVERS)
def test_every_arrival_is_answered_after_it_came_and_by_the_one_thread(server):
    ends, network = _serve(server, ARRIVALS, dict.fromkeys(SIZES, 2))
    assert len(ends) == len(ARRIVALS)
    assert all(end > arrival.at for end, arrival in zip(ends, ARRIVALS, strict=True))
    assert {name for _, name in network.asked} == {"device_0"}


ALIKE = [Arrival(0.0, SMALL, 3, 1.0)] * 4


@pytest.mark.parametrize(
    ("server", "largest"), [(by_engine, 4), (by_requests, 4), (by_serve_batch, 4), (one_at_a_time, 1)]
)
def test_what_is_alike_shares_steps_up_to_the_cap(server, largest):
    blocker = [Arrival(0.0, LARGE, 30, 0.0)]  # the device is busy when the others come
    _, network = _serve(server, blocker + ALIKE, dict.fromkeys(SIZES, 4))
    assert max(rows for rows, _ in network.asked) == largest


@pytest.mark.parametrize("server", SERVERS[:3])  # the fourth is Ray's own
def test_a_network_that_fails_is_told_and_nobody_waits_for_ever(server):
    def broken(*_):
        raise RuntimeError("broken")

    with pytest.raises(RuntimeError, match="broken"):
        _serve(server, ALIKE, dict.fromkeys(SIZES, 2), broken)


def test_a_batch_is_the_oldest_and_those_of_its_key():
    waiting, device = Waiting({512: 2}), Simulated(Clock())
    futures = [waiting.put(Job(key, name, 1)) for key, name in ((512, "a"), (1024, "b"), (512, "c"), (512, "d"))]
    for _ in range(4):
        waiting.serve(device)
    assert device.batches == [["a", "c"], ["b"], ["d"]]
    assert [future.result(0) for future in futures] == list("abcd")


def test_a_batch_runs_to_the_end_of_its_longest_and_what_is_done_costs_no_rows():
    device = Simulated(Clock())
    assert together(device, [Job(512, "long", 3), Job(512, "short", 1)]) == ["long", "short"]
    assert device.batches == [["long", "short"], ["long"], ["long"]]
