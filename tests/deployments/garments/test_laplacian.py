import numpy as np
from pymatting.laplacian.cf_laplacian import cf_laplacian

from deployments.garments.laplacian import band_rows


def test_the_bands_rows_are_those_of_the_whole_pictures_laplacian() -> None:
    rng = np.random.default_rng(3)
    rgb, alpha = rng.random((9, 12, 3)), rng.random((9, 12))
    unknown = rng.random((9, 12)) < 0.4
    unknown[0, 0] = unknown[-1, -1] = True

    laplacian, pulled = band_rows(rgb, unknown, alpha, 1e-3)

    rows = np.flatnonzero(unknown)
    whole = cf_laplacian(rgb, 1e-3, 1)[rows]
    assert np.allclose(laplacian.toarray(), whole[:, rows].toarray(), atol=1e-9)
    assert np.allclose(pulled, whole @ np.where(unknown, 0, alpha).ravel(), atol=1e-9)


def test_a_row_takes_from_a_constant_picture_nothing() -> None:
    unknown = np.zeros((8, 8), bool)
    unknown[3:5, 2:6] = True

    laplacian, pulled = band_rows(np.full((8, 8, 3), 0.5), unknown, np.ones((8, 8)), 1e-5)

    assert np.allclose(np.asarray(laplacian.sum(1)).ravel() + pulled, 0, atol=1e-9)
