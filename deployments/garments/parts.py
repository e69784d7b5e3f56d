"""Names the part of each of the figure's pixels: by the parse network where there is one, and by the bones.

Knows the picture, the silhouette, the joints and the network's scores. Limbs are only where their joints are; hair,
skirts and held things only where the network sees them. Where no credible cut is found for a limb, it stays with the
torso and its name is returned as merged.
"""

import cv2
import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from deployments.garments import anatomy
from deployments.garments.anatomy import Mask
from deployments.garments.bones import WIDTHS, body_unit, part_bones
from deployments.garments.geodesic import edge_strength, geodesic_distances
from deployments.garments.neck import neck_cut
from pose.figure import PART_INDEX, PARTS
from pose.pose import Pose

BONE_SAY = 0.45  # weight of a width's distance from the bones against one nat of the network's
MOST = 4.0  # widths beyond which distance says no more
LEAST_AREA = 0.15  # of a limb's length times its width; smaller is no credible cut
LEAST_SEEN = 0.2  # of a limb's outline that is the silhouette's or an edge in the picture
ISLAND = 0.2  # of a part's largest piece; smaller pieces that no bone touches go to a neighbour


def label_parts(
    rgb: NDArray[np.uint8], inside: Mask, pose: Pose, network: NDArray[np.float32] | None
) -> tuple[NDArray[np.uint8], tuple[str, ...]]:
    """(h, w) rows of PARTS, 0 off the figure; and the parts that were merged into the torso.

    rgb (h, w, 3), inside (h, w) and pose: the same window. network (10, h, w): log-probabilities, or None.
    """
    bones = {part: segments for part, segments in part_bones(pose).items() if segments}
    if not bones and network is None:
        return np.where(inside, PART_INDEX["torso"], 0).astype(np.uint8), ()
    cost = _costs(rgb, inside, pose, bones, network)
    parts = np.where(inside, cost.argmin(0), 0).astype(np.uint8)
    if network is None:
        parts = neck_cut(parts, inside, pose)
    parts = _join_islands(parts, bones)
    merged = _incredible_limbs(rgb, parts, inside, bones, pose)
    for name in merged:
        parts[parts == PART_INDEX[name]] = PART_INDEX["torso"]
    return parts, merged


def _costs(
    rgb: NDArray[np.uint8],
    inside: Mask,
    pose: Pose,
    bones: dict[str, list[anatomy.Segment]],
    network: NDArray[np.float32] | None,
) -> NDArray[np.float32]:
    """(10, h, w) what it costs to give a pixel to a part; infinite for background and for limbs without joints."""
    cost = np.full((len(PARTS), *inside.shape), np.inf, np.float32)
    widths = _measured_widths(inside, pose, bones)
    for part, field in geodesic_distances(rgb, inside, bones).items():
        cost[PART_INDEX[part]] = field / widths[part]
    if network is None:
        return cost
    limbless = [PART_INDEX[part] for part in anatomy.LIMBS if part not in bones]
    boned = np.isfinite(cost).any((1, 2), keepdims=True)
    say = np.where(boned, BONE_SAY * np.minimum(cost, MOST), 0).astype(np.float32)
    total = say - network
    total[[0, *limbless]] = np.inf
    return total


def _measured_widths(inside: Mask, pose: Pose, bones: dict[str, list[anatomy.Segment]]) -> dict[str, float]:
    """Each part's half-width in pixels: measured along its bones, within sight of what is usual for the body."""
    unit = body_unit(pose)
    result = {}
    for part, segments in bones.items():
        usual = WIDTHS[part] * unit
        measured = anatomy.half_width(inside, segments, usual, 40)
        result[part] = float(np.clip(measured, 0.4 * usual, (1.6 if part in anatomy.LIMBS else 1.2) * usual))
    return result


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
        outline = mask & ~ndimage.binary_erosion(mask)
        if mask.sum() < LEAST_AREA * expected or visible[outline].mean() < LEAST_SEEN:
            result.append(name)
    return tuple(result)


def spread_labels(labels: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Labels (h, w) with each 0 replaced by the nearest label, so that no soft edge is left without one."""
    if not labels.any():
        return np.ones_like(labels)
    rows, columns = ndimage.distance_transform_edt(labels == 0, return_distances=False, return_indices=True)
    return np.asarray(labels[rows, columns])


def enlarge_labels(labels: NDArray[np.uint8], size: tuple[int, int]) -> NDArray[np.uint8]:
    """Labels (h, w) at (width, height) = size, with smooth borders rather than blocks."""
    if labels.shape[::-1] == size:
        return labels
    best = np.zeros(size[::-1], np.uint8)
    result = np.zeros(size[::-1], np.uint8)
    for row in np.unique(labels):
        share = cv2.resize(((labels == row) * np.uint8(255)), size, interpolation=cv2.INTER_LINEAR)
        result[share > best] = row
        best = np.maximum(best, share)
    return result
