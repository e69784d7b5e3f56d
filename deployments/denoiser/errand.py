"""One call of the stage: its jobs in the engine, their progress, and their end when the caller leaves.

Stands between the stage's functions, which wait in a thread for what they asked, and the engine's loop. Knows jobs
and orders; neither pictures nor Ray.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Sequence
from concurrent.futures import Executor
from contextlib import suppress
from dataclasses import replace
from typing import Any, TypeVar, cast

import numpy as np
from numpy.typing import NDArray

from deployments.denoiser.checkpoint.painting import Painter, Painting
from deployments.denoiser.checkpoint.repair import Paint
from deployments.denoiser.engine.engine import Engine, Handle
from deployments.denoiser.engine.slots import Job
from deployments.denoiser.run import gathered, restorations
from deployments.denoiser.sample import Sample
from deployments.denoiser.spec import Order, Progress
from deployments.signature import Bucket

Result = TypeVar("Result")


class Errand:
    """Made in the event loop of the caller. `saved`: of the same order's job on a replica that died; `buckets`:
    see `run.restorations`; threads: those in which calls wait, as many as may be under way (the loop's own are few)."""

    def __init__(
        self,
        engine: Engine,
        order: Order,
        saved: Any = None,
        buckets: Sequence[Bucket] = (),
        threads: Executor | None = None,
    ) -> None:
        self._engine, self._buckets = engine, buckets
        self._terms: dict[str, Any] = {"deadline": time.monotonic() + order.within, "alone": order.alone}
        self._saved = saved
        self._loop, self._threads = asyncio.get_running_loop(), threads
        self._news: asyncio.Queue[Progress | None] = asyncio.Queue()
        self._handles: list[Handle] = []
        self._left = False

    async def result(self, work: Callable[..., Result], *arguments: Any) -> Result:
        """What `run` gives last."""
        *_, result = [news async for news in self.run(work, *arguments)]
        return cast(Result, result)

    async def run(self, work: Callable[..., Result], *arguments: Any) -> AsyncIterator[Progress | Result]:
        """The progress, then what `work(*arguments)` gives, which runs in a thread and asks this errand.

        Where the caller leaves, the jobs end at their next step.
        """
        working = asyncio.ensure_future(self._loop.run_in_executor(self._threads, work, *arguments))
        working.add_done_callback(lambda _: self._news.put_nowait(None))
        try:
            while (news := await self._news.get()) is not None:
                yield news
            yield await working
        finally:
            if not working.done():
                self._cancel()
                with suppress(BaseException):
                    await asyncio.shield(working)

    def restore(self, samples: Sequence[Sample], steps: int, seed: int) -> list[NDArray[Any]]:
        """See `run.Restore`."""
        jobs = restorations(samples, steps, seed, self._buckets, **self._terms)
        return gathered(self.results([job for job, _ in jobs]), jobs, samples)

    def painting(self, painter: Painter, steps: int) -> Paint:
        """Paints by a checkpoint; see `checkpoint.repair.Paint`."""

        def paint(asked: Painting) -> NDArray[Any]:
            (canvas,) = self.results([painter.job(asked, steps, **self._terms)])
            return np.asarray(canvas)

        return paint

    def results(self, jobs: Sequence[Job]) -> list[Any]:
        """Waits for all. Raises what the first of them fails with, CancelledError where the caller has left."""
        if len(jobs) == 1 and self._saved is not None:
            jobs = [replace(jobs[0], saved=self._saved)]
        asked = [self._engine.submit(job, self._tell if len(jobs) == 1 else None) for job in jobs]
        self._handles += asked
        try:
            if self._left:
                self._cancel()
            return [handle.future.result() for handle in asked]
        finally:  # where one fails, nobody waits for the others any more
            for handle in asked:
                handle.cancel()

    def _tell(self, done: int, steps: int, saved: Any) -> None:
        if done < steps:
            self._loop.call_soon_threadsafe(self._news.put_nowait, Progress(done, steps, saved))

    def _cancel(self) -> None:
        self._left = True
        for handle in self._handles:
            handle.cancel()
