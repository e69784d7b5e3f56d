"""How a stage is told to run its networks. Data only: settings read it, `backends` acts on it."""

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from deployments.signature import Bucket

Backend = Literal["eager", "compiled", "onnxruntime", "tensorrt"]
BATCHES = (1, 2, 4, 8)
CELL = 8  # picture pixels a latent pixel of every known family


@dataclass(frozen=True)
class Runtime:
    """How a stage runs its networks.

    backend: `default` is what was measured as the faster (docs/export.md), `auto` measures here and now; artefacts:
    where `contrapposto export` wrote to; device: `auto` is a GPU where there is one; precision: of torch and of
    engines, `auto` is what the device is fast in (graphs for ONNX Runtime are fp32 then); batches: what is compiled;
    canvases: heights and widths for which a checkpoint's networks are compiled, () for the painter's own choice.

    Raises ValueError, which settings tell, for batches that are none or below 1, and sides that are not multiples of 8.
    """

    backend: Backend | Literal["default", "auto"] = "default"
    artefacts: Path = Path("out/export")
    device: Literal["auto", "cpu", "cuda"] = "auto"
    precision: Literal["auto", "fp32", "fp16", "bf16"] = "auto"
    batches: tuple[int, ...] = BATCHES
    canvases: tuple[Bucket, ...] = ()

    def __post_init__(self) -> None:
        if not self.batches or min(self.batches) < 1:
            raise ValueError(f"expected batches of at least 1, got {list(self.batches)}; give some, such as [1, 2, 4].")
        for height, width in self.canvases:
            if min(height, width) < CELL or height % CELL or width % CELL:
                raise ValueError(
                    f"expected canvases whose sides are multiples of {CELL}, got {height} x {width}; give "
                    "[height, width] of a canvas that the checkpoint paints."
                )
