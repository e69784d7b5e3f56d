"""Finds the figure's pixels before a busy background: GrabCut from a prior (network, person mask, or bones alone).

Knows colours, priors and bones; answers a hard mask. Soft edges are made of it in `alpha.py`.
GrabCut: Rother, Kolmogorov, Blake, SIGGRAPH 2004 (OpenCV's implementation).
"""

import cv2
import numpy as np
from numpy.typing import NDArray

from deployments.garments import anatomy
from deployments.garments.anatomy import Mask
from deployments.garments.bones import Territory
from deployments.garments.colours import likeness
from pose.figure import PART_INDEX

GRAPH = 256  # longest side of the picture that is cut
ROUNDS = 2
NEAR_HEAD = 9.0  # half-widths of the head within which the background is looked at
DOUBT = 0.06  # shoulder-hip distances; a decided network's outline is right to this
ALIKE = 0.6  # share of the figure's colours from which a pixel over the head is probably the figure's


def cut_out(
    rgb: NDArray[np.uint8], prior: NDArray[np.float32] | None, territory: Territory, above: Mask | None = None
) -> Mask:
    """(H, W) the figure's pixels. prior (H, W) in 0..1, or None where only the bones tell.

    above (H, W): over the head, where ears, hats and hair may be that no prior knows.
    """
    scale = min(1.0, GRAPH / max(rgb.shape[:2]))
    size = (max(2, round(rgb.shape[1] * scale)), max(2, round(rgb.shape[0] * scale)))
    labels = _labels(prior, territory)
    if above is not None and prior is not None:
        _admit_headgear(labels, rgb, above, territory)
    small = np.asarray(cv2.resize(labels, size, interpolation=cv2.INTER_NEAREST), np.uint8)
    picture = np.asarray(cv2.resize(rgb, size, interpolation=cv2.INTER_AREA), np.uint8)
    cut = _grabcut(picture, small)
    soft = cv2.resize(cut.astype(np.float32), rgb.shape[1::-1], interpolation=cv2.INTER_LINEAR)
    sure = (labels == cv2.GC_FGD) | ((soft > 0.5) & (labels != cv2.GC_BGD))
    return np.asarray(sure)


def trim(rgb: NDArray[np.uint8], network: NDArray[np.float32], unit: float) -> Mask:
    """(H, W) the figure that a decided network sees, its outline moved to the colours' edge but never far.

    network (H, W) in 0..1; unit: pixels, the length to which DOUBT refers.
    """
    seen = network > 0.5
    margin = max(1.5, DOUBT * unit)
    labels = np.where(seen, cv2.GC_PR_FGD, cv2.GC_PR_BGD).astype(np.uint8)
    labels[anatomy.shrunk(seen, margin)] = cv2.GC_FGD
    labels[~anatomy.grown(seen, margin)] = cv2.GC_BGD
    return _grabcut(rgb, labels)


def _labels(prior: NDArray[np.float32] | None, territory: Territory) -> NDArray[np.uint8]:
    """Certain and probable figure and background: by the prior where there is one, by distance to the bones else."""
    nearness = territory.nearness
    core = anatomy.capsules(territory.segments, 0.05 * territory.unit, nearness.shape)
    if prior is None:
        labels = np.where(nearness < 0.8, cv2.GC_PR_FGD, cv2.GC_PR_BGD).astype(np.uint8)
        labels[nearness > 3] = cv2.GC_BGD
        labels[core] = cv2.GC_FGD
        return labels
    labels = np.where(prior > 0.5, cv2.GC_PR_FGD, cv2.GC_PR_BGD).astype(np.uint8)
    margin = max(1.0, 0.08 * territory.unit)
    labels[anatomy.shrunk(prior > 0.8, margin)] = cv2.GC_FGD
    far = ~anatomy.grown(prior > 0.15, margin)
    labels[far & (nearness > 1)] = cv2.GC_BGD
    labels[far & (nearness < 0.3)] = cv2.GC_PR_FGD  # a bone that the prior missed: let the colours decide
    labels[core & (prior > 0.3)] = cv2.GC_FGD
    return labels


def _admit_headgear(labels: NDArray[np.uint8], rgb: NDArray[np.uint8], above: Mask, territory: Territory) -> None:
    """Reopens the question over the head: what has the figure's colours rather than the near background's is in."""
    zone = above & ((labels == cv2.GC_BGD) | (labels == cv2.GC_PR_BGD))
    near = territory.distance[PART_INDEX["head"]] < NEAR_HEAD
    front, back = labels == cv2.GC_FGD, (labels == cv2.GC_BGD) & near & ~above
    if not zone.any() or front.sum() < 50 or back.sum() < 50:
        return
    labels[zone] = cv2.GC_PR_BGD
    labels[zone & (likeness(rgb, front, back) > ALIKE)] = cv2.GC_PR_FGD


def _grabcut(picture: NDArray[np.uint8], labels: NDArray[np.uint8]) -> Mask:
    figure = (labels == cv2.GC_FGD) | (labels == cv2.GC_PR_FGD)
    if figure.sum() < 10 or (~figure).sum() < 10:  # GrabCut needs both to fit its colours
        return figure
    cv2.setRNGSeed(1)
    spare = (np.zeros((1, 65)), np.zeros((1, 65)))
    bgr = np.ascontiguousarray(picture[..., ::-1])
    whole = (0, 0, picture.shape[1], picture.shape[0])
    cut, *_ = cv2.grabCut(bgr, labels.copy(), whole, *spare, ROUNDS, cv2.GC_INIT_WITH_MASK)
    return np.asarray((cut == cv2.GC_FGD) | (cut == cv2.GC_PR_FGD))
