"""Which canvas a checkpoint paints a warp on. Few shapes, so that requests can share steps. Knows boxes, no pictures.

Shapes have the area that the checkpoint was trained on, in the aspect ratios of SDXL's training buckets (Podell et al.
2023, appendix I), with sides that its autoencoder and UNet can halve.
"""

from collections.abc import Mapping
from typing import Any

from deployments.denoiser.checkpoint.ports import LATENT
from deployments.denoiser.sample import Frame

Box = tuple[int, int, int, int]
ASPECTS = (1.0, 9 / 7, 19 / 13, 7 / 4, 12 / 5)
ENLARGED = 4.0


def canvases(side: int, multiple: int) -> tuple[tuple[int, int], ...]:
    """(height, width) of every canvas, upright and lying. `side` of the square one, pixels."""
    shapes = []
    for aspect in ASPECTS:
        longer, shorter = (_rounded(side * aspect**power, multiple) for power in (0.5, -0.5))
        shapes += [(longer, shorter), (shorter, longer)]
    return tuple(dict.fromkeys(shapes))


def canvases_for(unet: Mapping[str, Any]) -> tuple[tuple[int, int], ...]:
    """The canvases of a Stable Diffusion by its UNet's configuration: the size of its training, how often it halves."""
    return canvases(unet["sample_size"] * LATENT, LATENT * 2 ** (len(unet["block_out_channels"]) - 1))


def framed(box: Box, margin: int, side: int, multiple: int) -> Frame:
    """The canvas on which the box with its margin (pixels of the output) is largest, centred; at most ENLARGED."""
    x0, y0, x1, y1 = box[0] - margin, box[1] - margin, box[2] + margin, box[3] + margin
    width, height = x1 - x0, y1 - y0
    size = max(canvases(side, multiple), key=lambda size: (min(size[0] / height, size[1] / width), -size[0] * size[1]))
    scale = min(size[0] / height, size[1] / width, ENLARGED)
    down, across = (max(int(room / scale) - taken, 0) for room, taken in ((size[0], height), (size[1], width)))
    whole = (x0 - across // 2, y0 - down // 2, x1 + across - across // 2, y1 + down - down // 2)
    return Frame(whole, scale, size)


def _rounded(length: float, multiple: int) -> int:
    return max(round(length / multiple), 1) * multiple
