"""A plain figure of rectangles for the deformation tests: every layer known, joints where the rectangles meet."""

import numpy as np

from pose.figure import PART_INDEX, Figure, Layer
from pose.pose import Pose, from_named

JOINTS = {
    "nose": (100, 40), "neck": (100, 70), "r_shoulder": (75, 80), "l_shoulder": (125, 80), "r_hip": (85, 160),
    "l_hip": (115, 160), "r_elbow": (70, 120), "r_wrist": (65, 160), "l_elbow": (130, 120), "l_wrist": (135, 160),
    "r_knee": (84, 205), "r_ankle": (83, 250), "l_knee": (116, 205), "l_ankle": (117, 250),
}  # fmt: skip
BOXES: dict[str, tuple[int, ...]] = {
    "r_leg": (75, 160, 95, 262), "l_leg": (105, 160, 125, 262), "torso": (75, 70, 125, 165), "head": (75, 10, 125, 70),
    "r_arm": (55, 72, 75, 175), "l_arm": (125, 72, 145, 175),
}  # fmt: skip
ROOTS = {
    "r_leg": "r_hip", "l_leg": "l_hip", "torso": "neck", "head": "neck", "r_arm": "r_shoulder", "l_arm": "l_shoulder",
}  # fmt: skip


def pose(scale: float = 1.0, **moved: tuple[float, float]) -> Pose:
    """The figure's pose, some joints moved (in unscaled pixels)."""
    joints = {name: (x * scale, y * scale) for name, (x, y) in (JOINTS | moved).items()}
    return from_named(joints, round(200 * scale), round(280 * scale))


def figure(
    scale: float = 1.0, only: tuple[str, ...] = tuple(BOXES), seed: int = 0, boxes: dict[str, tuple[int, ...]] = BOXES
) -> Figure:
    """The figure, with noise for texture."""
    width, height = round(200 * scale), round(280 * scale)
    image = np.zeros((height, width, 4), np.uint8)
    parts = np.zeros((height, width), np.uint8)
    for part in only:
        x0, y0, x1, y1 = (round(v * scale) for v in boxes[part])
        parts[y0:y1, x0:x1] = PART_INDEX[part]
    image[..., :3] = np.random.default_rng(seed).integers(0, 256, (height, width, 3))
    image[..., 3] = np.where(parts > 0, 255, 0)
    image[parts == 0] = 0
    layers = tuple(_layer(image, parts, part) for part in only if (parts == PART_INDEX[part]).any())
    return Figure(image, pose(scale), parts, np.zeros_like(parts), layers)


def _layer(image: np.ndarray, parts: np.ndarray, part: str) -> Layer:
    known = parts == PART_INDEX[part]
    rows, columns = np.nonzero(known)
    x0, y0, x1, y1 = int(columns.min()), int(rows.min()), int(columns.max()) + 1, int(rows.max()) + 1
    crop = known[y0:y1, x0:x1]
    rgba = image[y0:y1, x0:x1] * crop[..., None].astype(np.uint8)
    return Layer(part, (x0, y0, x1, y1), rgba, crop, np.zeros_like(crop), ROOTS[part])


def cropped_layers(figure: Figure, height: int) -> tuple[Layer, ...]:
    """The figure's layers on the top `height` rows of its canvas."""
    image, parts = figure.image[:height], figure.parts[:height]
    return tuple(_layer(image, parts, layer.part) for layer in figure.layers if layer.box[1] < height)
