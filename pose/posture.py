"""A posture: joint angles of a normalised human, and its projection to a pose by forward kinematics in 3D.

Convention: body heights, x right in the picture, y down, z away from the viewer; at yaw 0 the body faces the viewer
(-z). A limb's direction is (elevation, azimuth) in degrees: elevation 0 hangs straight down, 90 is level, 180 points
up; azimuth 0 is forwards, 90 outwards to the limb's own side, 180 backwards, -90 inwards across the body. Turns are
(pitch, roll, yaw): forwards, to the body's own left, turning to its own left. Knows nothing of characters.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pose.pose import Contact, Pose, View
from pose.skeleton import BIPED

Direction = tuple[float, float]
Turn = tuple[float, float, float]
Vector = NDArray[np.float64]

WIDTH, HEIGHT = 1500, 1500
BODY = 1000.0
GROUND = 1360.0
YAW: dict[View, float] = {"front": 0.0, "three-quarter": 40.0, "side": 90.0, "back": 180.0}

SHOULDER, HIP = 0.105, 0.058
SPINE = 0.295
UPPER_ARM, FOREARM, HAND = 0.165, 0.145, 0.06
THIGH, SHIN, FOOT = 0.245, 0.235, 0.10
SOLE = 0.035
FACE = {
    "nose": (0.0, -0.092, -0.060),
    "eye": (0.021, -0.112, -0.048),
    "ear": (0.044, -0.100, -0.005),
    "head_top": (0.0, -0.185, 0.0),
}


@dataclass(frozen=True)
class Posture:
    """Joint angles. Arms are in the chest's frame, legs in the pelvis's yaw, chest and head in their parent's.

    A hand or foot left None follows its forearm, or stands flat. lift: height of the lowest foot above the ground.
    """

    pelvis: Turn = (0, 0, 0)
    chest: Turn = (0, 0, 0)
    head: Turn = (0, 0, 0)
    r_arm: Direction = (12, 90)
    r_forearm: Direction = (10, 60)
    r_hand: Direction | None = None
    l_arm: Direction = (12, 90)
    l_forearm: Direction = (10, 60)
    l_hand: Direction | None = None
    r_thigh: Direction = (4, 90)
    r_shin: Direction = (2, 90)
    r_foot: Direction = (75, 25)
    l_thigh: Direction = (4, 90)
    l_shin: Direction = (2, 90)
    l_foot: Direction = (75, 25)
    lift: float = 0.0
    contacts: tuple[Contact, ...] = ()


def project(posture: Posture, view: View, facing: float = 1.0) -> Pose:
    """The posture seen from a view, orthographically, on a canvas of 1500 x 1500 pixels, a body height being 1000.

    facing: +1 turns the body's front to the right of the picture in the views three-quarter and side, -1 to the left.
    """
    turned = joints_in_space(posture) @ _turn((0, 0, YAW[view] * facing)).T
    ground = max(turned[:, 1].max(), turned[_rows("r_ankle", "l_ankle"), 1].max() + SOLE)
    points = np.empty((len(BIPED.joints), 2), np.float32)
    points[:, 0] = WIDTH / 2 + BODY * turned[:, 0]
    points[:, 1] = GROUND + BODY * (turned[:, 1] - ground - posture.lift)
    scores = np.ones(len(BIPED.joints), np.float32)
    depth = turned[:, 2].astype(np.float32)
    airborne = posture.lift > 0
    return Pose(points, scores, WIDTH, HEIGHT, depth, view, airborne=airborne, contacts=posture.contacts, solid=True)


def joints_in_space(posture: Posture) -> NDArray[np.float64]:
    """(J, 3) joints in body heights, the pelvis at the origin."""
    pelvis = _turn(posture.pelvis)
    chest = pelvis @ _turn(posture.chest)
    neck = pelvis @ np.array([0, -SPINE * 0.4, 0]) + chest @ np.array([0, -SPINE * 0.6, 0])
    found: dict[str, Vector] = {"neck": neck}
    _place_face(found, neck, chest @ _turn(posture.head))
    yaw = _turn((0, 0, posture.pelvis[2]))
    for side, sign in (("r", -1.0), ("l", 1.0)):
        _place_arm(found, posture, side, neck + chest @ np.array([sign * SHOULDER, 0, 0]), _directed(chest, sign))
        _place_leg(found, posture, side, pelvis @ np.array([sign * HIP, 0, 0]), _directed(yaw, sign))
    return np.stack([found[name] for name in BIPED.joints])


def _place_face(found: dict[str, Vector], neck: Vector, head: NDArray[np.float64]) -> None:
    for name, offset in FACE.items():
        if name in ("nose", "head_top"):
            found[name] = neck + head @ np.array(offset)
            continue
        for side, sign in (("r", -1.0), ("l", 1.0)):
            found[f"{side}_{name}"] = neck + head @ (np.array(offset) * [sign, 1, 1])


def _place_arm(
    found: dict[str, Vector], posture: Posture, side: str, shoulder: Vector, along: Callable[[Direction], Vector]
) -> None:
    arm, forearm = getattr(posture, f"{side}_arm"), getattr(posture, f"{side}_forearm")
    hand = getattr(posture, f"{side}_hand") or forearm
    found[f"{side}_shoulder"] = shoulder
    found[f"{side}_elbow"] = elbow = shoulder + UPPER_ARM * along(arm)
    found[f"{side}_wrist"] = wrist = elbow + FOREARM * along(forearm)
    found[f"{side}_hand"] = wrist + HAND * along(hand)


def _place_leg(
    found: dict[str, Vector], posture: Posture, side: str, hip: Vector, along: Callable[[Direction], Vector]
) -> None:
    found[f"{side}_hip"] = hip
    found[f"{side}_knee"] = knee = hip + THIGH * along(getattr(posture, f"{side}_thigh"))
    found[f"{side}_ankle"] = ankle = knee + SHIN * along(getattr(posture, f"{side}_shin"))
    found[f"{side}_toe"] = ankle + FOOT * along(getattr(posture, f"{side}_foot"))


def _directed(frame: NDArray[np.float64], sign: float) -> Callable[[Direction], Vector]:
    """Turns (elevation, azimuth) of the limbs on one side of `frame` into a unit vector."""

    def along(direction: Direction) -> Vector:
        elevation, azimuth = np.radians(direction)
        level = np.sin(elevation)
        return frame @ np.array([sign * level * np.sin(azimuth), np.cos(elevation), -level * np.cos(azimuth)])

    return along


def _turn(turn: Turn) -> NDArray[np.float64]:
    pitch, roll, yaw = np.radians(turn)
    about_x = np.array([[1, 0, 0], [0, np.cos(pitch), -np.sin(pitch)], [0, np.sin(pitch), np.cos(pitch)]])
    about_z = np.array([[np.cos(roll), -np.sin(roll), 0], [np.sin(roll), np.cos(roll), 0], [0, 0, 1]])
    about_y = np.array([[np.cos(yaw), 0, -np.sin(yaw)], [0, 1, 0], [np.sin(yaw), 0, np.cos(yaw)]])
    return about_y @ about_x @ about_z


def _rows(*names: str) -> list[int]:
    return [BIPED.index[name] for name in names]
