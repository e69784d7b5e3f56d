"""What the engine is told before its first request: how many rows a step pays for, by bucket.

Measures; prints nothing.
"""

import time
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from deployments.denoiser.checkpoint.painting import Painter, Painting
from deployments.denoiser.engine.caps import batch_curve, cap_of
from deployments.denoiser.engine.slots import Job, Program
from deployments.denoiser.network import SOURCE_SIZE
from deployments.denoiser.program import restoration
from deployments.denoiser.sample import Sample
from deployments.denoiser.signature import SIGNATURE
from pose.skeleton import BIPED

NEVER_DONE = 1_000_000
SIZES = (1, 2, 4)
PAINTED_SIZES = (1, 2, 4, 8)
REPEATS = 2


def measured_caps(
    program: Program,
    jobs: Iterable[Job],
    sizes: tuple[int, ...] = SIZES,
    clock: Callable[[], float] = time.perf_counter,
) -> dict[Hashable, int]:
    """Rows by key: steps batches of each job at each size, and keeps the smallest that is nearly the fastest.

    See `cap_of`. The jobs are stepped REPEATS times and once more at each size; they need steps enough.
    """
    return {job.key: cap_of(_curve(program, job, sizes, clock)) for job in jobs}


def company_bound(program: Program, jobs: Sequence[Job]) -> float:
    """How far company moves a result: the largest difference between each job alone and all in one batch.

    Results are pictures in 0..1. Nothing but rounding in float32; below it kernels differ with a batch's size.
    """
    alone = [_results(program, [job])[0] for job in jobs]
    return float(max(np.abs(one - other).max() for one, other in zip(alone, _results(program, jobs), strict=True)))


def noise_restorations(count: int, steps: int = 2) -> list[Job]:
    """Samples of random texels in the smallest bucket."""
    rng = np.random.default_rng(0)
    return [restoration([noise(SIGNATURE.buckets[0], rng)], steps, row) for row in range(count)]


def blank_restorations() -> list[Job]:
    """One for each bucket of the embedded network."""
    return [restoration([blank(*bucket)], NEVER_DONE, 0) for bucket in SIGNATURE.buckets]


def blank_painting(painter: Painter) -> Job:
    """On the painter's square canvas; of enough steps to be measured, and of few enough for any scheduler.

    From pure noise: of a lesser strength some steps would not be taken.
    """
    picture = np.zeros((painter.side, painter.side, 3), np.uint8)
    painting = Painting(picture, picture[..., 0] == 0, picture, picture, 0)
    return painter.job(painting, (REPEATS + 2) * len(PAINTED_SIZES), replace(painter.sampling, strength=1.0))


def restoration_bucket(key: Hashable) -> Hashable:
    """The key of the bucket that holds a restoration's; None for other keys."""
    match key:
        case ((int() as height, int() as width),):
            return (SIGNATURE.bucket_for(height, width),)
    return None


def named(rows: Mapping[Any, int]) -> dict[str, int]:
    """Caps by a name that can be printed."""
    return {label(key): cap for key, cap in rows.items()}


def label(key: Any) -> str:
    """A key as metrics and logs tell it: its numbers."""
    return "x".join(str(number) for number in _numbers(key)) or "all"


def noise(size: tuple[int, int], rng: np.random.Generator) -> Sample:
    """A sample of random texels, (height, width): the work does not depend on what it shows."""
    height, width = size
    copied, skinned, filled = rng.integers(0, 256, (3, height, width, 4), dtype=np.uint8)
    trust = rng.integers(0, 256, size, dtype=np.uint8)
    hole, invented = rng.random((2, height, width)) < 0.1
    source = rng.integers(0, 256, (SOURCE_SIZE, SOURCE_SIZE, 4), dtype=np.uint8)
    points, source_points = (_joints(side, rng) for side in (min(size), SOURCE_SIZE))
    return Sample(copied, skinned, filled, trust, hole, invented, points, float(height), source, source_points)


def blank(height: int, width: int) -> Sample:
    """A sample that shows nothing."""
    picture, plane = np.zeros((height, width, 4), np.uint8), np.zeros((height, width), np.uint8)
    joints = np.zeros((len(BIPED.joints), 3), np.float32)
    source = np.zeros((SOURCE_SIZE, SOURCE_SIZE, 4), np.uint8)
    return Sample(picture, picture, picture, plane, plane > 0, plane > 0, joints, height, source, joints)


def _curve(program: Program, job: Job, sizes: tuple[int, ...], clock: Callable[[], float]) -> dict[int, float]:
    """Rows a second by rows."""
    states = [program.start(job) for _ in range(max(sizes))]
    curve = batch_curve(lambda count: program.step(states[:count]), clock, sizes, REPEATS)
    return {count * job.rows: rate for count, rate in curve.items()}


def _results(program: Program, jobs: Sequence[Job]) -> list[NDArray[Any]]:
    states = [program.start(job) for job in jobs]
    for _ in range(jobs[0].steps):
        program.step(states)
    results = [program.finish(state) for state in states]
    return [np.asarray(result[0] if isinstance(result, tuple) else result) for result in results]


def _joints(side: int, rng: np.random.Generator) -> NDArray[np.float32]:
    return (rng.random((len(BIPED.joints), 3)) * (side, side, 1)).astype(np.float32)


def _numbers(key: Any) -> list[int]:
    if isinstance(key, int) and not isinstance(key, bool):
        return [key]
    return [number for part in key for number in _numbers(part)] if isinstance(key, tuple) else []
