"""The engine: one loop a replica, in which requests join and leave at any step. Knows slots and a program, no tensors.

`turn` is one decision and one step, and what tests call; `run` repeats it in a thread of its own. Where starting and
finishing a job are long (encoders, a decoder) they happen `aside`, so that they hold up nobody's steps.

A job fails alone: with what its start, its steps or its finish raise, or with NotFinite. Where memory runs out the
batch is halved, and what does not fit by itself is shed with Overloaded. Futures are settled outside the lock: their
callbacks may submit.
"""

import threading
import time
from collections.abc import Callable, Hashable, Sequence
from concurrent.futures import Executor, Future, InvalidStateError
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Protocol

from deployments.denoiser.engine.caps import Caps
from deployments.denoiser.engine.schedule import next_batch
from deployments.denoiser.engine.slots import Job, OnStep, OutOfMemory, Program, Slot
from pose.errors import NotFinite, Overloaded

BOUND = 2.0


class Meter(Protocol):
    """What is told of the engine's work, in its thread. Keys are those of jobs, times are seconds."""

    def stepped(self, key: Hashable, rows: int, cap: int, seconds: float, waiting: int) -> None:
        """A step of `rows` where `cap` fit; `waiting` slots had no part in it."""
        ...

    def left(self, key: Hashable, waited: float, error: BaseException | None) -> None:
        """A slot's end, after `waited` in which it was ready and did not run."""
        ...


class Unmetered:
    """Tells nobody."""

    def stepped(self, key: Hashable, rows: int, cap: int, seconds: float, waiting: int) -> None:
        pass

    def left(self, key: Hashable, waited: float, error: BaseException | None) -> None:
        pass


@dataclass(frozen=True)
class Handle:
    """A job that was submitted. `cancel` takes effect at the next step's boundary."""

    slot: Slot

    @property
    def future(self) -> "Future[Any]":
        return self.slot.future

    def cancel(self) -> bool:
        return self.slot.future.cancel()


class Engine:
    """Runs a program's jobs. `bound`: see `schedule`; the clock is any that only goes forwards.

    `aside`: where jobs are started and finished; None: in the loop. The program must bear that beside its steps.
    """

    def __init__(
        self,
        program: Program,
        caps: Caps,
        bound: float = BOUND,
        clock: Callable[[], float] = time.monotonic,
        meter: Meter | None = None,
        aside: Executor | None = None,
    ) -> None:
        self.caps = caps
        self._program = program
        self._bound = bound
        self._clock = clock
        self._meter = meter or Unmetered()
        self._aside = aside
        self._slots: list[Slot] = []
        self._submitted = 0
        self._changed = threading.Condition()
        self._stopped = False

    def submit(self, job: Job, on_step: OnStep | None = None) -> Handle:
        """Takes a job; `on_step(done, steps, saved)` is told after each of its steps, in the engine's thread.

        After `stop` the job is cancelled at once.
        """
        with self._changed:
            slot = Slot(job, self._clock(), self._submitted, on_step=on_step)
            self._submitted += 1
            stopped = self._stopped
            if not stopped:
                self._slots.append(slot)
                self._changed.notify()
        if stopped:
            _cancelled(slot)
        return Handle(slot)

    def turn(self) -> bool:
        """One decision and one step; False where nothing waits."""
        with self._changed:
            gone = [slot for slot in self._slots if slot.future.cancelled()]
            self._slots = [slot for slot in self._slots if slot not in gone]
            fresh = self._taken_aside()
            here = [slot for slot in self._slots if not slot.aside]
            batch = next_batch(here, self.caps, self._clock(), self._bound)
        for slot in gone:
            _cancelled(slot)
        for slot, aside in fresh:
            aside.submit(self._start_aside, slot)
        ready = [slot for slot in batch if self._started(slot)]
        if ready:
            self._step(ready)
        return bool(batch)

    def run(self) -> None:
        """Turns until `stop`; sleeps where nothing waits."""
        while not self._stopped:
            if not self.turn():
                with self._changed:
                    self._changed.wait_for(lambda: self._stopped or not all(slot.aside for slot in self._slots))

    def stop(self) -> None:
        """Ends `run` at the next step's boundary; what is left is cancelled."""
        with self._changed:
            self._stopped = True
            left, self._slots = self._slots, []
            self._changed.notify()
        for slot in left:
            _cancelled(slot)

    def saved(self, handle: Handle) -> Any:
        """What another replica needs to go on with a job (see `Job.saved`); None before its first step."""
        return handle.slot.saved

    def _taken_aside(self) -> list[tuple[Slot, Executor]]:
        """Marks the slots that are to be started aside; none where that happens in the loop."""
        if self._aside is None:
            return []
        fresh = [slot for slot in self._slots if slot.state is None and not slot.aside]
        for slot in fresh:
            slot.aside = True
        return [(slot, self._aside) for slot in fresh]

    def _start_aside(self, slot: Slot) -> None:
        if not slot.future.cancelled() and not self._started(slot):
            return
        with self._changed:
            slot.aside = False
            self._changed.notify()

    def _started(self, slot: Slot) -> bool:
        """Whether the slot has a step to take: not where its start fails, or a saved state was done already."""
        if slot.state is not None:
            return True
        try:
            slot.state = self._program.start(slot.job)
            if self._program.done(slot.state) < slot.job.steps:
                return True
        except Exception as error:
            self._leave(slot, error)
            return False
        self._finish(slot)
        return False

    def _step(self, batch: Sequence[Slot]) -> None:
        rows, start = sum(slot.job.rows for slot in batch), self._clock()
        try:
            self._program.step([slot.state for slot in batch])
        except OutOfMemory as error:
            self._smaller(batch, rows, error)
            return
        except Exception as error:
            self._one_by_one(batch, error)
            return
        seconds = self._clock() - start
        with suppress(Exception):
            key = batch[0].job.key
            self._meter.stepped(key, rows, self.caps(key), seconds, len(self._slots) - len(batch))
        for slot in batch:
            slot.ran += seconds
            self._stepped(slot)

    def _smaller(self, batch: Sequence[Slot], rows: int, error: OutOfMemory) -> None:
        """Half as many from now on; a slot that does not fit by itself is shed."""
        if len(batch) == 1:
            shed = Overloaded("one request alone does not fit the device's memory; ask for a smaller picture.")
            shed.__cause__ = error
            self._leave(batch[0], shed)
        else:
            self.caps.halve(batch[0].job.key, rows)

    def _one_by_one(self, batch: Sequence[Slot], error: Exception) -> None:
        """A step that raises is taken again by each slot alone, so that only the one to blame fails."""
        if len(batch) == 1:
            self._leave(batch[0], error)
            return
        for slot in batch:
            self._step([slot])

    def _stepped(self, slot: Slot) -> None:
        """Looks at a state after its step: keeps it, ends it, or lets it fail."""
        try:
            done = self._program.done(slot.state)
            if not self._program.sound(slot.state):
                raise NotFinite(f"the result was not finite after step {done}; try another seed.")
            slot.saved = self._program.save(slot.state)
        except Exception as error:
            self._leave(slot, error)
            return
        if slot.on_step is not None:
            with suppress(Exception):
                slot.on_step(done, slot.job.steps, slot.saved)
        if done >= slot.job.steps:
            self._finish(slot)

    def _finish(self, slot: Slot) -> None:
        if self._aside is None:
            self._end(slot)
        else:
            slot.aside = True
            self._aside.submit(self._end, slot)

    def _end(self, slot: Slot) -> None:
        try:
            result = self._program.finish(slot.state)
        except Exception as error:
            self._leave(slot, error)
            return
        self._leave(slot, None, result)

    def _leave(self, slot: Slot, error: BaseException | None, result: Any = None) -> None:
        with self._changed, suppress(ValueError):  # it is gone already where the engine was stopped
            self._slots.remove(slot)
        slot.state = slot.saved = None
        with suppress(Exception):
            self._meter.left(slot.job.key, slot.waited(self._clock()), error)
        if slot.future.done() or not slot.future.set_running_or_notify_cancel():
            return
        if error is None:
            slot.future.set_result(result)
        else:
            slot.future.set_exception(error)


def _cancelled(slot: Slot) -> None:
    """Cancels a slot's future and tells those who wait for it."""
    slot.future.cancel()
    with suppress(InvalidStateError):
        slot.future.set_running_or_notify_cancel()
