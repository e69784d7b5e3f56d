"""Puts the posed figure before its background. Knows pictures, not poses. Blends in sRGB, as browsers do."""

import cv2
import numpy as np
from numpy.typing import NDArray

from deployments.backgrounds.plate import fill_plate
from deployments.backgrounds.spec import Background


def compose(
    rgba: NDArray[np.uint8],
    background: Background,
    picture: NDArray[np.uint8],
    alpha: NDArray[np.uint8],
    origin: tuple[int, int],
    has_alpha: bool = False,
    plate: NDArray[np.uint8] | None = None,
) -> NDArray[np.uint8]:
    """Returns (H, W, 4) uint8, straight alpha, on the canvas of `rgba`.

    rgba (H, W, 4): the figure on the output canvas. picture (h, w, 3|4) and alpha (h, w): source and its matte.
    origin: the canvas's corner in the source frame. has_alpha: the source came without a background, so `keep` has
    none to keep and gives a transparent result. plate (H, W, 3): what `fill_plate` gives, where it is known already.
    """
    if background.kind == "transparent" or (background.kind == "keep" and has_alpha):
        return bleed(rgba)
    if background.kind == "keep" and plate is not None:
        return over(rgba, plate)
    return over(rgba, _backdrop(rgba.shape[:2], background, picture, alpha, origin))


def over(rgba: NDArray[np.uint8], backdrop: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """rgba (H, W, 4) over an opaque backdrop (H, W, 3)."""
    result = np.full(rgba.shape, 255, np.uint8)
    result[..., :3] = backdrop
    x, y, width, height = cv2.boundingRect(np.ascontiguousarray(rgba[..., 3]))
    seen = np.s_[y : y + height, x : x + width]
    weight = rgba[seen][..., 3:].astype(np.float32) / 255
    result[seen][..., :3] = np.rint(rgba[seen][..., :3] * weight + backdrop[seen] * (1 - weight))
    return result


def bleed(rgba: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Gives fully transparent pixels the colour of the nearest visible one, so that scaling makes no fringes."""
    empty = rgba[..., 3] == 0
    if not empty.any() or empty.all():
        return rgba
    _, labels = cv2.distanceTransformWithLabels(empty.astype(np.uint8), cv2.DIST_L2, 3, labelType=cv2.DIST_LABEL_PIXEL)
    colours = np.zeros((labels.max() + 1, 3), np.uint8)
    colours[labels[~empty]] = rgba[~empty, :3]
    result = rgba.copy()
    result[empty, :3] = colours[labels[empty]]
    return result


def _backdrop(
    size: tuple[int, int],
    background: Background,
    picture: NDArray[np.uint8],
    alpha: NDArray[np.uint8],
    origin: tuple[int, int],
) -> NDArray[np.uint8]:
    if background.kind == "keep":
        return fill_plate(picture[..., :3], alpha, origin, size)
    if background.kind == "picture" and background.picture is not None:
        return cover(background.picture[..., :3], size)
    return np.broadcast_to(np.array(background.color, np.uint8), (*size, 3))


def cover(picture: NDArray[np.uint8], size: tuple[int, int]) -> NDArray[np.uint8]:
    """(h, w, 3) scaled to cover `size` (height, width) and cut centrally, as CSS `background-size: cover`."""
    factor = max(size[0] / picture.shape[0], size[1] / picture.shape[1])
    height = max(size[0], round(picture.shape[0] * factor))
    width = max(size[1], round(picture.shape[1] * factor))
    mode = cv2.INTER_AREA if factor < 1 else cv2.INTER_LANCZOS4
    large = cv2.resize(picture, (width, height), interpolation=mode)
    top, left = (height - size[0]) // 2, (width - size[1]) // 2
    return np.asarray(large[top : top + size[0], left : left + size[1]], np.uint8)
