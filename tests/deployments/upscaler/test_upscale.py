"""Enlarging: sizes, seams, flat colours, alpha; and how few tiles are computed."""

import numpy as np
import pytest

from deployments.upscaler import upscale as module
from deployments.upscaler.network import MARGIN
from deployments.upscaler.upscale import Scale, factors, upscale
from pose.errors import TooLarge


def nearest(tile: np.ndarray, factor: int) -> np.ndarray:
    return tile[MARGIN:-MARGIN, MARGIN:-MARGIN].repeat(factor, 0).repeat(factor, 1)


def picture(height: int = 300, width: int = 280) -> np.ndarray:
    y, x = np.mgrid[0:height, 0:width]
    rgba = np.stack([x % 256, y % 256, (x * y) % 256, np.where((x - 140) ** 2 + (y - 150) ** 2 < 90**2, 255, 0)], -1)
    return rgba.astype(np.uint8)


@pytest.mark.parametrize(("scale", "size"), [(1, (300, 280)), (2, (600, 560)), (4, (1200, 1120)), ("4k", (3840, 3584))])
def test_sizes(scale: Scale, size: tuple[int, int]) -> None:
    assert upscale(picture(), scale, nearest).shape == (*size, 4)


@pytest.mark.parametrize("size", [(1, 1), (3, 25), (7, 100), (61, 33), (95, 97), (385, 384)])
def test_4k_of_any_size(size: tuple[int, int], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "LONGEST_4K", 384)
    large = upscale(np.random.default_rng(0).integers(0, 256, (*size, 4), np.uint8), "4k", nearest)
    assert max(large.shape[:2]) == 384
    assert large.shape[0] / large.shape[1] == pytest.approx(size[0] / size[1], rel=0.1)


@pytest.mark.parametrize(
    ("needed", "steps"), [(0.5, ()), (1, ()), (2, (2,)), (2.1, (4,)), (4, (4,)), (7.5, (2, 4)), (12.8, (4, 4))]
)
def test_the_small_step_comes_first(needed: float, steps: tuple[int, ...]) -> None:
    assert factors(needed) == steps


def test_4k_computes_no_more_than_it_needs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "LONGEST_4K", 384)
    sizes = []

    def counting(tile: np.ndarray, factor: int) -> np.ndarray:
        sizes.append((tile.shape[0] - 2 * MARGIN) * (tile.shape[1] - 2 * MARGIN) * factor**2)
        return nearest(tile, factor)

    upscale(np.random.default_rng(0).integers(0, 256, (40, 40, 4), dtype=np.uint8), "4k", counting)
    assert sum(sizes) == 160**2 + 384**2


def test_scale_one_changes_nothing() -> None:
    assert np.array_equal(upscale(picture(), 1, nearest), picture())


def test_tiles_are_laid_where_they_belong(monkeypatch: pytest.MonkeyPatch) -> None:
    rgba = picture()
    rgba[..., 3] = 255
    monkeypatch.setattr(module, "TILE", 64)
    assert np.array_equal(upscale(rgba, 2, nearest), rgba.repeat(2, 0).repeat(2, 1))


def test_tiles_of_one_colour_are_not_computed() -> None:
    def refusing(tile: np.ndarray, factor: int) -> np.ndarray:
        raise AssertionError("computed")

    large = upscale(np.full((300, 300, 4), (9, 80, 7, 200), np.uint8), 4, refusing)
    assert (large == (9, 80, 7, 200)).all()


def test_no_colour_bleeds_in_from_under_transparency() -> None:
    rgba = np.zeros((30, 30, 4), np.uint8)
    rgba[..., :3] = [0, 255, 0]
    rgba[10:20, 10:20] = [250, 0, 0, 255]
    large = upscale(rgba, 2, lambda tile, factor: nearest(tile, factor) * np.float32(0.5))
    seen = large[large[..., 3] > 0]
    assert len(seen) == 400
    assert (seen == (250, 0, 0, 128)).all()


def test_4k_shrinks_a_larger_source() -> None:
    assert upscale(np.zeros((10, 5000, 4), np.uint8), "4k", nearest).shape == (8, 3840, 4)
    wide = np.zeros((1, 5000, 4), np.uint8)
    wide[:, 4000:] = 255
    shrunk = upscale(wide, "4k", nearest)
    assert shrunk.shape == (1, 3840, 4)
    assert shrunk[0, -1, 3] == 255


def test_too_large_a_result_is_refused() -> None:
    with pytest.raises(TooLarge, match="64 megapixels"):
        upscale(np.zeros((4000, 5000, 4), np.uint8), 4, nearest)
