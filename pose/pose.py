"""A pose: where a skeleton's joints are on a canvas. Immutable, numpy only.

Convention: pixels, x right, y down, pixel centres at .5. Depth in body heights, smaller is nearer to the viewer.
"""

from dataclasses import dataclass, replace
from typing import Literal, get_args

import numpy as np
from numpy.typing import NDArray

from pose.errors import InvalidKeypoints
from pose.skeleton import BIPED, Skeleton

View = Literal["front", "three-quarter", "side", "back"]
VIEWS: tuple[View, ...] = get_args(View)
Landmark = Literal["head", "chest", "hips"]


@dataclass(frozen=True)
class Contact:
    """A promise that `joint` (a wrist) stays where it is relative to a landmark, whatever the proportions."""

    joint: str
    landmark: Landmark


@dataclass(frozen=True, eq=False)
class Pose:
    """points (J, 2) float32 pixels; scores (J,) float32 in 0..1, 0 = absent; depth (J,) float32 or None, NaN unknown.

    What only the library says, and readers leave at its default: airborne: no foot stands on the ground. contacts: what
    retargeting shall keep touching, None where nobody has said (then it is guessed). solid: the depth is exact, so that
    bone lengths in space follow from it; a reader's depth is a guess, good for order and turn only.

    Raises InvalidKeypoints where shapes disagree with the skeleton or a present joint is not finite.
    """

    points: NDArray[np.float32]
    scores: NDArray[np.float32]
    width: int
    height: int
    depth: NDArray[np.float32] | None = None
    view: View = "front"
    skeleton: Skeleton = BIPED
    airborne: bool = False
    contacts: tuple[Contact, ...] | None = None
    solid: bool = False

    def __post_init__(self) -> None:
        joints = len(self.skeleton.joints)
        points = _frozen(self.points)
        scores = _frozen(self.scores)
        if points.shape != (joints, 2) or scores.shape != (joints,):
            raise InvalidKeypoints(
                f"expected points ({joints}, 2) and scores ({joints},) for the skeleton '{self.skeleton.name}', "
                f"got {points.shape} and {scores.shape}; give one row per joint."
            )
        if not np.isfinite(points[scores > 0]).all() or not np.isfinite(scores).all():
            raise InvalidKeypoints("a present joint is not finite; leave a joint out (score 0) where it is unknown.")
        object.__setattr__(self, "points", points)
        object.__setattr__(self, "scores", scores)
        if self.depth is not None:
            object.__setattr__(self, "depth", _frozen(self.depth))

    @property
    def present(self) -> NDArray[np.bool_]:
        """(J,) which joints are there."""
        return self.scores > 0

    def has(self, *names: str) -> bool:
        """Whether every named joint is there."""
        return all(self.scores[self.skeleton.index[name]] > 0 for name in names)

    def __getitem__(self, name: str) -> NDArray[np.float32]:
        """(2,) the named joint's position."""
        return self.points[self.skeleton.index[name]]

    def moved(self, offset: tuple[float, float], width: int, height: int) -> "Pose":
        """The same pose on another canvas, shifted by `offset` pixels."""
        return replace(self, points=self.points + np.asarray(offset, np.float32), width=width, height=height)

    def scaled(self, factor: float) -> "Pose":
        """The same pose on a canvas `factor` times as large."""
        width, height = round(self.width * factor), round(self.height * factor)
        return replace(self, points=self.points * np.float32(factor), width=width, height=height)

    def mirrored(self) -> "Pose":
        """Reflected left to right; right and left joints change places."""
        rows = np.array(self.skeleton.mirrored)
        points = self.points[rows] * np.array([-1, 1], np.float32) + np.array([self.width, 0], np.float32)
        depth = None if self.depth is None else self.depth[rows]
        contacts = None if self.contacts is None else tuple(self._other_side(contact) for contact in self.contacts)
        return replace(self, points=points, scores=self.scores[rows], depth=depth, contacts=contacts)

    def _other_side(self, contact: Contact) -> Contact:
        row = self.skeleton.mirrored[self.skeleton.index[contact.joint]]
        return replace(contact, joint=self.skeleton.joints[row])

    def points_by_name(self) -> dict[str, tuple[float, float, float]]:
        """{joint: (x, y, score)} of the joints that are there; what the HTTP contract calls `points`."""
        return {
            name: (float(x), float(y), float(score))
            for name, (x, y), score in zip(self.skeleton.joints, self.points, self.scores, strict=True)
            if score > 0
        }


def from_named(points: dict[str, tuple[float, ...]], width: int, height: int, skeleton: Skeleton = BIPED) -> Pose:
    """The inverse of `Pose.points_by_name`; an omitted score is 1. Joints not named are absent."""
    rows = np.zeros((len(skeleton.joints), 3), np.float32)
    for name, value in points.items():
        if name not in skeleton.index:
            raise InvalidKeypoints(f"unknown joint '{name}'; the skeleton '{skeleton.name}' has {skeleton.joints}.")
        if len(value) not in (2, 3):
            raise InvalidKeypoints(f"joint '{name}' has {len(value)} numbers; give [x, y] or [x, y, score].")
        rows[skeleton.index[name]] = value if len(value) == 3 else (*value, 1.0)
    return Pose(rows[:, :2], rows[:, 2], width, height, skeleton=skeleton)


def _frozen(array: NDArray[np.float32]) -> NDArray[np.float32]:
    copy = np.array(array, np.float32)
    copy.setflags(write=False)
    return copy
