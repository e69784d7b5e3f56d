"""Strips of torso along a limb become the limb's."""

from dataclasses import replace

import numpy as np

from deployments.deformation.slivers import without_slivers
from pose.figure import PART_INDEX, Figure
from tests.deployments.deformation import stickman


def _with_strip() -> Figure:
    """The right arm's outer two columns, away from the torso, labelled torso."""
    figure = stickman.figure()
    arm, torso = figure.layers[4], figure.layers[2]
    strip = np.zeros(figure.parts.shape, bool)
    strip[100:174, 55:57] = True
    x0, y0, x1, y1 = arm.box
    arm = replace(arm, known=arm.known & ~strip[y0:y1, x0:x1])
    box = (55, 70, 125, 175)
    known = np.zeros((105, 70), bool)
    known[: torso.known.shape[0], 20:] = torso.known
    known |= strip[70:175, 55:125]
    rgba = figure.image[70:175, 55:125] * known[..., None].astype(np.uint8)
    torso = replace(torso, box=box, rgba=rgba, known=known, missing=np.zeros_like(known))
    layers = (*figure.layers[:2], torso, figure.layers[3], arm, figure.layers[5])
    parts = np.where(strip, PART_INDEX["torso"], figure.parts).astype(np.uint8)
    return replace(figure, layers=layers, parts=parts)


def test_a_strip_along_an_arm_goes_to_the_arm() -> None:
    tidy = without_slivers(_with_strip(), 250.0)
    assert (tidy.parts == stickman.figure().parts).all()
    assert tidy.layers[4].known.all()


def test_a_clean_figure_stays_as_it_is() -> None:
    figure = stickman.figure()
    assert without_slivers(figure, 250.0) is figure


def test_without_a_torso_nothing_happens() -> None:
    figure = stickman.figure(only=("head", "r_arm"))
    assert without_slivers(figure, 250.0) is figure


def test_a_torso_cut_in_two_by_an_arm_stays_torso() -> None:
    figure = stickman.figure()
    torso, arm = figure.layers[2], figure.layers[4]
    known = torso.known.copy()
    cut = known.shape[0] - 20
    known[cut : cut + 6] = False
    x0, y0, x1, _ = torso.box
    band = np.zeros(figure.parts.shape, bool)
    band[y0 + cut : y0 + cut + 6, x0:x1] = True
    ax, ay, bx, by = arm.box
    band[ay:by, ax:bx] |= arm.known
    split = replace(torso, known=known)
    wide = replace(
        arm,
        box=(0, 0, *figure.parts.shape[::-1]),
        rgba=figure.image * band[..., None],
        known=band,
        missing=np.zeros_like(band),
    )
    layers = (*figure.layers[:2], split, figure.layers[3], wide, figure.layers[5])
    tidy = without_slivers(replace(figure, layers=layers), 250.0)
    assert (tidy.layers[2].known == known).all()
