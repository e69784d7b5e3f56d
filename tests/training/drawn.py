"""A tiny stand-in for the figure world: discs for heads, bars for limbs, in the shapes that `draw` returns."""

from pathlib import Path
from types import SimpleNamespace

import numpy as np
import torch

from pose.skeleton import BIPED
from training.feed import HELD_OUT_PREFIX, TRAIN_PREFIX, draw_characters, draw_references, write_shard

# A front view in shares of the canvas; the character's right is at the picture's left.
_STANDING = {
    "nose": (0.5, 0.2), "neck": (0.5, 0.3), "head_top": (0.5, 0.08), "r_shoulder": (0.42, 0.31),
    "r_elbow": (0.34, 0.43), "r_wrist": (0.28, 0.55), "r_hand": (0.26, 0.58), "r_hip": (0.45, 0.58),
    "r_knee": (0.43, 0.74), "r_ankle": (0.42, 0.9), "r_toe": (0.38, 0.92), "r_eye": (0.47, 0.18), "r_ear": (0.43, 0.19),
}  # fmt: skip


def standing() -> np.ndarray:
    """(23, 2) float32 in shares of the canvas."""
    rows = np.zeros((len(BIPED.joints), 2), np.float32)
    for name, (x, y) in _STANDING.items():
        rows[BIPED.index[name]] = (x, y)
        if name.startswith("r_"):
            rows[BIPED.index["l_" + name[2:]]] = (1 - x, y)
    return rows


def draw(families: object, count: int, poses: int, size: int, generator: torch.Generator) -> SimpleNamespace:
    shift = (torch.rand(count, poses, 1, 2, generator=generator) - 0.5) * 0.06
    joints = (torch.from_numpy(standing()) + shift) * size
    rows = torch.arange(size) + 0.5
    grid = torch.stack(torch.meshgrid(rows, rows, indexing="xy"), -1)
    near = (grid - joints[..., None, None, :]).norm(dim=-1).amin(2)
    alpha = (near < 0.06 * size).float()
    colour = torch.rand(count, poses, 3, 1, 1, generator=generator)
    clean = torch.cat((colour.expand(-1, -1, -1, size, size), alpha[:, :, None]), 2)
    rgb = colour * alpha[:, :, None] + (1 - alpha[:, :, None])
    return SimpleNamespace(
        rgb=rgb, clean=clean, parts=alpha.to(torch.uint8), materials=alpha.to(torch.uint8) * 4, joints=joints,
        state=torch.full(joints.shape[:3], 2, dtype=torch.uint8), joint_depth=torch.zeros(joints.shape[:3]),
    )  # fmt: skip


def fill(folder: Path) -> Path:
    """Writes a training and a held-out shard of characters and of stick figures."""
    for seed, prefix in enumerate((TRAIN_PREFIX, HELD_OUT_PREFIX)):
        truth = draw_characters(draw, ["any"], 3, seed)
        write_shard(folder, f"{prefix}-character", "character", truth)
        write_shard(folder, f"{prefix}-stick", "stick", draw_references("stick", 6, seed, held_out=bool(seed)))
    return folder
