"""What the engine is told before its first request: how many rows a step pays for, by bucket.

Measures; prints nothing.
"""

import time
from collections.abc import Callable, Hashable, Iterable, Mapping
from typing import Any

import numpy as np

from deployments.denoiser.engine.caps import Caps, batch_curve, cap_of
from deployments.denoiser.engine.slots import Job, Program
from deployments.denoiser.network import SOURCE_SIZE
from deployments.denoiser.program import restoration
from deployments.denoiser.sample import Sample
from deployments.denoiser.signature import SIGNATURE
from pose.skeleton import BIPED

NEVER_DONE = 1_000_000
SIZES = (1, 2, 4)


def measured_caps(
    program: Program,
    jobs: Iterable[Job],
    alike: Callable[[Hashable], Hashable],
    sizes: tuple[int, ...] = SIZES,
    clock: Callable[[], float] = time.perf_counter,
) -> Caps:
    """Steps batches of each job at each size and keeps the smallest that is nearly the fastest; see `cap_of`.

    The jobs are stepped many times: they need NEVER_DONE steps.
    """
    caps = Caps(alike=alike)
    for job in jobs:
        states = [program.start(job) for _ in range(max(sizes))]
        curve = batch_curve(lambda rows, states=states: program.step(states[:rows]), clock, sizes, 1)  # type: ignore[misc]
        caps.rows[job.key] = cap_of({rows * job.rows: rate for rows, rate in curve.items()})
    return caps


def blank_restorations() -> list[Job]:
    """One for each bucket of the embedded network."""
    return [restoration(blank(*bucket), NEVER_DONE, 0) for bucket in SIGNATURE.buckets]


def bucket_of(key: Hashable) -> Hashable:
    """The key of the bucket that holds a restoration's; other keys are their own."""
    match key:
        case ((int() as height, int() as width),):
            return (SIGNATURE.bucket_for(height, width),)
    return key


def named(rows: Mapping[Any, int]) -> dict[str, int]:
    """Caps by a name that can be printed."""
    return {label(key): cap for key, cap in rows.items()}


def label(key: Any) -> str:
    """A key as metrics and logs tell it: its numbers."""
    return "x".join(str(number) for number in _numbers(key)) or "all"


def blank(height: int, width: int) -> Sample:
    """A sample that shows nothing."""
    picture, plane = np.zeros((height, width, 4), np.uint8), np.zeros((height, width), np.uint8)
    joints = np.zeros((len(BIPED.joints), 3), np.float32)
    source = np.zeros((SOURCE_SIZE, SOURCE_SIZE, 4), np.uint8)
    return Sample(picture, picture, picture, plane, plane > 0, plane > 0, joints, height, source, joints)


def _numbers(key: Any) -> list[int]:
    if isinstance(key, int) and not isinstance(key, bool):
        return [key]
    return [number for part in key for number in _numbers(part)] if isinstance(key, tuple) else []
