import pytest

from deployments.denoiser.engine.caps import CLEAN, Caps, batch_curve, cap_of
from deployments.denoiser.engine.slots import OutOfMemory
from tests.deployments.denoiser.engine.simulated import CURVES, Clock, seconds


@pytest.mark.parametrize(("key", "cap"), [(512, 8), (1024, 1)])
def test_the_cap_is_the_smallest_batch_that_gains(key, cap):
    clock = Clock()

    def step(rows):
        clock.now += seconds(key, rows)

    curve = batch_curve(step, clock, tuple(CURVES[key]))
    assert curve[1] == pytest.approx(1 / seconds(key, 1))
    assert cap_of(curve) == cap


def test_the_curve_ends_where_memory_does():
    clock = Clock()

    def step(rows):
        clock.now += 1.0
        if rows > 4:
            raise OutOfMemory("5 rows of 4")

    assert list(batch_curve(step, clock)) == [1, 2, 4]


def test_halving_stays_above_nothing():
    caps = Caps({"a": 8})
    assert [caps.halve("a", rows) for rows in (8, 4, 2, 1)] == [4, 2, 1, 1]
    assert caps("a") == 1
    assert caps("new") == 1


def test_any_other_fault_is_no_lack_of_memory():
    def step(rows):
        raise RuntimeError("shapes do not fit")

    with pytest.raises(RuntimeError, match="shapes"):
        batch_curve(step, Clock())


def test_a_limit_grows_back_while_steps_fit():
    caps = Caps({"a": 8})
    caps.halve("a", 8)
    caps.halve("a", 4)
    assert caps("a") == 2
    for _ in range(CLEAN):
        caps.fitted("a")
    assert caps("a") == 4
    for _ in range(CLEAN):
        caps.fitted("a")
    assert (caps("a"), caps.limits) == (8, {})
    caps.fitted("a")
    assert caps.rows == {"a": 8}
