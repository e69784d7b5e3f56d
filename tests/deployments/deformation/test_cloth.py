"""Unrecognised skirts: legs that are one cloth, torsos that hang."""

from dataclasses import replace

import numpy as np

from deployments.deformation.cloth import hanging_parts
from deployments.deformation.sheet import owners
from pose.figure import Figure
from tests.deployments.deformation import stickman

WIDE = {**stickman.BOXES, "r_leg": (50, 160, 100, 240), "l_leg": (100, 160, 150, 240)}


def _skirted(shade: int) -> Figure:
    """Legs that are the halves of one plain cloth, the left one `shade` grey levels darker."""
    figure = stickman.figure(boxes=WIDE)
    image = figure.image.copy()
    image[160:, :100, :3], image[160:, 100:, :3] = 200, 200 - shade
    return replace(figure, image=image)


def test_plain_wide_legs_with_no_line_between_are_one_cloth() -> None:
    figure = _skirted(0)
    assert {"r_leg", "l_leg"} <= hanging_parts(figure, owners(figure))


def test_a_line_between_them_makes_them_legs() -> None:
    figure = _skirted(60)
    assert not hanging_parts(figure, owners(figure))


def test_plain_legs_do_not_hang() -> None:
    figure = stickman.figure()
    assert not hanging_parts(figure, owners(figure))


def test_merged_legs_hang_with_the_torso() -> None:
    figure = replace(stickman.figure(), merged=("r_leg", "l_leg"))
    assert hanging_parts(figure, owners(figure)) == {"torso"}


def test_without_knees_nothing_hangs() -> None:
    figure = stickman.figure()
    pose = replace(figure.pose, scores=np.where(np.arange(23) < 9, figure.pose.scores, 0))
    assert not hanging_parts(replace(figure, pose=pose), owners(figure))
