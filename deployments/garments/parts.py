"""Names the part of each of the figure's pixels: by the parse network where there is one, and by the bones.

Knows the picture, the silhouette, the joints and the network's scores. Limbs are only where their joints are; held
things only where the network sees them; hanging hair and skirts where it does, or where colour and shape tell. Where
no credible cut is found for a limb, it stays with the torso and its name is returned as merged.
"""

import cv2
import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from deployments.garments import anatomy
from deployments.garments.anatomy import Mask
from deployments.garments.bones import part_bones
from deployments.garments.claims import add_boneless, bone_claims, head_or_torso_unsure, joined_claims
from deployments.garments.geodesic import edge_strength
from deployments.garments.hair import add_hanging_hair
from deployments.garments.neck import neck_cut
from deployments.garments.skirt import add_skirt
from pose.figure import PART_INDEX, PARTS
from pose.pose import Pose

OUT = 2.2  # half-widths from all bones; what is farther out and touches hair is hair
LEAST_AREA = 0.15  # of a limb's length times its width; smaller is no credible cut
LEAST_SEEN = 0.2  # of a limb's outline that is the silhouette's or an edge in the picture
CROSS = cv2.getStructuringElement(cv2.MORPH_CROSS, (3, 3))
ISLAND = 0.2  # of a part's largest piece; smaller pieces that no bone touches go to a neighbour


def label_parts(
    rgb: NDArray[np.uint8], inside: Mask, pose: Pose, network: NDArray[np.float32] | None
) -> tuple[NDArray[np.uint8], tuple[str, ...]]:
    """(h, w) rows of PARTS, 0 off the figure; and the parts that were merged into the torso.

    rgb (h, w, 3), inside (h, w) and pose: the same window. network (10, h, w): log-probabilities, tempered by how far
    the network is to be believed, or None.
    """
    bones = {part: segments for part, segments in part_bones(pose).items() if segments}
    if not bones:
        return np.where(inside, PART_INDEX["torso"], 0).astype(np.uint8), ()
    claims = bone_claims(rgb, inside, pose, bones)
    plain = neck_cut(_cheapest(claims, inside), inside, pose)
    parts = plain if network is None else _with_network(plain, inside, pose, claims, network)
    parts = _with_seen_cloth(parts, plain, rgb, pose, claims)
    parts = _join_islands(parts, bones)
    merged = _incredible_limbs(rgb, parts, inside, bones, pose)
    for name in merged:
        parts[parts == PART_INDEX[name]] = PART_INDEX["torso"]
    return parts, merged


def _cheapest(
    claims: NDArray[np.float32], inside: Mask, network: NDArray[np.float32] | None = None
) -> NDArray[np.uint8]:
    result, box = np.zeros(inside.shape, np.uint8), anatomy.around(anatomy.box_of(inside))
    seen = None if network is None else network[:, *box]
    result[box] = np.where(inside[box], joined_claims(claims[:, *box], seen).argmin(0), 0)
    return result


def _with_network(
    plain: NDArray[np.uint8], inside: Mask, pose: Pose, claims: NDArray[np.float32], network: NDArray[np.float32]
) -> NDArray[np.uint8]:
    """Bones and network together; between head and torso the neck line decides where the network does not know."""
    parts = _cheapest(claims, inside, network)
    parts = neck_cut(parts, inside, pose, head_or_torso_unsure(network))
    return add_boneless(parts, network, claims, pose)


def _with_seen_cloth(
    parts: NDArray[np.uint8],
    plain: NDArray[np.uint8],
    rgb: NDArray[np.uint8],
    pose: Pose,
    claims: NDArray[np.float32],
) -> NDArray[np.uint8]:
    """Hair and a skirt as colour and shape tell them from the bones' own cut, over what is there."""
    hair = add_hanging_hair(plain, rgb, pose, claims) == PART_INDEX["hair"]
    skirt = add_skirt(plain, pose) == PART_INDEX["skirt"]
    if skirt.any():  # its shape is surer than the network's
        parts = np.where(parts == PART_INDEX["skirt"], plain, parts)
    result = np.where(skirt, PART_INDEX["skirt"], parts)
    if hair.any():
        tips = _touching(hair, (parts > 0) & ~skirt & (claims.min(0) > OUT))
        hair |= tips & (anatomy.area(tips) < 0.3 * anatomy.area(hair))
    return np.where(hair, PART_INDEX["hair"], result).astype(np.uint8)


def _touching(mask: Mask, loose: Mask) -> Mask:
    """The pieces of `loose` that touch the mask: tips of locks whose colour told nothing."""
    count, labels = cv2.connectedComponents((loose & ~mask).astype(np.uint8), connectivity=8)
    touched = np.bincount(labels[anatomy.grown(mask, 1.5)], minlength=count) > 0
    touched[0] = False
    return touched[labels]


def _join_islands(parts: NDArray[np.uint8], bones: dict[str, list[anatomy.Segment]]) -> NDArray[np.uint8]:
    """Gives small pieces of a part that none of its bones touches to the nearest part."""
    loose = np.zeros(parts.shape, bool)
    for row in np.unique(parts[parts > 0]):
        count, labels, stats, _ = cv2.connectedComponentsWithStats((parts == row).astype(np.uint8), connectivity=8)
        if count < 3:
            continue
        segments = bones.get(PARTS[row], [])
        touched = np.bincount(labels[anatomy.capsules(segments, 1, parts.shape)], minlength=count) > 0
        keep = touched | (stats[:, 4] >= ISLAND * stats[1:, 4].max())
        loose |= ~keep[labels] & (labels > 0)
    settled = (parts > 0) & ~loose
    if not loose.any() or not settled.any():
        return parts
    rows, columns = ndimage.distance_transform_edt(~settled, return_distances=False, return_indices=True)
    return np.where(loose, parts[rows, columns], parts)


def _incredible_limbs(
    rgb: NDArray[np.uint8],
    parts: NDArray[np.uint8],
    inside: Mask,
    bones: dict[str, list[anatomy.Segment]],
    pose: Pose,
) -> tuple[str, ...]:
    """Limbs whose piece is far too small for their bones, or has next to no visible outline of its own."""
    edges = edge_strength(rgb) > 0.35
    visible = cv2.dilate((edges | ~inside).astype(np.uint8), np.ones((5, 5), np.uint8)).astype(bool)
    result = []
    for name in anatomy.LIMBS:
        mask = parts == PART_INDEX[name]
        if name not in bones or not mask.any():
            continue
        length = sum(float(np.linalg.norm(end - start)) for start, end in bones[name])
        expected = length * max(2.0, anatomy.half_width(mask, bones[name], 2.0))
        outline = mask & (cv2.erode(mask.astype(np.uint8), CROSS, borderValue=0) == 0)
        if anatomy.area(mask) < LEAST_AREA * expected or visible[outline].mean() < LEAST_SEEN:
            result.append(name)
    return tuple(result)


def nearest_label(labels: NDArray[np.uint8]) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Rows and columns, each (h, w), of the nearest pixel with a label (not 0), so that no soft edge is without one."""
    rows, columns = ndimage.distance_transform_edt(labels == 0, return_distances=False, return_indices=True)
    return rows, columns


def enlarge_labels(labels: NDArray[np.uint8], size: tuple[int, int]) -> NDArray[np.uint8]:
    """Labels (h, w) at (width, height) = size, with smooth borders rather than blocks."""
    if labels.shape[::-1] == size:
        return labels
    best = np.zeros(size[::-1], np.uint8)
    result = np.zeros(size[::-1], np.uint8)
    for row in np.flatnonzero(np.bincount(labels.ravel())):
        share = cv2.resize(((labels == row) * np.uint8(255)), size, interpolation=cv2.INTER_LINEAR)
        np.copyto(result, np.uint8(row), where=share > best)
        np.maximum(best, share, out=best)
    return result
