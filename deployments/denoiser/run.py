"""Restores samples by the embedded network: as jobs for the engine, or at once, by the same program.

Knows jobs and the program; no canvases.
"""

from collections.abc import Callable, Sequence
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


MOST = 8
"""Samples of one job."""


def restorations(
    samples: Sequence[Sample], steps: int, seed: int, buckets: Sequence[Bucket] = (), **more: Any
) -> list[tuple[Job, list[int]]]:
    """Jobs, each with the places of its samples: those of one size together, MOST at a time.

    So what is asked at once shares its steps, whatever else is asked of the engine. A sample's noise depends on the
    seed and on its place among those of its size alone. buckets: sizes up to which samples are padded, so that those
    of different requests share steps too; none: as they are.
    """
    sizes: dict[tuple[int, ...], list[int]] = {}
    for place, sample in enumerate(samples):
        sizes.setdefault(sample.copied.shape[:2], []).append(place)
    jobs = []
    for places in sizes.values():
        for first in range(0, len(places), MOST):
            some = places[first : first + MOST]
            wide = [padded(samples[place], buckets) for place in some]
            jobs.append((restoration(wide, steps, seed + first, **more), some))
    return jobs


def gathered(
    results: Sequence[tuple[NDArray[Any], Any]], jobs: Sequence[tuple[Job, list[int]]], samples: Sequence[Sample]
) -> list[NDArray[Any]]:
    """The pictures (h, w, 4) of the jobs' results, each of its sample's size, in the samples' order."""
    found = {
        place: picture
        for (pictures, _), (_, places) in zip(results, jobs, strict=True)
        for place, picture in zip(places, pictures, strict=True)
    }
    return [cut_to(found[place], sample) for place, sample in enumerate(samples)]


def padded(sample: Sample, buckets: Sequence[Bucket]) -> Sample:
    """The sample with nothing at its right and below, up to the smallest bucket that holds it, if one does."""
    height, width = sample.copied.shape[:2]
    bucket = smallest(buckets, height, width)
    if bucket is None or bucket == (height, width):
        return sample
    room = ((0, bucket[0] - height), (0, bucket[1] - width))

    def wider(plane: NDArray[Any]) -> NDArray[Any]:
        return np.pad(plane, room + ((0, 0),) * (plane.ndim - 2))

    planes: dict[str, Any] = {name: wider(getattr(sample, name)) for name in PLANES}
    return replace(sample, **planes)


def cut_to(picture: NDArray[Any], sample: Sample) -> NDArray[Any]:
    """The inverse of `padded`, of a picture (h, w, 4)."""
    height, width = sample.copied.shape[:2]
    return picture[:height, :width]


def restoring(network: Network) -> Restore:
    """Restores samples here and now. Raises ValueError for less than 1 step."""
    program = BridgeProgram(network)

    def restore(samples: Sequence[Sample], steps: int, seed: int) -> list[NDArray[Any]]:
        jobs = restorations(samples, steps, seed)
        states = [program.start(job) for job, _ in jobs]
        for state in states:
            for _ in range(steps):
                program.step([state])
        return gathered([program.finish(state) for state in states], jobs, samples)

    return restore
