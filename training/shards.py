"""Keeps training pairs on disk: fixed-size planes in memory-mapped files beside their numbers. Knows no figures.

A shard is `<name>.npy`, (N, S, S, 19) uint8: copied, skinned, filled, truth (4 each), trust, hole, invented, and
`<name>.npz`: points, height, source, source_points, task, part. The second is written last: a shard that has it is
complete. Shards of one size lie in one folder.
"""

import os
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from deployments.denoiser.sample import Sample

PLANES = 19
Array = NDArray[Any]
Pair = tuple[Sample, Array]


def write_shard(pairs: list[Pair], folder: Path, name: str) -> None:
    """Writes samples of one square size with their truths (S, S, 4) uint8 premultiplied."""
    folder.mkdir(parents=True, exist_ok=True)
    planes = np.stack([_planes(sample, truth) for sample, truth in pairs])
    samples = [sample for sample, _ in pairs]
    numbers = {
        "points": np.stack([sample.points for sample in samples]),
        "height": np.array([sample.height for sample in samples], np.float32),
        "source": np.stack([sample.source for sample in samples]),
        "source_points": np.stack([sample.source_points for sample in samples]),
        "task": np.array([sample.task for sample in samples]),
        "part": np.array([sample.part for sample in samples]),
    }
    np.save(folder / f"{name}.npy", planes)
    partial = folder / f"{name}.part.npz"
    np.savez(partial, **numbers)  # type: ignore[arg-type]
    os.replace(partial, folder / f"{name}.npz")


@dataclass(frozen=True)
class Shards:
    """The pairs of one folder; `refresh` takes in what was written since."""

    folder: Path
    planes: list[Array]
    numbers: list[dict[str, Array]]
    index: list[tuple[int, int]]
    known: set[str]

    @staticmethod
    def open(folder: Path, limit: int | None = None) -> "Shards":
        """Opens every complete shard of a folder (empty where there is none), at most `limit` pairs."""
        shards = Shards(folder, [], [], [], set())
        shards.refresh()
        return shards if limit is None else replace(shards, index=shards.index[:limit])

    def refresh(self) -> None:
        """Takes in the shards that were completed since."""
        for path in sorted(self.folder.glob("*.npz")):
            if not path.name.endswith(".part.npz") and path.name not in self.known:
                self._add(path)

    def _add(self, path: Path) -> None:
        self.known.add(path.name)
        with np.load(path) as held:
            self.numbers.append(dict(held))
        self.planes.append(np.load(path.with_suffix(".npy"), mmap_mode="r"))
        self.index.extend((len(self.planes) - 1, row) for row in range(len(self.planes[-1])))

    def __len__(self) -> int:
        return len(self.index)

    def __getitem__(self, item: int) -> Pair:
        shard, row = self.index[item]
        planes, numbers = np.asarray(self.planes[shard][row]), self.numbers[shard]
        copied, skinned, filled, truth, masks = np.split(planes, [4, 8, 12, 16], -1)
        sample = Sample(
            copied,
            skinned,
            filled,
            masks[..., 0],
            masks[..., 1] > 0,
            masks[..., 2] > 0,
            numbers["points"][row],
            float(numbers["height"][row]),
            numbers["source"][row],
            numbers["source_points"][row],
            int(numbers["task"][row]),
            int(numbers["part"][row]),
        )
        return sample, truth


def _planes(sample: Sample, truth: Array) -> Array:
    masks = np.stack([sample.trust, sample.hole.astype(np.uint8), sample.invented.astype(np.uint8)], -1)
    return np.concatenate([sample.copied, sample.skinned, sample.filled, truth, masks], -1)
