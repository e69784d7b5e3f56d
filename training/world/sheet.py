"""Draws a contact sheet of the figure world: `python -m training.world.sheet OUT.png [--families ...] [--count N]`."""

import argparse

import numpy as np
import torch
from PIL import Image
from torch import Tensor

from training.world.families import FAMILIES
from training.world.figures import draw


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("out")
    parser.add_argument("--families", nargs="+", default=list(FAMILIES))
    parser.add_argument("--count", type=int, default=5, help="characters a family")
    parser.add_argument("--poses", type=int, default=1)
    parser.add_argument("--size", type=int, default=192)
    parser.add_argument("--seed", type=int, default=0)
    arguments = parser.parse_args()
    generator = torch.Generator().manual_seed(arguments.seed)
    bands = []
    for family in arguments.families:
        batch = draw((family,), arguments.count, arguments.poses, arguments.size, generator)
        bands.append(batch.rgb.flatten(0, 1))
    save(tiled(torch.cat(bands), arguments.count * arguments.poses), arguments.out)


def tiled(pictures: Tensor, columns: int) -> Tensor:
    """(N, C, S, S) to one (C, rows S, columns S)."""
    missing = -len(pictures) % columns
    pictures = torch.cat((pictures, torch.ones_like(pictures[:1]).expand(missing, -1, -1, -1)))
    count, channels, size, _ = pictures.shape
    grid = pictures.view(count // columns, columns, channels, size, size).permute(2, 0, 3, 1, 4)
    return grid.reshape(channels, count // columns * size, columns * size)


def save(picture: Tensor, path: str) -> None:
    """Writes (3, H, W) in 0..1."""
    Image.fromarray((picture.permute(1, 2, 0).clamp(0, 1).numpy() * 255).round().astype(np.uint8)).save(path)


if __name__ == "__main__":
    main()
