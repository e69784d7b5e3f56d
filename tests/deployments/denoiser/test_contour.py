from dataclasses import replace

import numpy as np

from deployments.denoiser.contour import outlined, pens_of
from pose.figure import PART_INDEX, Figure, Layer, Warp
from tests.deployments.denoiser.figures import SIZE, pose

LINE, BOX = 2, np.s_[20:80, 24:70]
INK, CLOTH = (20, 20, 60), (220, 180, 60)


def _outlined_torso(line: int = LINE) -> Figure:
    """A torso with a dark outline all around it."""
    parts = np.zeros((SIZE, SIZE), np.uint8)
    parts[BOX] = PART_INDEX["torso"]
    image = np.zeros((SIZE, SIZE, 4), np.uint8)
    image[BOX] = (*INK, 255)
    image[20 + line : 80 - line, 24 + line : 70 - line, :3] = CLOTH
    known = parts > 0
    layer = Layer("torso", (0, 0, SIZE, SIZE), image.copy(), known, np.zeros_like(known))
    return Figure(image, pose(), parts, np.where(known, 4, 0).astype(np.uint8), (layer,))


def _opened(figure: Figure) -> Warp:
    """The torso as it is, but its right half is gone: a new edge runs through what was inside."""
    rgba = figure.image.copy()
    rgba[:, 48:] = 0
    y, x = np.mgrid[:SIZE, :SIZE].astype(np.float32) + 0.5
    grid = np.where(rgba[..., 3:] > 0, np.stack([x, y], -1), np.nan).astype(np.float32)
    flat, nothing = np.ones((SIZE, SIZE), np.float32), np.zeros((SIZE, SIZE), bool)
    return Warp(rgba, grid, figure.parts, flat, flat, nothing, nothing, grid, (0, 0), figure.pose)


def test_the_pen_is_read_from_the_silhouette():
    pen = pens_of(_outlined_torso(), 60)["torso"]
    assert abs(pen.width - LINE) <= 1
    np.testing.assert_allclose(pen.colour, INK)


def test_a_part_without_an_outline_gives_no_pen():
    assert pens_of(_outlined_torso(line=0), 60) == {}


def test_a_broad_border_is_no_outline():
    assert pens_of(_outlined_torso(line=12), 60) == {}


def test_the_new_edge_gets_the_line_and_the_old_ones_stay():
    figure = _outlined_torso()
    warp = _opened(figure)
    after = outlined(warp.rgba, warp, figure, pens_of(figure, 60))
    np.testing.assert_array_equal(after[40, 46:48, :3], [INK] * 2)
    np.testing.assert_array_equal(after[40, 30:42, :3], [CLOTH] * 12)
    np.testing.assert_array_equal(after[:, :40], warp.rgba[:, :40])
    np.testing.assert_array_equal(after[..., 3], warp.rgba[..., 3])


def test_a_whole_figure_is_left_alone():
    figure = _outlined_torso()
    whole = replace(_opened(figure), rgba=figure.image)
    y, x = np.mgrid[:SIZE, :SIZE].astype(np.float32) + 0.5
    whole = replace(whole, source=np.stack([x, y], -1))
    np.testing.assert_array_equal(outlined(whole.rgba, whole, figure, pens_of(figure, 60)), whole.rgba)


def test_where_the_figure_is_enlarged_so_is_the_line():
    figure = _outlined_torso()
    small = _opened(figure)
    fields = ("rgba", "source", "part", "trust", "hole", "invented", "skinned")
    large = replace(small, stretch=np.full((2 * SIZE, 2 * SIZE), 4.0, np.float32), **{
        name: getattr(small, name).repeat(2, 0).repeat(2, 1) for name in fields
    })  # fmt: skip
    after = outlined(large.rgba, large, figure, pens_of(figure, 60))
    np.testing.assert_array_equal(after[80, 92:96, :3], [INK] * 4)
    np.testing.assert_array_equal(after[80, 60:88, :3], [CLOTH] * 28)
