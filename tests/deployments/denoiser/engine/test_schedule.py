import math

from deployments.denoiser.engine.schedule import next_batch
from deployments.denoiser.engine.slots import Job, Slot

BOUND = 5.0


def _slot(number: int, key: str = "a", deadline: float = math.inf, arrived: float = 0.0, **more) -> Slot:
    return Slot(Job(key, None, 4, deadline=deadline, **more), arrived, number, since=arrived)


def _numbers(slots: list[Slot], now: float = 1.0, cap: int = 4, favour: bool = True) -> list[int]:
    return [slot.number for slot in next_batch(slots, lambda key: cap, now, BOUND, favour).slots]


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
    slots = [_slot(0, "a", 7, 2.0), _slot(1, "b", math.inf, arrived=1), _slot(2, "c", math.inf, arrived=0.5)]
    assert _numbers(slots, now=4)[0] == 0
    assert _numbers(slots, now=6.2)[0] == 2
    assert _numbers(slots, now=6.2, favour=False)[0] == 0
    assert next_batch(slots, lambda key: 4, 6.2, BOUND).favoured
    assert not next_batch(slots, lambda key: 4, 4, BOUND).favoured


def test_going_first_by_ones_own_deadline_is_no_favour():
    slots = [_slot(0, "a", 7), _slot(1, "b", 9)]
    batch = next_batch(slots, lambda key: 4, 6.0, BOUND)
    assert (batch.slots[0].number, batch.favoured) == (0, False)


def test_a_favoured_slot_takes_like_ones_along():
    slots = [_slot(0, "a", 3, 5.0), _slot(1, "b"), _slot(2, "b", 9, 5.0), _slot(3, "b", 8, 5.0)]
    assert _numbers(slots, now=5.5, cap=2) == [1, 3]


def test_running_is_no_waiting():
    slot = _slot(0, arrived=1.0)
    slot.rests(2.0)
    assert slot.waited(6.0) == 1.0
    slot.waits(6.0)
    assert slot.waited(7.5) == 2.5


def test_waiting_is_made_up_for_by_a_quantum_ahead():
    slot = _slot(0)
    assert not slot.ran_ahead(0.1, 0.25, 5.0)
    assert slot.forgiven == 0
    assert slot.ran_ahead(0.2, 0.25, 5.5)
    assert slot.forgiven == slot.waited(5.5) == 5.5
    assert slot.favoured == 0
