"""Draws what a richer character is built like and wears. Knows neither poses nor pixels.

A family's share `rich` of characters has a wardrobe; the others keep the plain construction, and families with none
draw no random number here, so that they stay as they were.
"""

import colorsys
from dataclasses import dataclass

import numpy as np

from training.world.drawing import Colour

Rng = np.random.Generator
SHELLS = ("cup", "fruit", "box", "mushroom", "drop", "bottle", "cone")
ODD = ("glove", "sleeve", "strap", "armband", "sock", "badge", "none")


@dataclass(frozen=True)
class Wardrobe:
    """Build, face, hair and garments. `odd` is a detail on the side `odd_side` only (0 right, 1 left); `numbers` are
    free parameters in 0..1; `weight` scales the widths of limbs; `bust` and `waist` are shares of the shoulders."""

    build: str
    shell: str
    hair: str
    bangs: str
    eyes: str
    gaze: float
    nose: str
    mouth: str
    mark: str
    neckline: str
    over: str
    behind: str
    neckwear: str
    sleeve: str
    bottom: str
    hand: str
    shoe: str
    odd: str
    odd_side: int
    horns: str
    belt: bool
    pockets: bool
    print: str
    numbers: tuple[float, ...]


def random_wardrobe(body: str, adult: bool, animal: bool, cute: float, photo: bool, rng: Rng) -> Wardrobe:
    """`adult`: more than four heads tall; `cute`: chance of large stylised eyes; `photo`: as in a photograph."""
    build = _one(rng, "fem", "fem", "masc", "slim") if adult else _one(rng, "child", "child", "fem", "round")
    fem = build == "fem"
    bean = body == "bean"
    short_hair = ("crop", "crop", "messy", "spikes", "curls", "swept", "none")
    long_hair = ("straight", "waves", "waves", "bob", "bob", "pony", "tails", "braids", "bun", "drape", "drape")
    female = fem or (build != "masc" and rng.random() < 0.5)
    hair = _one(rng, *(long_hair if female else short_hair))
    if animal or bean:
        hair = "tuft" if rng.random() < 0.2 and not bean else "none"
    wild = 0.12 if photo else 1.0
    return Wardrobe(
        build=build,
        shell=_one(rng, *SHELLS) if bean and rng.random() < 0.75 else "none",
        hair=hair,
        bangs=_one(rng, "straight", "split", "side", "side", "spiky", "none"),
        eyes=_eyes(cute, photo, rng),
        gaze=float(rng.choice([0.0, 0.0, rng.uniform(-0.3, 0.3)])),
        nose=_one(rng, "shadow", "bridge", "shadow")
        if photo
        else _one(rng, "dot", "wedge", "none", "button", "bridge"),
        mouth=_one(rng, "lips", "lips", "smile")
        if photo
        else _one(rng, "smile", "smile", "laugh", "laugh", "smirk", "small", "lips", "pout", "fang"),
        mark=_one(rng, *["none"] * 5, "freckles", "mole", "blush", "blush", "beard" if not fem else "blush", "stripe"),
        neckline=_one(rng, "round", "vee", "boat", "turtle", "shirt", "shirt", "tank", "hood"),
        over=_one(rng, "none", "none", "jacket", "vest", "coat", "apron", "overalls")
        if rng.random() < 0.75
        else "none",
        behind=_one(rng, "cape", "cape", "cloak", "feathers", "bat", "fairy", "pack")
        if rng.random() < 0.28 * wild
        else "none",
        neckwear=_one(rng, "scarf", "bow", "tie", "necklace", "bandana", "collar") if rng.random() < 0.35 else "none",
        sleeve=_one(rng, "none", "short", "short", "long", "long", "long", "puff", "bell", "rolled", "loose"),
        bottom=_one(rng, "mini", "pleats", "long", "gown", "dress", "tutu", "trousers", "shorts")
        if female and rng.random() < 0.7
        else _one(rng, "trousers", "trousers", "wide", "shorts", "leggings", "flared"),
        hand=_one(rng, "open", "open", "mitten", "fist")
        if not bean
        else _one(rng, "mitten", "mitten", "glove", "open"),
        shoe=_one(rng, "sneaker", "sneaker", "boot", "tall", "loafer", "bare"),
        odd=_one(rng, *ODD) if rng.random() < 0.6 else "none",
        odd_side=int(rng.integers(2)),
        horns=_one(rng, "small", "ram", "unicorn") if rng.random() < 0.08 * wild else "none",
        belt=bool(rng.random() < 0.4),
        pockets=bool(rng.random() < 0.35),
        print=_one(rng, "none", "none", "emblem", "emblem", "number", "logo", "chest", "word"),
        numbers=tuple(float(n) for n in rng.random(32)),
    )


def harmonious(palette: dict[str, Colour], photo: bool, rng: Rng) -> dict[str, Colour]:
    """The palette with clothes in a few related hues and neutrals, and hair of a likely colour."""
    base = rng.random()
    hues = base + np.array([0.0, rng.choice([0.08, -0.08, 0.5, 0.42, 0.58, 0.33]), rng.choice([0.5, 0.12, -0.15])])
    vivid = rng.uniform(0.15, 0.55) if photo else rng.uniform(0.3, 0.95)
    new = dict(palette)
    for name in ("shirt", "lower", "accent", "shoe", "belt", "prop", "glove", "coat", "inner"):
        hue = float(hues[int(rng.integers(3))] % 1)
        if rng.random() < 0.35:
            new[name] = _neutral(rng)
        else:
            new[name] = colorsys.hsv_to_rgb(hue, vivid * rng.uniform(0.7, 1.05), rng.uniform(0.35, 1.0))
    natural = photo or rng.random() < 0.6
    new["hair"] = _natural_hair(rng) if natural else colorsys.hsv_to_rgb(
        rng.random(), rng.uniform(0.3, 0.8), rng.uniform(0.5, 1.0)
    )  # fmt: skip
    eye = colorsys.hsv_to_rgb(float(rng.choice([0.08, 0.08, 0.58, 0.4, rng.random()])), 0.65, rng.uniform(0.3, 0.8))
    return new | {"iris": eye, "lip": (0.72, 0.3, 0.3)}


def _neutral(rng: Rng) -> Colour:
    value = float(rng.choice([0.12, 0.2, 0.35, 0.85, 0.95, 0.97]))
    return colorsys.hsv_to_rgb(float(rng.choice([0.08, 0.6])), rng.uniform(0.02, 0.2), value)


def _natural_hair(rng: Rng) -> Colour:
    tones = ((0.09, 0.07, 0.07), (0.2, 0.12, 0.08), (0.36, 0.2, 0.11), (0.55, 0.33, 0.15), (0.85, 0.66, 0.36),
             (0.93, 0.84, 0.62), (0.62, 0.24, 0.11), (0.72, 0.72, 0.74))  # fmt: skip
    tone = tones[int(rng.integers(len(tones)))]
    return tuple(float(np.clip(c * rng.uniform(0.85, 1.15), 0, 1)) for c in tone)  # type: ignore[return-value]


def _eyes(cute: float, photo: bool, rng: Rng) -> str:
    if photo:
        return "almond"
    if rng.random() < cute:
        return _one(rng, "anime", "anime", "sparkle")
    return _one(rng, "bead", "cartoon", "cartoon", "pie", "almond", "happy")


def _one(rng: Rng, *choices: str) -> str:
    return choices[int(rng.integers(len(choices)))]
