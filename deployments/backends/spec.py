"""How a stage is told to run its networks. Data only: settings read it, `backends` acts on it."""

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

Backend = Literal["eager", "compiled", "onnxruntime", "tensorrt"]
BATCHES = (1, 2, 4, 8)


@dataclass(frozen=True)
class Runtime:
    """How a stage runs its networks.

    backend: `default` is what was measured as the faster (docs/export.md), `auto` measures here and now; artefacts:
    where `contrapposto export` wrote to; device: `auto` is a GPU where there is one; precision: of torch and of
    engines, `auto` is what the device is fast in (graphs for ONNX Runtime are fp32 then); batches: what is compiled.
    """

    backend: Backend | Literal["default", "auto"] = "default"
    artefacts: Path = Path("out/export")
    device: Literal["auto", "cpu", "cuda"] = "auto"
    precision: Literal["auto", "fp32", "fp16", "bf16"] = "auto"
    batches: tuple[int, ...] = BATCHES
