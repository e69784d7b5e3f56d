"""Draws the figure world ahead of the trainers into shards on disk, and deals samples from them.

Drawing is slower than training, so one process (`python -m training.feed --out DIR`) fills a folder while trainers read
it and vary each picture anew (`training/augment.py`). A shard is a folder of `.npy` arrays that appears in one rename;
readers map them without copying. Knows nothing of networks and losses.
"""

import argparse
import json
import logging
import os
import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from training.world.abstractions import draw_abstractions
from training.world.families import HELD_OUT, TRAINED
from training.world.figures import draw
from training.world.references import draw_reference, random_reference_pose

SIZE = 256
KINDS = ("character", "stick", "mannequin", "wireframe", "sketch", "openpose")
HELD_OUT_PREFIX = "heldout"
TRAIN_PREFIX = "train"
_TRUTH = ("joints", "state", "depth")
log = logging.getLogger("training.feed")


@dataclass(frozen=True, eq=False)
class Sample:
    """One drawn picture with its truth. rgb (S, S, 3) uint8 on its background. joints (J, 2) pixels; state (J,) 0
    absent, 1 hidden or implied, 2 visible; depth (J,) body heights. kind: "character" or an abstraction
    level. Characters only: clean (S, S, 4) straight alpha, parts and materials (S, S) rows of PARTS and MATERIALS.
    """

    rgb: NDArray[np.uint8]
    joints: NDArray[np.float32]
    state: NDArray[np.uint8]
    depth: NDArray[np.float32]
    kind: str
    clean: NDArray[np.uint8] | None = None
    parts: NDArray[np.uint8] | None = None
    materials: NDArray[np.uint8] | None = None


@dataclass
class Pool:
    """Samples at random from the shards of a folder whose names start with `prefix`; sees new shards as they come.

    `without` names arrays that are not asked for: reading costs more than drawing on what was read.
    """

    folder: Path
    prefix: str = TRAIN_PREFIX
    without: tuple[str, ...] = ()
    shards: list[tuple[str, dict[str, NDArray[Any]]]] = field(default_factory=list)
    _known: set[str] = field(default_factory=set)

    def refresh(self) -> int:
        """Maps shards that appeared since; returns how many samples there are."""
        for path in sorted(self.folder.glob(f"{self.prefix}-*/kind.json")):
            if path.parent.name not in self._known:
                self._known.add(path.parent.name)
                files = [file for file in path.parent.glob("*.npy") if file.stem not in self.without]
                arrays = {file.stem: np.load(file, mmap_mode="r") for file in files}
                self.shards.append((json.loads(path.read_text()), arrays))
        return sum(len(arrays["joints"]) for _, arrays in self.shards)

    def kinds(self) -> tuple[str, ...]:
        """The kinds that there are samples of."""
        return tuple(dict.fromkeys(kind for kind, _ in self.shards))

    def random(self, kind: str, rng: np.random.Generator) -> Sample:
        """One sample of a kind, with equal chances for every one."""
        of_kind = [arrays for name, arrays in self.shards if name == kind]
        arrays = of_kind[rng.integers(len(of_kind))]
        return _sample(kind, arrays, int(rng.integers(len(arrays["joints"]))))

    def all(self, kind: str) -> list[Sample]:
        """Every sample of a kind, in order."""
        return [
            _sample(kind, arrays, row)
            for name, arrays in self.shards
            if name == kind
            for row in range(len(arrays["joints"]))
        ]


def write_shard(folder: Path, name: str, kind: str, arrays: dict[str, NDArray[Any]]) -> Path:
    """Writes `<folder>/<name>/{kind.json, <array>.npy}`, visible in one rename."""
    target, partial = folder / name, folder / f".{name}.part"
    shutil.rmtree(partial, ignore_errors=True)
    partial.mkdir(parents=True)
    for stem, array in arrays.items():
        np.save(partial / f"{stem}.npy", array)
    (partial / "kind.json").write_text(json.dumps(kind))
    os.replace(partial, target)
    return target


def draw_characters(
    draw: Callable[..., Any], families: Sequence[str], count: int, seed: int
) -> dict[str, NDArray[Any]]:
    """The arrays of one shard of characters: `count` characters in two poses each."""
    batch = draw(families, count, 2, SIZE, torch.Generator().manual_seed(seed))

    def flat(tensor: Tensor) -> Tensor:
        return tensor.flatten(0, 1)

    return {
        "rgb": _bytes(flat(batch.rgb)),
        "clean": _bytes(flat(batch.clean)),
        "parts": flat(batch.parts).to(torch.uint8).numpy(),
        "materials": flat(batch.materials).to(torch.uint8).numpy(),
        "joints": flat(batch.joints).float().numpy(),
        "state": flat(batch.state).to(torch.uint8).numpy(),
        "depth": flat(batch.joint_depth).float().numpy(),
    }


def draw_openpose(
    draw: Callable[..., Tensor], truth: dict[str, NDArray[Any]], seed: int, held_out: bool
) -> dict[str, NDArray[Any]]:
    """The arrays of one shard of coloured OpenPose pictures: the same poses as the characters of `truth`."""
    joints, state, depth = (torch.from_numpy(truth[name]) for name in ("joints", "state", "depth"))
    rgb = draw(joints, state, depth, "openpose", SIZE, torch.Generator().manual_seed(seed), held_out=held_out)
    shown = np.where(truth["state"] > 0, 2, 0).astype(np.uint8)  # it shows every joint, hidden by the body or not
    return {"rgb": _bytes(rgb), "joints": truth["joints"], "state": shown, "depth": truth["depth"]}


def draw_references(level: str, count: int, seed: int, held_out: bool) -> dict[str, NDArray[Any]]:
    """The arrays of one shard of references by many hands: `count` poses of their own, at one level."""
    rng = np.random.default_rng(seed)
    drawn = []
    for _ in range(count):
        joints, state, depth = random_reference_pose(rng, SIZE)
        rgb, joints, state = draw_reference(joints, state, depth, level, SIZE, rng, held_out=held_out)
        drawn.append((rgb, joints.astype(np.float32), state.astype(np.uint8), depth.astype(np.float32)))
    return {name: np.stack(rows) for name, rows in zip(("rgb", *_TRUTH), zip(*drawn, strict=True), strict=True)}


def fill(
    folder: Path, index: int, kinds: Sequence[str], characters: int, seed: int, families: Sequence[str] = TRAINED
) -> None:
    """Draws what is missing of one set of shards, `characters` in two poses each, as many pictures of every kind.

    Index -1 is the held-out set: held-out families, held-out variations of the abstractions.
    """
    held_out = index < 0
    name = f"{HELD_OUT_PREFIX if held_out else TRAIN_PREFIX}-{seed}-{index + 1:04d}"
    number = seed * 100_003 + index * 17
    for offset, kind in enumerate(sorted(kinds, key=KINDS.index)):
        if (folder / f"{name}-{kind}").exists():
            continue
        if kind == "character":
            arrays = draw_characters(draw, HELD_OUT if held_out else families, characters, number)
        elif kind == "openpose":
            truth = {key: np.load(folder / f"{name}-character" / f"{key}.npy") for key in _TRUTH}
            arrays = draw_openpose(draw_abstractions, truth, number + offset, held_out)
        else:
            arrays = draw_references(kind, 2 * characters, number + offset, held_out)
        write_shard(folder, f"{name}-{kind}", kind, arrays)
    log.info("%s is there", name)


def main(arguments: Sequence[str] | None = None) -> None:
    """Fills a folder: first the held-out set, then training sets until `--sets` are there."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--kinds", nargs="+", default=KINDS, choices=KINDS)
    parser.add_argument("--first", type=int, default=-1, help="-1 is the held-out set")
    parser.add_argument("--sets", type=int, default=60)
    parser.add_argument("--characters", type=int, default=120, help="characters a set, two poses each")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument(
        "--families", nargs="+", default=TRAINED, choices=TRAINED, help="of training sets; needs a --seed of its own"
    )
    parser.add_argument("--threads", type=int, default=1)
    options = parser.parse_args(arguments)
    torch.set_num_threads(options.threads)
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    for index in range(options.first, options.sets):
        fill(options.out, index, options.kinds, options.characters, options.seed, options.families)


def _sample(kind: str, arrays: dict[str, NDArray[Any]], row: int) -> Sample:
    return Sample(kind=kind, **{name: np.array(array[row]) for name, array in arrays.items()})


def _bytes(pictures: Tensor) -> NDArray[np.uint8]:
    """(N, C, S, S) float 0..1 -> (N, S, S, C) uint8."""
    scaled = (pictures.clamp(0, 1) * 255).round().to(torch.uint8)
    return scaled.permute(0, 2, 3, 1).contiguous().numpy()


if __name__ == "__main__":
    main()
