"""Skeletons: named joints, bones and left-right symmetry. Knows no positions.

Right and left are the character's own. The order of the first 18 joints of `BIPED` is OpenPose's (COCO-18); what
follows are extras that some readers give and others leave absent.
"""

from dataclasses import dataclass
from functools import cached_property


@dataclass(frozen=True)
class Skeleton:
    """A topology. `bones` are (parent, child) names; `core` is the number of joints that every reader aims for."""

    name: str
    joints: tuple[str, ...]
    bones: tuple[tuple[str, str], ...]
    core: int

    @cached_property
    def index(self) -> dict[str, int]:
        """Joint name -> row."""
        return {name: row for row, name in enumerate(self.joints)}

    @cached_property
    def bone_rows(self) -> tuple[tuple[int, int], ...]:
        """Bones as (parent row, child row)."""
        return tuple((self.index[a], self.index[b]) for a, b in self.bones)

    @cached_property
    def mirrored(self) -> tuple[int, ...]:
        """Row of each joint's left-right partner (itself where it has none)."""
        return tuple(self.index[_partner(name)] for name in self.joints)


def _partner(name: str) -> str:
    swap = {"r_": "l_", "l_": "r_"}
    return swap[name[:2]] + name[2:] if name[:2] in swap else name


BIPED = Skeleton(
    name="biped",
    joints=(
        "nose", "neck",
        "r_shoulder", "r_elbow", "r_wrist", "l_shoulder", "l_elbow", "l_wrist",
        "r_hip", "r_knee", "r_ankle", "l_hip", "l_knee", "l_ankle",
        "r_eye", "l_eye", "r_ear", "l_ear",
        "head_top", "r_hand", "l_hand", "r_toe", "l_toe",
    ),
    bones=(
        ("neck", "r_shoulder"), ("neck", "l_shoulder"),
        ("r_shoulder", "r_elbow"), ("r_elbow", "r_wrist"), ("l_shoulder", "l_elbow"), ("l_elbow", "l_wrist"),
        ("neck", "r_hip"), ("r_hip", "r_knee"), ("r_knee", "r_ankle"),
        ("neck", "l_hip"), ("l_hip", "l_knee"), ("l_knee", "l_ankle"),
        ("neck", "nose"), ("nose", "r_eye"), ("r_eye", "r_ear"), ("nose", "l_eye"), ("l_eye", "l_ear"),
        ("nose", "head_top"), ("r_wrist", "r_hand"), ("l_wrist", "l_hand"),
        ("r_ankle", "r_toe"), ("l_ankle", "l_toe"),
    ),
    core=18,
)  # fmt: skip

SKELETONS = {BIPED.name: BIPED}
