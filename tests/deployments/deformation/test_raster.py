"""Drawing of triangles and sampling of texels."""

import numpy as np
import pytest

from deployments.deformation.raster import footprints, rasterise, sample

SQUARE = np.array([[0.0, 0.0], [8.0, 0.0], [8.0, 8.0], [0.0, 8.0]])
TRIANGLES = np.array([[0, 1, 2], [0, 2, 3]], np.int32)
SOLID = np.ones((8, 8), bool)


def _picture(seed: int = 0) -> np.ndarray:
    picture = np.random.default_rng(seed).uniform(0, 255, (8, 8, 5)).astype(np.float32)
    picture[..., 3:] = 255
    return picture


def test_identity_copies_every_texel() -> None:
    source, seen = rasterise(TRIANGLES, SQUARE, SQUARE, np.zeros(4), 8, 8, SOLID, 0, 0)
    assert (seen >= 0).all()
    picture = _picture()
    assert np.array_equal(sample(picture, 0, 0, source, seen, footprints(TRIANGLES, SQUARE, SQUARE)), picture)


def test_a_source_position_is_a_pixels_centre() -> None:
    source, _ = rasterise(TRIANGLES, SQUARE, SQUARE + 10, np.zeros(4), 8, 8, SOLID, 0, 0)
    assert source[2, 5] == pytest.approx((15.5, 12.5))


def test_pixels_outside_are_none() -> None:
    source, seen = rasterise(TRIANGLES, SQUARE, SQUARE, np.zeros(4), 12, 12, SOLID, 0, 0)
    assert (seen[8:] == -1).all()
    assert np.isnan(source[8:]).all()


def test_the_nearer_triangle_is_seen_unless_it_is_hollow() -> None:
    twice = np.concatenate([SQUARE, SQUARE])
    both = np.concatenate([TRIANGLES, TRIANGLES + 4])
    origin = np.concatenate([SQUARE, SQUARE + np.array([0.0, 100.0])])
    near = np.array([0.0] * 4 + [1.0] * 4)
    solid = np.zeros((108, 8), bool)
    solid[:8] = solid[100:104] = True
    source, _ = rasterise(both, twice, origin, near, 8, 8, solid, 0, 0)
    assert (source[:4, :, 1] > 100).all()
    assert (source[4:, :, 1] < 8).all()


def test_shrinking_averages() -> None:
    picture = np.zeros((8, 8, 5), np.float32)
    picture[::2, ::2] = picture[1::2, 1::2] = 255
    small = SQUARE / 4
    source, seen = rasterise(TRIANGLES, small, SQUARE, np.zeros(4), 2, 2, SOLID, 0, 0)
    texels = sample(picture, 0, 0, source, seen, footprints(TRIANGLES, small, SQUARE))
    assert np.abs(texels[..., 0] - 127).max() < 40


def test_a_flat_triangle_draws_nothing() -> None:
    flat = np.zeros_like(SQUARE)
    _, seen = rasterise(TRIANGLES, flat, SQUARE, np.zeros(4), 8, 8, SOLID, 0, 0)
    assert (seen == -1).all()
    assert (footprints(TRIANGLES, flat, SQUARE) == 0).all()
