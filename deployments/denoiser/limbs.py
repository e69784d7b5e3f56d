"""Draws skeletons as soft limb maps, in torch. Knows joints and grids; nothing of pictures.

Convention: points and spreads are in units of one cell of the grid, x right, y down, cell centres at .5.
"""

import torch
from torch import Tensor

from pose.skeleton import BIPED

GROUPS: tuple[tuple[tuple[str, str], ...], ...] = (
    (("r_shoulder", "r_elbow"), ("r_elbow", "r_wrist"), ("r_wrist", "r_hand")),
    (("l_shoulder", "l_elbow"), ("l_elbow", "l_wrist"), ("l_wrist", "l_hand")),
    (("r_hip", "r_knee"), ("r_knee", "r_ankle"), ("r_ankle", "r_toe")),
    (("l_hip", "l_knee"), ("l_knee", "l_ankle"), ("l_ankle", "l_toe")),
    (("neck", "r_shoulder"), ("neck", "l_shoulder"), ("neck", "r_hip"), ("neck", "l_hip"), ("r_hip", "l_hip")),
    (("neck", "nose"), ("nose", "head_top"), ("r_eye", "l_eye")),
)


def limb_maps(points: Tensor, spread: Tensor, height: int, width: int) -> Tensor:
    """(B, J, 3) x, y, score and (B,) spreads -> (B, 6, height, width): arms, legs, torso, head; 1 on a bone.

    A bone with an absent end is not drawn. The profile is a Gaussian with `spread` as its standard deviation.
    """
    points, scores = points[..., :2], points[..., 2]
    parents, children, owner = _rows(points.device)
    start, end = points[:, parents].float(), points[:, children].float()
    there = ((scores[:, parents] > 0) & (scores[:, children] > 0)).float()
    distance = _segment_distance(start, end, _grid(height, width, points.device))
    heat = torch.exp(-0.5 * distance / spread.float().square()[:, None, None]) * there[:, :, None]
    maps = heat.new_zeros(points.shape[0], len(GROUPS), height * width)
    maps = maps.scatter_reduce(1, owner[None, :, None].expand_as(heat), heat, "amax")
    return maps.view(points.shape[0], len(GROUPS), height, width)


def _rows(device: torch.device) -> tuple[Tensor, Tensor, Tensor]:
    bones = [(BIPED.index[a], BIPED.index[b], row) for row, group in enumerate(GROUPS) for a, b in group]
    parents, children, owner = zip(*bones, strict=True)
    return (
        torch.tensor(parents, device=device),
        torch.tensor(children, device=device),
        torch.tensor(owner, device=device),
    )


def _grid(height: int, width: int, device: torch.device) -> Tensor:
    y = torch.arange(height, device=device) + 0.5
    x = torch.arange(width, device=device) + 0.5
    return torch.stack(torch.meshgrid(y, x, indexing="ij"), -1).flip(-1).reshape(-1, 2)


def _segment_distance(start: Tensor, end: Tensor, grid: Tensor) -> Tensor:
    """(B, N, 2) ends, (P, 2) grid -> (B, N, P) squared distance to each segment."""
    axis = end - start
    offset = grid[None, None] - start[:, :, None]
    along = (offset * axis[:, :, None]).sum(-1) / axis.square().sum(-1, keepdim=True).clamp_min(1e-8)
    nearest = along.clamp(0, 1)[..., None] * axis[:, :, None]
    return (offset - nearest).square().sum(-1)
