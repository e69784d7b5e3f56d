import itertools

import numpy as np
import pytest

from training.world.easel import Easel
from training.world.handwriting import LAID, Hand, lay

SIZE = 96


@pytest.mark.parametrize("laid", [*LAID, "line", "beads", "zigzag"])
def test_every_way_of_laying_a_line_leaves_ink_along_it_and_nowhere_far(laid: str) -> None:
    easel = Easel(SIZE)
    points = np.array([(20.0, 20.0), (48.0, 60.0), (76.0, 40.0)])
    lay(easel, Hand(5.0, 0.0, (0, 0, 0), laid=laid), points, (0, 0, 0), np.random.default_rng(3))
    inked = easel.over(np.full((SIZE, SIZE, 3), 255, np.uint8))[..., 0] < 128
    rows, columns = np.nonzero(inked)
    places = np.stack([columns, rows], -1) + 0.5
    dense = np.concatenate([a + np.linspace(0, 1, 60)[:, None] * (b - a) for a, b in itertools.pairwise(points)])
    apart = np.linalg.norm(places[:, None] - dense[None], axis=-1)
    assert apart.min(1).max() < 14
    assert (apart.min(0) < 9).mean() > 0.95
