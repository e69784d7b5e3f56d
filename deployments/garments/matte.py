"""The matte: which pixels are the figure's and how much, and their colours without the background's share.

In order of authority: the user's mask, the source's own alpha, evidence. Evidence is a prior (parse network, person
mask) and, on a plain backdrop, what the ink encloses; on a busy one a decided network's outline with the ears and hats
that GrabCut finds over it, else GrabCut's. Works in a window of at most 512 px, the result is at the picture's full
size. Knows nothing of parts.
"""

from collections.abc import Callable
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from deployments.garments import alpha as edges
from deployments.garments.agreement import rim_of, unseen_headgear
from deployments.garments.anatomy import Mask, area, box_of, capsules
from deployments.garments.anatomy import grown as grown_by
from deployments.garments.backdrop import edge_hint, enclosed_figure, fit_backdrop, keep_figure
from deployments.garments.bones import Territory, above_head, territory
from deployments.garments.crop import Window, grown, picture_border, touched_sides, window_at, window_of
from deployments.garments.cutout import cut_out, trim
from pose.errors import NoFigure
from pose.figure import PART_INDEX, Reading

PLAIN = 0.8  # share of the border that a plain backdrop explains
GROWTHS = 2  # times that a window is enlarged where the figure runs out of it
ASTRAY = 3.0  # half-widths from the bones beyond which little of a figure lies
HEADGEAR = {"photo": 2.0, "drawn": 5.0}  # half-widths over the head in which ears, hats and hair are looked for
JOINT_ERROR = 0.1  # of the shoulder-hip distance; a stick figure's bones lie beside its strokes
UNDECIDED = 0.3  # of a figure's pixels; a network that is unsure of more does not lead
LEAST = 12  # pixels; a smaller figure is none

Prior = Callable[[Window], NDArray[np.float32] | None]
"""window -> (h, w) float32 matte 0..1 as a network sees it, or None."""


@dataclass(frozen=True)
class Matte:
    """alpha (H, W) uint8 and colours (H, W, 3) uint8 at the picture's size; window: where the figure is."""

    alpha: NDArray[np.uint8]
    colours: NDArray[np.uint8]
    window: Window


def solve_matte(picture: NDArray[np.uint8], reading: Reading, mask: NDArray[np.uint8] | None, prior: Prior) -> Matte:
    """picture (H, W, 3|4); mask (H, W) 0..255, the user's own, or None.

    Raises NoFigure where nothing is left of the figure.
    """
    rgb = np.ascontiguousarray(picture[..., :3])
    given = _given(picture, mask)
    if given is not None:
        return _given_matte(rgb, given, mask is not None)
    window = window_of(reading, rgb.shape[:2])
    for _ in range(GROWTHS):
        small = window.take(rgb)
        solid, hint = find_figure(small, reading, window, prior)
        sides = touched_sides(solid, window)
        if not sides.any():
            break
        window = grown(window, sides)
    else:
        small = window.take(rgb)
        solid, hint = find_figure(small, reading, window, prior)
    _refuse_empty(solid)
    return _finish(rgb, small, edges.solve_band(small, solid, hint), window)


def find_figure(
    small: NDArray[np.uint8], reading: Reading, window: Window, prior: Prior
) -> tuple[Mask, NDArray[np.float32] | None]:
    """(h, w) the figure's pixels in its window, and a hint of its alpha where the backdrop is plain."""
    bones = territory(window.pose(reading.pose), small.shape[:2])
    network = _believed(prior(window), bones)
    backdrop = fit_backdrop(small)
    if backdrop.plainness > PLAIN:
        figure = enclosed_figure(backdrop, window.pose(reading.pose), bones, network)
        if _credible(figure, reading, window, network, bones):
            return figure, edge_hint(backdrop, figure)
    reach = HEADGEAR["photo" if reading.kind == "photo" else "drawn"]
    above = above_head(window.pose(reading.pose), small.shape[:2], bones.distance[PART_INDEX["head"]], reach)

    def by_colours() -> Mask:
        return _fill_specks(cut_out(small, _belief(network, reading, window), bones, above))

    if network is None or reading.kind == "photo" or not _decided(network):
        return keep_figure(by_colours(), bones, network), None
    figure = _fill_specks(trim(small, network, bones.unit))
    if above.any():
        figure |= unseen_headgear(figure, by_colours(), above, network, rim_of(above, picture_border(window)))
    return keep_figure(figure, bones, network), None


def _believed(network: NDArray[np.float32] | None, bones: Territory) -> NDArray[np.float32] | None:
    """The network's matte, or None where it misses the bones or claims what is far from them: it does not know."""
    if network is None:
        return None
    seen = network > 0.5
    track = capsules(bones.segments, 1, seen.shape)
    held = area(seen & track) / max(1, area(track))
    astray = area(seen & (bones.nearness > ASTRAY)) / max(1, area(seen))
    return network if held > 0.6 and astray < 0.25 else None


def _decided(network: NDArray[np.float32]) -> bool:
    """Whether the network's matte is all but a mask: little lies between yes and no but along its outline."""
    unsure = (network > 0.2) & (network < 0.8)
    return bool(area(unsure) < UNDECIDED * area(network > 0.5))


def _belief(network: NDArray[np.float32] | None, reading: Reading, window: Window) -> NDArray[np.float32] | None:
    """The priors joined: on photographs the person mask counts for more, elsewhere the network."""
    person = None if reading.mask is None else _unit(window.take(reading.mask))
    if network is None or person is None:
        return person if network is None else network
    weight = np.float32(0.7 if reading.kind == "photo" else 0.4)
    return np.asarray(weight * person + (1 - weight) * network, np.float32)


def _credible(
    figure: Mask, reading: Reading, window: Window, network: NDArray[np.float32] | None, bones: Territory
) -> bool:
    """Whether what the ink encloses is the figure: it holds the bones and the person, if one was seen.

    Where some bones lie outside it (a white sleeve before white paper), the network must agree.
    """
    if area(figure) < LEAST or figure.mean() > 0.92:
        return False
    track = capsules(bones.segments, 1, figure.shape)
    held = area(grown_by(figure, JOINT_ERROR * bones.unit) & track) / max(1, area(track))
    if reading.mask is not None:
        person = window.take(reading.mask) > 127
        if area(figure & person) < 0.85 * area(person):
            return False
    if held > 0.7 or network is None:
        return bool(held > 0.5)
    seen = network > 0.5
    return bool(area(figure & seen) > 0.7 * area(figure | seen))


def _given(picture: NDArray[np.uint8], mask: NDArray[np.uint8] | None) -> NDArray[np.uint8] | None:
    if mask is not None:
        if mask.shape == picture.shape[:2]:
            return mask
        return np.asarray(cv2.resize(mask, picture.shape[1::-1], interpolation=cv2.INTER_LINEAR), np.uint8)
    if picture.shape[2] == 4 and (picture[..., 3] < 250).any():
        return np.ascontiguousarray(picture[..., 3])
    return None


def _given_matte(rgb: NDArray[np.uint8], alpha: NDArray[np.uint8], unmix: bool) -> Matte:
    """A user's mask lies over an opaque picture, so colours are unmixed; a source's alpha has straight colours."""
    _refuse_empty(alpha > 127)
    x0, y0, x1, y1 = box_of(alpha > 0)
    window = window_at((max(0, x0 - 8), max(0, y0 - 8), x1 + 8, y1 + 8), rgb.shape[:2])
    if not unmix:
        return Matte(alpha, rgb, window)
    if not ((alpha > 0) & (alpha < 255)).any():
        alpha = np.asarray(cv2.GaussianBlur(alpha, (0, 0), 0.6), np.uint8)
    box = window.slices()
    colours = rgb.copy()
    fine, coarse = (_unit(plane) for plane in (alpha[box], window.take(alpha)))
    colours[box] = edges.true_colours(rgb[box], fine, window.take(rgb), coarse)
    return Matte(alpha, colours, window)


def _finish(rgb: NDArray[np.uint8], small: NDArray[np.uint8], alpha: NDArray[np.float32], window: Window) -> Matte:
    """Enlarges the window's alpha and puts it, with true colours, into the whole picture."""
    box = window.slices()
    fine = edges.enlarge(alpha, small, rgb[box])
    colours = rgb.copy()
    colours[box] = edges.true_colours(rgb[box], fine, small, alpha)
    whole = np.zeros(rgb.shape[:2], np.uint8)
    whole[box] = np.clip(fine * 255 + 0.5, 0, 255).astype(np.uint8)
    return Matte(whole, colours, window)


def _refuse_empty(solid: Mask) -> None:
    if area(solid) < LEAST:
        raise NoFigure(
            "no figure could be told from its background; send a picture in which the character is larger, "
            "a picture with a transparent background, or a `mask`."
        )


def _fill_specks(mask: Mask, share: float = 0.004) -> Mask:
    """Fills holes smaller than a share of the mask: eyes, buttons and gleams are not the background."""
    _, labels, stats, _ = cv2.connectedComponentsWithStats((~mask).astype(np.uint8), connectivity=4)
    small = stats[:, 4] < share * area(mask)
    return mask | small[labels]


def _unit(plane: NDArray[np.uint8]) -> NDArray[np.float32]:
    return np.asarray(plane.astype(np.float32) / 255, np.float32)
