"""Which requests take the next step together: earliest deadline first, with a bound on waiting. Pure policy.

One decision a step. The most urgent slot decides the key; the most urgent slots of the same key fill the batch up to
the key's cap. A slot that has waited out the bound is favoured: it runs ahead of earlier deadlines, in order of
arrival, for a QUANTUM (a step at least), by which its waiting is made up for; the step after a quantum is
the most urgent one's. So a long request delays one with an earlier deadline by a step at most, any other by the bound
at most; of a crowd that waited out the bound each does, one for each step of the other; and nobody starves.

Source: earliest deadline first is optimal on one machine with preemption (Liu & Layland 1973; Dertouzos 1974); steps
are the points of preemption.
"""

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass

from deployments.denoiser.engine.slots import Slot

QUANTUM = 0.06  # seconds
AHEAD = 2
Cap = Callable[[Hashable], int]


@dataclass(frozen=True)
class Batch:
    """slots: of the next step, the one that decided first. favoured: whether it goes ahead of an earlier deadline."""

    slots: tuple[Slot, ...] = ()
    favoured: bool = False


def next_batch(slots: Sequence[Slot], cap: Cap, now: float, bound: float, favour: bool = True) -> Batch:
    """The next step's; empty where there are no slots. bound: seconds of waiting; favour: whether one may go ahead."""
    if not slots:
        return Batch()
    ranked = sorted(slots, key=urgency)
    aged = [slot for slot in slots if favour and slot.waited(now) - slot.forgiven >= bound]
    first = min(aged, key=lambda slot: (slot.arrived, slot.number), default=ranked[0])
    favoured = first is not ranked[0]
    if first.job.alone:
        return Batch((first,), favoured)
    room = max(cap(first.job.key), first.job.rows) - first.job.rows
    chosen = [first]
    for slot in ranked:
        alike = slot.job.key == first.job.key and slot is not first and not slot.job.alone
        if alike and slot.job.rows <= room:
            chosen.append(slot)
            room -= slot.job.rows
    return Batch(tuple(chosen), favoured)


def next_aside(slots: Sequence[Slot], cap: Cap, now: float, bound: float) -> Slot | None:
    """Which slot is finished or started next, beside the steps; None where none may be.

    What is done comes first, then what is new; of these whoever has waited out the bound, then by deadline. No more
    than AHEAD caps of a key are started and not done: each holds memory of the device.
    """

    def room(slot: Slot) -> bool:
        alike = (other for other in slots if other.job.key == slot.job.key and other.phase in ("held", "ready"))
        return sum(other.job.rows for other in alike) < AHEAD * max(cap(slot.job.key), slot.job.rows)

    ranked = sorted(slots, key=lambda slot: (slot.phase != "done", slot.waited(now) < bound, urgency(slot)))
    return next((slot for slot in ranked if slot.phase == "done" or (slot.phase == "new" and room(slot))), None)


def urgency(slot: Slot) -> tuple[float, int]:
    """Sorts slots by deadline, then in the order in which they came."""
    return slot.job.deadline, slot.number
