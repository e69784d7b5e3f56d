from types import SimpleNamespace

import numpy as np

from tests.deployments.denoiser.figures import figure, warp
from training.methods import Warps
from training.regions import regions

FIGURE = figure()
PAIR = SimpleNamespace(figure=FIGURE, truth=FIGURE.image)


def test_u_holds_the_hole_and_t_the_rest_and_r_what_is_right():
    bent = warp(FIGURE)
    where = regions(PAIR, Warps(bent, bent, bent, FIGURE))
    assert where.u[bent.hole].all()
    assert not (where.u & where.t).any()
    np.testing.assert_array_equal(where.u | where.t, where.shown)
    np.testing.assert_array_equal(where.r, where.shown & ~bent.hole)


def test_nothing_can_be_changed_where_every_texel_is_trusted():
    whole = warp(FIGURE, hole=None)
    where = regions(PAIR, Warps(whole, whole, whole, FIGURE))
    assert not where.u.any()
    np.testing.assert_array_equal(where.t, PAIR.truth[..., 3] > 0)
