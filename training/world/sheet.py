"""Draws a contact sheet of the figure world and tells how fast it was drawn.

`python -m training.world.sheet OUT.png [--families ...] [--count N] [--poses K] [--size S] [--seed N] [--clean]`
"""

import argparse
import time

import numpy as np
import torch
from PIL import Image
from torch import Tensor

from training.world.families import FAMILIES, TRAINED
from training.world.figures import FigureBatch, draw

HEIGHTS = (0.82, 0.95)
GROUND = 0.94


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser("contrapposto figures --sheet", description=__doc__)
    parser.add_argument("out")
    parser.add_argument("--families", nargs="+", default=list(TRAINED), choices=list(FAMILIES))
    parser.add_argument("--count", type=int, default=8, help="characters a family")
    parser.add_argument("--poses", type=int, default=1)
    parser.add_argument("--size", type=int, default=192)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--raw", action="store_true", help="as trainers see them: any size, cut by the border")
    parser.add_argument("--clean", action="store_true", help="the figures alone on a light ground")
    options = parser.parse_args(arguments)
    generator = torch.Generator().manual_seed(options.seed)
    bands, started = [], time.process_time()
    for family in options.families:
        batch = draw(
            (family,), options.count, options.poses, options.size, generator,
            height=None if options.raw else HEIGHTS, truncated=0.25 if options.raw else 0.0,
        )  # fmt: skip
        bands.append(on_light_ground(batch) if options.clean else batch.rgb.flatten(0, 1))
    seconds = time.process_time() - started
    pictures = torch.cat(bands)
    save(tiled(pictures, options.count * options.poses), options.out)
    print(f"{len(pictures)} figures at {options.size} px, {len(pictures) / seconds:.1f} a second of processor time")


def on_light_ground(batch: FigureBatch) -> Tensor:
    """(B K, 3, S, S) the figures without their backgrounds and degradations."""
    clean = batch.clean.flatten(0, 1)
    return clean[:, :3] * clean[:, 3:] + GROUND * (1 - clean[:, 3:])


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
