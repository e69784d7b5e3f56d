import numpy as np

from deployments.denoiser.lock import band, crisp, cut_only, locked, seeds


def _plane(value=0.0):
    return np.full((64, 64), value, np.float32)


def test_the_band_is_narrow_and_feathered():
    seed = np.zeros((64, 64), bool)
    seed[:, 32] = True
    share = band(seed, 200)  # reaches 2% of 200 = 4 px
    assert (share[:, 30:35] == 1).all()
    assert band(seed, 250)[0, 36] < 1
    assert (share[:, 36:] == 0).all()


def test_there_is_no_band_without_seeds():
    assert band(np.zeros((64, 64), bool), 200).max() == 0


def test_background_is_no_seed_and_what_is_not_trusted_is():
    alpha, trust = _plane(), _plane(1)
    alpha[:, :40], trust[:, 40:], trust[10:20, 10:20] = 1, 0, 0
    found = seeds(trust, alpha, np.zeros((64, 64), bool))
    assert not found[:, 40:].any()
    assert found.sum() == 100


def test_invented_texels_are_thinned_but_not_recoloured():
    warp, restored = np.full((64, 64, 4), 0.5, np.float32), np.zeros((64, 64, 4), np.float32)
    warp[..., 3], restored[..., 3], restored[..., 0] = 1, 1, 1
    restored[:, 32:, 3] = 0.25
    out = cut_only(warp, restored, np.ones((64, 64), bool))
    np.testing.assert_array_equal(out[:, :32], warp[:, :32])
    np.testing.assert_allclose(out[:, 32:], warp[:, 32:] * 0.25)
    np.testing.assert_array_equal(cut_only(warp, restored, np.zeros((64, 64), bool)), restored)


def test_locked_pixels_are_the_warp_bit_for_bit():
    rng = np.random.default_rng(0)
    warp, restored = rng.random((2, 64, 64, 4)).astype(np.float32)
    share = _plane()
    share[:8] = 1
    out = locked(warp, restored, share)
    np.testing.assert_array_equal(out[8:], warp[8:])
    np.testing.assert_allclose(out[:8], restored[:8], atol=1e-6)


def test_crisp_makes_an_unsure_alpha_surer():
    picture = np.tile(np.array([0.02, 0.5, 0.98], np.float32)[:, None], (1, 4))
    np.testing.assert_allclose(crisp(picture, (0.05, 0.95))[:, 3], [0, 0.5, 1], atol=1e-6)
    np.testing.assert_allclose(crisp(picture, (0.05, 0.95))[:, 0], [0, 0.5, 1], atol=1e-6)
