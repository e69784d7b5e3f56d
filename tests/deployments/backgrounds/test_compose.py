"""Backgrounds put behind a figure."""

import numpy as np
import pytest

from deployments.backgrounds.compose import compose, cover
from deployments.backgrounds.spec import Background, parse_background
from pose.errors import InvalidInput

ORIGIN = (0, 0)


def _figure() -> np.ndarray:
    rgba = np.zeros((20, 30, 4), np.uint8)
    rgba[5:15, 10:20] = [200, 10, 20, 255]
    rgba[5:15, 9] = [200, 10, 20, 128]
    return rgba


def test_a_colour_stands_behind_the_figure() -> None:
    result = compose(_figure(), parse_background("#0080ff"), np.zeros((20, 30, 3), np.uint8), _figure()[..., 3], ORIGIN)
    assert result[0, 0].tolist() == [0, 128, 255, 255]
    assert result[10, 12].tolist() == [200, 10, 20, 255]
    assert abs(int(result[10, 9, 0]) - 100) <= 1


def test_transparent_keeps_alpha_and_bleeds_colour() -> None:
    figure = _figure()
    result = compose(figure, Background("transparent"), figure[..., :3], figure[..., 3], ORIGIN)
    assert np.array_equal(result[..., 3], figure[..., 3])
    assert result[0, 0].tolist() == [200, 10, 20, 0]


def test_keep_of_a_transparent_source_stays_transparent() -> None:
    figure = _figure()
    result = compose(figure, Background("keep"), figure[..., :3], figure[..., 3], ORIGIN, has_alpha=True)
    assert result[0, 0, 3] == 0


def test_a_picture_covers_the_canvas() -> None:
    picture = np.zeros((40, 20, 3), np.uint8)
    picture[20:] = 255
    result = cover(picture, (20, 30))
    assert result.shape == (20, 30, 3)
    assert result[0].max() < 40
    assert result[-1].min() > 215


@pytest.mark.parametrize("text", ["#12345", "blue", "", "#gggggg", "transparent "])
def test_unknown_backgrounds_are_refused_with_the_remedy(text: str) -> None:
    with pytest.raises(InvalidInput, match="#rrggbb"):
        parse_background(text)


def test_a_plate_that_is_known_is_not_made_again():
    rgba, picture = np.zeros((8, 8, 4), np.uint8), np.full((8, 8, 3), 90, np.uint8)
    plate = np.full((8, 8, 3), 17, np.uint8)
    found = compose(rgba, Background("keep"), picture, np.zeros((8, 8), np.uint8), (0, 0), plate=plate)
    assert (found[..., :3] == 17).all()
