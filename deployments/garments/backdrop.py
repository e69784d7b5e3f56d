"""Separates a figure from a plain backdrop (paper, a flat colour, a gradient) and keeps what its outline encloses.

Knows colours and bones. A backdrop is a quadratic surface in CIE Lab fitted robustly to the border; what lies off it
is ink; ink encloses paper, and enclosed paper is the figure's unless it is a hole between two limbs. Does not know
textured backgrounds: `plainness` says how far to trust it.
"""

from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from deployments.garments import anatomy
from deployments.garments.agreement import agreed, outlining
from deployments.garments.anatomy import Mask
from deployments.garments.bones import WIDTHS, Territory
from pose.figure import PART_INDEX, PARTS
from pose.pose import Pose

TOLERANCE = 7.0  # least distance from the backdrop, in Lab units, that counts as ink
GAPS = (0.006, 0.012, 0.022, 0.035)  # closing radii tried, in figure extents
NARROW = 0.015  # of the figure's extent; gaps up to here are an unsteady hand's
COLOURED = 0.6  # share of ink in the figure from which it is a coloured one and no line drawing
CROSS = cv2.getStructuringElement(cv2.MORPH_CROSS, (3, 3))
SHADOW = (0.55, 0.97)  # lightness of a shadow over that of the backdrop


@dataclass(frozen=True)
class Backdrop:
    """How a picture (H, W) differs from its backdrop.

    sharp: float32 Lab units off it; distance: the same, less noise; chroma: the same without lightness; lightness: a
    pixel's over the backdrop's; threshold: distance from which a pixel is off it; plainness 0..1: share of the border
    that the surface explains.
    """

    distance: NDArray[np.float32]
    sharp: NDArray[np.float32]
    lightness: NDArray[np.float32]
    chroma: NDArray[np.float32]
    threshold: float
    plainness: float


def fit_backdrop(rgb: NDArray[np.uint8]) -> Backdrop:
    """Fits the surface to rgb (H, W, 3), starting from the border and growing over what it explains."""
    lab = np.asarray(cv2.cvtColor(rgb.astype(np.float32) / 255, cv2.COLOR_RGB2LAB), np.float32)
    border = _border(rgb.shape[:2])
    surface, threshold = _surface(lab, border)
    missed = lab - surface
    sharp = _norm(missed)
    off = np.asarray(cv2.GaussianBlur(sharp, (0, 0), 0.7), np.float32)
    ratio = np.asarray(np.clip(lab[..., 0], 1, None) / np.clip(surface[..., 0], 1, None), np.float32)
    chroma = _norm(missed[..., 1:])
    plain = float((off[border] < threshold).mean()) if threshold < 2.2 * TOLERANCE else 0.0
    return Backdrop(off, sharp, ratio, chroma, threshold, plain)


def _surface(lab: NDArray[np.float32], border: Mask) -> tuple[NDArray[np.float32], float]:
    """(H, W, 3) the quadratic surface and its threshold, fitted on the border and a ninth of the pixels inside it."""
    basis, sample = _basis(border.shape), border.copy()
    sample[::3, ::3] = True
    terms, colours = basis[sample], lab[sample]
    inlier = border[sample] & (_norm(colours - np.median(lab[border], 0)) < 3 * TOLERANCE)
    weights, threshold = None, TOLERANCE
    for _ in range(4):
        if anatomy.area(inlier) < 60:
            break
        weights, *_ = np.linalg.lstsq(terms[inlier], colours[inlier], rcond=None)
        off = _norm(colours - terms @ weights)
        threshold = max(TOLERANCE, 3.5 * float(np.median(off[inlier])))
        inlier = off < threshold
    if weights is None:
        return lab, threshold
    return np.asarray((basis.reshape(-1, 6) @ weights).reshape(lab.shape), np.float32), threshold


def enclosed_figure(backdrop: Backdrop, pose: Pose, territory: Territory, network: NDArray[np.float32] | None) -> Mask:
    """(H, W) ink and what it encloses, with gaps closed as little as brings the bones inside.

    network: a matte of the same size, 0..1, or None; it decides on enclosed regions and loose pieces where given.
    """
    ink = _ink(backdrop)
    x0, y0, x1, y1 = anatomy.box_of(territory.reach)
    extent = max(x1 - x0, y1 - y0, 16)
    if network is not None:
        ink = outlining(ink, network, extent)
    track = anatomy.capsules(territory.segments, 1, ink.shape)
    best = _fill(ink, 0)
    for gap in GAPS:
        inside = _without_webs(_fill(ink, max(1, round(gap * extent))), best, track)
        gained = anatomy.area(inside & track) - anatomy.area(best & track)
        if gained > 0.04 * anatomy.area(track):
            best = inside if _bodily(inside & ~best, track, territory, gap) else best
    best = _open_holes(best, ink, territory, track, network)
    best = _open_gaps(best, ink, backdrop, territory, 0.02 * extent)
    if network is not None:
        best = agreed(best, ink, network, extent)
    return keep_figure(best, territory, network)


def _without_webs(inside: Mask, before: Mask, track: Mask) -> Mask:
    """Of what closing gaps has added, only the pieces that a bone runs through; the rest is webs in corners."""
    count, labels = cv2.connectedComponents((inside & ~before).astype(np.uint8), connectivity=4)
    crossed = np.bincount(labels[track], minlength=count) > 0
    crossed[0] = False
    return before | crossed[labels]


def _open_gaps(inside: Mask, ink: Mask, backdrop: Backdrop, territory: Territory, depth: float) -> Mask:
    """In a coloured figure, paper near the outline and far from bones is the backdrop, seen between locks of hair."""
    if anatomy.area(ink) < COLOURED * anatomy.area(inside):
        return inside
    paper = inside & (backdrop.sharp < 0.6 * backdrop.threshold) & (territory.nearness > 0.8)
    count, labels, stats, _ = cv2.connectedComponentsWithStats(paper.astype(np.uint8), connectivity=4)
    gap = np.bincount(labels[anatomy.grown(~inside, depth)], minlength=count) > 0
    gap &= stats[:, 4] > 2
    gap[0] = False
    return inside & ~gap[labels]


def edge_hint(backdrop: Backdrop, solid: Mask) -> NDArray[np.float32]:
    """(H, W) alpha 0..1 as the known backdrop tells it: how far a pixel's colour is from paper towards the ink's."""
    floor = np.float32(0.4 * backdrop.threshold)
    peak = np.asarray(cv2.dilate(backdrop.sharp, np.ones((7, 7), np.uint8)), np.float32)
    hint = np.clip((backdrop.sharp - floor) / np.maximum(0.85 * peak - floor, 1), 0, 1)
    return np.where(anatomy.shrunk(solid, 2), 1, np.where(peak > backdrop.threshold, hint, solid)).astype(np.float32)


def _bodily(gained: Mask, track: Mask, territory: Territory, gap: float) -> bool:
    """Whether newly enclosed paper is no more than what the bones that came inside with it would fill.

    A wide gap must be the body's for sure: between a raised arm and the head it closes too.
    """
    widths = np.array([WIDTHS.get(name, 0.0) for name in PARTS]) * territory.unit
    if gap > NARROW:
        widths[[PART_INDEX[name] for name in anatomy.LIMBS]] *= 0.4
    return bool(anatomy.area(gained) < widths[territory.nearest[gained & track]].sum())


def keep_figure(mask: Mask, territory: Territory, network: NDArray[np.float32] | None = None) -> Mask:
    """Drops the pieces of a mask that no bone runs through and that the network does not see as figure."""
    count, labels, stats, _ = cv2.connectedComponentsWithStats(mask.astype(np.uint8), connectivity=8)
    track = anatomy.capsules(territory.segments, 3, mask.shape)
    touched = np.bincount(labels[track], minlength=count)
    keep = touched > 0.02 * max(1, touched[1:].sum(initial=0))
    if network is not None:
        mean = np.bincount(labels.ravel(), weights=network.ravel(), minlength=count) / np.maximum(1, stats[:, 4])
        keep |= (mean > 0.6) & (stats[:, 4] > 0.002 * stats[1:, 4].max(initial=0))
    keep[0] = False
    return keep[labels]


def _ink(backdrop: Backdrop) -> Mask:
    """Pixels off the backdrop, by hysteresis; a soft grey darkening of the paper is a shadow and not ink."""
    weak = backdrop.distance > backdrop.threshold
    strong = backdrop.distance > 1.8 * backdrop.threshold
    low, high = SHADOW
    slope = cv2.GaussianBlur(cv2.Laplacian(backdrop.lightness, cv2.CV_32F, ksize=3), (0, 0), 1)
    grey = backdrop.chroma < 0.35 * backdrop.threshold + 0.12 * backdrop.distance
    shadow = grey & (backdrop.lightness > low) & (backdrop.lightness < high) & (np.abs(slope) < 0.04)
    shadow = cv2.morphologyEx(shadow.astype(np.uint8), cv2.MORPH_OPEN, np.ones((5, 5), np.uint8)).astype(bool)
    weak &= ~shadow
    count, labels = cv2.connectedComponents(weak.astype(np.uint8), connectivity=8)
    keep = np.bincount(labels[strong & weak], minlength=count) > 0
    keep[0] = False
    return keep[labels]


def _fill(ink: Mask, radius: int) -> Mask:
    """Ink and all that cannot be reached from the border once gaps of twice the radius are closed."""
    pad = radius + 1
    closed = anatomy.closed(np.pad(ink, pad, mode="edge"), radius)[pad:-pad, pad:-pad]
    count, labels = cv2.connectedComponents((~closed).astype(np.uint8), connectivity=4)
    edge = np.unique(np.concatenate([labels[0], labels[-1], labels[:, 0], labels[:, -1]]))
    reached = np.zeros(count, np.uint8)
    reached[edge[edge > 0]] = 1
    outside = reached[labels]
    paper = (~ink).astype(np.uint8)
    for _ in range(radius + 1):  # back to the ink's edge, through narrow gaps only so far
        outside = np.asarray(cv2.dilate(outside, CROSS), np.uint8) & paper
    return outside == 0


def _open_holes(
    inside: Mask, ink: Mask, territory: Territory, track: Mask, network: NDArray[np.float32] | None
) -> Mask:
    """Takes enclosed paper out again where it is a hole between two limbs: no bone in it, two parts around it."""
    count, labels, stats, _ = cv2.connectedComponentsWithStats((inside & ~ink).astype(np.uint8), connectivity=4)
    size = np.maximum(1, stats[:, 4])
    crossed = np.bincount(labels[track], minlength=count) > 0
    pairs = np.bincount((labels * len(PARTS) + territory.nearest).ravel(), minlength=count * len(PARTS))
    shares = pairs.reshape(count, len(PARTS)).T / size
    between = ~crossed & (shares.max(0) < 0.75) & (size > 30)
    if network is not None:
        mean = np.bincount(labels.ravel(), weights=network.ravel(), minlength=count) / size
        between = np.where(mean < 0.3, ~crossed & (size > 30), between & (mean < 0.6))
    between[0] = False
    return inside & ~between[labels]


def _basis(shape: tuple[int, int]) -> NDArray[np.float32]:
    y, x = np.mgrid[-1 : 1 : shape[0] * 1j, -1 : 1 : shape[1] * 1j].astype(np.float32)
    return np.stack([np.ones_like(x), x, y, x * x, x * y, y * y], -1)


def _border(shape: tuple[int, int]) -> Mask:
    width = max(1, round(0.02 * min(shape)))
    ring = np.ones(shape, bool)
    ring[width:-width, width:-width] = False
    return ring


def _norm(lab: NDArray[Any]) -> NDArray[np.float32]:
    squared = lab**2
    return np.asarray(np.sqrt(sum(squared[..., band] for band in range(lab.shape[-1]))), np.float32)
