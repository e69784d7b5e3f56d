"""Which layer lies in front of which in the target pose.

Knows joints and parts, not pictures. Depth decides where the target has it; else the source's order, with the rules
of anatomy: an arm drawn over the torso or raised before the face is in front.
"""

import numpy as np

from deployments.deformation.joints import CHAINS, TORSO, Motion
from pose.figure import Layer
from pose.pose import View

CLEAR = 0.03


def draw_order(layers: tuple[Layer, ...], motion: Motion, view: View) -> list[int]:
    """Rows of `layers`, back to front, as they lie in the target."""
    order = list(range(len(layers)))
    for part in ("r_leg", "l_leg", "r_arm", "l_arm"):
        side = _side(part, motion, view)
        for row in [row for row in order if layers[row].part == part]:
            _move(order, layers, row, side)
    _sort_pair(order, layers, motion, ("r_leg", "l_leg"))
    _sort_pair(order, layers, motion, ("r_arm", "l_arm"))
    for row in [row for row in order if layers[row].part == "held"]:
        _beside(order, layers, row)
    return order


def lower_in_front(part: str, motion: Motion) -> bool:
    """Whether a limb's second bone lies before its first. Without depth: forearms do, shins do not."""
    names = [name for name in CHAINS[part][:3] if name in motion.source]
    if len(names) == 3 and all(name in motion.depth for name in names):
        root, middle, end = (motion.depth[name] for name in names)
        if abs(end - root) > CLEAR:
            return bool((middle + end) / 2 < (root + middle) / 2)
    return part.endswith("arm")


def _side(part: str, motion: Motion, view: View) -> str:
    """'front' or 'back' of the torso, or 'same' as in the source."""
    names = [name for name in CHAINS[part][1:3] if name in motion.depth and name in motion.source]
    trunk = [motion.depth[name] for name in TORSO if name in motion.depth]
    if names and trunk:
        ahead = np.mean(trunk) - np.mean([motion.depth[name] for name in names])
        if abs(ahead) > CLEAR:
            return "front" if ahead > 0 else "back"
    if part.endswith("arm") and _crosses(part, motion):
        return "back" if view == "back" else "front"
    return "same"


def _crosses(part: str, motion: Motion) -> bool:
    """Whether the forearm comes over the torso or the face, and did not in the source."""
    names = [name for name in CHAINS[part][2:3] if name in motion.source]
    return any(_inside(motion.target[n], motion.target) and not _inside(motion.source[n], motion.source) for n in names)


def _inside(point: np.ndarray, joints: dict[str, np.ndarray]) -> bool:
    if not {"neck", "r_shoulder", "l_shoulder"} <= joints.keys():
        return False
    right, left, neck = joints["r_shoulder"], joints["l_shoulder"], joints["neck"]
    hips = [joints[name] for name in ("r_hip", "l_hip") if name in joints]
    width = float(np.hypot(*(left - right)))
    low = np.mean(hips, axis=0) if hips else neck + np.array([0.0, 1.3 * width])
    high = joints.get("nose", neck)
    high = high + (high - neck) * 0.8
    axis = low - high
    t = float((point - high) @ axis) / max(float(axis @ axis), 1e-6)
    across = abs(float((point - high) @ np.array([-axis[1], axis[0]]))) / max(float(np.hypot(*axis)), 1e-6)
    return 0 <= t <= 1 and across < 0.6 * max(width, 1.0)


def _move(order: list[int], layers: tuple[Layer, ...], row: int, side: str) -> None:
    """Brings a limb before the torso, the skirt (arms: and the head), or behind them."""
    body = {"torso", "skirt", "head", "hair"} if layers[row].part.endswith("arm") else {"torso"}
    places = [order.index(other) for other in order if layers[other].part in body]
    if side == "same" or not places:
        return
    here = order.index(row)
    if side == "front" and here < max(places):
        order.remove(row)
        order.insert(max(places), row)
    if side == "back" and here > min(places):
        order.remove(row)
        order.insert(min(places), row)


def _sort_pair(order: list[int], layers: tuple[Layer, ...], motion: Motion, parts: tuple[str, str]) -> None:
    depths = []
    for part in parts:
        names = [name for name in CHAINS[part][1:3] if name in motion.depth and name in motion.source]
        if not names:
            return
        depths.append(float(np.mean([motion.depth[name] for name in names])))
    places = sorted(order.index(row) for row in order if layers[row].part in parts)
    if len(places) != 2 or abs(depths[0] - depths[1]) < CLEAR:
        return
    far = parts[int(depths[1] > depths[0])]
    rows = sorted((order[place] for place in places), key=lambda row: layers[row].part != far)
    for place, row in zip(places, rows, strict=True):
        order[place] = row


def _beside(order: list[int], layers: tuple[Layer, ...], row: int) -> None:
    """Keeps a held thing next to the limb that holds it, on the side it was on."""
    part = next((part for part, names in CHAINS.items() if layers[row].joint in names[1:]), None)
    holder = next((other for other in order if layers[other].part == part), None)
    if holder is None:
        return
    before = row > holder
    order.remove(row)
    order.insert(order.index(holder) + int(before), row)
