"""Hands that touch: brings a wrist back to its landmark after the proportions have changed.

Angles carried onto other proportions miss: on a large head and short arms, `hands on hair` ends at the chin. A contact
says to which landmark a wrist belongs; its place is kept in the landmark's own frame (origin, axes and size of head,
chest or hips) and the arm reaches for it by two-bone inverse kinematics. In the picture's plane only.
"""

import cmath
import math
from dataclasses import dataclass, replace

from pose.pose import Contact, Landmark
from pose.proportions import Body, head_centre

REACH = 0.999
WIDER = (0.6, 1.7)
NARROW = 0.25
LONGEST_REACH, BENT_ARM = 0.97, 0.8
BENT = math.radians(50)
AT_HEAD = 1.15
AKIMBO_ASIDE, AKIMBO_UP = (0.12, 0.6), (-0.05, 0.6)


@dataclass(frozen=True)
class Frame:
    """A landmark's place: origin, its x axis as a unit complex number, and its width and height in pixels."""

    origin: complex
    axis: complex
    width: float
    height: float


def find_contacts(target: Body) -> tuple[Contact, ...]:
    """Guesses what touches: a hand at the head, or at the hip of its own side under a bent elbow."""
    found = []
    for side in ("r_", "l_"):
        wrist = f"{side}wrist"
        if not target.has(f"{side}shoulder", f"{side}elbow", wrist, "trunk"):
            continue
        centre = head_centre(target)
        if centre is not None and abs(target.at[wrist] - centre) < AT_HEAD * abs(centre - target.at["trunk"]):
            found.append(Contact(wrist, "head"))
        elif _akimbo(target, side):
            found.append(Contact(wrist, "hips"))
    return tuple(found)


def contact_goal(contact: Contact, target: Body, result: Body, head_turn: complex) -> complex | None:
    """Where the wrist belongs in the result, or None where the landmark is missing or has no size.

    head_turn: unit complex number, the angle from the target's head to the result's.
    """
    if not target.has(contact.joint):
        return None
    pair = _frames(contact.landmark, contact.joint[:2], target, result, head_turn)
    if pair is None:
        return None
    there, here = pair
    local = (target.at[contact.joint] - there.origin) / there.axis
    height = here.height / there.height
    width = min(max(here.width / there.width, WIDER[0] * height), WIDER[1] * height)
    return here.origin + here.axis * complex(local.real * width, local.imag * height)


def within_reach(shoulder: complex, wrist: complex, goal: complex, length: float) -> complex:
    """The goal; one beyond the arm's length is drawn back towards the wrist as it is, until the arm is clearly bent.

    A short arm then gestures as the pose does, rather than stretch straight for what it cannot touch.
    """
    if abs(goal - shoulder) <= LONGEST_REACH * length:
        return goal
    way = (wrist + share / 20 * (goal - wrist) for share in range(20, 0, -1))
    return next((point for point in way if abs(point - shoulder) <= BENT_ARM * length), wrist)


def reach(
    shoulder: complex, goal: complex, bones: tuple[float, float], true: tuple[float, float], bend: float
) -> tuple[complex, complex]:
    """Two-bone inverse kinematics in the plane: (elbow, wrist) with the wrist at `goal` or as near as the arm reaches.

    bones: lengths as they stand, which grow up to `true` where the goal is far. bend: +1 or -1, the side of the elbow.
    """
    distance = abs(goal - shoulder)
    along = (goal - shoulder) / distance if distance > 1e-9 else 1j
    upper, lower = bones
    if distance > REACH * (upper + lower) > 0:
        growth = distance / (upper + lower)
        upper, lower = min(upper * growth, max(true[0], upper)), min(lower * growth, max(true[1], lower))
    distance = min(max(distance, abs(upper - lower)), upper + lower)
    if upper < 1e-9 or distance < 1e-9:
        return shoulder + upper * along, shoulder + distance * along
    cosine = (upper**2 + distance**2 - lower**2) / (2 * upper * distance)
    angle = cmath.acos(min(max(cosine, -1.0), 1.0)).real
    return shoulder + upper * along * cmath.rect(1.0, -bend * angle), shoulder + distance * along


def bend_side(shoulder: complex, elbow: complex, wrist: complex) -> float:
    """On which side of the line from shoulder to wrist the elbow is: +1 or -1, as `reach` takes it."""
    return 1.0 if ((elbow - shoulder) / (wrist - shoulder or 1)).imag <= 0 else -1.0


def _akimbo(body: Body, side: str) -> bool:
    """Whether the wrist is beside and above its own hip, the elbow bent."""
    shoulder, elbow, wrist, hip = (side + name for name in ("shoulder", "elbow", "wrist", "hip"))
    upper = body.vector(shoulder, elbow)
    if not body.has(hip, "r_hip", "l_hip") or upper == 0 or body.vector(elbow, wrist) == 0:
        return False
    spine, outwards = body.vector("pelvis", "trunk"), body.vector("pelvis", hip)
    if abs(spine) < 1e-6 or abs(cmath.phase(body.vector(elbow, wrist) / upper)) < BENT:
        return False
    local = body.vector(hip, wrist) / spine / 1j  # lengths of the trunk; real part across, imaginary part down
    aside = math.copysign(local.real, local.real * (outwards / spine / 1j).real)
    return AKIMBO_ASIDE[0] < aside < AKIMBO_ASIDE[1] and AKIMBO_UP[0] < -local.imag < AKIMBO_UP[1]


def _frames(
    landmark: Landmark, side: str, target: Body, result: Body, head_turn: complex
) -> tuple[Frame, Frame] | None:
    """The landmark's frame in both, measured in the same way; None where one of them lacks it."""
    if landmark == "head":
        pair = _head_frame(target, result, 1), _head_frame(result, target, head_turn)
    else:
        pair = _trunk_frame(target, result, landmark, side), _trunk_frame(result, target, landmark, side)
    there, here = pair
    if there is None or here is None or min(there.height, here.height) < 1e-6:
        return None
    if there.width < NARROW * there.height or here.width < NARROW * here.height:
        there, here = replace(there, width=there.height), replace(here, width=here.height)
    return there, here


def _head_frame(body: Body, other: Body, axis: complex) -> Frame | None:
    ears = all(pose.has("r_ear", "l_ear") for pose in (body, other))
    if not all(pose.has("nose", "trunk") for pose in (body, other)):
        return None
    centre = (body.at["r_ear"] + body.at["l_ear"]) / 2 if ears else body.at["nose"]
    crown = all(pose.has("head_top") for pose in (body, other))
    height = abs((body.at["head_top"] if crown else centre) - body.at["trunk"])
    return Frame(centre, axis, 2 * abs(body.vector("r_ear", "l_ear")) if ears else 0.0, height)


def _trunk_frame(body: Body, other: Body, landmark: Landmark, side: str) -> Frame | None:
    if not body.has("trunk", "pelvis"):
        return None
    spine = body.vector("pelvis", "trunk")
    axis = spine / abs(spine) * 1j if abs(spine) > 1e-6 else 1 + 0j
    if landmark == "hips":
        hip = f"{side}hip"
        origin = body.at[hip if body.has(hip) and other.has(hip) else "pelvis"]
        return Frame(origin, axis, abs(spine), abs(spine))
    shoulders = all(pose.has("r_shoulder", "l_shoulder") for pose in (body, other))
    width = abs(body.vector("r_shoulder", "l_shoulder")) if shoulders else 0.0
    return Frame(body.at["trunk"], axis, width, abs(spine))
