from contextlib import closing

import numpy as np
import pytest

from loadtests.arrivals import SIZES
from loadtests.device import ROWS, Device, caps_of
from loadtests.engine import markdown, verdicts
from loadtests.rounds import OURS, SERVERS, SINGLE, Measured, Plan, Run, measure, summary, turn
from tests.loadtests.test_servers import Network

TINY = ((32, 32), (64, 32), (64, 64))
CURVE = {1: 10.0, 2: 16.0, 4: 20.0, 8: 20.0}


def _measured() -> Measured:
    """Two rounds of numbers: ours twice as fast as all others in one, thrice in the other."""
    measured = Measured(dict.fromkeys(SIZES, 4), [dict.fromkeys(SIZES, CURVE)] * 2, [dict.fromkeys(SIZES, CURVE)] * 2)
    for name in SERVERS:
        totals = (10.0, 10.0) if name == OURS else (20.0, 30.0)
        for total in totals:
            measured.saturated[name].append(Run(total, total, [1.0] * 20, 1.0))
            measured.loaded[name].append(Run(total, total, [total / 10] * 20, 0.5))
            measured.share[name].append(9.5 / total)
            measured.of_step[name].append(9.8 / total)
    return measured


def test_ratios_are_taken_within_a_round_and_then_their_median():
    found = summary(_measured())
    assert found["saturation"][SINGLE]["ours_against_it"] == pytest.approx(2.5)
    assert found["saturation"][OURS]["share_of_curve"] == pytest.approx(0.95)
    assert found["latency"][SINGLE]["ours_against_its_p95"] == pytest.approx(2.5)
    assert found["latency"][OURS]["ours_against_its_p50"] == 1.0


def _told(**more):
    about = {"machine": "m", "precision": "float32", "weights": "w" * 64, "rounds": 2, "seconds": 1.0, "seed": 0}
    return summary(_measured()) | about | more


def test_the_bars_are_kept_or_missed():
    kept = verdicts(_told())
    assert all(line.endswith(", kept") for line in kept)
    worse = _told()
    worse["saturation"][SINGLE]["ours_against_it"] = 0.94
    worse["saturation"][OURS]["share_of_curve"] = 0.89
    assert all(line.endswith("**missed**") for line in verdicts(worse))


def test_every_way_is_first_in_its_turn():
    assert {turn(number)[0] for number in range(len(SERVERS))} == set(SERVERS)
    assert all(sorted(turn(number)) == sorted(SERVERS) for number in range(5))


def test_a_whole_measurement_by_a_network_that_costs_nothing():
    told = []
    with closing(Device(Network(), np.random.default_rng(0), TINY)) as device:
        network, stepped = device.curves()
        measured = measure(device, caps_of(stepped), network, Plan(0.01, 1, 5), told.append)
    assert set(network) == set(stepped) == set(TINY)
    assert all(tuple(curve) == ROWS for curve in network.values())
    assert len(told) == 2 * len(SERVERS)
    found = summary(measured)
    assert all(found["saturation"][name]["requests_a_second"] > 0 for name in SERVERS)
    text = markdown(_told(**found))
    assert all(f"| {name} |" in text for name in SERVERS)
