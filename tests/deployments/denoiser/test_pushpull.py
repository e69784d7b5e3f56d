import numpy as np

from deployments.denoiser.pushpull import fill


def test_known_pixels_are_kept_and_a_hole_takes_the_colour_around_it():
    picture = np.full((40, 30, 4), 0.25, np.float32)
    picture[:, 15:] = 0.75
    unknown = np.zeros((40, 30), bool)
    unknown[10:20, 2:8] = True
    picture[unknown] = 9
    filled = fill(picture, unknown)
    np.testing.assert_array_equal(filled[~unknown], picture[~unknown])
    np.testing.assert_allclose(filled[unknown], 0.25, atol=0.1)


def test_a_constant_picture_is_restored_exactly_at_any_size():
    for shape in ((1, 1), (1, 17), (33, 2), (37, 53)):
        unknown = np.zeros(shape, bool)
        unknown[shape[0] // 2 :, : shape[1] // 2 + 1] = True
        if unknown.all():
            continue
        filled = fill(np.where(unknown[..., None], 0, np.ones((*shape, 4))).astype(np.float32), unknown)
        np.testing.assert_allclose(filled, 1, atol=1e-5)


def test_nothing_known_or_nothing_unknown_is_returned_as_it_is():
    picture = np.ones((4, 4, 4), np.float32)
    np.testing.assert_array_equal(fill(picture, np.ones((4, 4), bool)), picture)
    np.testing.assert_array_equal(fill(picture, np.zeros((4, 4), bool)), picture)
