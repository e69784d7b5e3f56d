"""Random poses as references show them: people mostly, in every posture, size, turn and crop. Knows no looks.

Limbs follow `poses.py`'s convention; the trunk's folds and the camera's turns are added here, in three dimensions.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pose.skeleton import BIPED
from training.world.poses import ACTIVE, ROW, STANDING, Limb, Points, Proportions, Stance, joints, random_stance

Rng = np.random.Generator
_UPPER = [
    ROW[name] for name in BIPED.joints if not any(part in name for part in ("hip", "knee", "ankle", "toe"))
]  # fmt: skip
_HEAD = [ROW[name] for name in ("nose", "r_eye", "l_eye", "r_ear", "l_ear", "head_top")]
_LOWER = [ROW[f"{side}_{name}"] for side in "rl" for name in ("knee", "ankle", "toe")]
_DOWN: Limb = ((4, 0), (3, -2))
_REST: Limb = ((10, 0), (8, 8))


@dataclass(frozen=True)
class Posture:
    """Mean angles of the limbs (see poses.py), the trunk's fold forwards, the body's roll and pitch in degrees."""

    arms: tuple[Limb, Limb]
    legs: tuple[Limb, Limb]
    fold: float = 0.0
    roll: float = 0.0
    pitch: float = 0.0
    chance: float = 1.0


_UP: Limb = ((172, 0), (176, 0))
_OUT: Limb = ((88, 0), (90, 0))
_POSTURES = (
    Posture((((25, 20), (0, 30)),) * 2, (((12, 85), (4, 0)),) * 2),  # on a chair
    Posture((((25, -25), (10, -15)),) * 2, (((14, 84), (10, 80)),) * 2),  # on the floor, legs ahead
    Posture((((35, 25), (-10, 30)),) * 2, (((62, 50), (-64, 30)),) * 2),  # cross-legged
    Posture((((20, 60), (5, 80)),) * 2, (((25, 80), (8, -50)),) * 2, fold=25),  # squat
    Posture((_REST, ((20, 40), (-10, 50))), (((6, 82), (2, 0)), ((6, -5), (3, -88)))),  # on one knee
    Posture((((10, 10), (4, 20)),) * 2, (((10, 40), (4, -75)),) * 2),  # on both knees
    Posture((((12, 88), (4, 86)),) * 2, (((8, 85), (3, -85)),) * 2, fold=85),  # on all fours, before the pitch
    Posture((((14, 90), (6, 88)),) * 2, (_DOWN, _DOWN), fold=0, pitch=75),  # plank
    Posture((((12, 85), (6, 80)),) * 2, (_DOWN, _DOWN), fold=95),  # touching the toes
    Posture((((10, 20), (5, 25)),) * 2, (_DOWN, _DOWN), fold=45, chance=0.7),  # a bow
    Posture((_UP, _UP), (_DOWN, _DOWN), roll=180),  # handstand
    Posture((_OUT, _OUT), (((40, 0), (40, 0)),) * 2, roll=110, chance=0.7),  # cartwheel
    Posture((_REST, ((30, 0), (60, 10))), (_DOWN, ((25, 20), (10, -40))), roll=90),  # lying on a side
    Posture((_REST, ((150, 0), (120, 0))), (_DOWN, ((12, 40), (4, -40))), roll=-90),
    Posture((_UP, _UP), (((85, 0), (86, 0)),) * 2),  # splits
    Posture((_UP, _UP), (_DOWN, ((62, 0), (-72, -10)))),  # tree
    Posture((_OUT, _OUT), (((55, 8), (0, 0)), ((40, 0), (42, 0)))),  # warrior
    Posture((((150, 0), (200, 0)), _OUT), (_DOWN, ((95, 0), (98, 0)))),  # a high leg
    Posture((((60, 40), (20, 70)), ((50, -30), (-10, 30))), (((15, 60), (5, -30)), ((15, -40), (10, -75))), fold=15),
    Posture((((40, 40), (150, 40)), ((20, 30), (130, 50))), (((25, 20), (10, -15)), ((25, -15), (20, -30)))),  # boxing
    Posture((((60, 60), (40, 70)), ((100, -40), (140, -20))), (((20, 45), (10, -5)), ((15, -35), (10, -45)))),  # throw
    Posture((((150, -30), (160, -20)),) * 2, (((20, -25), (15, -80)), ((12, 35), (5, -20)))),  # a leap
    Posture((((95, 0), (175, 0)),) * 2, (_DOWN, _DOWN)),  # hands up
    Posture((((12, 60), (4, 62)),) * 2, (_DOWN, _DOWN)),  # a sleepwalker
)  # fmt: skip
_CHANCES = np.array([posture.chance for posture in _POSTURES]) / sum(posture.chance for posture in _POSTURES)


def random_reference_pose(rng: Rng, size: int) -> tuple[NDArray[np.float32], NDArray[np.uint8], NDArray[np.float32]]:
    """Joints (J, 2) pixels, state (J,) 0 off the picture or 2, and depth (J,) body heights."""
    body = human(rng)
    points = _camera(_posed(body, rng), rng)
    page = _placed(points[:, :2], size, rng)
    state = np.where(((page >= 0) & (page < size)).all(1), 2, 0).astype(np.uint8)
    if rng.random() < 0.04:  # a drawing that ends above the knees
        state[_LOWER] = 0
    return page.astype(np.float32), state, points[:, 2].astype(np.float32)


def human(rng: Rng) -> Proportions:
    """Proportions of six to eight heads mostly, of two to five at times."""
    heads = rng.uniform(6, 8.2) if rng.random() < 0.72 else rng.uniform(2.0, 6.0)
    head = 1 / heads
    rest = (1 - head) / (1 - 1 / 7.5)  # what is left for the body, against 7.5 heads
    limbs = rest * rng.uniform(0.92, 1.08)
    arm = limbs * rng.uniform(0.92, 1.08)
    torso = 0.29 * rest * rng.uniform(0.9, 1.12)
    neck = 0.035 * rest * rng.uniform(0.5, 1.6)
    leg = 1 - head - neck - torso - 0.03
    thigh = leg * rng.uniform(0.47, 0.53)
    return Proportions(
        head=head, skull=0.38 * head * rng.uniform(0.9, 1.2), neck=neck, torso=torso,
        shoulder=0.112 * rest * rng.uniform(0.8, 1.2), hip=0.055 * rest * rng.uniform(0.75, 1.3),
        upper_arm=0.17 * arm, forearm=0.145 * arm * rng.uniform(0.92, 1.1), hand=0.055 * limbs, thigh=thigh,
        shin=leg - thigh, foot=0.075 * limbs * rng.uniform(0.7, 1.3), eye_height=float(rng.uniform(-0.06, 0.06)),
    )  # fmt: skip


def _posed(body: Proportions, rng: Rng) -> Points:
    """(23, 3) in body heights, unturned: one of the named stances, a posture of this module, or every angle random."""
    pick = rng.random()
    if pick < 0.5:
        stance = random_stance(rng, STANDING if rng.random() < 0.3 else ACTIVE, 0.0)
        return _folded(joints(body, stance), float(rng.normal(0, 7)), float(rng.normal(0, 9)))
    if pick < 0.75:
        posture = _POSTURES[rng.choice(len(_POSTURES), p=_CHANCES)]
        points = joints(body, _stance(posture.arms, posture.legs, 9.0, rng))
        points = _folded(points, posture.fold + float(rng.normal(0, 8)), float(rng.normal(-0.3 * posture.fold, 12)))
        return points @ (_roll(posture.roll + rng.normal(0, 5)) @ _pitch(posture.pitch)).T
    arms = (_any_limb(rng, (-30, 185), (-60, 85), 150), _any_limb(rng, (-30, 185), (-60, 85), 150))
    legs = (_any_limb(rng, (-15, 95), (-50, 95), 0), _any_limb(rng, (-15, 95), (-50, 95), 0))
    points = joints(body, _stance(arms, legs, 0.0, rng))
    return _folded(points, float(rng.normal(5, 22)), float(rng.normal(0, 14)))


def _stance(arms: tuple[Limb, Limb], legs: tuple[Limb, Limb], spread: float, rng: Rng) -> Stance:
    def near(limb: Limb) -> Limb:
        a, b, c, d = np.array(limb).ravel() + rng.normal(0, 1, 4) * spread
        return (a, b), (c, d)

    arms, legs = (near(arms[0]), near(arms[1])), (near(legs[0]), near(legs[1]))
    if rng.random() < 0.5:
        arms, legs = arms[::-1], legs[::-1]
    return Stance(
        arms, legs, float(rng.normal(0, 7)), float(rng.normal(0, 9)), 0.0, float(rng.normal(0, 22)),
        float(rng.normal(0, 9)), (float(rng.uniform(0, 85)), float(rng.uniform(0, 85))),
    )  # fmt: skip


def _any_limb(rng: Rng, out: tuple[float, float], near: tuple[float, float], bend: float) -> Limb:
    """Any direction of the upper half; the lower half bends by up to `bend` (0: backwards only, as a knee does)."""
    a, b = rng.uniform(*out), rng.uniform(*near)
    if bend:
        return (a, b), (a + rng.uniform(-bend, bend), rng.uniform(-30, 80))
    return (a, b), (a - rng.uniform(-10, 50), b - rng.uniform(0, 110))


def _folded(points: Points, fold: float, nod: float) -> Points:
    """The trunk bent forwards at the hips by `fold` degrees, the head by `nod` more."""
    points = points.copy()
    points[_UPPER] = points[_UPPER] @ _pitch(fold).T
    neck = points[ROW["neck"]]
    points[_HEAD] = (points[_HEAD] - neck) @ _pitch(nod).T + neck
    return points


def _camera(points: Points, rng: Rng) -> Points:
    """Seen from where references are: mostly the front, from a little above or below."""
    pick = rng.random()
    if pick < 0.55:
        yaw = rng.normal(0, 9)
    elif pick < 0.8:
        yaw = rng.choice((-1, 1)) * rng.uniform(20, 65)
    elif pick < 0.95:
        yaw = rng.choice((-1, 1)) * rng.uniform(68, 112)
    else:
        yaw = 180 + rng.normal(0, 30)
    height = rng.normal(0, 6) if rng.random() < 0.85 else rng.uniform(-35, 35)
    roll = rng.normal(0, 6) if rng.random() < 0.8 else rng.uniform(-30, 30)
    roll += 180 if rng.random() < 0.01 else 0
    return points @ (_roll(roll) @ _pitch(height) @ _yaw(yaw)).T


def _placed(points: Points, size: int, rng: Rng) -> Points:
    """On the page: whole with a margin, or cut at the waist, the knees or anywhere by the border."""
    low, high = points.min(0) - 0.03, points.max(0) + 0.03
    extent = high - low
    share = rng.uniform(0.25, 0.95) if rng.random() < 0.22 else rng.uniform(0.6, 0.95)
    scale = share * size / float(extent.max())
    cut = rng.random()
    if cut < 0.12:  # from the waist or the thighs up
        scale *= rng.uniform(1.3, 2.0)
        top = rng.uniform(0.03, 0.15) * size - low[1] * scale
        return points * scale + (size / 2 - 0.5 * (low + high)[0] * scale + rng.normal(0, 0.05) * size, top)
    slack = size - extent * scale
    offset = slack * (0.5 + rng.uniform(-0.5, 0.5, 2) * (1.0 if rng.random() < 0.6 else 0.3))
    if cut < 0.17:
        offset += rng.uniform(-0.35, 0.35, 2) * size
    return points * scale - low * scale + offset


def _pitch(degrees: float) -> Points:
    """Forwards: what is up comes towards the viewer."""
    c, s = np.cos(np.radians(degrees)), np.sin(np.radians(degrees))
    return np.array([[1.0, 0, 0], [0, c, -s], [0, s, c]])


def _yaw(degrees: float) -> Points:
    c, s = np.cos(np.radians(degrees)), np.sin(np.radians(degrees))
    return np.array([[c, 0, -s], [0, 1.0, 0], [s, 0, c]])


def _roll(degrees: float) -> Points:
    c, s = np.cos(np.radians(degrees)), np.sin(np.radians(degrees))
    return np.array([[c, -s, 0], [s, c, 0], [0, 0, 1.0]])
