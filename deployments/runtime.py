"""Runs an embedded network: loads its weights against its card, chooses the precision, times nothing.

Knows tensors and files, not pictures or stages. One signature for every backend: `runner(*tensors) -> output`.
Weights are read as safetensors only; the card beside the file holds the SHA-256 that is checked before loading.
"""

import hashlib
import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError
from safetensors.torch import load as load_safetensors
from torch import Tensor, nn

from pose.errors import WeightsError

WEIGHTS = Path(os.environ.get("CONTRAPPOSTO_WEIGHTS", Path(__file__).resolve().parent.parent / "weights"))


@dataclass(frozen=True)
class Runner:
    """A network ready to run. `sha256` names the weights in reports."""

    name: str
    sha256: str
    module: nn.Module
    dtype: torch.dtype

    def __call__(self, *inputs: Tensor) -> Any:
        with torch.inference_mode(), torch.autocast("cpu", torch.bfloat16, enabled=self.dtype == torch.bfloat16):
            return self.module(*inputs)


def load(name: str, module: nn.Module, directory: Path = WEIGHTS) -> Runner:
    """Loads `<directory>/<name>.safetensors` into `module`.

    Raises WeightsError where file or card is missing, the hash differs, the file is corrupted, or the keys do not fit.
    """
    data, card = _read(directory / f"{name}.safetensors", directory / f"{name}.json")
    found = hashlib.sha256(data).hexdigest()
    if found != card.get("sha256"):
        raise WeightsError(
            f"weights '{name}' have SHA-256 {found[:12]}, the card says {str(card.get('sha256'))[:12]}; "
            f"restore both files in {directory} from the same release."
        )
    try:
        state = load_safetensors(data)
        module.load_state_dict({key: value.float() for key, value in state.items()})
    except (SafetensorError, RuntimeError) as error:
        raise WeightsError(f"weights '{name}' do not fit the network; restore {directory}. ({error})") from error
    module = module.eval().to(memory_format=torch.channels_last)  # type: ignore[call-overload]
    return Runner(name, found, module, precision())


def rounded(runner: Runner) -> Runner:
    """The runner, for serving only: in bfloat16 its weights are rounded in place once, which each call did before.

    Answers are the same to the bit; norms stay float32, as under autocast.
    """
    if runner.dtype == torch.bfloat16:
        for layer in runner.module.modules():
            if isinstance(layer, nn.Conv2d | nn.ConvTranspose2d | nn.Linear):
                layer.to(torch.bfloat16)
    return runner


def precision() -> torch.dtype:
    """bfloat16 where the CPU multiplies it in hardware (AMX or AVX-512 BF16: 3 to 8 times float32), else float32."""
    fast = torch.cpu._is_amx_tile_supported() or torch.cpu._is_avx512_bf16_supported()
    return torch.bfloat16 if fast else torch.float32


def _read(file: Path, card: Path) -> tuple[bytes, dict[str, Any]]:
    try:
        return file.read_bytes(), json.loads(card.read_text())
    except (OSError, ValueError) as error:
        raise WeightsError(
            f"weights '{file.stem}' are missing or unreadable ({error}); set CONTRAPPOSTO_WEIGHTS to a complete folder."
        ) from error
