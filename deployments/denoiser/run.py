"""Restores samples by the embedded network: as jobs for the engine, or at once, by the same program.

Knows jobs and the program; no canvases.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from deployments.denoiser.engine.slots import Job
from deployments.denoiser.program import BridgeProgram, Network, restoration
from deployments.denoiser.sample import PLANES, Sample
from deployments.signature import Bucket, smallest

Restore = Callable[[Sequence[Sample], int, int], list[NDArray[Any]]]
"""restore(samples, steps, seed): the clean pictures, (h, w, 4) float32 premultiplied in 0..1, in order."""


def restorations(
    samples: Iterable[Sample], steps: int, seed: int, buckets: Sequence[Bucket] = (), **more: Any
) -> list[Job]:
    """A job a sample. Its noise depends on the seed and on its place among the samples of its size alone.

    buckets: sizes up to which samples are padded, so that those of different requests share steps; none: as they are.
    """
    places: dict[tuple[int, ...], int] = {}
    jobs = []
    for sample in samples:
        size = sample.copied.shape[:2]
        place = places.get(size, 0)
        places[size] = place + 1
        jobs.append(restoration(padded(sample, buckets), steps, seed + place, **more))
    return jobs


def padded(sample: Sample, buckets: Sequence[Bucket]) -> Sample:
    """The sample with nothing at its right and below, up to the smallest bucket that holds it, if one does."""
    height, width = sample.copied.shape[:2]
    bucket = smallest(buckets, height, width)
    if bucket is None or bucket == (height, width):
        return sample
    room = ((0, bucket[0] - height), (0, bucket[1] - width))

    def wider(plane: NDArray[Any]) -> NDArray[Any]:
        return np.pad(plane, room + ((0, 0),) * (plane.ndim - 2))

    return replace(sample, **{name: wider(getattr(sample, name)) for name in PLANES})


def cut_to(picture: NDArray[Any], sample: Sample) -> NDArray[Any]:
    """The inverse of `padded`, of a picture (h, w, 4)."""
    height, width = sample.copied.shape[:2]
    return picture[:height, :width]


def restoring(network: Network) -> Restore:
    """Restores samples here and now, those of one size together. Raises ValueError for less than 1 step."""
    program = BridgeProgram(network)

    def restore(samples: Sequence[Sample], steps: int, seed: int) -> list[NDArray[Any]]:
        jobs = restorations(samples, steps, seed)
        states = [program.start(job) for job in jobs]
        for key in dict.fromkeys(job.key for job in jobs):
            together = [state for state, job in zip(states, jobs, strict=True) if job.key == key]
            for _ in range(steps):
                program.step(together)
        return [program.finish(state)[0] for state in states]

    return restore
