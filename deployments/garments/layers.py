"""Cuts a figure into one layer a part, and marks where each part may continue under what hides it.

Knows the part map and the joints. Does not know what is hidden: it only marks, generously, where a hidden piece could
be (`Layer.missing`); the denoiser decides what is there, and may leave it empty. `missing` never leaves the figure's
silhouette: where the source shows background, no part is.
"""

from collections.abc import Callable, Mapping

import cv2
import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from deployments.garments import anatomy, ordering
from deployments.garments.anatomy import Mask
from pose.figure import PART_INDEX, Layer
from pose.pose import Pose

WORK = 512  # longest side at which hidden extents are drawn
STUMP = 1.2  # a stump's radius in limb half-widths


def cut_layers(
    image: NDArray[np.uint8], pose: Pose, parts: NDArray[np.uint8], order: tuple[str, ...] | None = None
) -> tuple[Layer, ...]:
    """One layer for each part that has a pixel, back to front as seen in the source.

    image (H, W, 4): straight alpha. pose: in the image's pixels. parts (H, W): rows of PARTS; a pixel with alpha but
    no part goes to the nearest part. order: part names from back to front, where the caller knows them.
    """
    parts = _cover(parts, image[..., 3] > 0)
    scale = min(1.0, WORK / max(parts.shape))
    size = (max(1, round(parts.shape[1] * scale)), max(1, round(parts.shape[0] * scale)))
    small = cv2.resize(parts, size, interpolation=cv2.INTER_NEAREST)
    masks = {name: small == row for name, row in PART_INDEX.items() if row and (small == row).any()}
    resized = pose.scaled(scale)
    names = order or ordering.layer_order(resized, masks)
    hidden = hidden_extents(resized, masks, tuple(name for name in names if name in masks))
    return tuple(_layer(image, parts, pose, name, hidden[name]) for name in names if name in masks)


def hidden_extents(pose: Pose, masks: Mapping[str, Mask], names: tuple[str, ...]) -> dict[str, Mask]:
    """Part -> (H, W) where it may continue unseen: in front of it lies another part, or its stump goes on."""
    shape = next(iter(masks.values())).shape if masks else (1, 1)
    figure = np.logical_or.reduce(list(masks.values()) or [np.zeros(shape, bool)])
    result = {}
    for index, name in enumerate(names):
        front = np.logical_or.reduce([masks[other] for other in names[index + 1 :]] or [np.zeros(shape, bool)])
        reach, stump = _EXTENTS.get(name, _loose_extent)(pose, masks, name)
        result[name] = ((reach & front) | (stump & figure)) & ~masks[name]
    return result


def _layer(image: NDArray[np.uint8], parts: NDArray[np.uint8], pose: Pose, name: str, hidden: Mask) -> Layer:
    known = parts == PART_INDEX[name]
    full = cv2.resize(hidden.astype(np.uint8), parts.shape[::-1], interpolation=cv2.INTER_NEAREST).astype(bool)
    full &= parts > 0
    box = anatomy.box_of(known | full)
    window = anatomy.around(box)
    rgba = image[window] * known[window][..., None]
    joint = anatomy.root_joint(pose, name, known)
    return Layer(name, box, rgba, known[window].copy(), (full & ~known)[window], joint)


def _cover(parts: NDArray[np.uint8], inside: Mask) -> NDArray[np.uint8]:
    """Gives each pixel inside the figure a part (the nearest one's), and each outside none."""
    parts = np.where(inside, parts, np.uint8(0))
    bare = inside & (parts == 0)
    if not bare.any() or not parts.any():
        return parts
    rows, columns = ndimage.distance_transform_edt(parts == 0, return_distances=False, return_indices=True)
    return np.where(bare, parts[rows, columns], parts)


Extent = tuple[Mask, Mask]  # where the part may reach under what lies in front; where its stump goes on regardless


def _limb_extent(pose: Pose, masks: Mapping[str, Mask], name: str) -> Extent:
    mask = masks[name]
    bones = anatomy.limb_segments(pose, name)
    width = _limb_width(pose, masks, name)
    reach = anatomy.capsules(bones, STUMP * width, mask.shape) | anatomy.closed(mask, 2 * width)
    root = anatomy.ROOTS[name]
    if not pose.has(root):
        return reach, np.zeros_like(mask)
    near = anatomy.half_width(mask, bones[:1], width)
    return reach, anatomy.disc(pose[root], STUMP * near, mask.shape)


def _torso_extent(pose: Pose, masks: Mapping[str, Mask], name: str) -> Extent:
    mask = masks[name]
    width = max([_limb_width(pose, masks, arm) for arm in ("r_arm", "l_arm") if arm in masks], default=0.0)
    # where long hair shows beside the torso, that is what an arm hides, rather than more torso
    near = anatomy.grown(mask, (0.3 if "hair" in masks else 2.5) * width + 1)
    joints = anatomy.points_of(pose, anatomy.TORSO)
    trunk = near if "hair" in masks else near | anatomy.hull(np.zeros_like(mask), joints)
    reach = anatomy.hull(mask, joints) & trunk
    if not pose.has("neck"):
        return reach, np.zeros_like(mask)
    radius = _neck_radius(pose, masks)
    throat = anatomy.capsules([(pose["neck"], _towards_head(pose, radius))], radius, mask.shape)
    head = masks.get("head", np.zeros_like(mask))
    return reach & ~head, throat & head


def _head_extent(pose: Pose, masks: Mapping[str, Mask], name: str) -> Extent:
    mask = masks[name]
    reach = anatomy.hull(mask, anatomy.points_of(pose, anatomy.HEAD))
    hair = masks.get("hair")
    if hair is not None:  # the skull goes on under the hair, about as wide as the face
        x0, _, x1, y1 = anatomy.box_of(mask)
        radius = (x1 - x0) / 2
        reach |= anatomy.disc(np.array([(x0 + x1) / 2, y1 - 1.2 * radius], np.float32), 1.1 * radius, mask.shape)
    skull = np.zeros_like(mask) if hair is None else reach & hair  # under it even where the hair is a layer behind
    if not pose.has("neck"):
        return reach, skull
    stump = anatomy.disc(pose["neck"], _neck_radius(pose, masks), mask.shape) & masks.get("torso", np.zeros_like(mask))
    return reach, stump | skull


def _hair_extent(pose: Pose, masks: Mapping[str, Mask], name: str) -> Extent:
    reach = anatomy.hull(masks[name])
    return reach, np.zeros_like(reach)


def _skirt_extent(pose: Pose, masks: Mapping[str, Mask], name: str) -> Extent:
    mask = masks[name]
    _, y0, _, y1 = anatomy.box_of(mask)
    band = max(1, round(0.12 * (y1 - y0)))
    waist = np.zeros_like(mask)
    columns = np.flatnonzero(mask[: y0 + 3 * band].any(0))
    waist[max(0, y0 - band) : y0 + band, columns[0] : columns[-1] + 1] = True
    return anatomy.hull(mask), waist & masks.get("torso", np.zeros_like(mask))


def _loose_extent(pose: Pose, masks: Mapping[str, Mask], name: str) -> Extent:
    """A held thing goes on through the hand that holds it."""
    reach = anatomy.hull(masks[name])
    arms = [masks[arm] for arm in ("r_arm", "l_arm") if arm in masks]
    return reach, np.logical_or.reduce([reach & arm for arm in arms] or [np.zeros_like(reach)])


_EXTENTS: dict[str, Callable[[Pose, Mapping[str, Mask], str], Extent]] = {
    "torso": _torso_extent,
    "head": _head_extent,
    "hair": _hair_extent,
    "skirt": _skirt_extent,
    "r_arm": _limb_extent,
    "l_arm": _limb_extent,
    "r_leg": _limb_extent,
    "l_leg": _limb_extent,
}


def _limb_width(pose: Pose, masks: Mapping[str, Mask], name: str) -> float:
    return anatomy.half_width(masks[name], anatomy.limb_segments(pose, name), _default_width(masks))


def _neck_radius(pose: Pose, masks: Mapping[str, Mask]) -> float:
    """Half the neck's width: what the figure spans around the neck joint, at most a third of the shoulders."""
    both = masks.get("head", False) | masks.get("torso", np.zeros(1, bool))
    local = anatomy.half_width(np.asarray(both), [(pose["neck"], _towards_head(pose, 2))], _default_width(masks))
    if pose.has("r_shoulder", "l_shoulder"):
        local = min(local, max(2.0, float(np.linalg.norm(pose["r_shoulder"] - pose["l_shoulder"])) / 3))
    return local


def _towards_head(pose: Pose, length: float) -> NDArray[np.float32]:
    """The point `length` pixels from the neck towards the nose (straight up where that is absent)."""
    direction = pose["nose"] - pose["neck"] if pose.has("nose") else np.array([0, -1], np.float32)
    return pose["neck"] + direction * np.float32(length / max(1e-3, float(np.linalg.norm(direction))))


def _default_width(masks: Mapping[str, Mask]) -> float:
    """A limb's half-width where none can be measured: a thirtieth of the figure's longer side."""
    x0, y0, x1, y1 = anatomy.box_of(np.logical_or.reduce(list(masks.values())))
    return max(1.0, max(x1 - x0, y1 - y0) / 30)
