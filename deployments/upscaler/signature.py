"""The upscaler's input, output and size at each of its factors. A smaller tile is to be padded up to TILE."""

from deployments.signature import Port, Signature
from deployments.upscaler.network import MARGIN
from deployments.upscaler.upscale import TILE


def at_factor(factor: int) -> Signature:
    """The signature of the network that enlarges by one factor."""
    return Signature(
        network=f"upscaler-x{factor}",
        weights="upscaler",
        inputs=(Port("picture", lambda h, w: (4, h + 2 * MARGIN, w + 2 * MARGIN)),),
        outputs=(Port("enlarged", lambda h, w: (4, factor * h, factor * w)),),
        buckets=((TILE, TILE),),
        batch=4,
    )
