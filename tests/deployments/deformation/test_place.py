"""The output canvas."""

import numpy as np
import pytest

from deployments.deformation.place import cut_edges, drawing_box, fitted_box
from pose.errors import InvalidKeypoints

FREE = (False, False, False, False)


def test_a_figure_inside_keeps_the_sources_canvas() -> None:
    assert fitted_box((10, 10, 90, 90), 100, 100, 80, FREE) == (0, 0, 100, 100)


def test_the_canvas_grows_with_a_margin_only_where_needed() -> None:
    assert fitted_box((-10, 10, 90, 90), 100, 100, 100, FREE) == (-12, 0, 100, 100)


def test_a_cut_edge_stays() -> None:
    assert fitted_box((-10, 10, 90, 130), 100, 100, 100, (False, False, False, True)) == (-12, 0, 100, 100)


def test_cut_edges_are_read_from_the_matte() -> None:
    alpha = np.zeros((50, 50), np.uint8)
    alpha[20:, 10:40] = 255
    assert cut_edges(alpha) == (False, False, False, True)


def test_a_canvas_out_of_proportion_is_refused() -> None:
    with pytest.raises(InvalidKeypoints, match="4 times"):
        fitted_box((-200, -200, 100, 300), 100, 100, 100, FREE)
    with pytest.raises(InvalidKeypoints, match="no finite place"):
        drawing_box(np.array([[np.nan, 0.0]]), 100, 100, 100, FREE)
