import math

from deployments.denoiser.engine.schedule import next_batch
from deployments.denoiser.engine.slots import Job, Slot

BOUND = 5.0


def _slot(number: int, key: str = "a", deadline: float = math.inf, arrived: float = 0.0, **more) -> Slot:
    ran = more.pop("ran", 0.0)
    return Slot(Job(key, None, 4, deadline=deadline, **more), arrived, number, ran=ran)


def _numbers(slots: list[Slot], now: float = 1.0, cap: int = 4) -> list[int]:
    return [slot.number for slot in next_batch(slots, lambda key: cap, now, BOUND)]


def test_nothing_waits():
    assert _numbers([]) == []


def test_the_earliest_deadline_decides_the_key_and_like_ones_fill_up():
    slots = [_slot(0, "a", 9), _slot(1, "b", 3), _slot(2, "a", 2), _slot(3, "b", 1), _slot(4, "b")]
    assert _numbers(slots) == [3, 1, 4]


def test_the_cap_counts_rows():
    slots = [_slot(0, rows=2, deadline=1), _slot(1, rows=2, deadline=2), _slot(2, rows=1, deadline=3)]
    assert _numbers(slots, cap=3) == [0, 2]


def test_what_is_larger_than_the_cap_runs_all_the_same():
    assert _numbers([_slot(0, rows=2)], cap=1) == [0]


def test_alone_means_alone():
    slots = [_slot(0, alone=True, deadline=1), _slot(1, deadline=2), _slot(2, deadline=3)]
    assert _numbers(slots) == [0]
    assert _numbers([_slot(3, deadline=0.5), *slots]) == [3, 1, 2]


def test_who_has_waited_out_the_bound_goes_first_by_arrival():
    slots = [_slot(0, "a", 7), _slot(1, "b", math.inf, arrived=1), _slot(2, "c", math.inf, arrived=0.5)]
    assert _numbers(slots, now=4)[0] == 0
    assert _numbers(slots, now=6.2)[0] == 0  # it arrived first, and has waited as well
    slots[0].ran = 5.0
    assert _numbers(slots, now=6.2)[0] == 2


def test_running_is_no_waiting():
    slot = _slot(0, arrived=1.0, ran=3.0)
    assert slot.waited(6.0) == 2.0
