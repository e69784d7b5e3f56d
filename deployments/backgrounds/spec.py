"""What a request may ask of the background. Data and its parser only."""

import re
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from pose.errors import InvalidInput


@dataclass(frozen=True, eq=False)
class Background:
    """kind `keep`, `transparent`, `color` (with `color`, sRGB) or `picture` (with `picture` (h, w, 3|4) uint8)."""

    kind: Literal["keep", "transparent", "color", "picture"] = "keep"
    color: tuple[int, int, int] = (255, 255, 255)
    picture: NDArray[np.uint8] | None = None


def parse_background(text: str) -> Background:
    """`keep`, `transparent` or `#rrggbb`. Raises InvalidInput for anything else."""
    if text == "keep":
        return Background("keep")
    if text == "transparent":
        return Background("transparent")
    if re.fullmatch(r"#[0-9a-fA-F]{6}", text):
        red, green, blue = (int(text[at : at + 2], 16) for at in (1, 3, 5))
        return Background("color", (red, green, blue))
    raise InvalidInput(
        f"background '{text[:40]}' is not known; give keep, transparent, #rrggbb, or a picture as background_image."
    )
