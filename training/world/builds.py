"""Draws a character's proportions and the girth of its limbs, in body heights. Knows neither garments nor poses."""

import numpy as np

from training.world.choices import within
from training.world.families import Family
from training.world.poses import Proportions

Rng = np.random.Generator


def random_proportions(family: Family, body: str, limbs: float, rng: Rng) -> Proportions:
    """Of a body of that kind; `limbs` scales the girth of arms, shoulders and feet."""
    heads = within(rng, family.heads)
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


def random_radii(limbs: float, proportions: Proportions, rng: Rng) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """Radii of arm (shoulder, elbow, wrist) and leg (hip, knee, ankle)."""
    arm = 0.035 * limbs * float(rng.uniform(0.8, 1.25)) * (1.0 + 0.5 * (proportions.head > 0.25))
    wrist = arm * rng.uniform(0.6, 1.05)
    leg = arm * rng.uniform(1.1, 1.6)
    return (arm, 0.5 * (arm + wrist), wrist), (leg, leg * rng.uniform(0.75, 0.95), leg * rng.uniform(0.5, 0.8))
