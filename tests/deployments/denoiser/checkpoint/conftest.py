"""The tiny checkpoints, built once a session; the hub is never asked."""

import os
from pathlib import Path

os.environ.setdefault("HF_HUB_OFFLINE", "1")

import pytest

from tests.deployments.denoiser.checkpoint import tiny_diffusion


@pytest.fixture(scope="session")
def folders(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Every tiny checkpoint by its name: bases `sd`, `sd9`, `xl` and `lcm`, with `-control` and `-adapter` for each
    (of `sd9` a plus adapter)."""
    root = tmp_path_factory.mktemp("checkpoints")
    made = {
        "sd": tiny_diffusion.stable_diffusion(root / "sd"),
        "sd9": tiny_diffusion.stable_diffusion_inpaint(root / "sd9"),
        "xl": tiny_diffusion.stable_diffusion_xl(root / "xl"),
        "lcm": tiny_diffusion.stable_diffusion(root / "lcm", time_cond_proj_dim=12),
    }
    for name in tuple(made):
        made[f"{name}-control"] = tiny_diffusion.controlnet(root / f"{name}-control", made[name])
        made[f"{name}-adapter"] = tiny_diffusion.ip_adapter(root / f"{name}-adapter", made[name])
    plus = "ip-adapter-plus_sd15.safetensors"
    made["sd9-adapter"] = tiny_diffusion.ip_adapter(root / "sd9-plus", made["sd9"], plus)
    made["vae"] = tiny_diffusion.vae(root / "vae")
    return made
