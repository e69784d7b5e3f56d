"""What a clothes parser's classes mean here: to which parts and materials each may belong. By name, never by number.

The names are those of ATR, LIP and CIHP, in any spelling. A class that spans several parts (a shirt is torso and arms)
or materials says so, and the embedded network shares it out among them. Parsers confuse left and right more often than
the bones do, so a side's class counts for its own side SIDED to one. Knows no pictures and no networks.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pose.errors import WeightsError
from pose.figure import MATERIAL_INDEX, MATERIALS, PART_INDEX, PARTS

SIDED = 4.0
BACKGROUND = ("background", "bg", "unlabeled", "unlabelled", "void", "ignore")
UPPER, LEGS, CLOTH = ("torso", "r_arm", "l_arm"), ("r_leg", "l_leg"), ("fitted", "flowing", "print")
MEANINGS: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "hat": (("head",), ("rigid",)),
    "hair": (("hair",), ("hair",)),
    "sunglasses": (("head",), ("rigid",)),
    "glasses": (("head",), ("rigid",)),
    "face": (("head",), ("skin",)),
    "upperclothes": (UPPER, CLOTH),
    "coat": ((*UPPER, "skirt"), CLOTH),
    "dress": ((*UPPER, "skirt"), CLOTH),
    "jumpsuit": ((*UPPER, *LEGS), CLOTH),
    "pants": ((*LEGS, "torso"), CLOTH),
    "skirt": (("skirt",), ("flowing", "print")),
    "scarf": (("torso",), ("fitted", "flowing", "print")),
    "belt": (("torso",), ("fitted",)),
    "glove": (("r_arm", "l_arm"), ("fitted",)),
    "sock": (LEGS, ("fitted",)),
    "torsoskin": (("torso", "head"), ("skin",)),
    "tosorskin": (("torso", "head"), ("skin",)),  # as CIHP's list spells it
    "arm": (("r_arm", "l_arm"), ("skin",)),
    "leg": (LEGS, ("skin",)),
    "shoe": (LEGS, ("rigid",)),
    "bag": (("held",), ("rigid",)),
}


@dataclass(frozen=True, eq=False)
class Classes:
    """parts (C, 10) and materials (C, 7) float32: how readily each class is each row of PARTS and MATERIALS, 0 never.
    background (C,) bool."""

    parts: NDArray[np.float32]
    materials: NDArray[np.float32]
    background: NDArray[np.bool_]


def read_classes(labels: Mapping[int, str]) -> Classes:
    """The classes of a network by its labels. Raises WeightsError for one that it does not know, naming it."""
    names = [labels[row] for row in range(len(labels))]
    unknown = [name for name in names if _plain(name) not in BACKGROUND and _unsided(name) not in MEANINGS]
    if unknown:
        raise WeightsError(
            f"the clothes parser has classes that are not known here: {', '.join(unknown)}; give one with the classes "
            "of ATR, LIP or CIHP, such as mattmdjaga/segformer_b2_clothes."
        )
    background = np.array([_plain(name) in BACKGROUND for name in names])
    if not background.any():
        raise WeightsError(
            f"the clothes parser has no background among its classes ({', '.join(names)}), so it tells no figure; "
            "give one such as mattmdjaga/segformer_b2_clothes."
        )
    parts, materials = (
        np.zeros((len(names), len(PARTS)), np.float32),
        np.zeros((len(names), len(MATERIALS)), np.float32),
    )
    for row, name in enumerate(names):
        of_parts, of_materials = (("none",), ("none",)) if background[row] else MEANINGS[_unsided(name)]
        parts[row, [PART_INDEX[part] for part in of_parts]] = 1
        materials[row, [MATERIAL_INDEX[material] for material in of_materials]] = 1
        for part in of_parts:
            if _side(name) == part[:2]:
                parts[row, PART_INDEX[part]] = SIDED
    return Classes(parts, materials, background)


def shared_out(
    classes: NDArray[np.float32], weights: NDArray[np.float32], shares: NDArray[np.float32]
) -> NDArray[np.float32]:
    """(R, h, w) probabilities of rows from those of classes (C, h, w).

    weights (C, R); shares (R, h, w): probabilities by which a class that may be several rows is divided among them.
    """
    result = np.zeros_like(shares)
    for probability, weight in zip(classes, weights, strict=True):
        rows = np.flatnonzero(weight)
        divided = weight[rows, None, None] * (shares[rows] + np.float32(1e-4))
        result[rows] += divided * (probability / divided.sum(0))
    return result


def _plain(name: str) -> str:
    return re.sub(r"[^a-z]", "", name.lower())


def _unsided(name: str) -> str:
    """`Left-shoe` -> `shoe`, `Upper-clothes` -> `upperclothes`, `Socks` -> `sock`."""
    plain = re.sub("^(left|right)", "", _plain(name))
    return plain if plain in MEANINGS else plain.removesuffix("s")


def _side(name: str) -> str:
    """`l_` or `r_`, the figure's own; empty for what has none."""
    found = re.match("left|right", _plain(name))
    return f"{found[0][0]}_" if found else ""
