import numpy as np
import pytest

from loadtests.arrivals import SIZES, STEPS, Arrival, allowed_seconds, mean_seconds, poisson

CURVES = {size: {1: 10.0, 2: 16.0, 4: 20.0} for size in SIZES}


def _arrivals(seed: int, count: int = 4000) -> list[Arrival]:
    return poisson(5.0, count, CURVES, np.random.default_rng(seed))


def test_a_seed_decides_who_comes_when():
    assert _arrivals(1, 50) == _arrivals(1, 50)
    assert _arrivals(1, 50) != _arrivals(2, 50)


def test_they_come_at_the_rate_in_every_size_and_step_count():
    arrivals = _arrivals(3)
    assert arrivals[-1].at == pytest.approx(4000 / 5, rel=0.05)
    assert {(arrival.size, arrival.steps) for arrival in arrivals} == {
        (size, steps) for size in SIZES for steps in STEPS
    }


def test_every_deadline_leaves_four_times_the_work_of_an_average_arrival():
    (within,) = {arrival.within for arrival in _arrivals(1, 20)}
    assert within == pytest.approx(4 * np.mean(STEPS) / 10.0)


def test_no_order_is_faster_than_all_steps_at_the_best_rate():
    arrivals = [Arrival(0, SIZES[0], 4, 1), Arrival(0, SIZES[2], 8, 1)]
    assert allowed_seconds(arrivals, CURVES) == pytest.approx(12 / 20)
    assert mean_seconds(CURVES) == pytest.approx(np.mean(STEPS) / 20)
