from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest

from pose.figure import MATERIAL_INDEX, PART_INDEX
from pose.pose import from_named
from training.patches import head_patch, likeness, print_patch

SIZE = 200


@dataclass
class Pair:
    """A torso with a cross printed on it under a patterned head; the target is the source turned by 90 degrees."""

    truth: Any
    target: Any
    parts: Any
    materials: Any
    place: Any
    both_show: Any


@pytest.fixture
def pair():
    truth = np.zeros((SIZE, SIZE, 4), np.uint8)
    truth[40:160, 60:140] = (200, 60, 60, 255)
    truth[90:98, 70:110] = truth[74:114, 86:94] = (250, 250, 210, 255)
    truth[10:40, 80:120] = (230, 200, 170, 255)
    truth[20:24, 88:92] = truth[20:24, 108:112] = (0, 0, 0, 255)
    parts = np.zeros((SIZE, SIZE), np.uint8)
    parts[40:160, 60:140] = PART_INDEX["torso"]
    parts[10:40, 80:120] = PART_INDEX["head"]
    materials = np.where(truth[..., 1] == 250, MATERIAL_INDEX["print"], 0)
    y, x = np.mgrid[:SIZE, :SIZE] + 0.5
    target = from_named({"neck": (100, 40), "head_top": (100, 10)}, SIZE, SIZE)
    return Pair(truth, target, parts, materials, np.stack([y, SIZE - x], -1), parts > 0)


def moved(picture, x, y):
    return np.roll(picture, (y, x), (0, 1))


@pytest.mark.parametrize("patch_of", [print_patch, head_patch])
def test_the_truth_is_like_itself_and_a_small_shift_costs_only_the_place(pair, patch_of):
    patch = patch_of(pair)
    assert likeness(patch, pair.truth, pair.truth) == pytest.approx((1, 1), abs=1e-4)
    best, placed = likeness(patch, moved(pair.truth, 2, -1), pair.truth)
    assert best > 0.97
    assert placed < 0.9
    assert likeness(patch, moved(pair.truth, 30, 0), pair.truth)[0] < 0.6


def test_a_lost_print_is_unlike(pair):
    plain = pair.truth.copy()
    plain[pair.materials > 0] = (200, 60, 60, 255)
    assert likeness(print_patch(pair), plain, pair.truth) == (0, 0)


def test_a_print_patch_stands_upright_as_in_the_source(pair):
    matrix = print_patch(pair).matrix
    np.testing.assert_allclose(matrix[:, :2], [[0, 1], [-1, 0]], atol=1e-3)


def test_a_print_that_does_not_show_in_the_source_is_left_out(pair):
    pair.both_show = pair.materials == 0
    assert print_patch(pair) is None
    assert np.isnan(likeness(None, pair.truth, pair.truth)).all()


def test_a_head_without_a_crown_is_left_out(pair):
    pair.target = from_named({"neck": (100, 40)}, SIZE, SIZE)
    assert head_patch(pair) is None
