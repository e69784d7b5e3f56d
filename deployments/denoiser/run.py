"""Restores samples by the embedded network: as jobs for the engine, or at once, by the same program.

Knows jobs and the program; no canvases.
"""

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from numpy.typing import NDArray

from deployments.denoiser.engine.slots import Job
from deployments.denoiser.program import BridgeProgram, Network, restoration
from deployments.denoiser.sample import Sample

Restore = Callable[[Sequence[Sample], int, int], list[NDArray[Any]]]
"""restore(samples, steps, seed): the clean pictures, (h, w, 4) float32 premultiplied in 0..1, in order."""


def restorations(samples: Iterable[Sample], steps: int, seed: int, **more: Any) -> list[Job]:
    """A job a sample. Its noise depends on the seed and on its place among the samples of its size alone."""
    places: dict[tuple[int, ...], int] = {}
    jobs = []
    for sample in samples:
        size = sample.copied.shape[:2]
        place = places.get(size, 0)
        places[size] = place + 1
        jobs.append(restoration(sample, steps, seed + place, **more))
    return jobs


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
