"""Broken, malicious and merely odd bytes: each is decoded, or refused with a remedy; nothing else escapes."""

import contextlib
import io
import struct
import zlib
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from pose.errors import ContrappostoError, InvalidImage, TooLarge
from pose.image import decode

HOSTILE = Path(__file__).resolve().parents[3] / "shared" / "data" / "hostile"
EXPECTED = {
    "broken.png": InvalidImage,
    "broken_data_stream.png": InvalidImage,
    "decompression_bomb.gif": TooLarge,
    "decompression_bomb.ico": InvalidImage,
    "png_decompression_dos.png": InvalidImage,
    "truncated_image.png": InvalidImage,
    "truncated_jpeg.jpg": InvalidImage,
}


def saved(kind: str, **options: object) -> bytes:
    noise = np.random.default_rng(1).integers(0, 256, (40, 50, 3), dtype=np.uint8)
    buffer = io.BytesIO()
    Image.fromarray(noise).save(buffer, kind, **options)
    return buffer.getvalue()


def chunk(name: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))


def png_header(width: int, height: int) -> bytes:
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    pixels = chunk(b"IDAT", zlib.compress(b"\0" * 10))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + pixels + chunk(b"IEND", b"")


@pytest.mark.skipif(not HOSTILE.is_dir(), reason="the hostile files are not beside this checkout")
@pytest.mark.parametrize("name", sorted(path.name for path in HOSTILE.glob("*")) or ["none"])
def test_every_hostile_file(name):
    data = (HOSTILE / name).read_bytes()
    expected = EXPECTED.get(name, InvalidImage if name == "LICENSE" else None)
    if expected is None:
        assert decode(data).rgba.ndim == 3
        return
    with pytest.raises(expected) as caught:
        decode(data)
    assert ";" in caught.value.message, "no remedy"


@pytest.mark.parametrize(
    "data", [b"", b"\0", b"GIF89a", b"hello, I am text", b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"BM"]
)
def test_what_is_no_image(data):
    with pytest.raises(InvalidImage):
        decode(data)


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP", "GIF", "BMP", "TIFF"])
def test_cut_anywhere_it_is_refused_or_whole(kind):
    data = saved(kind)
    whole = decode(data).rgba
    for cut in np.linspace(0, len(data) - 1, 41).astype(int):
        try:
            found = decode(data[:cut]).rgba
        except InvalidImage:
            continue
        assert len(data) - cut <= 16, f"{kind} cut at {cut} of {len(data)} was taken"
        np.testing.assert_array_equal(found, whole)


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP", "GIF", "BMP", "TIFF"])
def test_flipped_bytes_never_let_another_error_out(kind):
    data, random = bytearray(saved(kind)), np.random.default_rng(2)
    for _ in range(60):
        broken = bytearray(data)
        for position in random.integers(0, min(len(data), 400), 6):
            broken[position] = random.integers(0, 256)
        with contextlib.suppress(InvalidImage, TooLarge):
            assert decode(bytes(broken)).rgba.dtype == np.uint8


@pytest.mark.parametrize(("width", "height"), [(10_000, 6_000), (60_000, 60_000), (2**31 - 1, 2**31 - 1), (20_000, 1)])
def test_announced_pixels_are_refused_before_decoding(width, height):
    with pytest.raises(TooLarge):
        decode(png_header(width, height))


def test_zero_pixels():
    with pytest.raises(InvalidImage):
        decode(png_header(0, 5))


@pytest.mark.parametrize("kind", ["GIF", "WEBP", "PNG", "TIFF"])
def test_several_frames(kind):
    frames = [Image.new("RGB", (8, 8), colour) for colour in ("red", "green", "blue")]
    buffer = io.BytesIO()
    frames[0].save(buffer, kind, save_all=True, append_images=frames[1:])
    with pytest.raises(InvalidImage, match="single still"):
        decode(buffer.getvalue())


def test_a_single_gif_frame_is_a_picture():
    assert decode(saved("GIF")).rgba.shape == (40, 50, 4)


def test_a_jpeg_of_endless_scans():
    data = saved("JPEG", progressive=True)
    last = data.rindex(b"\xff\xda")
    assert decode(data).rgba.shape == (40, 50, 4)
    with pytest.raises(InvalidImage, match="scans"):
        decode(data[:-2] + data[last:-2] * 200 + data[-2:])


def test_threads_decode_side_by_side():
    data = [saved("PNG"), saved("JPEG"), png_header(10_000, 6_000), saved("WEBP")[:90]] * 8

    def shape(item: bytes) -> object:
        try:
            return decode(item).rgba.shape
        except ContrappostoError as error:
            return error.code

    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(shape, data)) == [shape(item) for item in data]
