import numpy as np
import pytest

from deployments.denoiser.checkpoint.framing import ENLARGED, canvases, framed


def test_canvases_are_those_that_sdxl_was_trained_on():
    shapes = canvases(1024, 64)
    assert {(1024, 1024), (1152, 896), (896, 1152), (1216, 832), (832, 1216), (1344, 768), (768, 1344)} <= set(shapes)
    assert all(abs(h * w / 1024**2 - 1) < 0.1 for h, w in shapes)


@pytest.mark.parametrize(("side", "multiple"), [(512, 64), (1024, 32), (64, 16)])
def test_sides_can_be_halved(side, multiple):
    assert all(h % multiple == 0 and w % multiple == 0 for h, w in canvases(side, multiple))


@pytest.mark.parametrize("box", [(0, 0, 300, 700), (50, -20, 2000, 900), (10, 10, 40, 38), (0, 0, 100, 3000)])
def test_the_box_and_its_margin_lie_inside_centred(box):
    frame = framed(box, 12, 512, 64)
    x0, y0, x1, y1 = frame.box
    assert (x0, y0) <= (box[0] - 12, box[1] - 12)
    assert (x1, y1) >= (box[2] + 12, box[3] + 12)
    assert all(inner <= size for inner, size in zip(frame.inner, frame.size, strict=True))
    assert all(size - inner <= np.ceil(frame.scale) + 1 for inner, size in zip(frame.inner, frame.size, strict=True))
    assert abs((x0 + x1) - (box[0] + box[2])) <= 1
    assert frame.scale <= ENLARGED


def test_a_tall_figure_gets_an_upright_canvas_of_its_aspect():
    frame = framed((0, 0, 300, 700), 0, 1024, 64)
    assert frame.size == (1600, 640)
    assert frame.scale == pytest.approx(640 / 300, rel=0.01)
