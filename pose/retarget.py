"""Brings a pose onto a character: the target's angles, the character's own bone lengths.

Retargeting rotates every bone of the source to the target's direction and shortens it as the target's bone is
foreshortened (never below 0.55 of its true length, so that no limb vanishes). Shoulder and hip bars keep the
character's widths, the head rides rigidly on the neck, hands that touch something touch it again, and planted feet
stand on the source's ground line. Joints that the source lacks stay absent; where the target lacks a joint, the
source's own bone turns with its parent. Pure geometry on 2D joints: it knows nothing of pixels, masks or layers.

Convention: complex points x + iy in source pixels, y down; a turn is a unit complex number.
"""

import cmath
import math
from dataclasses import replace

import numpy as np

from pose.contact import bend_side, contact_goal, find_contacts, reach, within_reach
from pose.errors import InvalidKeypoints
from pose.pose import Contact, Pose
from pose.proportions import (
    HEAD,
    SHORTEST,
    Body,
    foreshortening,
    head_centre,
    head_tilts,
    lean,
    read_body,
    true_length,
)
from pose.skeleton import BIPED
from pose.view import turn_degrees as turn_degrees
from pose.view import yaw_degrees

BARS = (("r_shoulder", "l_shoulder", "trunk"), ("r_hip", "l_hip", "pelvis"))
BAR_SCALE = (0.8, 1.15)
BAR_TILT = math.radians(40)
BAR_SEEN = 0.35
BONE_SEEN = 0.12
UPRIGHT, NATURAL_TILT, MOST_TILT = (math.radians(angle) for angle in (8, 25, 90))
OPPOSITE = 120.0
LIMBS = (("shoulder", "elbow", "wrist", "hand"), ("hip", "knee", "ankle", "toe"))
ABOVE_GROUND = {"toe": 0.0, "ankle": 0.035, "knee": 0.03, "hip": 0.06}


def retarget(source: Pose, target: Pose, planted: bool = True) -> Pose:
    """The target's pose with the source's proportions, in the source's frame and canvas (points may leave it).

    planted: the lowest foot stands where the source's does, unless the target is airborne; else, and where the source
    shows no foot, the pelvis (or the neck) stays where it is. Exactly the joints of the source are present; depth is
    the target's. A target that faces the other way (by more than 120 degrees of yaw) is turned about the vertical
    first. Raises InvalidKeypoints unless both are bipeds.
    """
    if source.skeleton != BIPED or target.skeleton != BIPED:  # equal, not the same, once it has been pickled
        raise InvalidKeypoints("retargeting takes two biped poses; send a biped figure and a biped pose.")
    target = _turned_alike(source, target)
    own, asked = read_body(source), read_body(target)
    placed, turns = _place_trunk(own, asked)
    head_turn = _place_head(own, asked, placed, turns)
    for side in ("r", "l"):
        for limb in LIMBS:
            _place_limb(own, asked, placed, turns, [f"{side}_{name}" for name in limb])
    contacts = find_contacts(asked) if target.contacts is None else target.contacts
    _settle_contacts(contacts, own, asked, placed, head_turn)
    shift = _shift(own, placed, planted and not target.airborne)
    return _as_pose(source, target, {name: point + shift for name, point in placed.items()})


def _turned_alike(source: Pose, target: Pose) -> Pose:
    """The target, turned by 180 degrees about the vertical where it faces away from where the source faces."""
    a, b = yaw_degrees(source), yaw_degrees(target)
    if a is None or b is None or abs((b - a + 180.0) % 360.0 - 180.0) < OPPOSITE:
        return target
    points = target.points * np.array([-1, 1], np.float32) + np.array([target.width, 0], np.float32)
    return replace(target, points=points, depth=None if target.depth is None else -target.depth)


def _place_trunk(own: Body, asked: Body) -> tuple[dict[str, complex], dict[str, complex]]:
    """Places pelvis, trunk (as in `Body`), shoulders and hips; turns[joint] = how far what hangs from it is turned."""
    spine_turn = cmath.rect(1.0, (lean(asked) or 0.0) - (lean(own) or 0.0)) if lean(asked) is not None else 1 + 0j
    placed: dict[str, complex] = {}
    if own.has("pelvis"):
        placed["pelvis"] = own.at["pelvis"]
        if own.has("trunk"):
            placed["trunk"] = placed["pelvis"] + _bone(own, asked, "pelvis", "trunk", spine_turn)
    elif own.has("trunk"):
        placed["trunk"] = own.at["trunk"]
    turns = dict.fromkeys(placed, spine_turn)
    for right, left, middle in BARS:
        _place_bar(own, asked, placed, turns, (right, left, middle), spine_turn)
    return placed, turns


def _place_bar(
    own: Body,
    asked: Body,
    placed: dict[str, complex],
    turns: dict[str, complex],
    bar: tuple[str, str, str],
    spine_turn: complex,
) -> None:
    right, left, middle = bar
    for name in (right, left):
        if own.has(name):
            turns[name] = spine_turn
            placed[name] = placed[middle] + spine_turn * own.vector(middle, name)
    if own.has(right, left):
        centre = (placed[right] + placed[left]) / 2
        half = _bar_vector(own, asked, right, left, spine_turn) / 2
        placed[right], placed[left] = centre - half, centre + half


def _bar_vector(own: Body, asked: Body, right: str, left: str, spine_turn: complex) -> complex:
    """The bar turned with the spine, then by what the target's bar asks beyond that, at most 40 degrees."""
    bar = own.vector(right, left)
    if abs(bar) < 1e-9 or not asked.has(right, left):
        return spine_turn * bar
    wanted = asked.vector(right, left)
    own_part, asked_part = foreshortening(own, right, left), foreshortening(asked, right, left)
    tilt = cmath.phase(wanted / (spine_turn * bar)) if abs(wanted) > 1e-9 else 0.0
    if abs(tilt) > math.pi / 2 or asked_part < BAR_SEEN:
        tilt = 0.0
    scale = asked_part / own_part if own_part > 1e-9 else 1.0
    scale = min(max(scale, BAR_SCALE[0]), BAR_SCALE[1])
    return spine_turn * bar * cmath.rect(scale, min(max(tilt, -BAR_TILT), BAR_TILT))


def _bone(own: Body, asked: Body, a: str, b: str, turn: complex) -> complex:
    """The source's bone in the target's direction and foreshortening; turned with its parent where it has none."""
    bone = own.vector(a, b)
    if not asked.has(a, b):
        return turn * bone
    wanted = asked.vector(a, b)
    own_part, asked_part = foreshortening(own, a, b), foreshortening(asked, a, b)
    true = abs(bone) / own_part if own_part > 1e-9 else abs(bone)
    part = min(max(asked_part, min(SHORTEST, own_part)), max(1.0, own_part))
    if abs(wanted) < 1e-9 or (abs(wanted) < BONE_SEEN * true_length(asked, a, b) and abs(bone) > 1e-9):
        return turn * bone / (abs(bone) or 1.0) * true * part
    return wanted / abs(wanted) * true * part


def _place_limb(own: Body, asked: Body, placed: dict[str, complex], turns: dict[str, complex], limb: list[str]) -> None:
    """Places the joints of a limb that the source has, each on its nearest placed forebear."""
    middle = "trunk" if limb[0].endswith("shoulder") else "pelvis"
    for row, name in enumerate(limb):
        if name in placed or not own.has(name):
            continue
        forebears = [*limb[:row][::-1], middle, "trunk", "pelvis"]
        parent = next((joint for joint in forebears if joint in placed), None)
        if parent is None:
            placed[name], turns[name] = own.at[name], 1 + 0j
            continue
        bone = own.vector(parent, name)
        moved = _bone(own, asked, parent, name, turns.get(parent, 1 + 0j))
        placed[name] = placed[parent] + moved
        known = min(abs(bone), abs(moved)) > 1e-9
        turns[name] = moved / bone / abs(moved / bone) if known else turns.get(parent, 1 + 0j)


def _place_head(own: Body, asked: Body, placed: dict[str, complex], turns: dict[str, complex]) -> complex:
    """Turns face and crown about the neck as one piece. Returns the turn from the target's head to the result's."""
    tilt = _head_tilt(own, asked, turns.get("trunk", 1 + 0j))
    turn = cmath.rect(1.0, tilt)
    pivot = own.at.get("trunk", head_centre(own) or 0j)
    centre = placed.get("trunk", pivot)
    if own.has("neck"):
        placed["neck"] = centre + (own.at["neck"] - pivot)
    for name in HEAD:
        if own.has(name):
            placed[name] = centre + turn * (own.at[name] - pivot)
    common = [way for way in head_tilts(own) if way in head_tilts(asked)]
    if not common:
        return turn
    return cmath.rect(1.0, tilt + head_tilts(own)[common[0]] - head_tilts(asked)[common[0]])


def _head_tilt(own: Body, asked: Body, spine_turn: complex) -> float:
    """How far the head turns: to the target's tilt where that tilts clearly, else it keeps its own, unless lying."""
    ours, theirs = head_tilts(own), head_tilts(asked)
    common = [way for way in ours if way in theirs]
    if not theirs:
        return 0.5 * cmath.phase(spine_turn)
    if not common:
        return 0.0
    mine, wanted = ours[common[0]], theirs[common[0]]
    if abs(wanted) < UPRIGHT and abs(mine) < NATURAL_TILT:
        return 0.0
    return min(max(cmath.phase(cmath.rect(1.0, wanted - mine)), -MOST_TILT), MOST_TILT)


def _settle_contacts(
    contacts: tuple[Contact, ...], own: Body, asked: Body, placed: dict[str, complex], head_turn: complex
) -> None:
    """Bends arms anew so that hands that touch in the target touch in the result."""
    for contact in contacts:
        side = contact.joint[:2]
        shoulder, elbow, wrist, hand = (side + name for name in LIMBS[0])
        if not all(joint in placed and asked.has(joint) for joint in (shoulder, elbow, wrist)):
            continue
        goal = contact_goal(contact, asked, Body(placed, {}, own.stature), head_turn)
        if goal is None:
            continue
        before = placed[wrist] - placed[elbow]
        bones = abs(placed[elbow] - placed[shoulder]), abs(before)
        true = true_length(own, shoulder, elbow), true_length(own, elbow, wrist)
        bend = bend_side(asked.at[shoulder], asked.at[elbow], asked.at[wrist])
        goal = within_reach(placed[shoulder], placed[wrist], goal, sum(true))
        fingers = placed[hand] - placed[wrist] if hand in placed else 0j
        placed[elbow], placed[wrist] = reach(placed[shoulder], goal, bones, true, bend)
        after = placed[wrist] - placed[elbow]
        if hand in placed:
            turn = after / before if min(abs(before), abs(after)) > 1e-9 else 1 + 0j
            placed[hand] = placed[wrist] + fingers * turn / (abs(turn) or 1.0)


def _shift(own: Body, placed: dict[str, complex], planted: bool) -> complex:
    """Sets the figure down: pelvis above its old place, lowest foot on the old ground."""
    anchor = next((name for name in ("pelvis", "trunk") if name in placed), None)
    shift = own.at[anchor] - placed[anchor] if anchor else 0j
    if not any(own.has(f"{side}_ankle") for side in ("r", "l")):
        return shift
    settled = {name: point + shift for name, point in placed.items()}
    drop = _ground(own.at, own.stature) - _ground(settled, own.stature)
    return shift + complex(0, drop if planted else min(drop, 0.0))


def _ground(at: dict[str, complex], stature: float) -> float:
    """y of the ground: the lowest of feet, knees and seat, each with the flesh beneath it."""
    return max(at[name].imag + ABOVE_GROUND[name[2:]] * stature for name in at if name[2:] in ABOVE_GROUND)


def _as_pose(source: Pose, target: Pose, placed: dict[str, complex]) -> Pose:
    points = np.zeros_like(source.points)
    for name, row in source.skeleton.index.items():
        if source.scores[row] > 0:
            points[row] = placed[name].real, placed[name].imag
    depth = None if target.depth is None else np.where(target.present, target.depth, np.nan).astype(np.float32)
    return replace(source, points=points, depth=depth, airborne=target.airborne, contacts=target.contacts, solid=False)
