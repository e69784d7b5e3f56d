"""What a request asks for, once it is read and checked. Data only; knows neither HTTP nor Ray."""

from dataclasses import dataclass, field
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from deployments.backgrounds.spec import Background
from pose.image import Picture
from pose.pose import Pose

Retarget = Literal["proportions", "none"]
Framing = Literal["fit", "source"]
Scale = Literal[1, 2, 4, "4k"]
Format = Literal["png", "webp", "jpeg"]


@dataclass(frozen=True, eq=False)
class Source:
    """The character. `key` names its contents; `mask` (H, W) uint8; `keypoints` in the picture's pixels."""

    key: str
    picture: Picture
    mask: NDArray[np.uint8] | None = None
    keypoints: Pose | None = None
    figure_index: int = 0


@dataclass(frozen=True, eq=False)
class Target:
    """One pose that is asked for: exactly one of a library `name`, a `reference` picture and `keypoints`."""

    label: str
    name: str | None = None
    reference: Picture | None = None
    keypoints: Pose | None = None

    @property
    def kind(self) -> str:
        """The form field that it came in."""
        if self.name is not None:
            return "pose"
        return "reference" if self.reference is not None else "keypoints"


@dataclass(frozen=True, eq=False)
class Transfer:
    """One request of `POST /v1/transfers`. `source` is a picture, or the id of a figure sent before."""

    source: Source | str
    targets: tuple[Target, ...]
    retarget: Retarget = "proportions"
    framing: Framing = "fit"
    background: Background = field(default_factory=Background)
    scale: Scale = 1
    seed: int = 0
    steps: int = 1
    variations: int = 1
    deterministic: bool = False
    format: Format = "png"
