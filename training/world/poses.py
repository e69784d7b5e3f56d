"""Random anatomical poses: joint angles to joints in three dimensions. Knows bone lengths, no pixels, no looks.

Convention: body heights, x right and y down on the page, z away from the viewer, the pelvis at the origin. A limb's
direction is (out, near) in degrees: `out` in the page's plane from straight down, positive away from the body's
middle; `near` towards the viewer.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pose.skeleton import BIPED

Points = NDArray[np.float64]
Angles = tuple[float, float]
Limb = tuple[Angles, Angles]
ROW = BIPED.index


@dataclass(frozen=True)
class Proportions:
    """Bone lengths and widths in body heights. `face_drop` lowers the face (creatures with a face on the belly)."""

    head: float
    skull: float
    neck: float
    torso: float
    shoulder: float
    hip: float
    upper_arm: float
    forearm: float
    hand: float
    thigh: float
    shin: float
    foot: float
    eye_height: float = 0.0
    face_drop: float = 0.0


@dataclass(frozen=True)
class Stance:
    """One pose: limbs as (upper, lower) for right and left, and the body's turns in degrees."""

    arms: tuple[Limb, Limb]
    legs: tuple[Limb, Limb]
    lean: float = 0.0
    bend: float = 0.0
    yaw: float = 0.0
    head_yaw: float = 0.0
    head_tilt: float = 0.0
    foot_out: tuple[float, float] = (45.0, 45.0)


STANDING = ("stand", "stand", "a_pose", "arms_down", "a_pose", "hips", "clasped", "t_pose")
ACTIVE = (
    "walk", "run", "sit", "kneel", "jump", "wave", "cheer", "point", "dance", "crouch", "kick", "head_hands", "think",
    "crossed", "stride", "random", "random", "random", "stand", "a_pose", "t_pose", "hips", "lunge", "shrug",
)  # fmt: skip

# Arms that lie on the body, crossed legs, weight on one leg: what artists' characters stand like.
RESTING = ("clasped", "crossed", "hips", "one_hip", "pockets", "behind", "hand_chest", "crossed_legs", "relaxed", "lap")

# Mean angles: (right arm, left arm, right leg, left leg), each (upper out, near), (lower out, near).
_ARM_DOWN: Limb = ((12, 0), (10, 8))
_LEG_DOWN: Limb = ((5, 0), (3, -2))
_TABLE: dict[str, tuple[Limb, Limb, Limb, Limb]] = {
    "stand": (((20, 0), (16, 8)), ((20, 0), (16, 8)), _LEG_DOWN, _LEG_DOWN),
    "arms_down": (((5, 0), (3, 6)), ((5, 0), (3, 6)), ((3, 0), (2, -2)), ((3, 0), (2, -2))),
    "a_pose": (((42, 0), (38, 5)), ((42, 0), (38, 5)), ((9, 0), (8, 0)), ((9, 0), (8, 0))),
    "t_pose": (((85, 0), (86, 5)), ((85, 0), (86, 5)), ((7, 0), (6, 0)), ((7, 0), (6, 0))),
    "hips": (((48, -12), (-58, 14)), ((48, -12), (-58, 14)), ((9, 0), (7, 0)), ((9, 0), (7, 0))),
    "clasped": (((14, 8), (-62, 40)), ((14, 8), (-62, 40)), _LEG_DOWN, _LEG_DOWN),
    "crossed": (((20, 12), (-88, 30)), ((20, 12), (-80, 24)), _LEG_DOWN, _LEG_DOWN),
    "walk": (((18, -28), (14, -4)), ((18, 28), (10, 50)), ((6, 30), (3, 8)), ((6, -22), (4, -45))),
    "stride": (((28, -10), (10, 5)), ((22, 10), (2, 30)), ((26, 8), (14, -8)), ((20, -8), (32, -18))),
    "run": (((38, -30), (80, 20)), ((30, 35), (140, 35)), ((14, 55), (4, -28)), ((22, -20), (34, -60))),
    "sit": (((18, 12), (4, 40)), ((18, 12), (4, 40)), ((18, 66), (6, -4)), ((18, 66), (6, -4))),
    "kneel": (((16, 8), (6, 20)), ((16, 8), (6, 20)), ((10, 62), (4, -6)), ((8, -8), (6, -72))),
    "jump": (((125, 0), (145, 8)), ((125, 0), (145, 8)), ((38, 25), (2, -42)), ((38, 25), (2, -42))),
    "wave": (((95, 5), (162, 12)), _ARM_DOWN, _LEG_DOWN, ((8, 0), (5, 0))),
    "cheer": (((140, 0), (165, 8)), ((140, 0), (165, 8)), ((10, 0), (7, 0)), ((10, 0), (7, 0))),
    "point": (((84, 10), (86, 15)), ((45, -10), (-55, 14)), ((10, 0), (8, 0)), _LEG_DOWN),
    "dance": (((110, 0), (60, 20)), ((60, 0), (150, 10)), ((30, 10), (-12, -18)), ((12, 0), (10, 0))),
    "crouch": (((35, 15), (0, 35)), ((35, 15), (0, 35)), ((48, 32), (-18, -16)), ((48, 32), (-18, -16))),
    "kick": (((70, 0), (60, 12)), ((80, 0), (110, 12)), ((74, 14), (74, 10)), ((4, 0), (3, 0))),
    "head_hands": (((128, 0), (222, 12)), ((128, 0), (222, 12)), ((7, 0), (5, 0)), ((7, 0), (5, 0))),
    "think": (((16, 12), (196, 30)), ((24, 8), (-85, 28)), _LEG_DOWN, ((9, 0), (6, 0))),
    "lunge": (((70, 0), (80, 8)), ((78, 0), (88, 8)), ((52, 12), (4, -8)), ((34, -8), (36, -14))),
    "one_hip": (((48, -8), (-56, 14)), _ARM_DOWN, ((2, 2), (0, -2)), ((16, 4), (12, -4))),
    "pockets": (((24, -4), (-14, 12)), ((24, -4), (-14, 12)), ((6, 0), (5, 0)), ((8, 0), (6, 0))),
    "behind": (((16, -20), (-20, -14)), ((16, -20), (-20, -14)), _LEG_DOWN, _LEG_DOWN),
    "hand_chest": (((16, 10), (-128, 34)), _ARM_DOWN, _LEG_DOWN, ((9, 0), (6, 0))),
    "crossed_legs": (((30, 4), (-70, 26)), _ARM_DOWN, ((-7, 8), (-12, 2)), ((4, -4), (-6, -4))),
    "relaxed": (((10, -4), (14, 14)), ((18, 6), (6, 20)), ((2, 0), (1, 0)), ((14, 10), (4, -18))),
    "lap": (((20, 18), (-44, 42)), ((20, 18), (-44, 42)), ((10, 60), (4, -8)), ((10, 60), (4, -8))),
    "shrug": (((30, 0), (95, 30)), ((30, 0), (95, 30)), _LEG_DOWN, _LEG_DOWN),
}  # fmt: skip


def random_stance(rng: np.random.Generator, names: tuple[str, ...], yaw: float) -> Stance:
    """A named stance, jittered and mirrored at random; `random` draws every angle."""
    name = names[rng.integers(len(names))]
    calm = name in STANDING
    if name == "random":
        arms, legs = _random_arms(rng), _random_legs(rng)
    else:
        right_arm, left_arm, right_leg, left_leg = _TABLE[name]
        spread = 6.0 if calm else 13.0
        arms = (_jitter(rng, right_arm, spread), _jitter(rng, left_arm, spread))
        legs = (_jitter(rng, right_leg, 0.35 * spread), _jitter(rng, left_leg, 0.35 * spread))
    if rng.random() < 0.5:
        arms, legs = arms[::-1], legs[::-1]
    sway = 3.0 if calm else 9.0
    return Stance(
        arms, legs, rng.normal(0, sway), rng.normal(0, sway), yaw,
        float(np.clip(rng.normal(0, 12), -30, 30)), rng.normal(0, 0.8 * sway + 2),
        (rng.uniform(15, 85), rng.uniform(15, 85)),
    )  # fmt: skip


def joints(body: Proportions, stance: Stance) -> Points:
    """(23, 3) joints of BIPED in body heights, pelvis at the origin."""
    points = np.zeros((len(BIPED.joints), 3))
    spine = _in_plane(stance.lean + stance.bend)
    neck = spine @ np.array([0, -body.torso, 0])
    points[ROW["neck"]] = neck
    for side, sign in (("r", -1.0), ("l", 1.0)):
        index = 0 if side == "r" else 1
        shoulder = neck + spine @ np.array([sign * body.shoulder, 0.02 * body.torso, 0])
        _arm(points, side, sign, shoulder, body, stance.arms[index], spine)
        hip = _in_plane(stance.lean) @ np.array([sign * body.hip, 0, 0])
        _leg(points, side, sign, hip, body, stance.legs[index], stance.foot_out[index])
    points = points @ _turn(stance.yaw).T
    _head(points, body, stance, spine)
    return points


def _head(points: Points, body: Proportions, stance: Stance, spine: Points) -> None:
    tilt = _in_plane(stance.lean + stance.bend + stance.head_tilt)
    bottom = points[ROW["neck"]] + spine @ np.array([0, -body.neck, 0])
    centre = bottom + tilt @ np.array([0, -0.5 * body.head, 0])
    turn = stance.yaw + stance.head_yaw
    eye = body.eye_height * body.head - body.face_drop

    def on_skull(degrees: float, up: float, share: float) -> Points:
        a = np.radians(degrees + turn)
        return centre + tilt @ np.array([share * body.skull * np.sin(a), -up, -share * body.skull * np.cos(a)])

    points[ROW["nose"]] = on_skull(0, eye - 0.13 * body.head, 0.9)
    for side, sign in (("r", -1), ("l", 1)):
        points[ROW[f"{side}_eye"]] = on_skull(sign * 25, eye, 0.9)
        points[ROW[f"{side}_ear"]] = on_skull(sign * 90, eye - 0.04 * body.head, 0.98)
    points[ROW["head_top"]] = centre + tilt @ np.array([0, -0.5 * body.head, 0])


def _arm(points: Points, side: str, sign: float, start: Points, body: Proportions, limb: Limb, spine: Points) -> None:
    upper, lower = spine @ _direction(sign, *limb[0]), spine @ _direction(sign, *limb[1])
    points[ROW[f"{side}_shoulder"]] = start
    points[ROW[f"{side}_elbow"]] = elbow = start + body.upper_arm * upper
    points[ROW[f"{side}_wrist"]] = wrist = elbow + body.forearm * lower
    points[ROW[f"{side}_hand"]] = wrist + body.hand * lower


def _leg(points: Points, side: str, sign: float, start: Points, body: Proportions, limb: Limb, out: float) -> None:
    upper, lower = _direction(sign, *limb[0]), _direction(sign, *limb[1])
    points[ROW[f"{side}_hip"]] = start
    points[ROW[f"{side}_knee"]] = knee = start + body.thigh * upper
    points[ROW[f"{side}_ankle"]] = ankle = knee + body.shin * lower
    a = np.radians(out)
    flat = np.array([sign * np.sin(a), 0.0, -np.cos(a)])
    flat -= (flat @ lower) * lower
    points[ROW[f"{side}_toe"]] = ankle + body.foot * (flat / max(float(np.linalg.norm(flat)), 1e-6) + 0.3 * lower)


def _random_arms(rng: np.random.Generator) -> tuple[Limb, Limb]:
    def arm() -> Limb:
        out = rng.uniform(-10, 150)
        return (out, rng.uniform(-30, 40)), (out + rng.uniform(-110, 110), rng.uniform(-10, 50))

    return arm(), arm()


def _random_legs(rng: np.random.Generator) -> tuple[Limb, Limb]:
    def leg() -> Limb:
        out = rng.uniform(-5, 55)
        near = rng.uniform(-25, 60)
        return (out, near), (out - rng.uniform(-15, 50), near - rng.uniform(0, 70))

    return leg(), leg()


def _jitter(rng: np.random.Generator, limb: Limb, spread: float) -> Limb:
    (a, b), (c, d) = limb
    one, two = rng.normal(0, spread, 2)
    return (a + one, b + rng.normal(0, spread)), (c + one + two, d + rng.normal(0, spread))


def _direction(sign: float, out: float, near: float) -> Points:
    o, n = np.radians(out), np.radians(near)
    return np.array([sign * np.sin(o) * np.cos(n), np.cos(o) * np.cos(n), -np.sin(n)])


def _in_plane(degrees: float) -> Points:
    c, s = np.cos(np.radians(degrees)), np.sin(np.radians(degrees))
    return np.array([[c, -s, 0], [s, c, 0], [0, 0, 1.0]])


def _turn(degrees: float) -> Points:
    c, s = np.cos(np.radians(degrees)), np.sin(np.radians(degrees))
    return np.array([[c, 0, -s], [0, 1.0, 0], [s, 0, c]])
