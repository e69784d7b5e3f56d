"""Plates against known backgrounds: what is behind the figure must come back, with no ghost of its outline."""

import cv2
import numpy as np
import pytest

from deployments.backgrounds.hole import hole_mask
from deployments.backgrounds.plate import fill_plate

SIZE = 160


def _grid() -> tuple[np.ndarray, np.ndarray]:
    return np.mgrid[0:SIZE, 0:SIZE].astype(np.float32)


def _backgrounds() -> dict[str, np.ndarray]:
    y, x = _grid()
    rng = np.random.default_rng(1)
    grain = rng.normal(0, 2, (SIZE, SIZE, 1))
    paper = 205 + 18 * np.cos(x / 160 + y / 240)[..., None] + grain
    stripes = np.where((x // 10 % 2 == 0)[..., None], [200, 60, 50], [240, 230, 210])
    return {
        "flat": np.full((SIZE, SIZE, 3), [90, 160, 220]),
        "gradient": np.stack([60 + y * 0.9, 120 + x * 0.5, 220 - y * 0.4], -1),
        "paper": np.repeat(paper, 3, -1),
        "stripes": stripes,
    }


def _matte(soft: float = 1.2) -> np.ndarray:
    disc = np.zeros((SIZE, SIZE), np.uint8)
    cv2.ellipse(disc, (80, 75), (22, 40), 0, 0, 360, 255, -1)
    return cv2.GaussianBlur(disc, (0, 0), soft)


def _composited(backdrop: np.ndarray, alpha: np.ndarray) -> np.ndarray:
    weight = alpha[..., None] / 255
    return np.clip(backdrop * (1 - weight) + np.array([150, 30, 90]) * weight, 0, 255).astype(np.uint8)


@pytest.mark.parametrize(("name", "bound"), [("flat", 1.0), ("gradient", 2.0), ("paper", 4.0), ("stripes", 8.0)])
def test_the_plate_is_the_background(name: str, bound: float) -> None:
    backdrop = _backgrounds()[name].astype(np.float32)
    alpha = _matte()
    plate = fill_plate(_composited(backdrop, alpha), alpha)
    assert np.abs(plate - backdrop)[alpha > 4].mean() < bound


@pytest.mark.parametrize("name", ["flat", "gradient", "paper"])
def test_no_ghost_of_the_outline(name: str) -> None:
    backdrop = _backgrounds()[name].astype(np.float32)
    alpha = _matte()
    error = np.abs(cv2.blur(fill_plate(_composited(backdrop, alpha), alpha) - backdrop, (3, 3)))
    edge = (alpha > 0) & (alpha < 255)
    core = cv2.erode(alpha, np.ones((9, 9), np.uint8)) == 255
    assert error[edge].mean() <= error[core].mean() + 1.0


def test_known_pixels_are_kept_and_the_contact_shadow_is_not() -> None:
    alpha = _matte()
    y, x = _grid()
    shadow = 60 * np.exp(-(((x - 80) / 26) ** 2 + ((y - 116) / 6) ** 2))[..., None]
    backdrop = np.full((SIZE, SIZE, 3), 220.0)
    picture = _composited(backdrop - shadow, alpha)
    plate = fill_plate(picture, alpha)
    hole = hole_mask(picture, alpha)
    assert np.array_equal(plate[~hole], picture[~hole])
    assert np.abs(plate - backdrop).max() < 12


def test_a_larger_canvas_is_filled_too() -> None:
    backdrop = _backgrounds()["gradient"]
    alpha = _matte()
    plate = fill_plate(_composited(backdrop, alpha), alpha, origin=(-20, -10), size=(200, 220))
    assert plate.shape == (200, 220, 3)
    assert np.abs(plate[10 : 10 + SIZE, 20 : 20 + SIZE] - backdrop).mean() < 2
    assert plate.min() > 20


def test_the_same_seed_gives_the_same_plate() -> None:
    alpha = _matte()
    picture = _composited(_backgrounds()["paper"], alpha)
    assert np.array_equal(fill_plate(picture, alpha, seed=3), fill_plate(picture, alpha, seed=3))


@pytest.mark.parametrize("value", [0, 255])
def test_an_empty_or_full_matte_is_no_trouble(value: int) -> None:
    picture = _composited(_backgrounds()["paper"], _matte())
    assert fill_plate(picture, np.full((SIZE, SIZE), value, np.uint8)).shape == picture.shape
