"""Which part lies in front of which, as seen in the source: by what is seen, then by depth, then by anatomy.

Knows masks and joints; does not look at colours. What is seen decides first: a limb whose bones run over the torso
and whose texels are there lies in front of it; one whose texels are missing there lies behind.
"""

from collections.abc import Mapping

import numpy as np

from deployments.garments import anatomy
from deployments.garments.anatomy import Mask
from pose.pose import Pose

BACK_TO_FRONT = ("hair", "r_leg", "l_leg", "torso", "skirt", "head", "r_arm", "l_arm", "held")
HIDDEN, SEEN = 0.25, 0.5  # share of a limb's bones over the torso that shows its own texels
NEARER = 0.06  # body heights
HAIR_OVER_TORSO = 0.06  # share of the torso's hull


def layer_order(pose: Pose, masks: Mapping[str, Mask]) -> tuple[str, ...]:
    """Part names from back to front, of the parts in `masks` (H, W) bool that have any pixel."""
    order = [part for part in BACK_TO_FRONT if part in masks and masks[part].any()]
    if "torso" in order:
        body = anatomy.hull(masks["torso"], anatomy.points_of(pose, anatomy.TORSO))
        _place_arms(order, pose, masks, body)
        _place_legs(order, pose, masks)
        _place_hair(order, masks, body)
    _sort_pair(order, pose, masks, "r_leg", "l_leg")
    return tuple(order)


def _place_arms(order: list[str], pose: Pose, masks: Mapping[str, Mask], body: Mask) -> None:
    for part in ("r_arm", "l_arm"):
        if part in order and _lies_behind(pose, part, masks[part], body, default=False):
            order.remove(part)
            order.insert(1 if order[0] == "hair" else 0, part)


def _place_legs(order: list[str], pose: Pose, masks: Mapping[str, Mask]) -> None:
    """Legs lie behind a shirt's hem, unless a knee is drawn up before the trunk."""
    body = anatomy.hull(np.zeros_like(masks["torso"]), anatomy.points_of(pose, anatomy.TORSO))
    for part in ("r_leg", "l_leg"):
        if part in order and not _lies_behind(pose, part, masks[part], body, default=True):
            order.remove(part)
            order.insert(max(order.index(name) for name in ("torso", "skirt") if name in order) + 1, part)


def _place_hair(order: list[str], masks: Mapping[str, Mask], body: Mask) -> None:
    if "hair" in order and (masks["hair"] & body).sum() > HAIR_OVER_TORSO * body.sum():
        order.remove("hair")
        behind = [order.index(name) for name in ("torso", "skirt") if name in order]
        order.insert(max(behind) + 1, "hair")


def _lies_behind(pose: Pose, part: str, mask: Mask, body: Mask, default: bool) -> bool:
    """By texels where enough of the limb's bones run over the torso, by depth where known, else the default."""
    bones = anatomy.limb_segments(pose, part)[default:]  # a thigh starts inside the torso's hull and tells nothing
    over = anatomy.capsules(bones, 1, mask.shape) & body
    if over.sum() > 0.3 * max(1, anatomy.capsules(bones, 1, mask.shape).sum()):
        share = (over & mask).sum() / over.sum()
        if share < HIDDEN or share > SEEN:
            return bool(share < HIDDEN)
    difference = _depth(pose, anatomy.LIMBS[part][1:3]) - _depth(pose, anatomy.TORSO)
    if np.isfinite(difference) and abs(difference) > NEARER:
        return bool(difference > 0)
    return default


def _sort_pair(order: list[str], pose: Pose, masks: Mapping[str, Mask], right: str, left: str) -> None:
    """The nearer of a pair in front: by depth, else the one that shows more of the strip along its bones."""
    if right not in order or left not in order:
        return
    difference = _depth(pose, anatomy.LIMBS[right]) - _depth(pose, anatomy.LIMBS[left])
    if not np.isfinite(difference) or abs(difference) < NEARER:
        difference = _shown(pose, masks[left], left) - _shown(pose, masks[right], right)
    first, second = sorted((order.index(right), order.index(left)))
    if second == first + 1:
        order[first], order[second] = (left, right) if difference < 0 else (right, left)


def _shown(pose: Pose, mask: Mask, part: str) -> float:
    strip = anatomy.capsules(anatomy.limb_segments(pose, part), 1.5, mask.shape)
    return float((strip & mask).sum() / max(1, strip.sum()))


def _depth(pose: Pose, names: tuple[str, ...]) -> float:
    if pose.depth is None:
        return float("nan")
    values = [pose.depth[pose.skeleton.index[name]] for name in names if pose.has(name)]
    finite = [float(value) for value in values if np.isfinite(value)]
    return float(np.mean(finite)) if finite else float("nan")
