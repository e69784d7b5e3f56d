"""The plain ground that a figure is painted over, and the matte of what was painted. Knows colours, no networks.

A checkpoint paints opaque pictures. Over a ground whose colour is known and far from the figure's, what it painted can
be told from the ground: alpha from the distance between colours, and the colours unmixed.
"""

from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

GROUNDS = ((255, 255, 255), (192, 192, 192), (128, 128, 128), (16, 16, 16), (150, 190, 230), (150, 210, 160))
NEAR, FAR = 0.06, 0.2
INSIDE = 3

Colour = tuple[int, int, int]
Picture = NDArray[Any]
Mask = NDArray[np.bool_]


def ground_for(rgba: NDArray[np.uint8]) -> Colour:
    """The ground that is farthest from the figure's colours (all but the nearest 5%); earlier ones win ties.

    rgba (H, W, 4) uint8 straight.
    """
    colours = rgba[rgba[..., 3] > 127][:, :3].astype(np.int16)[::7]
    if not len(colours):
        return GROUNDS[0]
    apart = [float(np.percentile(np.abs(colours - np.array(ground)).max(-1), 5)) for ground in GROUNDS]
    return GROUNDS[int(np.argmax(apart))]


def over(premultiplied: NDArray[np.uint8], ground: Colour) -> NDArray[np.uint8]:
    """(h, w, 4) uint8 premultiplied -> (h, w, 3) uint8 over the ground."""
    clear = 255 - premultiplied[..., 3:].astype(np.uint16)
    return (premultiplied[..., :3] + (clear * np.array(ground, np.uint16) + 127) // 255).clip(0, 255).astype(np.uint8)


def without_ground(painted: Picture, ground: Colour, solid: Mask) -> NDArray[np.float32]:
    """(h, w, 3) float32 in 0..1 -> (h, w, 4) premultiplied, the ground taken out.

    solid (h, w): where the figure is known or sure to be; well inside it everything is opaque, whatever its colour.
    """
    behind = np.array(ground, np.float32) / 255
    apart = np.abs(painted - behind).max(-1)
    steep = np.clip((apart - NEAR) / (FAR - NEAR), 0, 1)
    alpha = np.where(_inside(solid), 1, steep * steep * (3 - 2 * steep))[..., None]
    colours = np.clip(painted - (1 - alpha) * behind, 0, alpha)
    return np.concatenate([colours, alpha], -1).astype(np.float32)


def _inside(solid: Mask) -> Mask:
    depth = cv2.distanceTransform(np.pad(solid, 1).astype(np.uint8), cv2.DIST_L2, 5)[1:-1, 1:-1]
    return np.asarray(depth > INSIDE)
