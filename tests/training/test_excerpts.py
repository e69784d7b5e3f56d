import numpy as np

from tests.deployments.denoiser.figures import SIZE, figure
from training.excerpts import truly_completed, union_frame


def test_true_completion_writes_the_true_layer_where_it_was_missing():
    fig = figure()
    truth = np.zeros((9, SIZE, SIZE, 4), np.uint8)
    truth[0] = (9, 99, 199, 255)
    torso = truly_completed(fig, truth).layers[0]
    np.testing.assert_array_equal(torso.rgba[torso.missing], np.broadcast_to([9, 99, 199, 255], (260, 4)))
    np.testing.assert_array_equal(torso.rgba[~torso.missing], fig.layers[0].rgba[~torso.missing])


def test_union_frames_are_square_and_never_enlarge():
    frame = union_frame((10, 10, 60, 110), 256)
    assert frame.scale == 1
    assert frame.inner == (256, 256)
    assert union_frame((0, 0, 400, 500), 256).inner == (256, 256)
