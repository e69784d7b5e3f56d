"""Makes an upsampler for `upscale` out of an operator's Swin2SR (Conde et al. 2022). Knows tiles; no pictures' sizes.

The network knows three channels: colours (premultiplied) and alpha go through it side by side, in one batch. What it
answers is kept within what `network.bounds` allows around each pixel, as the embedded network's is: so a flat colour,
and an opaque or empty place, comes out as it went in. It works in windows: tiles bring four of them as surroundings on
every side, which keeps the windows of neighbouring tiles at the same places.
"""

from collections.abc import Sequence
from typing import Any, Literal

import cv2
import numpy as np
import torch
from numpy.typing import NDArray

from deployments.checkpoints.pretrained import Pretrained, load_pretrained
from deployments.upscaler.network import bounds
from pose.errors import NotFinite, WeightsError

NETWORKS = {"Swin2SRForImageSuperResolution": "Swin2SRImageProcessorPil"}
UPSAMPLERS = ("pixelshuffle", "pixelshuffledirect", "pixelshuffle_aux", "nearest+conv")
WINDOWS = 4  # of surroundings on every side of a tile
NEAR = 2  # pixels on each side whose extremes bound a pixel

Plane = NDArray[np.float32]


class Swin2SR:
    """An `upscale.Upsampler`. margin: surroundings that a tile brings, pixels; largest: factor that it enlarges by.

    A network of x4 asked for 2 has its answer averaged down; one of x2 is to be asked twice.
    """

    def __init__(self, network: Pretrained) -> None:
        self._network = network
        self._factor = checked_factor(network.module.config)
        self.margin = WINDOWS * int(network.module.config.window_size)
        self.largest: Literal[2, 4] = self._factor
        self.sha256 = network.sha256

    def __call__(self, tile: Plane, factor: int) -> Plane:
        """(h + 2 margin, w + 2 margin, 4) premultiplied -> (factor h, factor w, 4), all in 0..1."""
        colours, alpha = tile[..., :3], tile[..., 3:]
        opaque = bool(alpha.min() == 1)
        planes = self.enlarge([colours] if opaque else [colours, np.repeat(alpha, 3, -1)])
        large = np.concatenate([planes[0], np.ones_like(planes[0][..., :1]) if opaque else _mean(planes[-1])], -1)
        if self._factor != factor:
            large = np.asarray(cv2.resize(large, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA), np.float32)
        rim = self.margin * factor
        kept = _bounded(large[rim:-rim, rim:-rim], tile, self.margin, factor)
        kept[..., :3] = np.minimum(kept[..., :3], kept[..., 3:])
        return kept

    def enlarge(self, pictures: Sequence[Plane]) -> list[Plane]:
        """(h, w, 3) each in 0..1, all of one size -> (x h, x w, 3) each, x the network's factor: the library's own.

        Raises NotFinite where the network's answer is none.
        """
        height, width = pictures[0].shape[:2]
        inputs = self._network.processor(
            images=list(pictures), do_rescale=False, return_tensors="pt", input_data_format="channels_last"
        )
        answer = self._network(pixel_values=inputs["pixel_values"]).reconstruction.float().cpu()
        if not torch.isfinite(answer).all():
            raise NotFinite("the upscaler's network answered what is no number; ask again, or for scale 1.")
        cut = answer[..., : height * self._factor, : width * self._factor]
        return list(cut.permute(0, 2, 3, 1).numpy())


def open_swin2sr(where: str, device: torch.device | None = None, dtype: torch.dtype | None = None) -> Swin2SR:
    """The upsampler of a folder or pulled hub id. Raises WeightsError where it is refused."""
    return Swin2SR(load_pretrained(where, NETWORKS, device, dtype))


def checked_factor(config: Any) -> Literal[2, 4]:
    """The factor that a Swin2SR's config tells. Raises WeightsError for one that does not enlarge colours by 2 or 4."""
    told = f"x{config.upscale}, upsampler '{config.upsampler}', {config.num_channels} channels"
    if config.upscale not in (2, 4) or config.upsampler not in UPSAMPLERS or config.num_channels != 3:
        raise WeightsError(
            f"expected a Swin2SR that enlarges 3 channels by 2 or 4 ({', '.join(UPSAMPLERS)}), got {told}; "
            "give one such as caidas/swin2SR-classical-sr-x2-64."
        )
    return 2 if config.upscale == 2 else 4


def _mean(plane: Plane) -> Plane:
    return np.asarray(plane.mean(-1, keepdims=True))


def _bounded(large: Plane, tile: Plane, margin: int, factor: int) -> Plane:
    """Every sub-pixel within the bounds of its pixel's surroundings."""
    rim = margin - NEAR
    around = torch.from_numpy(np.ascontiguousarray(tile[rim:-rim, rim:-rim])).permute(2, 0, 1)[None]
    low, high = (bound[0].permute(1, 2, 0).numpy().repeat(factor, 0).repeat(factor, 1) for bound in bounds(around))
    return np.asarray(np.clip(large, low, high))
