import numpy as np
import pytest

from training.cases import case, cases


@pytest.fixture(scope="module")
def one():
    return case("paper_cut", 1, size=128)


def test_a_case_does_not_depend_on_what_else_is_measured(one):
    same = list(cases(("ink_brush", "paper_cut"), 4, size=128))[3]
    assert same.name == one.name
    np.testing.assert_array_equal(same.truth, one.truth)
    np.testing.assert_array_equal(same.picture, one.picture)
    assert not np.array_equal(case("paper_cut", 2, size=128).truth, one.truth)


def test_the_places_of_the_truth_lie_on_the_source(one):
    x, y = np.floor(one.place[one.both_show]).astype(int).T
    assert one.both_show.sum() > 200
    assert (one.figure.image[y, x, 3] > 0).mean() > 0.98
