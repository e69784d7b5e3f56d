"""Which requests take the next step together: earliest deadline first, with a bound on waiting. Pure policy.

One decision a step. The most urgent slot decides the key; the most urgent slots of the same key fill the batch up to
the key's cap. A slot that has waited out the bound goes before all that have not, in order of arrival, until it is
done: nobody starves, and under overload the order is that of arrival. So a request delays one with an earlier deadline
by one step at most, and any other by the bound at most, unless older ones have waited out theirs too.

Source: earliest deadline first is optimal on one machine with preemption (Liu & Layland 1973; Dertouzos 1974); steps
are the points of preemption.
"""

from collections.abc import Callable, Hashable, Sequence

from deployments.denoiser.engine.slots import Slot

Cap = Callable[[Hashable], int]


def next_batch(slots: Sequence[Slot], cap: Cap, now: float, bound: float) -> list[Slot]:
    """The slots of the next step, most urgent first; empty where there are none. `bound`: seconds of waiting."""
    if not slots:
        return []
    ranked = sorted(slots, key=lambda slot: urgency(slot, now, bound))
    first = ranked[0]
    if first.job.alone:
        return [first]
    room, chosen = max(cap(first.job.key), first.job.rows), []
    for slot in ranked:
        if slot.job.key == first.job.key and not slot.job.alone and slot.job.rows <= room:
            chosen.append(slot)
            room -= slot.job.rows
    return chosen


def urgency(slot: Slot, now: float, bound: float) -> tuple[bool, float, int]:
    """Sorts slots: those whose waiting is over first, by arrival; then by deadline."""
    patient = slot.waited(now) < bound
    return patient, slot.job.deadline if patient else slot.arrived, slot.number
