"""Repairs a warp by a checkpoint: the unknown is painted, everything else stays as the source shows it.

What the autoencoder's round trip did to the known is thrown away: the embedded tier's lock lets the painting in at
seams and holes alone, feathered, and inside completed layers not at all, so that every pose shows the same inventions.
Knows one figure and one warp; `paint` runs the checkpoint.
"""

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from deployments.denoiser.checkpoint.framing import framed
from deployments.denoiser.checkpoint.ground import Colour, ground_for, over, without_ground
from deployments.denoiser.checkpoint.painting import Painting
from deployments.denoiser.lock import well_inside
from deployments.denoiser.repair import MARGIN, editable, repaired, sample_at
from deployments.denoiser.sample import Frame, Sample, bounds, figure_height, source_view
from deployments.openpose.drawing import draw_openpose
from pose.figure import Figure, Warp

REFERENCE = 512
SOLID = 128

Paint = Callable[[Painting], NDArray[Any]]
"""A painting -> its canvas, painted: (H, W, 3) float32 in 0..1."""


def paint_warp(figure: Figure, warp: Warp, paint: Paint, side: int, multiple: int, seed: int) -> NDArray[np.uint8]:
    """The warp (H, W, 4) uint8 with its seams and holes painted; every other pixel as it was, to the byte.

    side, multiple: of the checkpoint's canvases, see `framing`.
    """
    box = bounds((warp.rgba[..., 3] > 0) | warp.hole)
    if box is None:
        return warp.rgba.copy()
    frame = framed(box, max(round(MARGIN * figure_height(figure)), 4), side, multiple)
    sample = sample_at(figure, warp, frame)
    missing = (editable(sample) > 0) & ~well_inside(sample.invented)
    if not missing.any():
        return warp.rgba.copy()
    ground = ground_for(figure.image)
    painted = paint(painting_of(figure, warp, frame, sample, missing, ground, seed))
    solid = (sample.copied[..., 3] >= SOLID) | sample.hole
    return repaired(warp, frame, sample, without_ground(painted, ground, solid))


def painting_of(
    figure: Figure, warp: Warp, frame: Frame, sample: Sample, missing: NDArray[np.bool_], ground: Colour, seed: int
) -> Painting:
    """What the checkpoint is asked: a sample over the ground, with the target's skeleton and the whole source."""
    height, width = frame.size
    reference, _ = source_view(figure, REFERENCE)
    return Painting(
        picture=over(sample.filled, ground),
        missing=missing,
        skeleton=draw_openpose(frame.pose(warp.pose), width, height),
        reference=over(reference, ground),
        seed=seed,
    )
