"""Quantises a graph to INT8 or FP8 by NVIDIA's Model Optimizer, which calibrates it on inputs that the operator gives.

nvidia-modelopt wants an older ONNX (1.21) than the export, so it runs under an interpreter of its own, by its command
line: made by `python -m venv quantizer && quantizer/bin/pip install "nvidia-modelopt[onnx]" torch`. What it leaves
alone works in float16; inputs and outputs stay float32. Tried on CPUs with modelopt 0.47; its answer is NOT RUN ON A
GPU so far. Knows graphs and a subprocess.
"""

import hashlib
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np
import onnx_ir as ir

from pose.errors import GraphError

MODES = ("int8", "fp8")
SECONDS = 4 * 3600


@dataclass(frozen=True)
class Quantizer:
    """python: an interpreter that has nvidia-modelopt; calibration: an .npz, by input's name (N, ...) float32."""

    mode: Literal["int8", "fp8"]
    calibration: Path
    python: Path

    def quantized(self, model: ir.Model) -> ir.Model:
        """The graph with its matrix products quantised; raises GraphError where inputs do not fit or modelopt fails.

        Weights lie beside both graphs while it runs, whatever their size.
        """
        self._check_inputs(model)
        with tempfile.TemporaryDirectory() as folder:
            given, made = Path(folder, "given.onnx"), Path(folder, "made.onnx")
            ir.save(model, given, external_data="given.data")
            self._run(given, made)
            return ir.external_data.load_to_model(ir.load(made))

    def sha256(self, code: str) -> str:
        """Of the code that made the graph, and of what decides how it is quantised."""
        try:
            return hashlib.sha256(code.encode() + self.calibration.read_bytes()).hexdigest()
        except OSError as error:
            raise GraphError(f"{self.calibration} cannot be read ({error}); write it by numpy.savez.") from error

    def command(self, given: Path, made: Path) -> list[str]:
        """Model Optimizer's own command line."""
        options = {
            "onnx_path": given,
            "output_path": made,
            "quantize_mode": self.mode,
            "calibration_data_path": self.calibration,
            "calibration_method": "max",
            "calibration_eps": "cpu",
            "high_precision_dtype": "fp16",
            "log_level": "ERROR",
        }
        words = [word for name, value in options.items() for word in (f"--{name}", str(value))]
        return [str(self.python), "-m", "modelopt.onnx.quantization", *words, "--use_external_data_format"]

    def _run(self, given: Path, made: Path) -> None:
        try:
            done = subprocess.run(
                self.command(given, made), capture_output=True, text=True, timeout=SECONDS, check=False
            )
        except OSError as error:
            raise GraphError(f"{self.python} cannot be run ({error}); {_REMEDY}.") from error
        if done.returncode != 0 or not made.is_file():
            told = (done.stderr.strip().splitlines() or ["it wrote nothing"])[-1]
            raise GraphError(f"Model Optimizer made no {self.mode} graph ({told}); {_REMEDY}.")

    def _check_inputs(self, model: ir.Model) -> None:
        """modelopt would tell a name or a shape that does not fit by a stack of its own."""
        wanted = {port.name: list(port.shape or ())[1:] for port in model.graph.inputs}
        try:
            with np.load(self.calibration, allow_pickle=False) as arrays:
                found = {name: list(arrays[name].shape[1:]) for name in arrays.files}
        except (OSError, ValueError) as error:
            raise GraphError(
                f"{self.calibration} cannot be read as .npz ({error}); write it by numpy.savez."
            ) from error
        if found != wanted:
            raise GraphError(
                f"{self.calibration} was expected to hold, behind the number of samples, {wanted}, got {found}; write "
                "it by numpy.savez with the inputs of this size."
            )


_REMEDY = (
    "give --quantizer an interpreter made by `python -m venv quantizer && "
    'quantizer/bin/pip install "nvidia-modelopt[onnx]" torch`'
)
