"""Draws a character's design out of a family: garments, face, look, and with what `builds` and `palettes` draw, all.

Knows no poses and no pixels. The order of the random draws decides every character: new ones go last.
"""

from dataclasses import dataclass, replace

import numpy as np

from training.world.builds import random_proportions, random_radii
from training.world.choices import pick, within
from training.world.drawing import Colour, Look, Paint
from training.world.families import Family
from training.world.looks import random_look
from training.world.palettes import random_colour, random_palette
from training.world.poses import Proportions
from training.world.tints import mixed
from training.world.wardrobe import Wardrobe, harmonious, random_wardrobe

Rng = np.random.Generator
EMBLEMS = ("star", "heart", "disc", "letter", "letter", "badge", "buttons", "tie", "placket")
PATTERNS = (0, 0, 0, 0, 1, 2, 3, 4, 5, 6)
LINED = 0.005  # body heights: thinner lines make no limbs of their own


@dataclass(frozen=True)
class Design:
    """Everything of a character that its poses share. Widths in body heights; `numbers` free parameters in 0..1."""

    family: Family
    body: str
    proportions: Proportions
    look: Look
    arm: tuple[float, ...]
    leg: tuple[float, ...]
    lopsided: float
    torso: str
    waist: float
    skull: str
    eyes: str
    mouth: str
    nose: str
    brows: bool
    cheeks: bool
    glasses: bool
    ears: str
    hair: str
    fringe: str
    hat: str
    hand: str
    shoe: str
    skirt: str
    sleeve: float
    trouser: float
    emblem: str
    held: str
    held_side: int
    collar: bool
    palette: dict[str, Colour]
    shirt: Paint
    lower: Paint
    odd_side: int
    numbers: tuple[float, ...]
    wardrobe: Wardrobe | None = None
    rim: float = 0.0


def random_design(family: Family, rng: Rng) -> Design:
    """A character of the family."""
    body = str(rng.choice(family.bodies))
    palette = random_palette(family, rng)
    limbs = within(rng, family.limbs)
    proportions = random_proportions(family, body, limbs, rng)
    animal = bool(rng.random() < family.animal)
    skirt = pick(rng, "mini", "knee", "long", "dress") if rng.random() < family.skirts and body != "bean" else "none"
    hair = _hair(family, body, animal, rng)
    arm, leg = random_radii(limbs, proportions, rng)
    shirt, lower = _cloths(family, palette, animal, rng)
    torso = str(rng.choice(family.torsos))
    has_print = rng.random() < family.prints
    design = Design(
        family=family, body=body, proportions=proportions, look=random_look(family, palette, rng), arm=arm, leg=leg,
        lopsided=float(rng.uniform(0.85, 1.18)) if rng.random() < 0.3 else 1.0,
        torso=torso, waist=float(rng.uniform(0.6, 1.05)),
        skull=str(rng.choice(family.skulls)), eyes=str(rng.choice(family.eyes)),
        mouth=pick(rng, "smile", "smile", "smile", "open", "flat", "frown", "cat", "grin"),
        nose="snout" if animal else pick(rng, "none", "dot", "line", "round"),
        brows=bool(rng.random() < 0.45), cheeks=bool(rng.random() < 0.35), glasses=bool(rng.random() < 0.1),
        ears=_ears(body, torso, animal, rng), hair=hair,
        fringe=pick(rng, "straight", "side", "zigzag", "waves"), hat=_hat(rng, animal, family),
        hand=str(rng.choice(family.hands)), shoe=pick(rng, "round", "boot", "long", "none"), skirt=skirt,
        sleeve=float(rng.choice([0.0, 0.28, 0.5, 1.0, 0.97])),
        trouser=float(rng.choice([0.0, 0.25, 0.5, 0.95, 0.95] if skirt == "none" else [0.0, 0.0, 0.95])),
        emblem=pick(rng, *EMBLEMS) if has_print else pick(rng, "none", "none", "tie", "placket"),
        held=_held(rng, animal), held_side=int(rng.integers(2)), collar=bool(rng.random() < 0.3),
        palette=palette, shirt=shirt, lower=lower,
        odd_side=int(rng.integers(2)) if rng.random() < 0.2 else -1,
        numbers=tuple(float(n) for n in rng.random(16)),
    )  # fmt: skip
    rich = family.rich > 0 and body != "stub" and rng.random() <= family.rich
    if design.look.line > LINED and rng.random() < family.strokes:
        return _with_stroke_limbs(design, rng)
    return _enriched(design, rng) if rich else design


def _with_stroke_limbs(design: Design, rng: Rng) -> Design:
    """The same character with limbs that are single strokes of its line."""
    radius = min(float(rng.uniform(0.5, 1.05)) * design.look.line, 0.016)
    return replace(design, arm=(radius,) * 3, leg=(radius,) * 3, lopsided=1.0, sleeve=0.0, trouser=0.0)


def _enriched(design: Design, rng: Rng) -> Design:
    """The same character with a wardrobe: shaped by its build, its colours in harmony."""
    family, body = design.family, design.proportions
    photo, animal, adult = family.name == "fashion_photo", design.nose == "snout", body.head < 0.24
    wear = random_wardrobe(design.body, adult, animal, family.cute, photo, rng)
    shoulder, hip = {"fem": (0.92, 1.12), "masc": (1.16, 0.98), "slim": (1.0, 1.0)}.get(wear.build, (0.95, 1.0))
    if design.body != "bean":
        body = replace(body, shoulder=shoulder * body.shoulder, hip=hip * body.hip, foot=1.1 * body.foot)
    thin = 0.8 if adult and wear.build != "masc" else 0.95
    held = design.held
    if not animal and held == "tail" and rng.random() < 0.6:
        held = "none"
    palette = _rich_palette(design, photo, animal, rng)
    rim = float(rng.uniform(0.01, 0.022)) if rng.random() < family.sticker else 0.0
    return replace(
        design, proportions=body, wardrobe=wear, palette=palette, rim=rim, held=held, skirt="none",
        torso=_soft(design, rng),
        arm=tuple(thin * r for r in design.arm), leg=tuple(thin * r for r in design.leg),
        shirt=_recoloured(design.shirt, palette, "shirt"), lower=_recoloured(design.lower, palette, "lower"),
        hat=design.hat if rng.random() < 0.6 else "none",
    )  # fmt: skip


def _rich_palette(design: Design, photo: bool, animal: bool, rng: Rng) -> dict[str, Colour]:
    palette = design.palette
    if design.family.fill == "colour":
        palette = harmonious(palette, photo, rng)
        if not animal and design.body != "bean" and (photo or rng.random() < 0.75):
            palette["skin"] = random_colour("human", "skin", rng)
            palette["blush"] = mixed(palette["skin"], (0.95, 0.35, 0.4), 0.45)
    return {"coat": palette["prop"], "iris": palette["accent"], **palette}


def _soft(design: Design, rng: Rng) -> str:
    return str(rng.choice(["egg", "oval", "round"])) if design.body == "bean" else design.torso


def _recoloured(paint: Paint, palette: dict[str, Colour], name: str) -> Paint:
    return paint._replace(first=palette[name], second=palette["accent"], third=palette["skin"], fourth=palette["belt"])


def _ears(body: str, torso: str, animal: bool, rng: Rng) -> str:
    pointed = body == "bean" and torso in ("cone", "triangle", "diamond")
    if pointed or not animal:
        return "none" if pointed else pick(rng, "none", "human", "human")
    return pick(rng, "rabbit", "cat", "bear", "bear", "dog")


def _hair(family: Family, body: str, animal: bool, rng: Rng) -> str:
    if animal or rng.random() > family.hair * (0.4 if body == "bean" else 1.0):
        return "none"
    if rng.random() < family.long_hair:
        return pick(rng, "long", "bob", "tails", "pony", "wild")
    return pick(rng, "short", "spiky", "bun")


def _cloths(family: Family, palette: dict[str, Colour], animal: bool, rng: Rng) -> tuple[Paint, Paint]:
    """Paints of the upper and the lower garment."""
    patterned = rng.random() < family.prints
    paints = []
    for name, belt, chance in (("shirt", "accent", 1.0), ("lower", "belt", 0.5)):
        pattern = int(rng.choice(PATTERNS)) if patterned and rng.random() < chance else 0
        paints.append(
            Paint(
                palette[name], palette["accent"], palette["skin"], palette[belt], pattern,
                phase=float(rng.uniform(0, 6)), frequency=float(rng.uniform(35, 110)), material="fitted",
            )
        )  # fmt: skip
    fur = animal and rng.random() < 0.4
    return paints[0]._replace(material="skin" if fur else "fitted"), paints[1]


def _hat(rng: Rng, animal: bool, family: Family) -> str:
    if family.name == "robot":
        return pick(rng, "antenna", "antennae", "none")
    if rng.random() > 0.25 or animal:
        return "bow" if animal and rng.random() < 0.2 else "none"
    return pick(rng, "cap", "beanie", "cone", "top", "crown", "antennae", "bow")


def _held(rng: Rng, animal: bool) -> str:
    if animal and rng.random() < 0.5:
        return "tail"
    return pick(rng, "wand", "bag", "balloon", "sword", "flower", "tail") if rng.random() < 0.18 else "none"
