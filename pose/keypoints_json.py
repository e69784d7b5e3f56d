"""The contract's JSON for keypoints: `{"width", "height", "points": {joint: [x, y, score?]}}` to a pose and back.

Everything a client may send wrong ends as InvalidKeypoints with the remedy. Points are pixels of a canvas of `width` x
`height`, x right, y down; one pixel beyond its border is forgiven. Knows the names of the biped's joints, nothing of
pictures.
"""

import json
import math
from typing import Any

from pose.errors import InvalidKeypoints
from pose.pose import Pose, from_named
from pose.skeleton import BIPED, SKELETONS, Skeleton

MAX_SIDE = 16_384
TOLERANCE = 1.0
KEYS = frozenset(("width", "height", "points", "skeleton", "view", "kind", "reader", "score", "box"))
TRUNK = (("neck",), ("r_shoulder", "l_shoulder"), ("r_hip", "l_hip"))
LIMBS = (
    ("r_elbow", "r_wrist"), ("l_elbow", "l_wrist"), ("r_knee", "r_ankle"), ("l_knee", "l_ankle"),
)  # fmt: skip


def parse_keypoints(value: str | bytes | dict[str, Any]) -> Pose:
    """JSON text or the object it holds -> Pose. A score left out is 1; a joint with score 0 is absent.

    What `/v1/keypoints` answers for one figure is taken too, its other fields unread. Raises InvalidKeypoints where
    the object is malformed, a number is not finite, a joint is unknown or out of the canvas, or too few joints are
    there: a pose needs the neck, both shoulders or both hips, and a joint of an arm or a leg.
    """
    found = _object(value)
    unknown = sorted(str(key)[:40] for key in found if key not in KEYS)
    if unknown:
        raise InvalidKeypoints(f"unknown field {', '.join(unknown[:5])}; send width, height and points.")
    skeleton = _skeleton(found.get("skeleton", BIPED.name))
    width, height = (_side(found.get(key), key) for key in ("width", "height"))
    points = found.get("points")
    if not isinstance(points, dict) or not points:
        raise InvalidKeypoints('"points" must be an object of joints: {"nose": [x, y], ...}.')
    if len(points) > len(skeleton.joints):
        raise InvalidKeypoints(f"{len(points)} joints, the skeleton has {len(skeleton.joints)}; name each once.")
    pose = from_named({name: _joint(name, row, width, height) for name, row in points.items()}, width, height, skeleton)
    _check_enough(pose)
    return pose


def keypoints_object(pose: Pose) -> dict[str, Any]:
    """The inverse of `parse_keypoints`: plain numbers, rounded to a hundredth; points out of the canvas kept."""
    points = {name: [round(number, 2) for number in row] for name, row in pose.points_by_name().items()}
    return {"width": pose.width, "height": pose.height, "points": points}


def _object(value: str | bytes | dict[str, Any]) -> dict[str, Any]:
    if not isinstance(value, dict):
        try:
            value = json.loads(value)
        except (ValueError, TypeError, RecursionError) as error:
            raise InvalidKeypoints(f"the keypoints are not JSON ({str(error)[:80]}); send an object.") from error
    if not isinstance(value, dict):
        raise InvalidKeypoints(f"expected a JSON object with width, height and points, got {type(value).__name__}.")
    return value


def _skeleton(name: Any) -> Skeleton:
    if not isinstance(name, str) or name not in SKELETONS:
        raise InvalidKeypoints(f"unknown skeleton '{str(name)[:40]}'; choose one of {', '.join(SKELETONS)}.")
    return SKELETONS[name]


def _side(value: Any, key: str) -> int:
    number = _number(value)
    if number is None or number != int(number) or not 1 <= number <= MAX_SIDE:
        raise InvalidKeypoints(f'"{key}" must be a whole number of pixels from 1 to {MAX_SIDE}.')
    return int(number)


def _joint(name: str, row: Any, width: int, height: int) -> tuple[float, ...]:
    numbers = [_number(part) for part in row] if isinstance(row, list | tuple) and len(row) in (2, 3) else [None]
    known = [number for number in numbers if number is not None]
    if len(known) != len(numbers):
        raise InvalidKeypoints(f"joint '{name[:40]}' must be [x, y] or [x, y, score] in finite numbers.")
    x, y = known[:2]
    score = known[2] if len(known) == 3 else 1.0
    if not 0 <= score <= 1:
        raise InvalidKeypoints(f"the score of '{name[:40]}' is {score:g}; give one from 0 to 1.")
    inside = -TOLERANCE <= x <= width + TOLERANCE and -TOLERANCE <= y <= height + TOLERANCE
    if score > 0 and not inside:
        raise InvalidKeypoints(
            f"joint '{name[:40]}' at ({x:g}, {y:g}) is out of the canvas of {width} x {height}; leave it out, or send "
            "the width and height of the picture in which it was measured."
        )
    return (x, y, score) if score > 0 else (0.0, 0.0, 0.0)


def _number(value: Any) -> float | None:
    """A finite float, or None: booleans, text, NaN and integers beyond a float are none."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    try:
        number = float(value)
    except OverflowError:
        return None
    return number if math.isfinite(number) else None


def _check_enough(pose: Pose) -> None:
    trunk = any(pose.has(*names) for names in TRUNK)
    limb = any(pose.has(name) for names in LIMBS for name in names)
    if not (trunk and limb):
        raise InvalidKeypoints(
            f"only {int(pose.present.sum())} joints; give at least the neck (or both shoulders, or both hips) and an "
            "elbow, wrist, knee or ankle."
        )
