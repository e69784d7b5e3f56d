"""Writes weights with their card. Knows nothing of what the network does.

A card tells data, steps, seed, hardware, scores and limits, and holds the SHA-256 that serving checks.
"""

import hashlib
import json
import os
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import save as to_bytes
from torch import nn


def save(name: str, module: nn.Module, card: dict[str, Any], directory: Path) -> Path:
    """Writes `<name>.safetensors` (half precision) and `<name>.json` into `directory`, each in one rename."""
    directory.mkdir(parents=True, exist_ok=True)
    state = {
        key: value.detach().cpu().to(torch.float16 if value.is_floating_point() else value.dtype).contiguous()
        for key, value in module.state_dict().items()
    }
    data = to_bytes(state)
    parameters = sum(value.numel() for value in module.parameters())
    full = {"name": name, "sha256": hashlib.sha256(data).hexdigest(), "bytes": len(data), "parameters": parameters}
    text = json.dumps(full | card, indent=2) + "\n"
    _replace(directory / f"{name}.safetensors", data)
    _replace(directory / f"{name}.json", text.encode())
    return directory / f"{name}.safetensors"


def _replace(path: Path, data: bytes) -> None:
    partial = path.with_suffix(path.suffix + ".part")
    partial.write_bytes(data)
    os.replace(partial, path)
