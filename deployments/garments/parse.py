"""Parses a picture and a reading into a figure: matte, parts, materials, layers. The stage's pure entry.

Works in a window of at most 512 px around the figure; what it returns has the picture's full size. The parse network
is optional: without it the matte comes from GrabCut or the plain backdrop and the parts from the bones.
"""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from deployments.garments.crop import Window
from deployments.garments.layers import cut_layers
from deployments.garments.matte import Matte, solve_matte
from deployments.garments.parts import enlarge_labels, label_parts, nearest_label
from deployments.garments.shoulders import rooted, with_roots
from deployments.garments.sight import Sight, look, tempered
from pose.errors import InvalidImage, NoFigure
from pose.figure import MATERIAL_INDEX, PART_INDEX, PARTS, Figure, Reading

Look = Callable[[NDArray[np.uint8], Window, Reading, Callable[..., Any]], Sight]
"""(window's pixels (h, w, 3), window, reading, network) -> what is seen there; `sight.look` or a checkpoint's."""

USUAL_MATERIAL = {"hair": "hair", "skirt": "flowing", "held": "rigid"}  # all else is fitted


def parse_figure(
    picture: NDArray[np.uint8],
    reading: Reading,
    mask: NDArray[np.uint8] | None = None,
    network: Callable[..., Any] | None = None,
    looking: Look = look,
) -> Figure:
    """picture (H, W, 3|4) uint8; mask (H, W) uint8 0..255, the user's own matte; network as `Runner` of ParseNetwork;
    looking: how it is asked.

    Raises NoFigure where the matte is empty or no joint is present, InvalidImage where the picture's shape is none.
    """
    if picture.ndim != 3 or picture.shape[2] not in (3, 4):
        raise InvalidImage(f"expected a picture (H, W, 3|4), got {picture.shape}; send RGB or RGBA.")
    if not reading.pose.present.any():
        raise NoFigure("the reading has no joint; send `source_keypoints` with the character's joints.")

    see = _remembering(picture, reading, network, looking)

    def prior(window: Window) -> NDArray[np.float32] | None:
        sight = see(window)
        return None if sight is None else sight.matte

    matte = solve_matte(picture, reading, mask, prior)
    read = reading.pose
    if reading.reader != "user":
        reading = replace(reading, pose=rooted(read, matte.alpha > 127))
    parts, materials, merged = _name(matte, reading, see(matte.window))
    parts = with_roots(parts, read, reading.pose)
    image = np.dstack([matte.colours, matte.alpha])
    layers = cut_layers(image, reading.pose, parts)
    return Figure(image, reading.pose, parts, materials, layers, merged)


def _remembering(
    picture: NDArray[np.uint8], reading: Reading, network: Callable[..., Any] | None, looking: Look
) -> Callable[[Window], Sight | None]:
    """What the network sees in a window; asked once a window, None without a network."""
    seen: dict[tuple[int, int, int, int], Sight] = {}

    def see(window: Window) -> Sight | None:
        if network is not None and window.box not in seen:
            seen[window.box] = looking(window.take(picture[..., :3]), window, reading, network)
        return seen.get(window.box)

    return see


def _name(
    matte: Matte, reading: Reading, sight: Sight | None
) -> tuple[NDArray[np.uint8], NDArray[np.uint8], tuple[str, ...]]:
    """Parts and materials at full size, and the merged parts' names."""
    window = matte.window
    small = window.take(matte.colours)
    inside = window.take(matte.alpha) > 0
    belief = None if sight is None else tempered(sight, inside)
    parts, merged = label_parts(small, inside, window.pose(reading.pose), belief)
    materials = _materials(parts, sight)
    solid = matte.alpha > 0
    if not parts.any():
        return solid.astype(np.uint8), solid.astype(np.uint8), merged
    nearest = nearest_label(parts)  # the materials' too: they are told of the same pixels
    return _placed(parts[nearest], window, solid), _placed(materials[nearest], window, solid), merged


def _materials(parts: NDArray[np.uint8], sight: Sight | None) -> NDArray[np.uint8]:
    """By the network; by the part where there is none, and for hair and skirts always."""
    table = np.array([MATERIAL_INDEX[USUAL_MATERIAL.get(name, "fitted")] for name in PARTS], np.uint8)
    table[PART_INDEX["none"]] = 0
    if sight is None:
        return table[parts]
    told = np.isin(parts, [PART_INDEX["none"], PART_INDEX["hair"], PART_INDEX["skirt"]])
    return np.where(told, table[parts], 1 + sight.materials[1:].argmax(0)).astype(np.uint8)


def _placed(labels: NDArray[np.uint8], window: Window, solid: NDArray[np.bool_]) -> NDArray[np.uint8]:
    box = window.slices()
    whole = np.zeros(solid.shape, np.uint8)
    x0, y0, x1, y1 = window.box
    whole[box] = enlarge_labels(labels, (x1 - x0, y1 - y0))
    return np.where(solid, whole, np.uint8(0))
