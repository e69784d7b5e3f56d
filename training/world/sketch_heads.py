"""Heads of sketches: an oval drawn round and round, a cross for where it looks, at times a face."""

from dataclasses import replace

import numpy as np

from training.world.easel import Points, Rng, ellipse, spline
from training.world.graphite import Graphite, Lead
from training.world.sitters import PROFILE, Sitter


def draw_skull(graphite: Graphite, sitter: Sitter, lead: Lead, rng: Rng) -> None:
    """The head: an oval drawn round and round, a cross for where it looks, at times eyes, nose and mouth."""
    if not sitter.has("head_top", "r_ear", "l_ear", "neck"):
        return
    centre, up, radius = sitter.head()
    across = np.array([-up[1], up[0]])
    axes = np.array([across * radius * rng.uniform(0.74, 0.95), up * radius])
    ring = ellipse(centre, axes, 24, rng.uniform(0, 6), rng.uniform(6.3, 7.6))
    graphite.line(ring, replace(lead, tremor=min(lead.tremor, 0.05 * radius)), rng)
    if rng.random() < 0.18:
        _hair(graphite, centre, axes, lead, rng)
    marks = rng.random()
    if sitter.from_behind or marks < 0.35:
        sitter.face_us(PROFILE)
        sitter.blank_face(centre, axes)
        return
    nose, eyes = sitter.at("nose"), 0.5 * (sitter.at("r_eye") + sitter.at("l_eye"))
    fine = replace(lead, width=max(0.7 * lead.width, 0.5), tremor=0.2 * lead.tremor, strokes=1)
    if marks < 0.75:
        bow = nose - centre
        graphite.stroke(spline(np.array([centre + axes[1], nose, centre - axes[1] + 0.4 * bow])), fine, rng)
        ends = [centre + side * axes[0] + ((eyes - centre) @ up) * up for side in (-1, 1)]
        graphite.stroke(spline(np.array([ends[0], eyes, ends[1]])), fine, rng)
        sitter.imply("r_ear", "l_ear")
    if marks > 0.6:
        for name in ("r_eye", "l_eye"):
            graphite.stroke(ellipse(sitter.at(name), np.array([0.13 * axes[0], 0.08 * axes[1]]), 8), fine, rng)
        mouth = nose - 0.3 * axes[1]
        graphite.stroke(np.array([mouth - 0.25 * axes[0], mouth, mouth + 0.25 * axes[0]]), fine, rng)
        graphite.stroke(np.array([nose + 0.15 * axes[1], nose - 0.05 * axes[1]]), fine, rng)
    elif marks < 0.6:
        sitter.imply("nose", "r_eye", "l_eye")


def _hair(graphite: Graphite, centre: Points, axes: Points, lead: Lead, rng: Rng) -> None:
    """Strokes from the crown down both sides, short or to the shoulders."""
    length, loose = rng.choice((0.5, 0.9, 2.2)), replace(lead, strokes=1)
    for turn in np.linspace(-1, 1, int(rng.integers(7, 18))) + rng.normal(0, 0.05):
        root = centre + 0.4 * turn * axes[0] + 1.02 * axes[1]
        side = centre + np.sign(turn) * (0.75 + 0.4 * abs(turn)) * axes[0] + (0.9 - 0.5 * abs(turn)) * axes[1]
        graphite.stroke(
            spline(np.array([root, side, side - (length * rng.uniform(0.7, 1.1)) * axes[1]]), 4), loose, rng
        )
