"""What Prometheus may know: requests, errors by code, seconds by stage, and how much waits."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

SECONDS = (0.01, 0.025, 0.05, 0.1, 0.2, 0.35, 0.5, 0.75, 1.0, 1.5, 2.0, 3.0, 5.0, 10.0, 20.0, 60.0)


class Meter:
    """One process's metrics in a registry of their own."""

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        names: dict[str, Any] = {"registry": self._registry, "namespace": "contrapposto"}
        self._requests = Counter("requests", "Requests answered.", ["method", "route", "status"], **names)
        self._errors = Counter("errors", "Problems answered, by code.", ["code"], **names)
        self._seconds = Histogram("request_seconds", "Seconds per request.", ["route"], buckets=SECONDS, **names)
        self._stage = Histogram(
            "stage_seconds", "Seconds per stage, waiting included.", ["stage"], buckets=SECONDS, **names
        )
        self._depth = Gauge("queue_depth", "Calls of a stage that wait or run.", ["stage"], **names)
        self._in_flight = Gauge("requests_in_flight", "Requests not yet answered.", **names)

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """Counts one call of a stage while it is open."""
        began = time.perf_counter()
        self._depth.labels(name).inc()
        try:
            yield
        finally:
            self._depth.labels(name).dec()
            self._stage.labels(name).observe(time.perf_counter() - began)

    @contextmanager
    def request(self) -> Iterator[None]:
        """Counts one request in flight while it is open."""
        with self._in_flight.track_inprogress():
            yield

    def answered(self, method: str, route: str, status: int, code: str | None, seconds: float) -> None:
        """Books one answer. `route` is the path's template, never the client's own text."""
        self._requests.labels(method, route, str(status)).inc()
        self._seconds.labels(route).observe(seconds)
        if code is not None:
            self._errors.labels(code).inc()

    def text(self) -> bytes:
        """The exposition format."""
        return generate_latest(self._registry)
