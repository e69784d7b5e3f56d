"""Outputs as files: nothing is lost, and the alpha channel is there where it says something."""

import io

import numpy as np
import pytest
from PIL import Image

from pose.errors import InvalidInput
from pose.image import decode
from serve.encoding import encode_output


@pytest.fixture
def picture():
    rgba = np.random.default_rng(0).integers(0, 256, (40, 30, 4), np.uint8)
    rgba[10:30, 10:20] = (250, 120, 10, 255)
    rgba.setflags(write=False)
    return rgba


def mode_of(data):
    return Image.open(io.BytesIO(data)).mode


def test_png_keeps_every_value(picture):
    data = encode_output(picture, "png")
    assert (decode(data).rgba == picture).all()
    assert mode_of(data) == "RGBA"
    assert encode_output(picture, "png") == data


def test_an_opaque_png_has_no_alpha_channel(picture):
    opaque = picture.copy()
    opaque[..., 3] = 255
    data = encode_output(opaque[:, ::2], "png")
    assert (decode(data).rgba == opaque[:, ::2]).all()
    assert mode_of(data) == "RGB"


def test_other_formats_go_their_own_way(picture):
    assert mode_of(encode_output(picture, "jpeg")) == "RGB"
    assert encode_output(picture, "webp")[8:12] == b"WEBP"
    with pytest.raises(InvalidInput):
        encode_output(np.zeros((2, 70_000, 4), np.uint8), "jpeg")
