"""The request bodies and errors as OpenAPI 3.1 has them. The forms are read by hand, so they are described by hand."""

from typing import Any

from serve.problems import MEDIA_TYPE, SCHEMA

_FILE = {"type": "string", "format": "binary"}
_KEYPOINTS = {
    "type": "string",
    "contentMediaType": "application/json",
    "description": '{"width", "height", "points": {"nose": [x, y, score?], ...}}, in pixels',
}
_FIELDS: dict[str, dict[str, Any]] = {
    "image": {**_FILE, "description": "the character: PNG, JPEG, WebP, GIF, BMP or TIFF"},
    "figure": {"type": "string", "description": "an id from POST /v1/figures, in place of image"},
    "pose": {"type": "array", "items": {"type": "string"}, "description": "names from GET /v1/poses"},
    "reference": {"type": "array", "items": _FILE, "description": "pictures in which a pose can be read"},
    "keypoints": {"type": "array", "items": _KEYPOINTS},
    "retarget": {"enum": ["proportions", "none"], "default": "proportions"},
    "framing": {"enum": ["fit", "source"], "default": "fit"},
    "mask": {**_FILE, "description": "the figure in white on black, of the image's size; overrides detection"},
    "source_keypoints": {**_KEYPOINTS, "description": "the character's own joints; overrides detection"},
    "figure_index": {"type": "integer", "default": 0, "description": "which figure, 0 being the largest"},
    "background": {"type": "string", "default": "keep", "description": "keep, transparent or #rrggbb"},
    "background_image": {**_FILE, "description": "a picture to stand before"},
    "scale": {"enum": ["1", "2", "4", "4k"], "default": "1"},
    "seed": {"type": "integer", "default": 0, "minimum": 0},
    "steps": {"type": "integer", "minimum": 1},
    "variations": {"type": "integer", "default": 1, "minimum": 1, "maximum": 8},
    "deterministic": {
        "type": "boolean",
        "default": False,
        "description": "same bytes for the same inputs and seed, at the cost of sharing no step with other requests",
    },
    "format": {"enum": ["png", "webp", "jpeg"], "default": "png"},
}
_SOURCE = ("image", "mask", "source_keypoints", "figure_index")


def _body(*names: str, required: tuple[str, ...] = ()) -> dict[str, Any]:
    schema: dict[str, Any] = {
        "type": "object",
        "properties": {name: _FIELDS[name] for name in names},
        "additionalProperties": False,
    }
    if required:
        schema["required"] = list(required)
    as_json = {"schema": schema, "x-note": "pictures as data URLs, keypoints as objects"}
    return {"multipart/form-data": {"schema": schema}, "application/json": as_json}


BODIES = {
    "/v1/figures": _body(*_SOURCE, required=("image",)),
    "/v1/transfers": _body(*_FIELDS),
    "/v1/keypoints": _body("image", required=("image",)),
    "/v1/backgrounds": _body(*_SOURCE, "figure", "background", "background_image", "format"),
    "/v1/upscales": _body("image", "scale", "format", required=("image",)),
}
PICTURE: dict[int | str, dict[str, Any]] = {200: {"content": {"image/png": {"schema": _FILE}}}}
_PROBLEM = {"content": {MEDIA_TYPE: {"schema": SCHEMA}}}
ERRORS: dict[int | str, dict[str, Any]] = {
    400: {"description": "not a picture, or a malformed body", **_PROBLEM},
    404: {"description": "no such figure or path", **_PROBLEM},
    413: {"description": "beyond a limit on bytes or pixels", **_PROBLEM},
    422: {"description": "a field, pose or figure that cannot be used; the detail tells the remedy", **_PROBLEM},
    503: {"description": "too much in flight; see Retry-After", **_PROBLEM},
    504: {"description": "not ready within the deadline", **_PROBLEM},
}
