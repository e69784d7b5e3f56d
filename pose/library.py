"""The library of named poses, each in four views, with depth.

Each pose is one posture in space (`library_data`), projected; so its views agree, and depth comes with them. Knows
names and views, not characters: `pose.retarget` brings a pose onto a character's own proportions.
"""

import difflib
from functools import lru_cache

from pose.errors import UnknownPose
from pose.library_data import FRONT, POSTURES
from pose.pose import VIEWS, Pose, View
from pose.posture import project
from pose.view import facing as facing_of
from pose.view import nearest_view as nearest_view
from pose.view import turn_degrees as turn_degrees


def names() -> tuple[str, ...]:
    """Every pose's name, in the library's order."""
    return tuple(POSTURES)


def get(name: str, view: View = "front", facing: float = 1.0) -> Pose:
    """The named pose: all 23 joints on a 1500 x 1500 canvas, a body height being 1000 pixels, depth in body heights.

    `name` may be written with hyphens or blanks, in any case. facing: in three-quarter and side views +1 looks to the
    right of the picture, -1 to the left. Raises UnknownPose with the names that come close.
    """
    key = _key(name)
    if view not in VIEWS:
        raise UnknownPose(f"unknown view '{view}'; choose one of {', '.join(VIEWS)}.")
    return _projected(key, view, 1.0 if facing >= 0 else -1.0)


def matching(name: str, source: Pose) -> Pose:
    """The named pose in the view, and turned to the side, that come nearest to the source's own."""
    return get(name, nearest_view(source), facing_of(source))


@lru_cache(maxsize=512)
def _projected(key: str, view: View, facing: float) -> Pose:
    posture = FRONT.get(key, POSTURES[key]) if view in ("front", "back") else POSTURES[key]
    return project(posture, view, facing)


def _key(name: str) -> str:
    key = "_".join(str(name).strip().lower().replace("-", " ").replace("_", " ").split())
    if key in POSTURES:
        return key
    close = difflib.get_close_matches(key, POSTURES, n=3, cutoff=0.5)
    near = f"did you mean {' or '.join(close)}? " if close else ""
    raise UnknownPose(f"no pose is named '{str(name)[:60]}'; {near}The library has {', '.join(POSTURES)}.")
