"""Repairs a warp: seams, joint bands and remaining holes, by the network; everything else is locked.

The network works at no more than SIZE pixels; on larger outputs its *change* is enlarged and added inside the band,
so that the warp's own detail stays. Knows one figure and one warp, not why they look as they do.
"""

from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from deployments.denoiser.complete import CRISP, filled_by_pushpull
from deployments.denoiser.contour import outlined, pens_of
from deployments.denoiser.lock import band, crisp, cut_only, locked, seeds, without_thick_cuts
from deployments.denoiser.run import Restore
from deployments.denoiser.sample import (
    REPAIR,
    Frame,
    Sample,
    bounds,
    figure_height,
    frame_of,
    premultiplied,
    source_view,
    straight,
)
from pose.figure import Figure, Warp
from pose.skeleton import BIPED

SIZE = 384
MARGIN = 0.05
BARE = 64  # of 255: alpha below which the warp shows nothing, and the network may add what it is sure of


def repair_warp(figure: Figure, warp: Warp, restore: Restore | None, steps: int, seed: int) -> NDArray[np.uint8]:
    """The warp (H, W, 4) uint8 with its seams and holes repaired; the same inputs and seed give the same bytes.

    Without `restore` holes are filled by push-pull and nothing else is touched.
    """
    job = warp_sample(figure, warp)
    if job is None:
        return warp.rgba.copy()
    frame, sample = job
    if restore is None:
        return pushpull_warp(warp)
    (restored,) = restore([sample], steps, seed)
    return outlined(repaired(warp, frame, sample, restored), warp, figure, pens_of(figure, figure_height(figure)))


def warp_sample(figure: Figure, warp: Warp, size: int = SIZE) -> tuple[Frame, Sample] | None:
    """What the network sees of a warp, cropped to the figure; None where the warp shows nothing."""
    box = bounds((warp.rgba[..., 3] > 0) | warp.hole)
    if box is None:
        return None
    height = figure_height(figure)
    margin = max(round(MARGIN * height), 4)
    scale = min(1.0, size / (max(box[2] - box[0], box[3] - box[1]) + 2 * margin))
    frame = frame_of(box, margin, scale)
    return frame, sample_at(figure, warp, frame)


def sample_at(figure: Figure, warp: Warp, frame: Frame) -> Sample:
    """What the network sees of a warp inside a frame of the output canvas."""
    copied, hole = frame.cut_premultiplied(warp.rgba), frame.cut_mask(warp.hole)
    source, source_points = source_view(figure)
    return Sample(
        copied=copied,
        skinned=frame.cut(skinned_picture(figure, warp)),
        filled=filled_by_pushpull(copied, hole),
        trust=np.round(frame.cut(_trust(warp)) * 255).astype(np.uint8),
        hole=hole,
        invented=frame.cut_mask(warp.invented),
        points=frame.place(warp.pose),
        height=figure_height(figure) * frame.scale,
        source=source,
        source_points=source_points,
        task=REPAIR,
    )


def repaired(warp: Warp, frame: Frame, sample: Sample, restored: NDArray[Any]) -> NDArray[np.uint8]:
    """Puts the network's picture (h, w, 4) into the warp inside the lock's band."""
    copied = sample.copied.astype(np.float32) / 255
    bare = (sample.copied[..., 3:] < BARE) & ~sample.hole[..., None]
    restored = np.where(bare, crisp(restored, CRISP), restored)
    restored = cut_only(copied, restored, sample.invented)
    restored = without_thick_cuts(copied, restored, sample.invented | sample.hole, sample.height)
    share = np.where(faces(sample), 0, editable(sample)).astype(np.float32)
    whole = premultiplied(warp.rgba).astype(np.float32) / 255
    if frame.scale == 1:
        out = locked(whole, frame.paste(restored, warp.hole.shape), frame.paste(share, warp.hole.shape))
    else:
        out = whole + frame.paste(share[..., None] * (restored - copied), warp.hole.shape)
    if frame.scale > 1:  # an enlarged hole's rim shows a little of what is around it, so that the change falls short
        out = np.where(warp.hole[..., None], frame.paste(restored, warp.hole.shape), out)
    touched = np.abs(out - whole).max(-1, keepdims=True) > 0.5 / 255
    return np.where(touched, straight(out), warp.rgba).astype(np.uint8)


def editable(sample: Sample) -> NDArray[Any]:
    """(h, w) in 0..1: the band of the lock for a sample."""
    trust, alpha = sample.trust.astype(np.float32) / 255, sample.copied[..., 3].astype(np.float32) / 255
    return band(seeds(trust, alpha, sample.hole), sample.height)


def faces(sample: Sample) -> NDArray[np.bool_]:
    """(h, w): around the target's eyes, half their distance wide, where the warp has the source's own texels: a seam
    that passes close by must not touch them."""
    found = np.zeros(sample.hole.shape, np.uint8)
    right, left = (sample.points[BIPED.index[name]] for name in ("r_eye", "l_eye"))
    if min(right[2], left[2]) > 0:
        reach = max(0.5 * float(np.hypot(*(left - right)[:2])), 0.01 * sample.height)
        for x, y, _ in (right, left):
            cv2.circle(found, (round(float(x)), round(float(y))), round(reach), 1, -1)
    return (found > 0) & ~sample.hole & ~sample.invented & (sample.copied[..., 3] > 127)


def pushpull_warp(warp: Warp) -> NDArray[np.uint8]:
    """The warp with its holes filled by push-pull, nothing else touched: the yardstick and the fallback."""
    filled = filled_by_pushpull(premultiplied(warp.rgba), warp.hole)
    return np.where(warp.hole[..., None], straight(filled.astype(np.float32) / 255), warp.rgba).astype(np.uint8)


def skinned_picture(figure: Figure, warp: Warp) -> NDArray[np.uint8]:
    """(H, W, 4) uint8 premultiplied: the source sampled through the second geometry; nothing where it has none."""
    x0, y0, x1, y1 = bounds(figure.image[..., 3] > 0) or (0, 0, 1, 1)
    picture = premultiplied(figure.image[y0:y1, x0:x1])
    across, down = (
        np.nan_to_num(warp.skinned[..., axis] - start, nan=-9) for axis, start in ((0, x0 + 0.5), (1, y0 + 0.5))
    )
    return np.asarray(cv2.remap(picture, across, down, cv2.INTER_LINEAR, borderMode=cv2.BORDER_CONSTANT))


def _trust(warp: Warp) -> NDArray[Any]:
    """(H, W) float32: the warp's trust, and 1 where it rightly shows nothing, so that shrinking blurs no outline."""
    return np.where((warp.rgba[..., 3] > 0) | warp.hole, warp.trust, 1).astype(np.float32)
