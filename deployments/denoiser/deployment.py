"""The denoiser stage as a deployment: one network, two tasks, and one engine that all calls share.

Plain class, wrapped by the composition root. The queue is the engine's; Ray only brings calls here.
"""

import logging
import threading
from collections.abc import AsyncIterator, Callable, Hashable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

import numpy as np
from numpy.typing import NDArray
from ray.serve import metrics

from deployments.backends.choice import serve_network
from deployments.backends.spec import Runtime
from deployments.checkpoints.opening import Checkpoint
from deployments.denoiser.assembly import Assembly, assemble, buckets_for
from deployments.denoiser.checkpoint.painting import Sampling
from deployments.denoiser.checkpoint.repair import paint_warp
from deployments.denoiser.complete import complete_figure
from deployments.denoiser.engine.caps import Caps
from deployments.denoiser.engine.engine import BOUND, Engine
from deployments.denoiser.errand import Errand
from deployments.denoiser.network import DenoiserNetwork
from deployments.denoiser.repair import repair_warp
from deployments.denoiser.signature import SIGNATURE
from deployments.denoiser.spec import Order, Progress
from deployments.denoiser.warmup import label, named
from deployments.runtime import load
from pose.figure import Figure, Warp

SECONDS = [0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 30.0]
log = logging.getLogger("ray.serve")


class Denoiser:
    """Loads and warms its networks when made; raises WeightsError where weights are missing, corrupted or refused.

    Layers are always completed by the embedded network; warps are repaired by the `checkpoint` where there is one.
    """

    def __init__(
        self,
        checkpoint: Checkpoint | None = None,
        runtime: Runtime | None = None,
        sampling: Sampling | None = None,
        waiting_bound: float = BOUND,
        calls: int = 32,
    ) -> None:
        runtime = runtime or Runtime()
        self.network = serve_network(load("denoiser", DenoiserNetwork()), SIGNATURE, runtime)
        self._buckets = buckets_for(self.network)

        def make() -> tuple[Assembly, Engine]:
            assembly = assemble(self.network, checkpoint, sampling or Sampling(), runtime)
            meter, aside = RayMeter(assembly.caps), assembly.painter is not None  # encoders and a decoder are long
            return assembly, Engine(assembly.program, assembly.caps, waiting_bound, meter=meter, aside=aside)

        self._calls = ThreadPoolExecutor(calls, "call")
        (assembly, self._engine), self._loops = _running(make)
        self._painter, self._caps, self._company = assembly.painter, assembly.caps, assembly.company
        log.info("rows a step: %s", named(self._caps.rows))

    @property
    def sha256(self) -> str:
        """The weights' hash, for reports."""
        return self.network.sha256

    async def measured(self) -> dict[str, Any]:
        """caps: rows a step, by bucket, as measured or halved since. company: how far it moves a result in 0..1."""
        return {"caps": named(self._caps.rows), "company": self._company}

    def check_health(self) -> None:
        """Asked by Ray every few seconds. Raises RuntimeError where this replica serves no more, to be replaced."""
        if not all(loop.is_alive() for loop in self._loops) or not self._engine.sound:
            raise RuntimeError("the engine has ended, or its steps fail one after another.")

    async def complete(self, figure: Figure, order: Order) -> Figure:
        """Every layer filled under what hides it."""
        errand = self._errand(order)
        return await errand.result(complete_figure, figure, errand.restore, order.seed)

    async def repair(
        self, figure: Figure, warp: Warp, order: Order, saved: Any = None
    ) -> AsyncIterator[Progress | NDArray[np.uint8]]:
        """The progress, then the warp with seams and holes repaired, (H, W, 4) uint8.

        `saved`: of the latest Progress of the same call on a replica that died.
        """
        errand = self._errand(order, saved)
        if self._painter is None:
            news = errand.run(repair_warp, figure, warp, errand.restore, order.steps, order.seed)
        else:
            paint = errand.painting(self._painter, order.steps)
            news = errand.run(paint_warp, figure, warp, paint, self._painter.side, self._painter.multiple, order.seed)
        async for each in news:
            yield each

    def _errand(self, order: Order, saved: Any = None) -> Errand:
        return Errand(self._engine, order, saved, self._buckets, self._calls)


def _running(
    make: Callable[[], tuple[Assembly, Engine]],
) -> tuple[tuple[Assembly, Engine], tuple[threading.Thread, ...]]:
    """What `make` makes, in the thread in which the engine then runs: CUDA graphs are recorded by thread. And both
    loops' threads."""
    made: Future[tuple[Assembly, Engine]] = Future()

    def live() -> None:
        try:
            made.set_result(make())
        except BaseException as error:
            made.set_exception(error)
            return
        made.result()[1].run()

    stepping = threading.Thread(target=live, name="engine", daemon=True)
    stepping.start()
    aside = threading.Thread(target=made.result()[1].run_aside, name="aside", daemon=True)
    aside.start()
    return made.result(), (stepping, aside)


class RayMeter:
    """The engine's work as metrics of the replica, told by bucket: steps and rows (rates are steps and rows a second),
    occupancy, seconds of steps and of waiting, caps, ends by outcome."""

    def __init__(self, caps: Caps) -> None:
        ends: Any = {"tag_keys": ("bucket", "outcome")}
        tags: Any = {"tag_keys": ("bucket",)}
        self._steps = metrics.Counter("contrapposto_engine_steps", "Steps taken.", **tags)
        self._rows = metrics.Counter("contrapposto_engine_rows", "Rows of all steps.", **tags)
        self._seconds = metrics.Histogram("contrapposto_engine_step_seconds", "Of a step.", SECONDS, **tags)
        self._occupancy = metrics.Gauge("contrapposto_engine_occupancy", "Rows of the latest step by its cap.", **tags)
        self._waiting = metrics.Gauge("contrapposto_engine_waiting", "Requests without a part in the latest step.")
        self._cap = metrics.Gauge("contrapposto_engine_cap", "Rows that a step may hold.", **tags)
        self._waited = metrics.Histogram("contrapposto_engine_wait_seconds", "Ready and not run.", SECONDS, **tags)
        self._ends = metrics.Counter("contrapposto_engine_ends", "Requests ended.", **ends)
        self._alike = caps.alike
        self._seen: set[Hashable] = set()
        for key, cap in caps.rows.items():
            self._cap.set(cap, self._bucket(key))

    def stepped(self, key: Hashable, rows: int, cap: int, seconds: float, waiting: int) -> None:
        """See `metering.Meter`."""
        bucket = self._bucket(key)
        self._seen.add(self._alike(key))
        self._steps.inc(1, bucket)
        self._rows.inc(rows, bucket)
        self._seconds.observe(seconds, bucket)
        self._occupancy.set(rows / max(cap, rows), bucket)
        self._waiting.set(waiting)
        self._cap.set(cap, bucket)

    def idle(self) -> None:
        """See `metering.Meter`."""
        self._waiting.set(0)
        for key in self._seen:
            self._occupancy.set(0, {"bucket": label(key)})

    def left(self, key: Hashable, waited: float, error: BaseException | None) -> None:
        """See `metering.Meter`."""
        bucket = self._bucket(key)
        self._waited.observe(waited, bucket)
        self._ends.inc(1, bucket | {"outcome": "done" if error is None else type(error).__name__})

    def _bucket(self, key: Hashable) -> dict[str, str]:
        """The tag of the measured key that a key is like: there are few of them."""
        return {"bucket": label(self._alike(key))}
