"""The engine: one loop a replica, in which requests join and leave at any step. Knows slots and a program, no tensors.

`turn` is one decision and one step, and what tests call; `run` repeats it in a thread of its own. Where starting and
finishing a job are long (encoders, a decoder) they happen aside, in a second thread (`aside_turn`, `run_aside`), the
most urgent first and what is to be finished before what is to be started, so that they hold up nobody's steps.

A job fails alone: with what its start, its steps or its finish raise, or with NotFinite. Where memory runs out the
batch is halved, and what does not fit by itself is shed with Overloaded. Futures are settled outside the lock: their
callbacks may submit.
"""

import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import CancelledError, Future, InvalidStateError
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from deployments.denoiser.engine.caps import Caps
from deployments.denoiser.engine.metering import Meter, Unmetered
from deployments.denoiser.engine.schedule import QUANTUM, Batch, next_aside, next_batch
from deployments.denoiser.engine.slots import Job, OnStep, OutOfMemory, Program, Slot
from pose.errors import NotFinite, Overloaded

BOUND = 2.0
FAULTS = 8


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

    aside: whether jobs are started and finished in a second thread; the program must bear that beside its steps.
    """

    def __init__(
        self,
        program: Program,
        caps: Caps,
        bound: float = BOUND,
        clock: Callable[[], float] = time.monotonic,
        meter: Meter | None = None,
        aside: bool = False,
    ) -> None:
        self.caps = caps
        self._program = program
        self._bound = bound
        self._clock = clock
        self._meter = meter or Unmetered()
        self._aside = aside
        self._slots: list[Slot] = []
        self._submitted = 0
        self._faults = 0
        self._repaid = False
        self._changed = threading.Condition()
        self._stopped = False

    @property
    def sound(self) -> bool:
        """Whether steps succeed: not after FAULTS of them failed in a row."""
        return self._faults < FAULTS

    def submit(self, job: Job, on_step: OnStep | None = None) -> Handle:
        """Takes a job; `on_step(done, steps, saved)` is told after each of its steps, in the engine's thread.

        After `stop` the job is cancelled at once.
        """
        with self._changed:
            now = self._clock()
            slot = Slot(job, now, self._submitted, on_step=on_step, since=now)
            self._submitted += 1
            stopped = self._stopped
            if not stopped:
                self._slots.append(slot)
                self._changed.notify_all()
        if stopped:
            _cancelled(slot)
        return Handle(slot)

    def turn(self) -> bool:
        """One decision and one step; False where nothing can be stepped."""
        self._drop_cancelled()
        with self._changed:
            now = self._clock()
            batch = next_batch(self._steppable(), self.caps, now, self._bound, not self._repaid)
            for slot in batch.slots:
                slot.rests(now)
        ready = [slot for slot in batch.slots if self._started(slot)]
        for slot in ready:
            slot.phase = "ready"
        if ready:
            self._step(ready)
        self._account(batch, self._clock() - now)
        return bool(batch.slots)

    def aside_turn(self) -> bool:
        """Finishes or starts one job; False where there is none to finish or start. For a second thread."""
        self._drop_cancelled()
        with self._changed:
            slot = self._next_aside()
            if slot is None:
                return False
            ending = slot.phase == "done"
            slot.rests(self._clock())
            slot.phase = "held"
        if ending:
            self._end(slot)
        elif self._started(slot):
            with self._changed:
                slot.phase = "ready"
                slot.waits(self._clock())
                self._changed.notify_all()
        return True

    def run(self) -> None:
        """Turns until `stop`; sleeps where nothing can be stepped."""
        while not self._stopped:
            if not self.turn():
                with suppress(Exception):
                    self._meter.idle()
                with self._changed:
                    self._changed.wait_for(lambda: self._stopped or bool(self._steppable()))

    def run_aside(self) -> None:
        """The same for what happens aside."""
        while not self._stopped:
            if not self.aside_turn():
                with self._changed:
                    self._changed.wait_for(lambda: self._stopped or self._next_aside() is not None)

    def stop(self) -> None:
        """Ends both loops at the next boundary; what is left is cancelled."""
        with self._changed:
            self._stopped = True
            left, self._slots = self._slots, []
            self._changed.notify_all()
        for slot in left:
            _cancelled(slot)

    def saved(self, handle: Handle) -> Any:
        """What another replica needs to go on with a job (see `Job.saved`); None before its first step."""
        return handle.slot.saved

    def _steppable(self) -> list[Slot]:
        phases = ("ready",) if self._aside else ("new", "ready")
        return [slot for slot in self._slots if slot.phase in phases]

    def _next_aside(self) -> Slot | None:
        return next_aside(self._slots, self.caps, self._clock(), self._bound) if self._aside else None

    def _drop_cancelled(self) -> None:
        with self._changed:
            gone = [slot for slot in self._slots if slot.future.cancelled() and slot.phase != "held"]
            self._slots = [slot for slot in self._slots if slot not in gone]
            if gone:
                self._changed.notify_all()
        for slot in gone:
            slot.state = slot.saved = None
            self._tell_left(slot, CancelledError())
            _cancelled(slot)

    def _account(self, batch: Batch, seconds: float) -> None:
        """Books who ran; the others of the batch wait on."""
        with self._changed:
            now = self._clock()
            self._repaid = batch.favoured and batch.slots[0].ran_ahead(seconds, QUANTUM, now)
            for slot in batch.slots:
                if slot.phase in ("new", "ready"):
                    slot.waits(now)

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
        rows, start, key = sum(slot.job.rows for slot in batch), self._clock(), batch[0].job.key
        try:
            self._program.step([slot.state for slot in batch])
        except OutOfMemory as error:
            self._smaller(batch, rows, error)
            return
        except Exception as error:
            self._one_by_one(batch, error)
            return
        self._faults = 0
        self.caps.fitted(key)
        with suppress(Exception):
            waiting = len(self._steppable()) - len(batch)
            self._meter.stepped(key, rows, self.caps(key), self._clock() - start, waiting)
        for slot in batch:
            self._stepped(slot)

    def _smaller(self, batch: Sequence[Slot], rows: int, error: OutOfMemory) -> None:
        """Half as many from now on; a slot that does not fit by itself is shed."""
        if len(batch) > 1:
            self.caps.halve(batch[0].job.key, rows)
            return
        shed = Overloaded("one request alone does not fit the device's memory; ask for a smaller picture.")
        shed.__cause__ = error.with_traceback(None)  # whose frames would keep the state, and its memory
        self._leave(batch[0], shed)

    def _one_by_one(self, batch: Sequence[Slot], error: Exception) -> None:
        """A step that raises is taken again by each slot alone, so that only the one to blame fails."""
        if len(batch) == 1:
            self._faults += 1
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
        if not self._aside:
            self._end(slot)
            return
        with self._changed:
            slot.phase = "done"
            self._changed.notify_all()

    def _end(self, slot: Slot) -> None:
        try:
            result = self._program.finish(slot.state)
        except Exception as error:
            self._leave(slot, error)
            return
        self._leave(slot, None, result)

    def _leave(self, slot: Slot, error: BaseException | None, result: Any = None) -> None:
        with self._changed:
            with suppress(ValueError):  # it is gone already where the engine was stopped
                self._slots.remove(slot)
            slot.phase = "held"
            self._changed.notify_all()
        slot.state = slot.saved = None
        self._tell_left(slot, error)
        if slot.future.done() or not slot.future.set_running_or_notify_cancel():
            return
        if error is None:
            slot.future.set_result(result)
        else:
            slot.future.set_exception(error)

    def _tell_left(self, slot: Slot, error: BaseException | None) -> None:
        with suppress(Exception):
            self._meter.left(slot.job.key, slot.waited(self._clock()), error)


def _cancelled(slot: Slot) -> None:
    """Cancels a slot's future and tells those who wait for it."""
    slot.future.cancel()
    with suppress(InvalidStateError):
        slot.future.set_running_or_notify_cancel()
