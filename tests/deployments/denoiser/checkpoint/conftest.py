"""The tiny checkpoints, built once a session; the hub is never asked."""

import os
from pathlib import Path

os.environ.setdefault("HF_HUB_OFFLINE", "1")

import pytest

from tests.deployments.denoiser.checkpoint import tiny_diffusion


@pytest.fixture(scope="session")
def folders(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Every tiny checkpoint by its name: bases `sd`, `sd9`, `xl`, `xl9` and `lcm`, with `-control` and `-adapter` for
    each (of `sd9` and `xl9` a plus adapter)."""
    root = tmp_path_factory.mktemp("checkpoints")
    made = {
        "sd": tiny_diffusion.stable_diffusion(root / "sd"),
        "sd9": tiny_diffusion.stable_diffusion_inpaint(root / "sd9"),
        "xl": tiny_diffusion.stable_diffusion_xl(root / "xl"),
        "xl9": tiny_diffusion.stable_diffusion_xl_inpaint(root / "xl9"),
        "lcm": tiny_diffusion.stable_diffusion(root / "lcm", time_cond_proj_dim=12),
    }
    for name in tuple(made):
        made[f"{name}-control"] = tiny_diffusion.controlnet(root / f"{name}-control", made[name])
        made[f"{name}-adapter"] = tiny_diffusion.ip_adapter(root / f"{name}-adapter", made[name])
    for name, plus in (("sd9", "ip-adapter-plus_sd15"), ("xl9", "ip-adapter-plus_sdxl_vit-h")):
        made[f"{name}-adapter"] = tiny_diffusion.ip_adapter(root / f"{name}-plus", made[name], f"{plus}.safetensors")
    made["vae"] = tiny_diffusion.vae(root / "vae")
    return made
