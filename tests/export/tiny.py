"""A network small enough to be exported in a second, with its signature and its row of the table."""

import torch
from torch import Tensor, nn

from deployments.signature import Port, Signature
from export.networks import Embedded

SIGNATURE = Signature(
    network="tiny",
    weights="tiny",
    inputs=(Port("picture", lambda h, w: (3, h, w)), Port("shift", lambda h, w: (8,), low=-1)),
    outputs=(Port("first", lambda h, w: (8, h, w)), Port("mean", lambda h, w: (8,))),
    buckets=((8, 12),),
    batch=4,
)


class TinyNetwork(nn.Module):
    """A convolution, a normalisation, a linear layer; outputs in another order than the signature's."""

    def __init__(self) -> None:
        super().__init__()
        self.see = nn.Conv2d(3, 8, 3, padding=1)
        self.norm = nn.GroupNorm(2, 8)
        self.move = nn.Linear(8, 8)

    def forward(self, picture: Tensor, shift: Tensor) -> dict[str, Tensor]:
        first = torch.relu(self.norm(self.see(picture))) + self.move(shift)[:, :, None, None]
        return {"mean": first.mean((2, 3)), "first": first, "unused": first[:, :1]}


def tiny_network() -> TinyNetwork:
    torch.manual_seed(0)
    return TinyNetwork().eval()


EMBEDDED = Embedded(SIGNATURE, tiny_network)
