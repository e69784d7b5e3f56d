"""What travels between the stages: readings, figures, layers and warps. Data only; who fills which field is said.

Convention: pictures are (H, W, 3|4) uint8 sRGB, alpha straight (not premultiplied). Boxes are (x0, y0, x1, y1)
pixels, end exclusive. Source frame = pixels of the source picture; output frame = pixels of the result canvas;
output = source - origin at unit scale.
"""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from pose.pose import Pose

PARTS = ("none", "torso", "head", "hair", "r_arm", "l_arm", "r_leg", "l_leg", "skirt", "held")
PART_INDEX = {name: row for row, name in enumerate(PARTS)}
MATERIALS = ("none", "skin", "hair", "rigid", "fitted", "flowing", "print")
MATERIAL_INDEX = {name: row for row, name in enumerate(MATERIALS)}

Kind = Literal["photo", "drawing", "character", "stick", "mannequin", "wireframe", "sketch", "openpose"]
Reader = Literal["blazepose", "network", "openpose", "user", "vitpose"]


@dataclass(frozen=True, eq=False)
class Reading:
    """One figure found by the keypoints stage. `mask` (H, W) uint8 0..255 where the reader gives one (BlazePose)."""

    pose: Pose
    kind: Kind
    reader: Reader
    score: float
    box: tuple[float, float, float, float]
    mask: NDArray[np.uint8] | None = None


@dataclass(frozen=True, eq=False)
class Layer:
    """One part as a picture of its own, in source pixels, cropped to `box`.

    garments fills: rgba (h, w, 4) with the texels that the source shows; `known` (h, w) bool, those texels;
    `missing` (h, w) bool, where the part may continue under what hides it (and as stumps past its joints).
    denoiser (complete) fills rgba inside `missing` (its alpha there may stay 0: the part does not reach so far)
    and leaves `known` and `missing` as they are.
    """

    part: str
    box: tuple[int, int, int, int]
    rgba: NDArray[np.uint8]
    known: NDArray[np.bool_]
    missing: NDArray[np.bool_]
    joint: str = "neck"


@dataclass(frozen=True, eq=False)
class Figure:
    """A parsed character, by the garments stage.

    image (H, W, 4): the whole source canvas, alpha = matte, colours = estimated foreground. parts, materials (H, W)
    uint8 rows of PARTS and MATERIALS (0 off the figure). layers: back to front as seen in the source. merged: parts
    for which no credible cut was found; their texels are in the parent's layer (the report says so).
    """

    image: NDArray[np.uint8]
    pose: Pose
    parts: NDArray[np.uint8]
    materials: NDArray[np.uint8]
    layers: tuple[Layer, ...]
    merged: tuple[str, ...] = ()
    completed: bool = False


@dataclass(frozen=True, eq=False)
class Warp:
    """The figure deformed to a pose, by the deformation stage, on the output canvas (H, W).

    rgba (H, W, 4) straight alpha. source (H, W, 2) float32: for each output pixel the source-frame position of its
    texel, NaN where there is none. part (H, W) uint8, row of PARTS. stretch (H, W) float32: area of an output pixel
    over the area of its texel footprint (1 = as it was). trust (H, W) float32 in 0..1: 1 = a known source texel,
    little deformed, far from seams; 0 = nothing or invented. hole (H, W) bool: inside the figure where no layer has
    a texel. invented (H, W) bool: texel from a completed region. skinned (H, W, 2) float32: source-frame position
    by linear blend skinning of the whole figure (a second geometry for the copying network), NaN where none.
    origin: (x, y) of the output canvas's corner in the source frame. pose: the target pose in output pixels.
    """

    rgba: NDArray[np.uint8]
    source: NDArray[np.float32]
    part: NDArray[np.uint8]
    stretch: NDArray[np.float32]
    trust: NDArray[np.float32]
    hole: NDArray[np.bool_]
    invented: NDArray[np.bool_]
    skinned: NDArray[np.float32]
    origin: tuple[int, int]
    pose: Pose
    warnings: tuple[str, ...] = ()
