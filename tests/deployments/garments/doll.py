"""A doll drawn with OpenCV whose silhouette, parts and joints are known, on paper or before a busy background."""

import itertools

import cv2
import numpy as np
from numpy.typing import NDArray

from pose.figure import PART_INDEX, Reading
from pose.pose import Pose, from_named

SIZE = (256, 220)  # (H, W)
JOINTS = {
    "nose": (110.0, 45.0), "neck": (110.0, 78.0),
    "r_shoulder": (88.0, 86.0), "r_elbow": (60.0, 112.0), "r_wrist": (36.0, 136.0),
    "l_shoulder": (132.0, 86.0), "l_elbow": (160.0, 112.0), "l_wrist": (184.0, 136.0),
    "r_hip": (98.0, 152.0), "r_knee": (94.0, 190.0), "r_ankle": (90.0, 228.0),
    "l_hip": (122.0, 152.0), "l_knee": (126.0, 190.0), "l_ankle": (130.0, 228.0),
}  # fmt: skip
COLOURS = {"torso": (190, 60, 50), "head": (235, 190, 150), "r_arm": (60, 120, 190), "l_arm": (60, 120, 190),
           "r_leg": (70, 70, 80), "l_leg": (70, 70, 80)}  # fmt: skip


def pose() -> Pose:
    return from_named({name: tuple(point) for name, point in JOINTS.items()}, SIZE[1], SIZE[0])


def reading() -> Reading:
    return Reading(pose(), "character", "user", 1.0, (26, 20, 194, 240))


def parts() -> NDArray[np.uint8]:
    """(H, W) the true part map."""
    canvas = np.zeros(SIZE, np.uint8)
    for leg in ("r_leg", "l_leg"):
        _limb(canvas, leg, ("hip", "knee", "ankle"), 16)
    cv2.rectangle(canvas, (86, 80), (134, 158), PART_INDEX["torso"], -1)
    cv2.rectangle(canvas, (102, 66), (118, 82), PART_INDEX["torso"], -1)
    cv2.circle(canvas, (110, 44), 25, PART_INDEX["head"], -1)
    for arm in ("r_arm", "l_arm"):
        _limb(canvas, arm, ("shoulder", "elbow", "wrist"), 12)
    return canvas


def silhouette() -> NDArray[np.bool_]:
    return parts() > 0


def coloured(background: NDArray[np.uint8] | None = None) -> NDArray[np.uint8]:
    """(H, W, 3) the doll in flat colours, before paper where no background is given."""
    picture = paper() if background is None else background.copy()
    labels = parts()
    for name, colour in COLOURS.items():
        picture[labels == PART_INDEX[name]] = colour
    return picture


def outlined() -> NDArray[np.uint8]:
    """(H, W, 3) the doll as a line drawing: dark strokes on paper, paper inside."""
    picture = paper()
    solid = silhouette()
    edge = cv2.dilate(solid.astype(np.uint8), np.ones((3, 3), np.uint8)) > 0
    inner = cv2.erode(solid.astype(np.uint8), np.ones((3, 3), np.uint8)) > 0
    picture[edge & ~inner] = (40, 35, 60)
    return picture


def paper() -> NDArray[np.uint8]:
    """(H, W, 3) warm paper with a soft gradient and a little noise."""
    noise = np.random.default_rng(1).normal(0, 1.5, (*SIZE, 1))
    ramp = np.linspace(-8, 8, SIZE[1])[None, :, None]
    return np.clip(np.array([232, 226, 215]) + ramp + noise, 0, 255).astype(np.uint8)


def busy() -> NDArray[np.uint8]:
    """(H, W, 3) stripes and blobs in greens, none of which the doll wears."""
    y, x = np.mgrid[: SIZE[0], : SIZE[1]]
    wave = 60 + 50 * np.sin(x / 9) * np.cos(y / 13)
    return np.stack([0.4 * wave, 90 + wave, 0.5 * wave], -1).astype(np.uint8)


def overlap(a: NDArray[np.bool_], b: NDArray[np.bool_]) -> float:
    """Intersection over union."""
    return float((a & b).sum() / max(1, (a | b).sum()))


def _limb(canvas: NDArray[np.uint8], part: str, chain: tuple[str, ...], width: int) -> None:
    points = [tuple(int(value) for value in JOINTS[f"{part[:2]}{joint}"]) for joint in chain]
    for start, end in itertools.pairwise(points):
        cv2.line(canvas, start, end, PART_INDEX[part], width)
