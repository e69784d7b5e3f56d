"""Measures the upscaler against Lanczos on drawings of families never trained on. Knows no training.

Figures are drawn at SIZE, shrunk, enlarged by serving's own functions, and compared on mid-grey inside the figure's
box. "Clean" pictures are shrunk by area averaging; "worn" ones as in training: other kernels, blur, noise, JPEG.
Intervals are of the paired difference to Lanczos, 95%, by bootstrap.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import torch
from numpy.typing import NDArray

from deployments.runtime import Runner
from deployments.upscaler.run import network_upsampler
from deployments.upscaler.upscale import Scale, upscale
from training.scores import interval, on_grey, psnr, ssim_map
from training.upscale_pictures import shrunk
from training.world.families import HELD_OUT
from training.world.figures import draw

SIZE = 512
EACH = 4
Picture = NDArray[np.uint8]
Enlarge = Callable[[Picture, Scale], Picture]
INPUTS = ("clean", "worn")
_HEAD = """# The upscaler against Lanczos

{count} figures of the families {families}, on which it was not trained; drawn at {size} px, shrunk, enlarged again,
compared inside the figure's box on mid-grey. Clean: shrunk by area averaging. Worn: other kernels, blur, noise, JPEG
too. Lanczos is OpenCV's, premultiplied. In brackets the paired difference to Lanczos with its 95% interval.
Written by `python -m training.upscaler --measure`; weights {sha256:.12}.

| factor | input | method | PSNR, dB | SSIM |
|---|---|---|---|---|
"""


@dataclass(frozen=True)
class Row:
    """Scores of one method on every picture: (N, 2) PSNR and SSIM."""

    factor: Scale
    source: str
    method: str
    scores: NDArray[np.float64]


def write_report(runner: Runner, path: Path, each: int = EACH) -> None:
    """Measures and writes the table."""
    upsample = network_upsampler(runner)
    methods: dict[str, Enlarge] = {"Lanczos": lanczos, "network": lambda rgba, scale: upscale(rgba, scale, upsample)}
    pictures = held_out_figures(each)
    rows = [row for factor in (2, 4) for source in INPUTS for row in measure(pictures, factor, source, methods)]
    head = _HEAD.format(count=len(pictures), families=", ".join(HELD_OUT), size=SIZE, sha256=runner.sha256)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(head + table(rows))


def held_out_figures(each: int, size: int = SIZE, seed: int = 9) -> list[Picture]:
    """`each` figures of every held-out family, (size, size, 4) straight alpha."""
    generator = torch.Generator().manual_seed(seed)
    found = [draw((family,), 1, 1, size, generator).clean[0, 0] for family in HELD_OUT for _ in range(each)]
    return [(clean.permute(1, 2, 0).clamp(0, 1) * 255).round().to(torch.uint8).numpy() for clean in found]


def measure(pictures: Sequence[Picture], factor: int, source: str, methods: dict[str, Enlarge]) -> list[Row]:
    """A row a method, the pictures in the same order."""
    rng = np.random.default_rng(0)
    small = [_straight(reduced(_premultiplied(picture), factor, source, rng)) for picture in pictures]
    rows = []
    for name, enlarge in methods.items():
        scores = [score(enlarge(s, factor), p) for s, p in zip(small, pictures, strict=True)]  # type: ignore[arg-type]
        rows.append(Row(factor, source, name, np.array(scores)))  # type: ignore[arg-type]
    return rows


def reduced(premultiplied: Picture, factor: int, source: str, rng: np.random.Generator) -> Picture:
    """The small picture, premultiplied."""
    if source == "worn":
        return shrunk(premultiplied, factor, rng)
    scale = 1 / factor
    return np.asarray(cv2.resize(premultiplied, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA))


def score(found: Picture, truth: Picture) -> tuple[float, float]:
    """PSNR and SSIM inside the box of what is drawn."""
    rows, columns = np.nonzero(truth[..., 3] > 0)
    box = (slice(rows.min(), rows.max() + 1), slice(columns.min(), columns.max() + 1))
    a, b = on_grey(found)[box], on_grey(truth)[box]
    return psnr(a, b, np.ones(a.shape[:2], bool)), float(ssim_map(a, b).mean())


def lanczos(rgba: Picture, scale: Scale) -> Picture:
    """The yardstick: plain Lanczos-4 of the premultiplied picture."""
    factor = float(scale)
    large = cv2.resize(_premultiplied(rgba), None, fx=factor, fy=factor, interpolation=cv2.INTER_LANCZOS4)
    return _straight(large)


def table(rows: Sequence[Row]) -> str:
    """Markdown lines; a row named Lanczos comes before those compared with it."""
    lines = []
    reference = rows[0]
    for row in rows:
        if row.method == "Lanczos":
            reference = row
        cells = [f"{mean:.2f}" if column == 0 else f"{mean:.4f}" for column, mean in enumerate(row.scores.mean(0))]
        if row is not reference:
            cells = [f"{cell} ({_gain(row.scores[:, k] - reference.scores[:, k], k)})" for k, cell in enumerate(cells)]
        lines.append(f"| x{row.factor} | {row.source} | {row.method} | {cells[0]} | {cells[1]} |\n")
    return "".join(lines)


def _gain(differences: NDArray[np.float64], column: int) -> str:
    digits = (2, 4)[column]
    mean, low, high = interval(differences)
    return f"{mean:+.{digits}f}, {low:+.{digits}f} to {high:+.{digits}f}"


def _premultiplied(rgba: Picture) -> Picture:
    colour = np.rint(rgba[..., :3] * (rgba[..., 3:] / 255.0))
    return np.dstack((colour, rgba[..., 3])).astype(np.uint8)


def _straight(premultiplied: Any) -> Picture:
    alpha = np.maximum(premultiplied[..., 3:].astype(np.float64), 1 / 512)
    colour = np.clip(np.rint(premultiplied[..., :3] / alpha * 255), 0, 255)
    return np.dstack((colour, np.clip(premultiplied[..., 3], 0, 255))).astype(np.uint8)
