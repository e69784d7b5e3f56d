"""Runs an embedded network by torch: loads its weights against its card, chooses device and precision, times nothing.

Knows tensors and files, not pictures or stages. One signature for every backend: `runner(*tensors) -> output`; the
others are in `deployments.backends`, whose `choice` chooses. Weights are read as safetensors only; the card beside the
file holds the SHA-256 that is checked before loading. NOT RUN ON A GPU so far.
"""

import hashlib
import json
import os
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError
from safetensors.torch import load as load_safetensors
from torch import Tensor, nn

from pose.errors import WeightsError

WEIGHTS = Path(os.environ.get("CONTRAPPOSTO_WEIGHTS", Path(__file__).resolve().parent.parent / "weights"))


CPU = torch.device("cpu")
_MULTIPLYING = (nn.Conv2d, nn.ConvTranspose2d, nn.Linear)


@dataclass(frozen=True)
class Runner:
    """A network ready to run, tensors on the CPU in and out. `sha256` names the weights in reports."""

    name: str
    sha256: str
    module: nn.Module
    dtype: torch.dtype
    device: torch.device = CPU

    def __call__(self, *inputs: Tensor) -> Any:
        with torch.inference_mode(), self.arithmetic():
            if self.device.type == "cpu":
                return self.module(*inputs)
            return _on_cpu(self.module(*(_on_card(tensor, self.device) for tensor in inputs)))

    def arithmetic(self) -> torch.autocast:
        """The context in which the module is run: its multiplications have the runner's type."""
        return torch.autocast(self.device.type, self.dtype, enabled=self.dtype != torch.float32)


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
    """The runner, for serving only: below float32 its weights are rounded in place once, which each call did before.

    Answers are the same to the bit; norms stay float32, as under autocast.
    """
    if runner.dtype != torch.float32:
        for layer in runner.module.modules():
            if isinstance(layer, _MULTIPLYING):
                layer.to(runner.dtype)
    return runner


def placed(runner: Runner, device: torch.device, dtype: torch.dtype) -> Runner:
    """The runner on another device, in another precision; its module is moved in place."""
    return replace(runner, module=runner.module.to(device), device=device, dtype=dtype)


def precision(device: torch.device = CPU) -> torch.dtype:
    """bfloat16 where the CPU multiplies it in hardware (AMX or AVX-512 BF16: 3 to 8 times float32), else float32.

    On a GPU bfloat16, or float16 on one that is older than that.
    """
    if device.type == "cuda":
        return torch.bfloat16 if torch.cuda.is_bf16_supported() else torch.float16
    fast = torch.cpu._is_amx_tile_supported() or torch.cpu._is_avx512_bf16_supported()
    return torch.bfloat16 if fast else torch.float32


def _read(file: Path, card: Path) -> tuple[bytes, dict[str, Any]]:
    try:
        return file.read_bytes(), json.loads(card.read_text())
    except (OSError, ValueError) as error:
        raise WeightsError(
            f"weights '{file.stem}' are missing or unreadable ({error}); set CONTRAPPOSTO_WEIGHTS to a complete folder."
        ) from error


def _on_card(tensor: Tensor, device: torch.device) -> Tensor:
    if tensor.dim() == 4:
        return tensor.to(device, memory_format=torch.channels_last)
    return tensor.to(device)


def _on_cpu(answer: Any) -> Any:
    if isinstance(answer, dict):
        return {name: tensor.cpu() for name, tensor in answer.items()}
    return answer.cpu()
