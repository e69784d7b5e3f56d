from dataclasses import replace

import numpy as np

from training.world.designs import LINED, random_design
from training.world.families import FAMILIES, HELD_OUT, TRAINED


def test_held_out_families_are_disjoint_from_the_trained_ones() -> None:
    assert len(TRAINED) >= 10
    assert len(HELD_OUT) >= 3
    assert not set(HELD_OUT) & set(TRAINED)
    assert set(HELD_OUT) | set(TRAINED) == set(FAMILIES)


def test_held_out_families_differ_in_shape() -> None:
    seen = {shape for name in TRAINED for shape in (*FAMILIES[name].skulls, *FAMILIES[name].torsos)}
    for name in HELD_OUT:
        own = {*FAMILIES[name].skulls, *FAMILIES[name].torsos}
        assert len(own - seen) >= 3


def test_stroke_limbs_are_as_thin_as_the_line() -> None:
    family = replace(FAMILIES["marker_child"], strokes=1.0)
    design = next(
        d for seed in range(20) if (d := random_design(family, np.random.default_rng(seed))).look.line > LINED
    )
    assert max(*design.arm, *design.leg) <= 1.05 * design.look.line
    assert min(*design.arm, *design.leg) > 0
