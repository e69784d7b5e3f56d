"""Brings together what the ink encloses and what the parse network sees: each is sure where the other only guesses.

Ink tells edges to the pixel, and knows neither ruled lines from outlines nor an open outline's inside. The network
tells what is a figure, to a pixel or two of its 256. Knows masks and a matte; no colours and no bones.
Convention: masks are (H, W) bool, network (H, W) float32 0..1, extent the figure's longer side in pixels.
"""

import cv2
import numpy as np
from numpy.typing import NDArray

from deployments.garments.anatomy import Mask, grown, shrunk

SEEN = 0.3  # the network's matte from which a pixel may be the figure's edge
SURE = 0.9  # its mean over a region that is the figure's although no ink encloses it
DENIED = 0.12  # its mean over a region that is none, unless ink walls it in
REACH = 0.02  # extents; ink no further from what the network sees may be the outline
TRACE = 0.1  # the network's mean over an ear that it half missed; over ground of the figure's colours it is less
TWINS = 1.6  # two ears' areas differ by less than this
SOLID = 0.8  # least share of its convex hull that an ear or a hat fills
LEAST_GEAR = 0.002  # of the figure; smaller pieces are left
STROKE = 0.008  # extents; half of what a pencil's stroke, a ruled line or the network's error is wide


def outlining(ink: Mask, network: NDArray[np.float32], extent: float) -> Mask:
    """The ink less thin strokes far from what the network sees: ruled paper, a table's edge, writing."""
    near = grown(network > SEEN, max(3.0, REACH * extent))
    return ink & (near | opened(ink, max(2.0, STROKE * extent)))


def agreed(enclosed: Mask, ink: Mask, network: NDArray[np.float32], extent: float) -> Mask:
    """The figure: what ink encloses, less what the network denies, and what the network is sure of beside it."""
    stroke = max(1.5, STROKE * extent)
    doubtful = enclosed & (network < SEEN) & ~_walled(enclosed, ink)
    denied = _regions(doubtful, stroke, network, 0, DENIED)
    figure = enclosed & ~denied
    figure |= _regions(~figure & (network > 0.5), stroke, network, SURE, 1)
    figure |= _holes(figure, network)
    spurs = figure & ~opened(figure, stroke) & ~grown(network > SEEN, stroke)
    return figure & ~spurs


def unseen_headgear(figure: Mask, cut: Mask, above: Mask, network: NDArray[np.float32], rim: Mask) -> Mask:
    """Ears and hats of a `cut` by colours over a decided network's figure, which the network missed or half missed.

    Pieces that begin at the figure and end inside the zone `above` its head, not at its `rim`; ground of the figure's
    colours goes on beyond. The network must have seen a trace of them, or there are two of one size, as ears are.
    """
    count, labels, stats, _ = cv2.connectedComponentsWithStats((cut & above & ~figure).astype(np.uint8), connectivity=4)
    beside = grown(figure, 1.5)
    large = [labels == row for row in range(1, count) if stats[row, cv2.CC_STAT_AREA] >= LEAST_GEAR * figure.sum()]
    pieces = [piece for piece in large if (piece & beside).any() and _stands_free(piece, rim)]
    found = np.zeros_like(figure)
    for piece in pieces:
        twin = any(1 / TWINS < piece.sum() / other.sum() < TWINS for other in pieces if other is not piece)
        if twin or network[piece].mean() > TRACE:
            found |= piece
    return found


def rim_of(zone: Mask, frame: Mask) -> Mask:
    """(H, W) the zone's outermost two pixels, and those on the picture's own border (`frame`)."""
    return zone & (frame | ~shrunk(zone, 2))


def _stands_free(piece: Mask, rim: Mask) -> bool:
    """Whether a piece is solid and does not run along the rim of its zone."""
    edge = piece & (rim | ~shrunk(piece, 1))
    hull = cv2.contourArea(cv2.convexHull(np.argwhere(piece)[:, ::-1].astype(np.int32)))
    return bool((edge & rim).sum() <= 0.05 * edge.sum() and piece.sum() > SOLID * hull > 0)


def opened(mask: Mask, radius: float) -> Mask:
    """The mask where a disc of that radius fits into it."""
    return grown(shrunk(mask, radius), radius) & mask


def _walled(enclosed: Mask, ink: Mask) -> Mask:
    """Enclosed paper with ink all around it: the outline's word counts for more than the network's there."""
    count, labels = cv2.connectedComponents((enclosed & ~ink).astype(np.uint8), connectivity=4)
    walled = np.bincount(labels[grown(~enclosed, 1)], minlength=count) == 0
    walled[0] = False
    return walled[labels]


def _regions(mask: Mask, radius: float, network: NDArray[np.float32], low: float, high: float) -> Mask:
    """The mask's pieces that are wider than twice the radius and over which the network's mean is in [low, high]."""
    count, labels, stats, _ = cv2.connectedComponentsWithStats(opened(mask, radius).astype(np.uint8), connectivity=4)
    mean = np.bincount(labels.ravel(), weights=network.ravel(), minlength=count) / np.maximum(1, stats[:, 4])
    chosen = (mean >= low) & (mean <= high)
    chosen[0] = False
    return chosen[labels]


def _holes(figure: Mask, network: NDArray[np.float32]) -> Mask:
    """Slits between the ink and what was added beside it: enclosed, and no hole to the network."""
    count, labels, stats, _ = cv2.connectedComponentsWithStats((~figure).astype(np.uint8), connectivity=4)
    mean = np.bincount(labels.ravel(), weights=network.ravel(), minlength=count) / np.maximum(1, stats[:, 4])
    filled = mean > 0.5
    filled[0] = False
    filled[np.unique(np.concatenate([labels[0], labels[-1], labels[:, 0], labels[:, -1]]))] = False
    return filled[labels]
