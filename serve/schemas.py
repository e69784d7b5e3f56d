"""From a body's fields to a checked request: what each field must be, in one place. Decodes pictures; knows no HTTP.

Every function raises InvalidInput (or a kind of it) with a sentence that tells what to send instead.
"""

import json
from typing import Any, Literal, cast

import numpy as np
from numpy.typing import NDArray

from deployments.backgrounds.spec import Background, parse_background
from pose import library
from pose.errors import InvalidImage, InvalidInput, InvalidKeypoints, TooLarge
from pose.image import Limits, Picture, decode
from pose.keypoints_json import parse_keypoints
from pose.pose import Pose
from serve.figures import content_key
from serve.form import Fields
from serve.requests import Format, Scale, Source, Target, Transfer
from serve.settings import RequestLimits, Settings

TARGETS = ("pose", "reference", "keypoints")
SOURCE = ("image", "mask", "source_keypoints", "figure_index")
BACKGROUND = ("background", "background_image")
TRANSFER = (
    "figure", *SOURCE, *TARGETS, "retarget", "framing", *BACKGROUND, "scale", "seed", "steps", "variations",
    "deterministic", "format",
)  # fmt: skip
FORMATS = ("png", "webp", "jpeg")
MAX_SEED = 2**31 - 1
LEAST_SIDE, MOST_ASPECT = 16, 20
_SHAPE = f"send at least {LEAST_SIDE} pixels each way, and no more than {MOST_ASPECT} times as long as wide."


def picture_limits(limits: RequestLimits) -> Limits:
    """What one picture of a request may cost."""
    return Limits(max_bytes=limits.file_bytes, max_pixels=limits.pixels)


def decode_any(data: bytes, limits: RequestLimits) -> Picture:
    """Any picture within the limits."""
    return decode(data, picture_limits(limits))


def decode_figure(data: bytes, limits: RequestLimits) -> Picture:
    """A picture in which a figure or pose shall be found. Raises InvalidImage for one too small or narrow for that."""
    picture = decode_any(data, limits)
    if _out_of_shape(*picture.rgba.shape[:2]):
        raise InvalidImage(f"the image is {_size(picture)}; {_SHAPE}")
    return picture


def to_transfer(fields: Fields, settings: Settings) -> Transfer:
    """`POST /v1/transfers`."""
    targets = to_targets(fields, settings.limits)
    retarget = cast(Literal["proportions", "none"], choice(fields, "retarget", ("proportions", "none")))
    if retarget == "none":
        _check_canvases(targets)
    variations = integer(fields, "variations", 1, 1, 8)
    if len(targets) * variations > settings.limits.outputs:
        raise TooLarge(
            f"{len(targets)} poses with {variations} variations make more than {settings.limits.outputs} pictures; "
            "ask for fewer at a time."
        )
    return Transfer(
        source=to_source_or_id(fields, settings.limits),
        targets=targets,
        retarget=retarget,
        framing=cast(Literal["fit", "source"], choice(fields, "framing", ("fit", "source"))),
        background=to_background(fields, settings.limits),
        scale=to_scale(fields),
        seed=integer(fields, "seed", 0, 0, MAX_SEED),
        steps=integer(fields, "steps", settings.default_steps, 1, settings.limits.steps),
        variations=variations,
        deterministic=truth(fields, "deterministic"),
        format=to_format(fields),
    )


def to_source_or_id(fields: Fields, limits: RequestLimits) -> Source | str:
    """The character: `figure` (an id) or `image`, exactly one of them."""
    figure = fields.one("figure")
    if figure is None:
        return to_source(fields, limits)
    if any(fields.all(name) for name in SOURCE):
        raise InvalidInput("figure stands for image, mask, source_keypoints and figure_index; give it without them.")
    if not isinstance(figure, str):
        raise InvalidInput("figure is not text; give the id that POST /v1/figures answered.")
    return figure


def to_source(fields: Fields, limits: RequestLimits) -> Source:
    """The character's picture with what overrides its detection."""
    data = fields.one("image")
    if data is None:
        raise InvalidInput("field image is missing; send the character's picture (or figure, an id).")
    picture = decode_figure(data, limits)
    mask, keypoints = fields.one("mask"), fields.one("source_keypoints")
    index = integer(fields, "figure_index", 0, 0, 63)
    key = content_key(data, mask or b"", json.dumps(keypoints, sort_keys=True).encode(), str(index).encode())
    return Source(
        key=key,
        picture=picture,
        mask=None if mask is None else to_mask(mask, picture, limits),
        keypoints=None if keypoints is None else to_source_pose(keypoints, picture),
        figure_index=index,
    )


def to_mask(data: bytes, picture: Picture, limits: RequestLimits) -> NDArray[np.uint8]:
    """(H, W) uint8: the mask picture's alpha where it has one, else its brightness."""
    mask = decode_any(data, limits)
    if mask.rgba.shape != picture.rgba.shape:
        raise InvalidInput(
            f"the mask is {_size(mask)}, the image {_size(picture)}; send a mask of the image's size, the figure white."
        )
    found = mask.rgba[..., 3] if mask.has_alpha else mask.rgb.max(-1)
    if not (found > 127).any():
        raise InvalidInput("the mask is empty; send the figure in white on black.")
    return np.ascontiguousarray(found)


def to_source_pose(content: Any, picture: Picture) -> Pose:
    """source_keypoints, which must be in the image's own pixels."""
    pose = parse_keypoints(content)
    height, width = picture.rgba.shape[:2]
    if (pose.width, pose.height) != (width, height):
        raise InvalidKeypoints(
            f"source_keypoints are for {pose.width} x {pose.height}, the image is {width} x {height}; "
            "give them in the image's pixels."
        )
    return pose


def to_targets(fields: Fields, limits: RequestLimits) -> tuple[Target, ...]:
    """The poses asked for: one kind of field, repeated at will."""
    kinds = [name for name in TARGETS if fields.all(name)]
    if not kinds:
        raise InvalidInput("no pose is given; send pose (a name), reference (a picture) or keypoints (JSON).")
    if len(kinds) > 1:
        raise InvalidInput(f"{' and '.join(kinds)} are given together; send only one kind of them.")
    values = fields.all(kinds[0])
    if len(values) > limits.poses:
        raise TooLarge(f"{len(values)} poses are given, at most {limits.poses} are taken; send several requests.")
    return tuple(_target(kinds[0], number, value, limits) for number, value in enumerate(values, 1))


def _target(kind: str, number: int, value: Any, limits: RequestLimits) -> Target:
    if kind == "pose":
        if not isinstance(value, str):
            raise InvalidInput("pose is not text; give a name that GET /v1/poses lists.")
        library.get(value, "front")
        return Target(value, name=value)
    if kind == "reference":
        return Target(f"reference {number}", reference=decode_figure(value, limits))
    return Target(f"keypoints {number}", keypoints=parse_keypoints(value))


def _check_canvases(targets: tuple[Target, ...]) -> None:
    """With retarget=none the keypoints' canvas becomes the output's, so it must be one."""
    for pose in (target.keypoints for target in targets):
        if pose is not None and _out_of_shape(pose.width, pose.height):
            raise InvalidKeypoints(f"the keypoints make a picture of {pose.width} x {pose.height}; {_SHAPE}")


def to_background(fields: Fields, limits: RequestLimits) -> Background:
    """`background`, or the picture in `background_image`."""
    text, data = fields.one("background"), fields.one("background_image")
    if data is None:
        return parse_background(text if isinstance(text, str) else "keep" if text is None else str(text))
    if text not in (None, "", "picture"):
        raise InvalidInput("background and background_image are given together; give one of them.")
    return Background("picture", picture=decode_any(data, limits).rgb)


def to_scale(fields: Fields, default: Scale = 1) -> Scale:
    """1, 2, 4 or 4k."""
    given = str(fields.one("scale", default)).lower()
    scales: dict[str, Scale] = {"1": 1, "2": 2, "4": 4, "4k": "4k"}
    if given not in scales:
        raise InvalidInput(f"scale is '{given[:20]}'; give 1, 2, 4 or 4k.")
    return scales[given]


def to_format(fields: Fields) -> Format:
    """The outputs' file format."""
    return cast(Format, choice(fields, "format", FORMATS))


def choice(fields: Fields, name: str, choices: tuple[str, ...]) -> str:
    """One of the choices; the first where the field is not given."""
    given = fields.one(name, choices[0])
    if given not in choices:
        raise InvalidInput(f"{name} is '{str(given)[:40]}'; give {' or '.join(choices)}.")
    return str(given)


def truth(fields: Fields, name: str) -> bool:
    """Yes or no; no where the field is not given."""
    given = fields.one(name, False)
    text = str(given).lower() if isinstance(given, (bool, str)) else ""
    if text not in ("true", "false"):
        raise InvalidInput(f"{name} is '{str(given)[:40]}'; give true or false.")
    return text == "true"


def integer(fields: Fields, name: str, default: int, least: int, most: int) -> int:
    """A whole number within its bounds."""
    given = fields.one(name, default)
    text = "" if isinstance(given, (bool, float)) else str(given)
    number = int(text) if text.isascii() and text.removeprefix("-").isdigit() and len(text) < 20 else None
    if number is None or not least <= number <= most:
        raise InvalidInput(f"{name} is '{str(given)[:40]}'; give a whole number from {least} to {most}.")
    return number


def _out_of_shape(width: int, height: int) -> bool:
    return min(width, height) < LEAST_SIDE or max(width, height) > MOST_ASPECT * min(width, height)


def _size(picture: Picture) -> str:
    return f"{picture.rgba.shape[1]} x {picture.rgba.shape[0]}"
