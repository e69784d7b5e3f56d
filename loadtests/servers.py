"""Ways to serve the same arrivals on the same device: our engine, whole requests in batches, and `@serve.batch`.

Each takes a device, arrivals and caps (rows by size) and answers with the second at which each arrival had its result.
Knows who runs next; measures nothing else.
"""

import asyncio
import gc
import threading
import time
from collections import deque
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from concurrent.futures import Future
from queue import SimpleQueue
from typing import Any

from deployments.denoiser.engine.caps import Caps
from deployments.denoiser.engine.engine import Engine
from deployments.denoiser.engine.slots import Job, Program
from loadtests.arrivals import Arrival, Size
from loadtests.device import Device

WAIT = 0.01

RowsBySize = Mapping[Size, int]
Server = Callable[[Device, Sequence[Arrival], RowsBySize], list[float]]


def by_engine(device: Device, arrivals: Sequence[Arrival], caps: RowsBySize) -> list[float]:
    """Our engine: requests join and leave at any step."""
    engine = Engine(device.program, Caps({(size,): rows for size, rows in caps.items()}))
    running = device.thread.submit(engine.run)
    try:
        return _played(device, arrivals, lambda job: engine.submit(job).future)
    finally:
        engine.stop()
        running.result()


def one_at_a_time(device: Device, arrivals: Sequence[Arrival], caps: RowsBySize) -> list[float]:
    """In order of arrival, each to its end."""
    return by_requests(device, arrivals, {})


def by_requests(device: Device, arrivals: Sequence[Arrival], caps: RowsBySize) -> list[float]:
    """Request-level batches at their best: the device takes, when it is free, the oldest and those of its size.

    A batch runs until its longest is done; a request that is done waits for it, but costs no rows.
    """
    waiting = Waiting({(size,): rows for size, rows in caps.items()})

    def submit(job: Job) -> "Future[Any]":
        future = waiting.put(job)
        device.thread.submit(waiting.serve, device.program)
        return future

    return _played(device, arrivals, submit)


def by_serve_batch(device: Device, arrivals: Sequence[Arrival], caps: RowsBySize) -> list[float]:
    """Request-level batches by Ray's own `@serve.batch`, one batched function a size, in this process."""
    return asyncio.run(_clients(device, arrivals, caps))


class Waiting:
    """Requests in order of arrival. `rows` by key, 1 where it has none."""

    def __init__(self, rows: Mapping[Hashable, int]) -> None:
        self._rows = rows
        self._lock = threading.Lock()
        self._requests: deque[tuple[Job, Future[Any]]] = deque()

    def put(self, job: Job) -> "Future[Any]":
        future: Future[Any] = Future()
        with self._lock:
            self._requests.append((job, future))
        return future

    def serve(self, program: Program) -> None:
        """One batch to its end; nothing where an earlier one took all."""
        batch = self._batch()
        try:
            results = together(program, [job for job, _ in batch])
        except Exception as error:
            for _, future in batch:
                future.set_exception(error)
            return
        for (_, future), result in zip(batch, results, strict=True):
            future.set_result(result)

    def _batch(self) -> list[tuple[Job, "Future[Any]"]]:
        with self._lock:
            if not self._requests:
                return []
            key = self._requests[0][0].key
            alike = [request for request in self._requests if request[0].key == key][: self._rows.get(key, 1)]
            self._requests = deque(request for request in self._requests if request not in alike)
            return alike


def together(program: Program, jobs: Sequence[Job]) -> list[Any]:
    """The results of jobs of one key, when the longest is done."""
    states = [program.start(job) for job in jobs]
    while left := [state for state, job in zip(states, jobs, strict=True) if program.done(state) < job.steps]:
        program.step(left)
    return [program.finish(state) for state in states]


def _played(device: Device, arrivals: Sequence[Arrival], submit: Callable[[Job], "Future[Any]"]) -> list[float]:
    """Submits each when its time has come, and waits for all. Raises what the first that fails raised."""
    ended: SimpleQueue[tuple[int, float, Future[Any]]] = SimpleQueue()
    begin = time.monotonic()
    for number, arrival in enumerate(arrivals):
        time.sleep(max(begin + arrival.at - time.monotonic(), 0))
        future = submit(device.job(arrival, number, begin))
        future.add_done_callback(lambda done, number=number: ended.put((number, time.monotonic(), done)))  # type: ignore[misc]
    ends = [0.0] * len(arrivals)
    for _ in arrivals:
        number, moment, future = ended.get()
        future.result()
        ends[number] = moment - begin
    return ends


async def _clients(device: Device, arrivals: Sequence[Arrival], caps: RowsBySize) -> list[float]:
    begin, batched = time.monotonic(), {size: _batched(device, rows) for size, rows in caps.items()}

    async def client(number: int, arrival: Arrival) -> float:
        await asyncio.sleep(begin + arrival.at - time.monotonic())
        await batched[arrival.size](device.job(arrival, number, begin))
        return time.monotonic() - begin

    clients = [client(number, arrival) for number, arrival in enumerate(arrivals)]
    ends = await asyncio.gather(*clients, return_exceptions=True)
    await _ended(asyncio.all_tasks() - {asyncio.current_task()})
    batched.clear()
    gc.collect()  # a queue of Ray's that is collected where no loop runs opens one, and leaves it open
    for failed in (end for end in ends if isinstance(end, BaseException)):
        raise failed
    return [end for end in ends if not isinstance(end, BaseException)]


async def _ended(tasks: Iterable["asyncio.Task[Any] | None"]) -> None:
    """Ends what Ray's queues still wait with."""
    left = [task for task in tasks if task is not None and task.cancel()]
    await asyncio.gather(*left, return_exceptions=True)


def _batched(device: Device, rows: int) -> Callable[[Job], Any]:
    """A function of one job that Ray batches. A replica's context is all that it needs of Ray; no cluster."""
    from ray import serve as ray_serve
    from ray.serve import context
    from ray.serve._private.common import DeploymentID, ReplicaID
    from ray.serve._private.config import DeploymentConfig
    from ray.serve.schema import ReplicaRank

    async def restore(jobs: list[Job]) -> list[Any]:
        return await asyncio.get_running_loop().run_in_executor(device.thread, together, device.program, jobs)

    context._set_internal_replica_context(
        replica_id=ReplicaID(unique_id="bench", deployment_id=DeploymentID(name="bench")),
        servable_object=restore,
        _deployment_config=DeploymentConfig(max_ongoing_requests=1_000_000),
        rank=ReplicaRank(rank=0, node_rank=0, local_rank=0),
        world_size=1,
    )
    return ray_serve.batch(max_batch_size=rows, batch_wait_timeout_s=WAIT)(restore)
