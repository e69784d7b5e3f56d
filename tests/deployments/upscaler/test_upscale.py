"""The upscaler: sizes, seams, flat colours, alpha."""

import numpy as np
import pytest

from deployments.upscaler import upscale as module
from deployments.upscaler.upscale import Scale, upscale
from pose.errors import TooLarge


def _picture(height: int = 300, width: int = 280) -> np.ndarray:
    y, x = np.mgrid[0:height, 0:width]
    rgba = np.stack([x % 256, y % 256, (x * y) % 256, np.where((x - 140) ** 2 + (y - 150) ** 2 < 90**2, 255, 0)], -1)
    return rgba.astype(np.uint8)


@pytest.mark.parametrize(("scale", "size"), [(1, (300, 280)), (2, (600, 560)), (4, (1200, 1120)), ("4k", (3840, 3584))])
def test_sizes(scale: Scale, size: tuple[int, int]) -> None:
    assert upscale(_picture(), scale).shape == (*size, 4)


def test_scale_one_changes_nothing() -> None:
    assert np.array_equal(upscale(_picture(), 1), _picture())


def test_tiles_leave_no_seams(monkeypatch: pytest.MonkeyPatch) -> None:
    tiled = upscale(_picture(), 2)
    monkeypatch.setattr(module, "TILE", 4096)
    whole = upscale(_picture(), 2)
    assert np.abs(tiled.astype(int) - whole).max() <= 1


def test_flat_colours_stay_flat_and_edges_do_not_ring() -> None:
    rgba = np.full((40, 40, 4), 255, np.uint8)
    rgba[:, 20:, :3] = [10, 20, 30]
    large = upscale(rgba, 4)
    assert np.array_equal(np.unique(large[:, :70, 0]), [255])
    assert np.array_equal(np.unique(large[:, 90:, 0]), [10])
    assert large[..., 0].min() == 10


def test_no_colour_bleeds_in_from_under_transparency() -> None:
    rgba = np.zeros((30, 30, 4), np.uint8)
    rgba[..., :3] = [0, 255, 0]
    rgba[10:20, 10:20] = [250, 0, 0, 255]
    large = upscale(rgba, 2)
    assert large[large[..., 3] > 8][:, 1].max() <= 2


def test_4k_shrinks_a_larger_source() -> None:
    assert upscale(np.zeros((10, 5000, 4), np.uint8), "4k").shape == (8, 3840, 4)


def test_too_large_a_result_is_refused() -> None:
    with pytest.raises(TooLarge, match="64 megapixels"):
        upscale(np.zeros((4000, 5000, 4), np.uint8), 4)
