"""The pose library as the catalogue shows it. Pictures are drawn once and kept."""

from functools import lru_cache
from typing import Any

from pose import library
from pose.draw import draw_pose
from pose.errors import InvalidInput
from pose.image import encode
from pose.pose import VIEWS

PICTURE_SIZE = 384


def pose_list() -> list[dict[str, Any]]:
    """Every pose with its views and the URL of a picture for each."""
    return [
        {
            "name": name,
            "views": list(VIEWS),
            "picture": f"/v1/poses/{name}.png",
            "pictures": {view: f"/v1/poses/{name}.png?view={view}" for view in VIEWS},
        }
        for name in library.names()
    ]


@lru_cache(maxsize=256)
def pose_picture(name: str, view: str = "front") -> bytes:
    """A PNG of the pose. Raises UnknownPose, or InvalidInput for an unknown view."""
    if view not in VIEWS:
        raise InvalidInput(f"view is '{view[:40]}'; give one of {', '.join(VIEWS)}.")
    return encode(draw_pose(library.get(name, view), PICTURE_SIZE), "png")
