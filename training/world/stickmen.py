"""Stick figures by many hands: pens, chalk, pixels, plots; merged shoulders, missing hands, heads of every kind.

Simplifies the sitter as such drawings do (and so the truth), then draws what is left. Reserved for `held_out`: limbs of
beads, zigzag limbs, square heads.
"""

from collections.abc import Callable

import numpy as np

from training.world import stick_heads
from training.world.easel import Easel, Ink, Picture, Points, Rng, ellipse
from training.world.grounds import (
    any_ground,
    dark_ground,
    faded,
    light_ground,
    plain,
    room,
    rule,
    scribbled,
)
from training.world.handwriting import LAID, Hand, finished, lay
from training.world.hues import against, bright, warm_and_cool
from training.world.pictograms import draw_pictogram
from training.world.sitters import ARMS, LEGS, Sitter

_LOOKS = ("pen", "marker", "chalk", "pixel", "digital", "plot", "brush")
_LOOK_CHANCES = (0.26, 0.16, 0.07, 0.06, 0.24, 0.12, 0.09)


def draw_stickman(sitter: Sitter, rng: Rng, held_out: bool) -> Picture:
    """The picture; moves and implies the sitter's joints as it simplifies."""
    if not held_out and rng.random() < 0.14:
        return draw_pictogram(sitter, rng)
    look = str(rng.choice(_LOOKS, p=_LOOK_CHANCES))
    ground = _ground(look, rng, sitter.size)
    sided = rng.random() < (0.4 if look == "plot" else 0.08)
    if not sided:
        sitter.face_us()
    hand = _hand(look, sitter, ground, sided, rng)
    if held_out:
        hand.laid = str(rng.choice(("beads", "zigzag")))
        hand.curved = False
    merged = _simplify(sitter, rng, sided or look == "plot")
    easel = Easel(sitter.size)
    for draw in _parts(easel, sitter, hand, merged, rng, held_out):
        draw()
    if rng.random() < 0.1:
        scribbled(ground, rng, hand.ink)
    return finished(easel, ground, look, hand, rng)


def _ground(look: str, rng: Rng, size: int) -> Picture:
    if look == "chalk":
        return dark_ground(rng, size)
    if look == "plot":
        ground = plain(size, (255, 255, 255)) if rng.random() < 0.7 else dark_ground(rng, size)
        if rng.random() < 0.5 and ground.mean() > 200:
            rule(rng, ground)
        return ground
    pick = rng.random()
    if pick < 0.72:
        return light_ground(rng, size)
    if pick < 0.84:
        return dark_ground(rng, size)
    return faded(room(rng, size), 255, rng.uniform(0.4, 0.85)) if pick < 0.93 else any_ground(rng, size)


def _hand(look: str, sitter: Sitter, ground: Picture, sided: bool, rng: Rng) -> Hand:
    share = {
        "pen": (0.006, 0.02), "marker": (0.015, 0.05), "chalk": (0.012, 0.03), "pixel": (0.01, 0.03),
        "digital": (0.007, 0.055), "plot": (0.005, 0.016), "brush": (0.01, 0.045),
    }[look]  # fmt: skip
    width = float(np.exp(rng.uniform(*np.log(share)))) * sitter.height
    tremor = 0.0 if look in ("plot", "pixel") or rng.random() < 0.3 else 0.004 * sitter.height * rng.uniform(0.2, 1.3)
    hand = Hand(min(max(width, 0.9), 15), tremor, against(ground, rng), look=look)
    if sided:
        right, left = warm_and_cool(ground, rng)
        hand.inks = {f"{side}_{part}": ink for side, ink in (("r", right), ("l", left)) for part in ("arm", "leg")}
    elif rng.random() < {"plot": 0.6, "digital": 0.22, "marker": 0.15}.get(look, 0.05):
        hand.inks = {part: bright(ground, rng) for part in ("r_arm", "l_arm", "r_leg", "l_leg", "trunk", "head")}
    hand.curved = look != "plot" and rng.random() < 0.22
    if look != "plot" and rng.random() < 0.5:
        hand.laid = str(rng.choice(LAID))
    if look == "brush":
        hand.laid = "tapered"
    return hand


def _simplify(sitter: Sitter, rng: Rng, exact: bool) -> dict[str, bool]:
    """Merges shoulders and hips, straightens limbs; says what was merged."""
    merged = {"shoulders": False, "hips": False}
    if not exact and rng.random() < 0.6:
        merged["shoulders"] = True
        down = rng.uniform(0, 0.22) if rng.random() < 0.6 else 0.0
        _join(sitter, "shoulder", ARMS, sitter.at("neck") + down * (sitter.pelvis - sitter.at("neck")), rng)
        sitter.move("neck", sitter.at("r_shoulder").copy())
    if not exact and rng.random() < (0.85 if merged["shoulders"] else 0.35):
        merged["hips"] = True
        _join(sitter, "hip", LEGS, sitter.pelvis, rng)
    if not exact and rng.random() < 0.12:
        for limb in (ARMS, LEGS) if rng.random() < 0.6 else (ARMS,):
            for side in "rl":
                root, middle, tip = (f"{side}_{name}" for name in limb[:3])
                sitter.move(middle, 0.5 * (sitter.at(root) + sitter.at(tip)))
                sitter.imply(middle)
    return merged


def _join(sitter: Sitter, root: str, limb: tuple[str, ...], to: Points, rng: Rng) -> None:
    """Both limbs start at one point; each moves along with its root, or only its root moves."""
    along = rng.random() < 0.6
    for side in "rl":
        shift = to - sitter.at(f"{side}_{root}")
        for name in limb if along else limb[:1]:
            sitter.move(f"{side}_{name}", sitter.at(f"{side}_{name}") + shift)
    sitter.uncross(limb)


def _parts(
    easel: Easel, sitter: Sitter, hand: Hand, merged: dict[str, bool], rng: Rng, held_out: bool
) -> list[Callable[[], None]]:
    """The parts of the drawing in the order in which this hand draws them."""
    dots = rng.random() < {"plot": 0.85}.get(hand.look, 0.12)
    feet, hands = _ends(rng, hand.look == "plot"), _ends(rng, hand.look == "plot", hand=True)
    steps: list[Callable[[], None]] = [lambda: _trunk(easel, sitter, hand, merged, rng)]
    for side in "rl":
        steps.append(lambda side=side: _limb(easel, sitter, hand, side, ARMS, hands, rng))  # type: ignore[misc]
        steps.append(lambda side=side: _limb(easel, sitter, hand, side, LEGS, feet, rng))  # type: ignore[misc]
    steps = [steps[k] for k in rng.permutation(len(steps))]
    if dots:
        steps.append(lambda: _dots(easel, sitter, hand, rng))
    if hand.look == "plot" and rng.random() < 0.5:
        return [*steps, lambda: stick_heads.plotted(easel, sitter, hand.width, hand.ink_of("head"), rng)]
    head = stick_heads.random_head(rng, held_out)
    return [*steps, lambda: stick_heads.draw_head(easel, sitter, head, hand.width, hand.ink_of("head"), rng)]


def _ends(rng: Rng, plot: bool, hand: bool = False) -> str:
    if plot:
        return "none"
    if hand:
        return str(rng.choice(("none", "line", "dot", "fingers", "mitten"), p=(0.6, 0.1, 0.12, 0.1, 0.08)))
    return str(rng.choice(("none", "line", "dot", "shoe"), p=(0.4, 0.42, 0.06, 0.12)))


def _trunk(easel: Easel, sitter: Sitter, hand: Hand, merged: dict[str, bool], rng: Rng) -> None:
    if not sitter.has("neck", "r_hip", "l_hip"):
        return
    neck, pelvis = sitter.at("neck"), sitter.pelvis
    centre, _, radius = sitter.head()
    chin = centre - radius * _unit(centre - neck)
    ink = hand.ink_of("trunk")
    if not merged["shoulders"]:
        box = rng.random()
        corners = [sitter.at(name) for name in ("r_shoulder", "l_shoulder", "l_hip", "r_hip")]
        if box < 0.2 and not merged["hips"]:
            lay(easel, hand, np.array([*corners, corners[0]]), ink, rng, curve=False)
            lay(easel, hand, np.array([chin, neck]), ink, rng)
            return
        if box < 0.35:
            lay(easel, hand, np.array([corners[0], corners[1], pelvis, corners[0]]), ink, rng, curve=False)
            _hip_bar(easel, sitter, hand, merged, ink, rng)
            return
        lay(easel, hand, np.array([corners[0], neck, corners[1]]), ink, rng, curve=False)
    bend = 0.5 * (neck + pelvis) + rng.normal(0, 0.02) * sitter.height * sitter.leftwards
    spine = np.array([chin, neck, bend, pelvis]) if hand.curved else np.array([chin, neck, pelvis])
    lay(easel, hand, spine, ink, rng)
    _hip_bar(easel, sitter, hand, merged, ink, rng)


def _hip_bar(easel: Easel, sitter: Sitter, hand: Hand, merged: dict[str, bool], ink: Ink, rng: Rng) -> None:
    if not merged["hips"]:
        hips = np.array([sitter.at("r_hip"), sitter.pelvis, sitter.at("l_hip")])
        lay(easel, hand, hips, ink, rng, curve=False)


def _limb(easel: Easel, sitter: Sitter, hand: Hand, side: str, limb: tuple[str, ...], end: str, rng: Rng) -> None:
    names = [f"{side}_{name}" for name in limb]
    if not sitter.has(*names[:3]):
        return
    ink = hand.ink_of(f"{side}_{'arm' if limb is ARMS else 'leg'}")
    points = np.array([sitter.at(name) for name in names[:3]])
    tip = sitter.at(names[3])
    if end == "none" or not sitter.has(names[3]):
        sitter.move(names[3], points[2].copy())
        sitter.imply(names[3])
    elif end == "line":
        points = np.concatenate((points, tip[None]))
    lay(easel, hand, points, ink, rng)
    if end == "dot":
        sitter.move(names[3], points[2].copy())
        easel.disc(points[2], max(hand.width * rng.uniform(0.9, 1.6), 0.014 * sitter.height), ink)
    elif end in ("fingers", "mitten", "shoe"):
        _extremity(easel, hand, points[2], tip, end, ink, sitter.height)


def _extremity(easel: Easel, hand: Hand, root: Points, tip: Points, kind: str, ink: Ink, height: float) -> None:
    way = tip - root
    across = np.array([-way[1], way[0]])
    if kind == "fingers":
        for turn in (-0.8, -0.3, 0.3, 0.8):
            end = root + np.cos(turn) * way + np.sin(turn) * across
            easel.line(np.array([root, end]), 0.7 * hand.width, ink)
        return
    wide = 0.3 if kind == "shoe" else 0.42
    axes = np.array([0.6 * way, wide * across * max(1.0, 0.03 * height / max(float(np.hypot(*way)), 1e-3))])
    easel.blob(ellipse(root + 0.5 * way, axes, 20), ink)


def _dots(easel: Easel, sitter: Sitter, hand: Hand, rng: Rng) -> None:
    radius = hand.width * rng.uniform(0.8, 1.7) + 0.5
    one = bright_or(hand, rng)
    for name in ("neck", *(f"{side}_{joint}" for side in "rl" for joint in (*ARMS[:3], *LEGS[:3]))):
        if sitter.has(name):
            easel.disc(sitter.at(name), radius, one or hand.ink)


def bright_or(hand: Hand, rng: Rng) -> Ink | None:
    """One of the hand's inks for all its dots, or its main one."""
    inks = list(hand.inks.values())
    return inks[rng.integers(len(inks))] if inks and rng.random() < 0.5 else None


def _unit(way: Points) -> Points:
    return way / max(float(np.linalg.norm(way)), 1e-6)
