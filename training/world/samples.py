"""Draws the shipped sample pictures: `python -m training.world.samples [DIRECTORY]`. Deterministic.

Three characters of different families, standing on plain grounds with their arms slightly away, and one stick figure.
The seeds were chosen by eye.
"""

import sys
from pathlib import Path

import torch
from torch import Tensor

from training.world.abstractions import draw_abstractions
from training.world.figures import FigureBatch, draw
from training.world.sheet import save

SIZE = 640
GROUND = 0.93
SAMPLES = {
    "mascot": ("animal_mascot", 6),
    "chibi": ("chibi_cel", 8),
    "crayon": ("crayon", 1),
}
STICK = ("comic_ink", 2)


def main() -> None:
    directory = Path(sys.argv[1] if len(sys.argv) > 1 else "samples")
    directory.mkdir(parents=True, exist_ok=True)
    for name, (family, seed) in SAMPLES.items():
        save(on_plain_ground(character(family, seed, "a_pose")), str(directory / f"{name}.png"))
    save(stick(*STICK), str(directory / "stick.png"))


def character(family: str, seed: int, stance: str) -> FigureBatch:
    """One character in one pose, tall on its canvas."""
    generator = torch.Generator().manual_seed(seed)
    return draw((family,), 1, 2, SIZE, generator, standing=1.0, height=(0.9, 0.9), sources=(stance,))


def on_plain_ground(batch: FigureBatch) -> Tensor:
    """(3, SIZE, SIZE) the first picture's figure in the middle of a light grey."""
    clean = batch.clean[0, 0]
    for axis in (1, 2):
        there = torch.nonzero(clean[3].amax(2 - axis) > 0)
        clean = clean.roll((SIZE - int(there[0]) - int(there[-1])) // 2, axis)
    return clean[:3] * clean[3:] + GROUND * (1 - clean[3:])


def stick(family: str, seed: int) -> Tensor:
    """(3, SIZE, SIZE) a stick figure of somebody else's walk."""
    batch = character(family, seed, "stride")
    generator = torch.Generator().manual_seed(seed)
    return draw_abstractions(batch.joints[:, 0], batch.state[:, 0], batch.joint_depth[:, 0], "stick", SIZE, generator)[
        0
    ]


if __name__ == "__main__":
    main()
