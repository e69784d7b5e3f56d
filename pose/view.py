"""From which side a pose is seen: its yaw, the library's nearest view, and the turn between two poses.

Convention: yaw in degrees, 0 faces the viewer, positive turns the body's front to the right of the picture, 180 shows
the back. Exact depth tells it. A reader's guessed depth is averaged with what the picture tells: the widths of
shoulders and hips against the trunk say how far, the face (or the feet) to which side. Right to some 15 degrees on
drawings: good for choosing a view and for a warning, not for measuring.
"""

import cmath
import math

from pose.pose import Pose, View
from pose.proportions import Body, read_body

NOSE_AHEAD, EAR_ASIDE = 0.055, 0.044
SHOULDERS_TO_TRUNK, HIPS_TO_TRUNK = 0.71, 0.39
LARGE_TURN = 45.0


def yaw_degrees(pose: Pose) -> float | None:
    """The body's yaw in -180..180; None where the pose has too little to tell (no bar, or a profile without a face)."""
    body = read_body(pose)
    deep = _yaw_by_depth(body)
    flat = None if body.solid else _flat_yaw(body)
    known = [cmath.rect(1.0, math.radians(yaw)) for yaw in (deep, flat) if yaw is not None]
    return math.degrees(cmath.phase(sum(known))) if known else None


def nearest_view(source: Pose) -> View:
    """The library's view that comes nearest to how the source is seen."""
    yaw = abs(yaw_degrees(source) or 0.0)
    if yaw < 25:
        return "front"
    if yaw < 62:
        return "three-quarter"
    return "side" if yaw < 125 else "back"


def facing(source: Pose) -> float:
    """+1 where the body's front is turned to the right of the picture (or to neither side), -1 to the left."""
    yaw = yaw_degrees(source) or 0.0
    return -1.0 if yaw < -10 else 1.0


def turn_degrees(source: Pose, target: Pose) -> float:
    """The turn about the vertical that leads from source to target, 0..180 degrees; beyond 45 it deserves a warning.

    0 where one of them does not tell.
    """
    a, b = yaw_degrees(source), yaw_degrees(target)
    if a is None or b is None:
        return 0.0
    return abs((b - a + 180.0) % 360.0 - 180.0)


def _flat_yaw(body: Body) -> float | None:
    """Without depth: how far by the widths, to which side by the face or the feet."""
    across, face = _yaw_by_width(body), _yaw_by_face(body)
    if across is None:
        return face
    feet = _yaw_by_feet(body) if 50 < across < 130 else None
    if feet is not None:
        return math.copysign(across, feet)
    if face is None:
        return across if across < 30 or across > 150 else None
    if across > 90:
        return math.copysign(across, face)
    return math.copysign((across + min(abs(face), 90.0)) / 2, face)


def _yaw_by_depth(body: Body) -> float | None:
    across, deep = 0.0, 0.0
    for right, left in (("r_shoulder", "l_shoulder"), ("r_hip", "l_hip")):
        if body.has(right, left) and right in body.depth and left in body.depth:
            across += body.vector(right, left).real
            deep += body.depth[left] - body.depth[right]
    return math.degrees(math.atan2(deep, across)) if math.hypot(across, deep) > 1e-6 else None


def _yaw_by_width(body: Body) -> float | None:
    """0..180: how far the body is turned away from us, whichever side."""
    if not body.has("trunk", "pelvis"):
        return None
    trunk = max(abs(body.vector("pelvis", "trunk")), 1e-6)
    bars = (("r_shoulder", "l_shoulder", SHOULDERS_TO_TRUNK), ("r_hip", "l_hip", HIPS_TO_TRUNK))
    widths = [body.vector(right, left).real / (trunk * share) for right, left, share in bars if body.has(right, left)]
    if not widths or trunk <= 1e-6:
        return None
    width = max(widths, key=abs)
    return math.degrees(math.acos(min(max(width, -1.0), 1.0)))


def _yaw_by_face(body: Body) -> float | None:
    if body.has("nose", "r_ear", "l_ear"):
        middle = (body.at["r_ear"] + body.at["l_ear"]).real / 2
        ahead = (body.at["nose"].real - middle) / NOSE_AHEAD
        aside = body.vector("r_ear", "l_ear").real / 2 / EAR_ASIDE
        return math.degrees(math.atan2(ahead, aside)) if math.hypot(ahead, aside) > 1e-6 else None
    for ear in ("r_ear", "l_ear"):
        if body.has("nose", ear):
            return math.copysign(75.0, body.vector(ear, "nose").real)
    return None


def _yaw_by_feet(body: Body) -> float | None:
    """Only a side: both feet point there."""
    steps = [body.vector(f"{side}_ankle", f"{side}_toe").real for side in ("r", "l") if body.has(f"{side}_toe")
             and body.has(f"{side}_ankle")]  # fmt: skip
    if len(steps) < 2 or min(steps) < 0 < max(steps):
        return None
    return math.copysign(90.0, sum(steps))
