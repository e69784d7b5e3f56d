import io

import numpy as np
import pytest
from PIL import Image, ImageCms

from pose.errors import InvalidImage, InvalidInput, TooLarge
from pose.image import Limits, decode, encode, from_data_url, to_data_url


def saved(image: Image.Image, kind: str = "PNG", **options: object) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, kind, **options)
    return buffer.getvalue()


def picture(width: int = 12, height: int = 8) -> np.ndarray:
    return np.random.default_rng(0).integers(0, 256, (height, width, 4), dtype=np.uint8)


def test_png_and_lossless_alpha_come_back_exactly():
    rgba = picture()
    found = decode(encode(rgba, "png"))
    np.testing.assert_array_equal(found.rgba, rgba)
    assert found.has_alpha
    assert found.rgb.shape == (8, 12, 3)


def test_encode_is_deterministic_in_every_format():
    for kind in ("png", "webp", "jpeg"):
        assert encode(picture(), kind) == encode(picture(), kind)
        assert decode(encode(picture(), kind)).rgba.shape == (8, 12, 4)


def test_jpeg_is_laid_on_white():
    clear = np.zeros((8, 8, 4), np.uint8)
    assert decode(encode(clear, "jpeg")).rgb.min() > 250


def test_encode_takes_grey_and_rgb_and_refuses_the_rest():
    assert decode(encode(np.full((4, 5), 9, np.uint8))).rgba[0, 0].tolist() == [9, 9, 9, 255]
    assert decode(encode(np.full((4, 5, 3), 9, np.uint8))).rgba.shape == (4, 5, 4)
    for wrong in (np.zeros((4, 5, 2), np.uint8), np.zeros((4, 5, 4), np.float32), np.zeros((0, 5, 4), np.uint8)):
        with pytest.raises(InvalidInput):
            encode(wrong)
    with pytest.raises(InvalidInput, match="choose one of"):
        encode(picture(), "tiff")
    with pytest.raises(InvalidInput, match="use png"):
        encode(np.zeros((1, 20_000), np.uint8), "webp")


def test_opaque_is_not_alpha():
    assert not decode(saved(Image.new("RGBA", (3, 3), (1, 2, 3, 255)))).has_alpha


@pytest.mark.parametrize("orientation", range(1, 9))
def test_exif_orientation_is_applied(orientation):
    upright = Image.fromarray(np.arange(6 * 4 * 3, dtype=np.uint8).reshape(6, 4, 3))
    undo = {2: 0, 3: 3, 4: 1, 5: 5, 6: 2, 7: 6, 8: 4}.get(orientation)
    stored = upright if undo is None else upright.transpose(Image.Transpose(undo))
    exif = Image.Exif()
    exif[0x0112] = orientation
    found = decode(saved(stored, exif=exif)).rgb
    np.testing.assert_array_equal(found, np.asarray(upright))


def test_sixteen_bits_are_scaled_not_clipped():
    ramp = np.linspace(0, 65535, 256).astype(np.uint16).reshape(16, 16)
    found = decode(saved(Image.fromarray(ramp))).rgba[..., 0]
    np.testing.assert_array_equal(found, np.rint(ramp / 257).astype(np.uint8))


def test_thirty_two_bit_and_float_tiff():
    ramp = np.linspace(0, 65535, 256).reshape(16, 16)
    whole = decode(saved(Image.fromarray(ramp.astype(np.int32)), "TIFF")).rgba[..., 0]
    fraction = decode(saved(Image.fromarray((ramp / 65535).astype(np.float32)), "TIFF")).rgba[..., 0]
    assert (int(whole.min()), int(whole.max())) == (0, 255)
    assert np.abs(whole.astype(int) - fraction).max() <= 1


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA"])
def test_every_png_mode_agrees_with_its_rgba(mode):
    image = Image.fromarray(picture()).convert("RGBA").convert(mode)
    np.testing.assert_array_equal(decode(saved(image)).rgba, np.asarray(image.convert("RGBA")))


def test_palette_with_a_transparent_entry():
    image = Image.new("P", (4, 4), 1)
    image.putpalette([255, 0, 0, 0, 255, 0])
    image.putpixel((0, 0), 0)
    found = decode(saved(image, transparency=0))
    assert found.rgba[0, 0, 3] == 0
    assert found.rgba[1, 1].tolist() == [0, 255, 0, 255]
    assert found.has_alpha


def test_palette_with_partial_transparency_and_grey_key():
    image = Image.new("P", (2, 1), 0)
    image.putpalette([10, 20, 30, 40, 50, 60])
    image.putpixel((1, 0), 1)
    assert decode(saved(image, transparency=bytes([255, 100]))).rgba[0, 1].tolist() == [40, 50, 60, 100]
    assert decode(saved(Image.new("L", (2, 2), 7), transparency=7)).rgba[..., 3].max() == 0
    deep = Image.fromarray(np.full((2, 2), 300, np.uint16))
    assert decode(saved(deep, transparency=300)).rgba[..., 3].max() == 0


def test_cmyk_white_and_black():
    assert decode(saved(Image.new("CMYK", (8, 8), (0, 0, 0, 0)), "JPEG")).rgb.min() > 250
    assert decode(saved(Image.new("CMYK", (8, 8), (0, 0, 0, 255)), "JPEG")).rgb.max() < 5


def test_profiles_are_converted_srgb_kept_exactly_and_broken_ones_ignored():
    image = Image.fromarray(picture()[..., :3])
    same = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    lab = ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB")).tobytes()
    for profile in (same, lab, b"no profile at all", b""):
        np.testing.assert_array_equal(decode(saved(image, icc_profile=profile)).rgb, np.asarray(image))


def test_a_foreign_profile_changes_the_colours():
    plain = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    swapped = plain.replace(b"rXYZ", b"????", 1).replace(b"gXYZ", b"rXYZ", 1).replace(b"????", b"gXYZ", 1)
    foreign = swapped.replace("sRGB".encode("utf-16-be"), "test".encode("utf-16-be"))
    rgba = np.full((4, 4, 4), (255, 0, 0, 90), np.uint8)
    red, green, blue, alpha = decode(saved(Image.fromarray(rgba), icc_profile=foreign)).rgba[0, 0]
    assert green > 250
    assert max(red, blue) < 30
    assert alpha == 90


def test_metadata_is_dropped():
    exif = Image.Exif()
    exif[0x010F] = "SecretCamera"
    data = saved(Image.fromarray(picture()[..., :3]), "JPEG", exif=exif)
    assert b"SecretCamera" in data
    assert b"SecretCamera" not in encode(decode(data).rgba, "jpeg")


def test_limits_count_bytes_sides_and_pixels():
    data = encode(picture(64, 4))
    for limits in (Limits(max_bytes=20), Limits(max_pixels=255), Limits(max_side=63)):
        with pytest.raises(TooLarge, match="scale it down"):
            decode(data, limits)
    assert decode(data, Limits(max_pixels=256, max_side=64)).rgba.shape == (4, 64, 4)


def test_data_urls():
    data = encode(picture())
    assert from_data_url(to_data_url(data, "png")) == data
    for wrong in ("", "data:image/png,abc", "data:text/html;base64,AAAA", "data:image/png;base64,%%%%", "http://x"):
        with pytest.raises(InvalidImage):
            from_data_url(wrong)
    with pytest.raises(TooLarge):
        from_data_url("data:image/png;base64," + "A" * 4000, Limits(max_bytes=100))
