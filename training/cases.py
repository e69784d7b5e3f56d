"""The pairs that results are judged on: a drawn character in one pose, and its true picture in another.

Knows the figure world, no method and no network. A case depends on its family, row, size and the seed alone, so
choosing other families or more pairs changes none of the others. Deterministic.
"""

import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import torch
from numpy.typing import NDArray

from pose.figure import Figure
from pose.pose import Pose
from training.estimates import Drawn, characters, true_figure
from training.world.figures import correspondence, draw

SIZE = 320
SEED = 20_000
SOURCE, TARGET = 0, 1
Array = NDArray[Any]


@dataclass(frozen=True, eq=False)
class Case:
    """figure: the perfectly parsed source; target: the pose asked for, in output pixels; truth (H, W, 4) uint8.

    picture (H, W, 3) uint8: the source as a user uploads it. parts, materials (H, W) of the truth. place (H, W, 2):
    where each of the truth's pixels lies in the source, pixels; both_show (H, W) bool: whether it is visible there.
    """

    name: str
    family: str
    figure: Figure
    target: Pose
    truth: Array
    picture: Array
    parts: Array
    materials: Array
    place: Array
    both_show: Array


def cases(families: Sequence[str], count: int, size: int = SIZE, seed: int = SEED) -> Iterator[Case]:
    """`count` pairs, a character each, the families in turn."""
    for number in range(count):
        row, place = divmod(number, len(families))
        yield case(families[place], row, size, seed)


def case(family: str, row: int, size: int = SIZE, seed: int = SEED) -> Case:
    """The family's pair of that row."""
    generator = torch.Generator().manual_seed(seed + row + zlib.crc32(family.encode()))
    batch = draw((family,), 1, 2, size, generator, layers=False)
    drawn: Drawn = next(characters(batch))
    place, both_show = correspondence(batch, SOURCE, TARGET)
    return Case(
        name=f"{family}-{row:03d}",
        family=family,
        figure=true_figure(drawn, SOURCE),
        target=drawn.poses[TARGET],
        truth=drawn.clean[TARGET],
        picture=drawn.rgb[SOURCE],
        parts=drawn.parts[TARGET],
        materials=drawn.materials[TARGET],
        place=place[0].numpy(),
        both_show=both_show[0].numpy(),
    )
