"""Pictures in and out: a guarded decode of untrusted bytes, and a deterministic encode.

Decoding trusts nothing: bytes, pixels, sides and frames are limited before a pixel is unpacked, only six formats are
tried, and whatever a decoder raises comes back as InvalidImage or TooLarge with a remedy. EXIF orientation is applied,
ICC profiles are converted to sRGB, 16-bit samples are scaled; all metadata is dropped. No setting of Pillow is changed,
so threads may decode side by side. Knows nothing of HTTP, of figures, or of how long a decode takes.
"""

import base64
import binascii
import io
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageCms

from pose.errors import ContrappostoError, InvalidImage, InvalidInput, TooLarge

Format = Literal["png", "webp", "jpeg"]
FORMATS = ("PNG", "JPEG", "WEBP", "GIF", "BMP", "TIFF")
ANIMATED = ("PNG", "WEBP", "GIF", "TIFF")
SAVE_OPTIONS: dict[str, dict[str, Any]] = {
    "png": {"compress_level": 4},
    "webp": {"quality": 92, "method": 4, "exact": True},
    "jpeg": {"quality": 92, "subsampling": 0},
}
MAX_PROFILE_BYTES = 4 * 2**20
ORIENTATION = 0x0112
BOMBS = (Image.DecompressionBombError, Image.DecompressionBombWarning)


@dataclass(frozen=True)
class Limits:
    """What a picture may cost. Sides and pixels are those that the header announces.

    Scans are those of a progressive JPEG, each of which passes over every pixel; encoders write about ten.
    """

    max_bytes: int = 40 * 2**20
    max_pixels: int = 50_000_000
    max_side: int = 16_384
    max_scans: int = 100


@dataclass(frozen=True, eq=False)
class Picture:
    """A decoded picture. rgba (H, W, 4) uint8 sRGB, straight alpha; `has_alpha`: some pixel is not opaque."""

    rgba: NDArray[np.uint8]
    has_alpha: bool

    @property
    def rgb(self) -> NDArray[np.uint8]:
        """(H, W, 3) the colours, alpha ignored."""
        return self.rgba[..., :3]


def decode(data: bytes, limits: Limits | None = None) -> Picture:
    """Decodes one still PNG, JPEG, WebP, GIF, BMP or TIFF picture.

    Raises TooLarge beyond `limits`, InvalidImage where the bytes are not such a picture, are cut short or animated.
    """
    limits = limits or Limits()
    if not data:
        raise InvalidImage("the image is empty (0 bytes); send the file's content.")
    if len(data) > limits.max_bytes:
        raise TooLarge(
            f"the image has {len(data)} bytes, at most {limits.max_bytes} are taken; compress it or scale it down."
        )
    try:
        with Image.open(io.BytesIO(data), formats=FORMATS) as image:
            _check_header(image, limits)
            _check_scans(image, data, limits)
            image.load()
            return _picture(_straightened(image))
    except ContrappostoError:
        raise
    except BOMBS as error:
        raise TooLarge(f"the image has more than {limits.max_pixels} pixels; scale it down.") from error
    except MemoryError as error:
        raise TooLarge("the image needs more memory than there is; scale it down.") from error
    except Image.UnidentifiedImageError as error:
        raise InvalidImage("the bytes are no PNG, JPEG, WebP, GIF, BMP or TIFF image; send one of these.") from error
    except Exception as error:  # decoders raise anything: OSError, zlib.error, struct.error, ValueError, warnings ...
        raise InvalidImage(
            f"the image is broken or cut short ({_reason(error)}); save it again and send it whole."
        ) from error


def encode(rgba: NDArray[np.uint8], format: Format = "png", quality: int | None = None) -> bytes:  # noqa: A002
    """(H, W), (H, W, 3) or (H, W, 4) uint8 -> a file's bytes, the same for the same input.

    JPEG has no alpha: the picture is laid on white. `quality` 1..100 is for jpeg and webp. Raises InvalidInput on an
    unknown format or an array that is no picture.
    """
    if format not in SAVE_OPTIONS:
        raise InvalidInput(f"unknown image format '{format}'; choose one of {', '.join(SAVE_OPTIONS)}.")
    if rgba.dtype != np.uint8 or rgba.ndim not in (2, 3) or 0 in rgba.shape or rgba.shape[2:] not in ((), (3,), (4,)):
        raise InvalidInput(f"expected (H, W), (H, W, 3) or (H, W, 4) uint8, got {rgba.shape} {rgba.dtype}.")
    options = dict(SAVE_OPTIONS[format])
    if quality is not None and "quality" in options:
        options["quality"] = min(max(int(quality), 1), 100)
    image = Image.fromarray(np.ascontiguousarray(rgba))
    if format == "jpeg" and image.mode == "RGBA":
        image = Image.alpha_composite(Image.new("RGBA", image.size, "white"), image).convert("RGB")
    buffer = io.BytesIO()
    try:
        image.save(buffer, format.upper(), **options)
    except (OSError, ValueError) as error:
        raise InvalidInput(f"{rgba.shape[1]} x {rgba.shape[0]} does not fit {format} ({error}); use png.") from error
    return buffer.getvalue()


def to_data_url(data: bytes, format: Format) -> str:  # noqa: A002
    """A file's bytes as `data:image/<format>;base64,...`."""
    return f"data:image/{format};base64,{base64.b64encode(data).decode('ascii')}"


def from_data_url(url: str, limits: Limits | None = None) -> bytes:
    """The bytes of a base64 data URL. Raises InvalidImage where it is none, TooLarge beyond `limits.max_bytes`."""
    limits = limits or Limits()
    head, comma, body = url.partition(",")
    if not comma or not head.startswith("data:image/") or not head.endswith(";base64"):
        raise InvalidImage("expected 'data:image/<type>;base64,<data>'; encode the file so.")
    if len(body) * 3 // 4 > limits.max_bytes + 3:
        raise TooLarge(f"the image has more than {limits.max_bytes} bytes; compress it or scale it down.")
    try:
        return base64.b64decode(body, validate=True)
    except (binascii.Error, ValueError) as error:
        raise InvalidImage(f"the data URL is not valid base64 ({_reason(error)}); encode the file again.") from error


def _check_header(image: Image.Image, limits: Limits) -> None:
    width, height = image.size
    if width < 1 or height < 1:
        raise InvalidImage(f"the image is {width} x {height}; send one with at least one pixel.")
    if width * height > limits.max_pixels or max(width, height) > limits.max_side:
        raise TooLarge(
            f"the image is {width} x {height}; at most {limits.max_pixels} pixels and sides of {limits.max_side} "
            "are taken; scale it down."
        )
    if image.format in ANIMATED and getattr(image, "is_animated", False):
        raise InvalidImage("the image has several frames or pages; send a single still picture.")


def _check_scans(image: Image.Image, data: bytes, limits: Limits) -> None:
    scans = data.count(b"\xff\xda") if image.format in ("JPEG", "MPO") else 0
    if scans > limits.max_scans:
        raise InvalidImage(f"the JPEG has {scans} scans, at most {limits.max_scans} are taken; save it again.")


def _straightened(image: Image.Image) -> Image.Image:
    """In sRGB, 8 bits, RGBA, upright."""
    orientation = _orientation(image)
    rgb = _in_srgb(image)
    alpha = _alpha(image)
    if alpha is not None:
        rgb.putalpha(alpha)
    method = {2: 0, 3: 3, 4: 1, 5: 5, 6: 4, 7: 6, 8: 2}.get(orientation)
    rgba = rgb.convert("RGBA")
    return rgba if method is None else rgba.transpose(Image.Transpose(method))


def _orientation(image: Image.Image) -> int:
    try:
        return int(image.getexif().get(ORIENTATION, 1))
    except Exception:  # a broken EXIF block is no reason to refuse the pixels
        return 1


def _alpha(image: Image.Image) -> Image.Image | None:
    """The alpha band, made of a transparent palette entry or colour where the file has that instead."""
    if "A" in image.getbands() or "a" in image.getbands() or "transparency" in image.info:
        if image.mode.startswith("I") or image.mode == "F":
            key = image.info.get("transparency")
            return (
                Image.fromarray(np.where(np.asarray(image) == key, 0, 255).astype(np.uint8))
                if key is not None
                else None
            )
        return image.convert("RGBA").getchannel("A")
    return None


def _in_srgb(image: Image.Image) -> Image.Image:
    """Colours as 8-bit sRGB; a profile that cannot be used is ignored."""
    flat = _flattened(image)
    profile = image.info.get("icc_profile")
    if profile and len(profile) <= MAX_PROFILE_BYTES:
        try:
            source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
            if "sRGB" not in ImageCms.getProfileDescription(source):
                converted = ImageCms.profileToProfile(flat, source, ImageCms.createProfile("sRGB"), outputMode="RGB")
                return converted or flat.convert("RGB")
        except Exception:  # a broken profile is no reason to refuse the pixels
            return flat.convert("RGB")
    return flat.convert("RGB")


def _flattened(image: Image.Image) -> Image.Image:
    """8 bits a band, without alpha: L, RGB or CMYK, as the profile expects it."""
    if image.mode.startswith("I") or image.mode == "F":
        return Image.fromarray(_to_eight_bits(np.asarray(image)))
    if image.mode in ("1", "L", "LA", "La"):
        return image.convert("L")
    if image.mode == "CMYK":
        return image
    if "transparency" in image.info or image.mode in ("PA", "RGBa"):
        return image.convert("RGBA").convert("RGB")
    return image.convert("RGB")


def _to_eight_bits(samples: NDArray[Any]) -> NDArray[np.uint8]:
    """Scales, never clips: 16-bit by 257, floats in 0..1 by 255, other ranges by their largest value."""
    values = np.nan_to_num(samples.astype(np.float32), nan=0.0, posinf=0.0, neginf=0.0)
    values -= min(values.min(), 0.0)
    largest = values.max()
    if samples.dtype == np.uint16 or (samples.dtype.kind in "iu" and 255 < largest <= 65535):
        full = 65535.0
    elif samples.dtype.kind == "f":
        full = 1.0 if largest <= 1 else max(255.0, largest)
    else:
        full = max(255.0, largest)
    return np.rint(values * (255.0 / full)).astype(np.uint8)


def _picture(image: Image.Image) -> Picture:
    rgba = np.array(image, np.uint8)
    return Picture(rgba, bool((rgba[..., 3] < 255).any()))


def _reason(error: Exception) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0][:120] or type(error).__name__
