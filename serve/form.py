"""Reads a request's body into fields: a multipart form, or JSON with data URLs. Knows which fields hold pictures.

What it gives back is checked for names and kinds only; `serve.schemas` says what the values must be.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from fastapi import Request
from starlette.datastructures import UploadFile

from pose.errors import InvalidInput
from pose.image import Limits, from_data_url

PICTURES = frozenset({"image", "reference", "mask", "background_image"})
OBJECTS = frozenset({"keypoints", "source_keypoints"})
PART_BYTES = 2**20
REPEATED = frozenset({"pose", "reference", "keypoints"})


@dataclass(frozen=True)
class Fields:
    """(name, value) in the order sent: bytes for pictures, dict for objects, str, int, float or bool for the rest."""

    items: tuple[tuple[str, Any], ...]

    def all(self, name: str) -> list[Any]:
        """Every value of a name."""
        return [value for key, value in self.items if key == name]

    def one(self, name: str, default: Any = None) -> Any:
        """The value of a name that may be given once."""
        values = self.all(name)
        return values[0] if values else default


async def read_fields(request: Request, allowed: Iterable[str], limits: Limits) -> Fields:
    """The body's fields. Raises InvalidInput for an unknown or needlessly repeated field, or another media type."""
    media = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if media == "application/json":
        pairs = _json_pairs(await request.body())
    elif media in ("multipart/form-data", "application/x-www-form-urlencoded"):
        pairs = await _form_pairs(request)
    else:
        raise InvalidInput(f"the body's type is '{media[:60]}'; send multipart/form-data or application/json.")
    names = set(allowed)
    _check_names([name for name, _ in pairs], names)
    return Fields(tuple((name, _value(name, value, limits)) for name, value in pairs))


async def _form_pairs(request: Request) -> list[tuple[str, Any]]:
    async with request.form(max_files=64, max_fields=64, max_part_size=PART_BYTES) as form:
        return [
            (name, await value.read() if isinstance(value, UploadFile) else value) for name, value in form.multi_items()
        ]


def _json_pairs(body: bytes) -> list[tuple[str, Any]]:
    try:
        content = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise InvalidInput("the body is not valid JSON; send an object of fields.") from error
    if not isinstance(content, dict):
        raise InvalidInput("the body is JSON but no object; send an object of fields.")
    pairs: list[tuple[str, Any]] = []
    for name, value in content.items():
        values = value if isinstance(value, list) and name in REPEATED else [value]
        pairs += [(name, item) for item in values]
    return pairs


def _check_names(names: list[str], allowed: set[str]) -> None:
    unknown = sorted({name for name in names if name not in allowed})
    if unknown:
        told = ", ".join(name[:40] for name in unknown[:5])
        raise InvalidInput(f"unknown field {told}; the fields here are {', '.join(sorted(allowed))}.")
    repeated = sorted({name for name in names if names.count(name) > 1} - REPEATED)
    if repeated:
        raise InvalidInput(f"field {repeated[0]} is given more than once; give it once.")


def _value(name: str, value: Any, limits: Limits) -> Any:
    if name in PICTURES:
        return value if isinstance(value, bytes) else _picture_bytes(name, value, limits)
    if isinstance(value, bytes):
        try:
            value = value.decode()
        except UnicodeDecodeError as error:
            raise InvalidInput(f"field {name} is not text; send a plain value.") from error
    return _object(name, value) if name in OBJECTS else value


def _picture_bytes(name: str, value: Any, limits: Limits) -> bytes:
    if isinstance(value, str) and value.startswith("data:"):
        return from_data_url(value, limits)
    raise InvalidInput(f"field {name} holds no picture; send a file, or a data URL (data:image/png;base64,...).")


def _object(name: str, value: Any) -> Any:
    if not isinstance(value, str):
        return value
    try:
        return json.loads(value)
    except (ValueError, RecursionError) as error:
        raise InvalidInput(f'field {name} is not valid JSON; send {{"width", "height", "points": {{...}}}}.') from error
