"""Draws what a richer character is built like and wears. Knows neither poses nor pixels.

A family's share `rich` of characters has a wardrobe; the others keep the plain construction, and families with none
draw no random number here, so that they stay as they were.
"""

import colorsys
from dataclasses import dataclass

import numpy as np

from training.world.choices import pick
from training.world.drawing import Colour

Rng = np.random.Generator
SHELLS = ("cup", "fruit", "box", "mushroom", "drop", "bottle", "cone")
SHORT_HAIR = ("crop", "crop", "messy", "spikes", "curls", "swept", "none")
LONG_HAIR = ("straight", "waves", "waves", "bob", "bob", "pony", "tails", "braids", "bun", "drape", "drape")
NOSES = ("dot", "wedge", "none", "button", "bridge")
PHOTO_NOSES = ("shadow", "bridge", "shadow")
MOUTHS = ("smile", "smile", "laugh", "laugh", "smirk", "small", "lips", "pout", "fang")
PHOTO_MOUTHS = ("lips", "lips", "smile")
MARKS = (*["none"] * 5, "freckles", "mole", "blush", "blush")
SKIRTS = ("mini", "pleats", "long", "gown", "dress", "tutu", "trousers", "shorts")
TROUSERS = ("trousers", "trousers", "wide", "shorts", "leggings", "flared")
ODD = ("glove", "sleeve", "strap", "armband", "sock", "badge", "none")


@dataclass(frozen=True)
class Wardrobe:
    """Build, face, hair and garments. `odd` is a detail on the side `odd_side` only (0 right, 1 left); `numbers` are
    free parameters in 0..1."""

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
    build = pick(rng, "fem", "fem", "masc", "slim") if adult else pick(rng, "child", "child", "fem", "round")
    bean = body == "bean"
    female = build == "fem" or (build != "masc" and rng.random() < 0.5)
    hair = pick(rng, *(LONG_HAIR if female else SHORT_HAIR))
    if animal or bean:
        hair = "tuft" if rng.random() < 0.2 and not bean else "none"
    wild = 0.12 if photo else 1.0
    hands = ("mitten", "mitten", "glove", "open") if bean else ("open", "open", "mitten", "fist")
    return Wardrobe(
        build=build,
        shell=_maybe(0.75, rng, SHELLS) if bean else "none",
        hair=hair,
        bangs=pick(rng, "straight", "split", "side", "side", "spiky", "none"),
        eyes=_eyes(cute, photo, rng),
        gaze=float(rng.choice([0.0, 0.0, rng.uniform(-0.3, 0.3)])),
        nose=pick(rng, *(PHOTO_NOSES if photo else NOSES)),
        mouth=pick(rng, *(PHOTO_MOUTHS if photo else MOUTHS)),
        mark=pick(rng, *MARKS, "blush" if build == "fem" else "beard", "stripe"),
        neckline=pick(rng, "round", "vee", "boat", "turtle", "shirt", "shirt", "tank", "hood"),
        over=_maybe(0.75, rng, ("none", "none", "jacket", "vest", "coat", "apron", "overalls")),
        behind=_maybe(0.28 * wild, rng, ("cape", "cape", "cloak", "feathers", "bat", "fairy", "pack")),
        neckwear=_maybe(0.35, rng, ("scarf", "bow", "tie", "necklace", "bandana", "collar")),
        sleeve=pick(rng, "none", "short", "short", "long", "long", "long", "puff", "bell", "rolled", "loose"),
        bottom=pick(rng, *(SKIRTS if female and rng.random() < 0.7 else TROUSERS)),
        hand=pick(rng, *hands),
        shoe=pick(rng, "sneaker", "sneaker", "boot", "tall", "loafer", "bare"),
        odd=_maybe(0.6, rng, ODD),
        odd_side=int(rng.integers(2)),
        horns=_maybe(0.08 * wild, rng, ("small", "ram", "unicorn")),
        belt=bool(rng.random() < 0.4),
        pockets=bool(rng.random() < 0.35),
        print=pick(rng, "none", "none", "emblem", "emblem", "number", "logo", "chest", "word"),
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
        return pick(rng, "anime", "anime", "sparkle")
    return pick(rng, "bead", "cartoon", "cartoon", "pie", "almond", "happy")


def _maybe(chance: float, rng: Rng, choices: tuple[str, ...]) -> str:
    """One of the choices at that chance, else none."""
    return pick(rng, *choices) if rng.random() < chance else "none"
