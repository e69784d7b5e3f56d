"""Ink and network brought together: ruled lines go, open outlines fill, denied ground goes, edges stay the ink's."""

import cv2
import numpy as np

from deployments.garments import agreement
from deployments.garments.cutout import trim
from tests.deployments.garments import doll

EXTENT = 210.0


def sight() -> np.ndarray:
    """The doll as a good network sees it: right but for a pixel or two."""
    return cv2.GaussianBlur(doll.silhouette().astype(np.float32), (0, 0), 1.5)


def ruled() -> np.ndarray:
    lines = np.zeros(doll.SIZE, bool)
    lines[20::24] = lines[21::24] = True
    return lines


def test_ruled_lines_away_from_the_figure_are_no_outline() -> None:
    ink = doll.silhouette() | ruled()
    found = agreement.outlining(ink, sight(), EXTENT)
    assert not found[:, :20].any()
    assert found[doll.silhouette()].all()


def test_the_stubs_of_ruled_lines_are_trimmed() -> None:
    enclosed = agreement.outlining(doll.silhouette() | ruled(), sight(), EXTENT)
    before = doll.overlap(enclosed, doll.silhouette())
    figure = agreement.agreed(enclosed, enclosed, sight(), EXTENT)
    assert doll.overlap(figure, doll.silhouette()) > max(0.97, before)


def test_an_open_outline_is_filled_where_the_network_is_sure() -> None:
    solid = doll.silhouette()
    outline = solid & (doll.outlined().max(-1) < 100)
    assert doll.overlap(agreement.agreed(outline, outline, sight(), EXTENT), solid) > 0.95


def test_ground_that_the_network_denies_goes() -> None:
    carried = doll.silhouette()
    carried[180:240, 170:215] = True
    figure = agreement.agreed(carried, carried, sight(), EXTENT)
    assert doll.overlap(figure, doll.silhouette()) > 0.97


def test_paper_walled_in_by_ink_stays_although_the_network_denies_it() -> None:
    solid = doll.silhouette()
    ink = solid & (doll.outlined().max(-1) < 100)
    blind = sight()
    blind[90:150, 86:135] = 0
    assert doll.overlap(agreement.agreed(solid, ink, blind, EXTENT), solid) > 0.97


def test_without_a_quarrel_the_ink_keeps_its_edge() -> None:
    solid = doll.silhouette()
    figure = agreement.agreed(solid, solid, sight(), EXTENT)
    assert doll.overlap(figure, solid) > 0.99


def test_a_decided_outline_moves_to_the_colours_edge_and_no_further() -> None:
    solid = doll.silhouette()
    seen = cv2.GaussianBlur(cv2.dilate(solid.astype(np.float32), np.ones((7, 7))), (0, 0), 1)
    picture = doll.coloured(doll.busy())
    picture[100:150, 190:215] = doll.COLOURS["l_arm"]  # the figure's colour, off the figure
    found = trim(picture, seen, 70)
    assert doll.overlap(found, solid) > doll.overlap(seen > 0.5, solid)
    assert not found[100:120, 200:215].any()


def _headed(*gear: tuple[slice, slice], top: int = 10) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """A block with things on its head: the figure without them, the cut with them, the zone above the head, its rim."""
    figure = np.zeros((200, 160), bool)
    figure[100:180, 50:110] = True
    cut, above, frame = figure.copy(), np.zeros_like(figure), np.zeros_like(figure)
    for place in gear:
        cut[place] = True
    above[top:130, 20:140] = frame[:1] = True
    return figure, cut, above, agreement.rim_of(above, frame)


LEFT, RIGHT = (slice(60, 100), slice(52, 66)), (slice(58, 100), slice(94, 108))


def _gear(*places: tuple[slice, slice], trace: float = 0.0, top: int = 10) -> tuple[np.ndarray, np.ndarray]:
    """What is found, and what there is."""
    figure, cut, above, rim = _headed(*places, top=top)
    return agreement.unseen_headgear(figure, cut, above, np.full(figure.shape, trace, np.float32), rim), cut & ~figure


def test_a_pair_of_ears_that_the_network_missed_is_kept() -> None:
    assert np.array_equal(*_gear(LEFT, RIGHT))


def test_a_hat_is_kept_of_which_the_network_saw_a_trace() -> None:
    assert not _gear(LEFT)[0].any()
    assert np.array_equal(*_gear(LEFT, trace=0.2))


def test_ground_in_the_figures_colours_that_goes_on_beyond_is_left() -> None:
    far = (slice(0, 100), slice(52, 66)), (slice(0, 100), slice(94, 108))
    apart = (slice(30, 70), slice(52, 66)), (slice(30, 70), slice(94, 108))
    for pair in (far, apart):
        assert not _gear(*pair, trace=0.2)[0].any()
    assert not _gear(*far, trace=0.2, top=0)[0].any()
