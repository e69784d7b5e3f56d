"""Draws what a richer character wears round its neck: scarf, tie, bow, necklace, ruffle. The same primitives in every
pose (see `drawing`)."""

from training.world.drawing import Paint, Shape
from training.world.forms import form, limb, oval, stroke
from training.world.shapes import STAR
from training.world.trunks import Trunk


def draw_neckwear(trunk: Trunk) -> None:
    """The wardrobe's neckwear, if any, now and then with a white cord."""
    style, n, torso = trunk.wear.neckwear, trunk.wear.numbers, trunk.body.torso
    palette = trunk.design.palette
    pattern = 1 if n[16] > 0.6 else 0
    cloth = Paint(palette["accent"], palette["white"], pattern=pattern, frequency=160.0, material="flowing")
    wide, at = 0.5 * trunk.body.shoulder, trunk.at(-0.03, 0.5)
    if style in ("scarf", "bandana"):
        _scarf(trunk, cloth, wide)
    elif style == "tie":
        low = trunk.at(0.04, 0.8)
        trunk.add(form(low, 0.62 * torso, (0.1 * wide, 0.14 * wide, 0.22 * wide, 0.03 * wide), 0.002, cloth))
        trunk.add(form(low, 0.08 * torso, (0.18 * wide, 0.12 * wide), 0.004, cloth))
    elif style == "bow":
        knot = trunk.at(0.08, 0.8)
        for turn in (-1.5, 1.5):
            trunk.add(form(knot.at(0, 0, turn), 0.5 * wide, (0.08 * wide, 0.26 * wide, 0.34 * wide), 0.01, cloth))
        trunk.add(oval(knot, 0.12 * wide, 0.12 * wide, cloth))
    elif style == "necklace":
        gold = trunk.paint("prop", "rigid")
        trunk.add(stroke(trunk.at(0.1, 0.7), 0.6 * wide, -0.3 * wide, 0.0035, gold))
        trunk.add(oval(trunk.at(0.16, 0.8), 0.012, 0.012, gold, 0.5))
    elif style == "collar":
        trunk.add(Shape(STAR, at, (1.0 * wide, 0.86, 12.0, 0.0, 0.5, 1.0, -9.0), trunk.paint("white", "fitted")))
    if style != "none" and n[18] > 0.8:
        trunk.add(limb(trunk.at(0.3, 1.0), 0.4 * torso, (0.003,) * 2, trunk.paint("white", "rigid"), line=0.3))


def _scarf(trunk: Trunk, cloth: Paint, wide: float) -> None:
    """A hanging end under a roll; a bandana's end is short."""
    torso, at = trunk.body.torso, trunk.at(-0.03, 0.5)
    sign = 1.0 if trunk.wear.numbers[17] > 0.5 else -1.0
    tail = at.at(0.05 * torso, sign * 0.4 * wide, -sign * 0.1)
    long = (0.75 if trunk.wear.neckwear == "scarf" else 0.3) * torso
    trunk.add(form(tail, long, (0.2 * wide, 0.3 * wide, 0.36 * wide), 0.01, cloth))
    trunk.add(oval(at, 0.1 * torso, 0.95 * wide, cloth, power=2.6))
