"""Whether joints are seen in a drawn picture: hidden by the figure itself, turned away, or off the canvas.

Knows which parts carry which joint and how far a face turns; neither characters nor looks.
"""

import torch
from torch import Tensor

from pose.figure import PART_INDEX, PARTS
from pose.skeleton import BIPED

_OWN_PART = {"nose": "head", "neck": "torso", "eye": "head", "ear": "head", "head_top": "head",
             "shoulder": "arm", "elbow": "arm", "wrist": "arm", "hand": "arm",
             "hip": "leg", "knee": "leg", "ankle": "leg", "toe": "leg"}  # fmt: skip
_ALSO = {
    "head": ("head", "hair", "torso"),
    "torso": ("torso", "head"),
    "shoulder": ("torso",),
    "hip": ("torso", "skirt"),
}
_FACE = (
    ("nose", 0.0, -0.2),
    ("r_eye", -25.0, 0.05),
    ("l_eye", 25.0, 0.05),
    ("r_ear", -90.0, -0.4),
    ("l_ear", 90.0, -0.4),
)


def joint_state(points: Tensor, part: Tensor, turn: Tensor, size: int) -> Tensor:
    """(N, J) uint8: 0 off the canvas, 2 where the part seen at the joint is one that carries it and the
    face is not turned away from it, else 1."""
    cell = points.floor().long()
    inside = ((cell >= 0) & (cell < size)).all(-1)
    cell = cell.clamp(0, size - 1)
    picture = torch.arange(len(points), device=points.device)[:, None]
    seen = part[picture, cell[..., 1], cell[..., 0]]
    own = torch.zeros(len(BIPED.joints), len(PARTS), dtype=torch.bool, device=points.device)
    for row, name in enumerate(BIPED.joints):
        own[row, [PART_INDEX[p] for p in _carriers(name)]] = True
    visible = own[torch.arange(len(BIPED.joints), device=points.device), seen]
    for name, azimuth, limit in _FACE:
        away = torch.cos(torch.deg2rad(turn + azimuth)) < limit
        visible[:, BIPED.index[name]] &= ~away
    return torch.where(inside, 1 + visible.long(), torch.zeros_like(seen)).to(torch.uint8)


def _carriers(joint: str) -> tuple[str, ...]:
    side, _, bare = joint.partition("_") if joint[:2] in ("r_", "l_") else ("", "", joint)
    own = _OWN_PART[bare]
    name = f"{side}_{own}" if own in ("arm", "leg") else own
    return (name, *_ALSO.get(bare, ()), *_ALSO.get(own, ()))
