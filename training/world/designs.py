"""Draws a character's design out of a family: proportions, garments, face, colours, look. Knows no poses, no pixels."""

import colorsys
from dataclasses import dataclass, replace

import numpy as np

from training.world.drawing import Colour, Look, Paint
from training.world.families import Family, Span
from training.world.poses import Proportions
from training.world.wardrobe import Wardrobe, harmonious, random_wardrobe

Rng = np.random.Generator
EMBLEMS = ("star", "heart", "disc", "letter", "letter", "badge", "buttons", "tie", "placket")
PATTERNS = (0, 0, 0, 0, 1, 2, 3, 4, 5, 6)


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
    palette = _palette(family, rng)
    limbs = _span(rng, family.limbs)
    proportions = _proportions(family, body, limbs, rng)
    animal = bool(rng.random() < family.animal)
    skirt = _pick(rng, "mini", "knee", "long", "dress") if rng.random() < family.skirts and body != "bean" else "none"
    hair = _hair(family, body, animal, rng)
    arm, leg = _radii(limbs, proportions, rng)
    shirt, lower = _cloths(family, palette, animal, rng)
    torso = str(rng.choice(family.torsos))
    has_print = rng.random() < family.prints
    design = Design(
        family=family,
        body=body,
        proportions=proportions,
        look=_look(family, palette, rng),
        arm=arm,
        leg=leg,
        lopsided=float(rng.uniform(0.85, 1.18)) if rng.random() < 0.3 else 1.0,
        torso=torso,
        waist=float(rng.uniform(0.6, 1.05)),
        skull=str(rng.choice(family.skulls)),
        eyes=str(rng.choice(family.eyes)),
        mouth=_pick(rng, "smile", "smile", "smile", "open", "flat", "frown", "cat", "grin"),
        nose="snout" if animal else _pick(rng, "none", "dot", "line", "round"),
        brows=bool(rng.random() < 0.45),
        cheeks=bool(rng.random() < 0.35),
        glasses=bool(rng.random() < 0.1),
        ears=_ears(body, torso, animal, rng),
        hair=hair,
        fringe=_pick(rng, "straight", "side", "zigzag", "waves"),
        hat=_hat(rng, animal, family),
        hand=str(rng.choice(family.hands)),
        shoe=_pick(rng, "round", "boot", "long", "none"),
        skirt=skirt,
        sleeve=float(rng.choice([0.0, 0.28, 0.5, 1.0, 0.97])),
        trouser=float(rng.choice([0.0, 0.25, 0.5, 0.95, 0.95] if skirt == "none" else [0.0, 0.0, 0.95])),
        emblem=_pick(rng, *EMBLEMS) if has_print else _pick(rng, "none", "none", "tie", "placket"),
        held=_held(rng, animal),
        held_side=int(rng.integers(2)),
        collar=bool(rng.random() < 0.3),
        palette=palette,
        shirt=shirt,
        lower=lower,
        odd_side=int(rng.integers(2)) if rng.random() < 0.2 else -1,
        numbers=tuple(float(n) for n in rng.random(16)),
    )
    if family.rich == 0 or body == "stub" or rng.random() > family.rich:
        return design
    return _enriched(design, rng)


def _enriched(design: Design, rng: Rng) -> Design:
    """The same character with a wardrobe: shaped by its build, its colours in harmony."""
    family, body = design.family, design.proportions
    photo = family.name == "fashion_photo"
    animal = design.nose == "snout"
    adult = body.head < 0.24
    wear = random_wardrobe(design.body, adult, animal, family.cute, photo, rng)
    shoulder, hip = {"fem": (0.92, 1.12), "masc": (1.16, 0.98), "slim": (1.0, 1.0)}.get(wear.build, (0.95, 1.0))
    if design.body != "bean":
        body = replace(body, shoulder=shoulder * body.shoulder, hip=hip * body.hip, foot=1.1 * body.foot)
    thin = 0.8 if adult and wear.build != "masc" else 0.95
    held = design.held
    if not animal and held == "tail" and rng.random() < 0.6:
        held = "none"
    palette = design.palette
    if family.fill == "colour":
        palette = harmonious(palette, photo, rng)
        if not animal and design.body != "bean" and (photo or rng.random() < 0.75):
            palette["skin"] = _colour("human", "skin", rng)
            palette["blush"] = _mix(palette["skin"], (0.95, 0.35, 0.4), 0.45)
    rim = float(rng.uniform(0.01, 0.022)) if rng.random() < family.sticker else 0.0
    palette = {"coat": palette["prop"], "iris": palette["accent"], **palette}
    return replace(
        design, proportions=body, wardrobe=wear, palette=palette, rim=rim, held=held, skirt="none",
        torso=_soft(design, rng),
        arm=tuple(thin * r for r in design.arm), leg=tuple(thin * r for r in design.leg),
        shirt=_recoloured(design.shirt, palette, "shirt"), lower=_recoloured(design.lower, palette, "lower"),
        hat=design.hat if rng.random() < 0.6 else "none",
    )  # fmt: skip


def _soft(design: Design, rng: Rng) -> str:
    return str(rng.choice(["egg", "oval", "round"])) if design.body == "bean" else design.torso


def _recoloured(paint: Paint, palette: dict[str, Colour], name: str) -> Paint:
    return paint._replace(first=palette[name], second=palette["accent"], third=palette["skin"], fourth=palette["belt"])


def _ears(body: str, torso: str, animal: bool, rng: Rng) -> str:
    pointed = body == "bean" and torso in ("cone", "triangle", "diamond")
    if pointed or not animal:
        return "none" if pointed else _pick(rng, "none", "human", "human")
    return _pick(rng, "rabbit", "cat", "bear", "bear", "dog")


def _hair(family: Family, body: str, animal: bool, rng: Rng) -> str:
    if animal or rng.random() > family.hair * (0.4 if body == "bean" else 1.0):
        return "none"
    if rng.random() < family.long_hair:
        return _pick(rng, "long", "bob", "tails", "pony", "wild")
    return _pick(rng, "short", "spiky", "bun")


def _radii(limbs: float, proportions: Proportions, rng: Rng) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """Radii of arm (shoulder, elbow, wrist) and leg (hip, knee, ankle)."""
    arm = 0.035 * limbs * float(rng.uniform(0.8, 1.25)) * (1.0 + 0.5 * (proportions.head > 0.25))
    wrist = arm * rng.uniform(0.6, 1.05)
    leg = arm * rng.uniform(1.1, 1.6)
    return (arm, 0.5 * (arm + wrist), wrist), (leg, leg * rng.uniform(0.75, 0.95), leg * rng.uniform(0.5, 0.8))


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


def _proportions(family: Family, body: str, limbs: float, rng: Rng) -> Proportions:
    heads = _span(rng, family.heads)
    head = 1 / heads
    rest = 1 - head
    neck = 0.07 * rest if heads > 3 else rng.uniform(-0.03, 0.05)
    torso = (rest - max(neck, 0)) * rng.uniform(0.4, 0.52)
    if body == "stub":
        neck, torso = -0.12 * head, rest * rng.uniform(0.3, 0.5)
    if body == "bean":
        whole = rng.uniform(0.5, 0.78)
        head, torso, neck = whole * rng.uniform(0.4, 0.6), 0.0, 0.0
        torso = whole - head
    leg = 1 - head - max(neck, 0) - torso
    shoulder = rng.uniform(0.085, 0.125) * (1 + 0.35 * (heads < 3)) * (0.8 + 0.2 * limbs)
    width = rng.uniform(0.36, 0.5) * head * (1.15 if heads < 3 else 1.0)
    if body == "bean":
        shoulder, width = rng.uniform(0.16, 0.3), 0.0
        width = shoulder * 0.9
    reach = (torso + leg) * rng.uniform(0.42, 0.58) if body != "bean" else rng.uniform(0.22, 0.4)
    part = rng.uniform(0.48, 0.54)
    hand = reach * rng.uniform(0.14, 0.22)
    return Proportions(
        head, width, neck, torso, shoulder, shoulder * rng.uniform(0.4, 0.62) if body != "bean" else shoulder * 0.45,
        reach * part, reach * (1 - part), hand, leg * 0.5, leg * 0.46, rng.uniform(0.05, 0.1) * (0.7 + 0.3 * limbs),
        rng.uniform(-0.12, 0.08), rng.uniform(0.0, 0.7) * head if body == "bean" else 0.0,
    )  # fmt: skip


def _look(family: Family, palette: dict[str, Colour], rng: Rng) -> Look:
    side = rng.choice([-1.0, 1.0])
    lit = (float(0.6 * side), -0.8)
    coloured = family.ink == "coloured" or (family.ink == "dark" and rng.random() < 0.15)
    line = _span(rng, family.line)
    names = ("cel", "soft", "grade", "grain", "scribble", "edge", "gloss", "swell")
    values = {name: _span(rng, getattr(family, name)) for name in names if name != "gloss" or family.gloss[1] > 0}
    return Look(
        line if line > 0.0015 else 0.0, palette["ink"], coloured, lit, **values,
        jitter=0.02 if family.name == "plush" else 0.0, hard=family.pixel[1] > 0,
        paper=palette["paper"],
    )  # fmt: skip


def _palette(family: Family, rng: Rng) -> dict[str, Colour]:
    names = ("skin", "shirt", "lower", "accent", "hair", "shoe", "belt", "prop", "inner", "glove")
    kind = family.palette
    colours = {name: _colour(kind, name, rng) for name in names}
    if kind == "fur" or (family.animal and rng.random() < family.animal * 0.7):
        colours["inner"] = _mix(colours["skin"], (1.0, 0.8, 0.8), 0.6)
    colours["paper"] = _mix((1.0, 1.0, 1.0), tuple(rng.random(3)), 0.08)
    colours["ink"] = _ink(family.ink, rng)
    if family.fill == "dark":
        colours["paper"] = _mix((0.12, 0.16, 0.15), tuple(rng.random(3)), 0.1)
        colours |= {n: colours["paper"] for n in names if rng.random() < 0.8}
    elif family.fill == "paper":
        filled = rng.choice([0.0, 0.0, 0.15, 0.4])
        kept = {n for n in names if rng.random() < filled}
        colours |= {n: colours["paper"] for n in names if n not in kept}
        if rng.random() < 0.4:
            colours["hair"] = _mix(colours["ink"], colours["paper"], rng.uniform(0, 0.5))
    colours["white"] = (0.98, 0.98, 0.97) if family.fill != "dark" else colours["paper"]
    colours["blush"] = _mix(colours["skin"], (0.95, 0.35, 0.4), 0.45) if family.fill == "colour" else colours["paper"]
    colours["lip"] = (0.75, 0.2, 0.25) if family.fill == "colour" else colours["ink"]
    return colours


def _colour(kind: str, name: str, rng: Rng) -> Colour:
    human = name == "skin" and kind not in ("metal", "fur") and (kind == "human" or rng.random() < 0.82)
    if human:
        depth = rng.uniform(0, 1)
        return _mix((1.0, 0.87, 0.76), (0.36, 0.22, 0.15), depth**1.5)
    h, s, v = rng.random(), rng.uniform(0.45, 1.0), rng.uniform(0.5, 1.0)
    if kind == "pastel":
        s, v = rng.uniform(0.15, 0.5), rng.uniform(0.75, 1.0)
    elif kind == "muted":
        s, v = rng.uniform(0.1, 0.5), rng.uniform(0.3, 0.9)
    elif kind == "metal":
        s, v = rng.uniform(0.0, 0.35) if rng.random() < 0.6 else 0.8, rng.uniform(0.4, 0.95)
    elif kind == "fur" and name in ("skin", "hair"):
        h, s, v = rng.uniform(0.03, 0.13), rng.uniform(0.0, 0.7), rng.uniform(0.35, 1.0)
    elif kind in ("grey", "ink"):
        s, v = 0.0, rng.uniform(0.3, 0.95)
    if name == "hair" and rng.random() < 0.5:
        s, v = s * 0.6, v * 0.45
    if rng.random() < 0.12:
        s, v = 0.03, rng.choice([0.12, 0.97])
    return colorsys.hsv_to_rgb(h, s, v)


def _ink(kind: str, rng: Rng) -> Colour:
    if kind == "grey":
        g = rng.uniform(0.1, 0.5)
        return (g, g, g)
    if kind == "marker":
        return (
            colorsys.hsv_to_rgb(rng.random(), rng.uniform(0.5, 1), rng.uniform(0.25, 0.8))
            if rng.random() < 0.5
            else ((0.1, 0.1, 0.12))
        )
    if kind == "chalk":
        return _mix((0.95, 0.95, 0.92), tuple(rng.random(3)), 0.25 if rng.random() < 0.4 else 0.0)
    return tuple(float(c) for c in rng.uniform(0.02, 0.2, 3))  # type: ignore[return-value]


def _hat(rng: Rng, animal: bool, family: Family) -> str:
    if family.name == "robot":
        return _pick(rng, "antenna", "antennae", "none")
    if rng.random() > 0.25 or animal:
        return "bow" if animal and rng.random() < 0.2 else "none"
    return _pick(rng, "cap", "beanie", "cone", "top", "crown", "antennae", "bow")


def _held(rng: Rng, animal: bool) -> str:
    if animal and rng.random() < 0.5:
        return "tail"
    return _pick(rng, "wand", "bag", "balloon", "sword", "flower", "tail") if rng.random() < 0.18 else "none"


def _pick(rng: Rng, *choices: str) -> str:
    return choices[int(rng.integers(len(choices)))]


def _span(rng: Rng, span: Span) -> float:
    return float(rng.uniform(*span))


def _mix(a: Colour, b: Colour, share: float) -> Colour:
    return tuple(float(x + (y - x) * share) for x, y in zip(a, b, strict=True))  # type: ignore[return-value]
