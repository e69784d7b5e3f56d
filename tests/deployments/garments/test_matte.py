"""Backdrop, GrabCut, alpha and window: the matte's steps, each on a picture whose answer is known."""

import cv2
import numpy as np
import pytest

from deployments.garments import alpha as edges
from deployments.garments import anatomy, backdrop
from deployments.garments.bones import territory
from deployments.garments.crop import grown, touched_sides, window_at, window_of
from deployments.garments.cutout import cut_out
from tests.deployments.garments import doll


def enclosed(picture: np.ndarray) -> np.ndarray:
    pose = doll.pose()
    return backdrop.enclosed_figure(backdrop.fit_backdrop(picture), pose, territory(pose, doll.SIZE), None)


def test_paper_is_plain_and_a_busy_background_is_not() -> None:
    assert backdrop.fit_backdrop(doll.coloured()).plainness > 0.95
    assert backdrop.fit_backdrop(doll.coloured(doll.busy())).plainness < 0.5


def test_what_an_outline_encloses_is_the_figure() -> None:
    assert doll.overlap(enclosed(doll.outlined()), anatomy.grown(doll.silhouette(), 1)) > 0.9


def test_a_gap_in_the_outline_is_closed() -> None:
    picture = doll.outlined()
    picture[118:123, 80:92] = doll.paper()[118:123, 80:92]
    figure = enclosed(picture)
    assert figure[120, 110]
    assert doll.overlap(figure, anatomy.grown(doll.silhouette(), 1)) > 0.9


def test_a_hole_between_arm_and_hip_stays_open() -> None:
    picture = doll.outlined()
    cv2.line(picture, (40, 140), (86, 156), (40, 35, 60), 3)  # closes the space under the right arm
    assert not enclosed(picture)[130, 72]


def test_a_contact_shadow_is_not_the_figure() -> None:
    picture = doll.coloured().astype(np.float32)
    shade = np.zeros(doll.SIZE, np.float32)
    cv2.ellipse(shade, (150, 238), (50, 8), 0, 0, 360, 1, -1)
    soft = cv2.GaussianBlur(shade, (0, 0), 3)[..., None] * ~doll.silhouette()[..., None]
    figure = enclosed((picture * (1 - 0.18 * soft)).astype(np.uint8))
    assert doll.overlap(figure, doll.silhouette()) > 0.9


def test_grabcut_finds_the_doll_before_a_busy_background() -> None:
    rough = cv2.GaussianBlur(anatomy.grown(doll.silhouette(), 5).astype(np.float32), (0, 0), 5)
    bones = territory(doll.pose(), doll.SIZE)
    picture = doll.coloured(doll.busy())
    assert doll.overlap(cut_out(picture, rough, bones), doll.silhouette()) > 0.93
    assert doll.overlap(cut_out(picture, None, bones), doll.silhouette()) > 0.85


def disc(size: int, radius: float) -> np.ndarray:
    y, x = np.mgrid[:size, :size] + 0.5
    return np.clip(radius - np.hypot(x - size / 2, y - size / 2) + 0.5, 0, 1).astype(np.float32)


def mixed(alpha: np.ndarray, front: tuple[int, ...], back: tuple[int, ...]) -> np.ndarray:
    share = alpha[..., None]
    return (share * np.array(front) + (1 - share) * np.array(back)).astype(np.uint8)


def test_closed_form_recovers_a_soft_edge_and_its_colour() -> None:
    truth = disc(96, 30)
    picture = mixed(truth, (200, 40, 40), (40, 160, 220))
    found = edges.solve_band(picture, truth > 0.5)
    assert np.abs(found - truth).max() < 0.12
    colours = edges.true_colours(picture, found, picture, found)
    assert np.abs(colours[found > 0.1].astype(int) - (200, 40, 40)).max() < 40


def test_the_band_touches_nothing_else() -> None:
    truth = disc(96, 30)
    found = edges.solve_band(mixed(truth, (200, 40, 40), (40, 160, 220)), truth > 0.5)
    assert (found[disc(96, 24) == 1] == 1).all()
    assert (found[disc(96, 37) == 0] == 0).all()


def test_an_empty_and_a_full_mask_pass_through() -> None:
    picture = np.zeros((8, 8, 3), np.uint8)
    assert not edges.solve_band(picture, np.zeros((8, 8), bool)).any()
    assert edges.solve_band(picture, np.ones((8, 8), bool)).all()


def test_enlarged_alpha_follows_the_large_pictures_edge() -> None:
    truth = disc(384, 120)
    large = mixed(truth, (200, 40, 40), (40, 160, 220))
    small = cv2.resize(large, (96, 96), interpolation=cv2.INTER_AREA)
    found = edges.enlarge(edges.solve_band(small, disc(96, 30) > 0.5), small, large)
    plain = cv2.resize(disc(96, 30), (384, 384), interpolation=cv2.INTER_LINEAR)
    assert np.abs(found - truth).mean() < 0.7 * np.abs(plain - truth).mean()


def test_a_window_grows_only_inside_the_picture() -> None:
    window = window_at((10, 20, 60, 90), (100, 80))
    mask = np.zeros((70, 50), bool)
    mask[0, 5] = mask[30, -1] = True
    sides = touched_sides(mask, window)
    assert sides.tolist() == [False, True, True, False]
    assert grown(window, sides).box == (10, 0, 80, 90)


@pytest.mark.parametrize("shape", [(256, 220), (2, 3), (1, 1)])
def test_a_window_is_at_least_a_pixel(shape: tuple[int, int]) -> None:
    window = window_of(doll.reading(), shape)
    assert window.take(np.zeros((*shape, 3), np.uint8)).shape[:2] == window.size[::-1]
