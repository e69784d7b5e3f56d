"""The parse network's inputs, outputs and sizes."""

from deployments.garments.maps import CHANNELS
from deployments.garments.network import SIZE
from deployments.signature import Port, Signature
from pose.figure import MATERIALS, PARTS

SIGNATURE = Signature(
    network="parse",
    weights="parse",
    inputs=(Port("rgb", lambda h, w: (3, h, w)), Port("maps", lambda h, w: (CHANNELS, h, w))),
    outputs=(
        Port("matte", lambda h, w: (1, h, w)),
        Port("parts", lambda h, w: (len(PARTS), h // 2, w // 2)),
        Port("materials", lambda h, w: (len(MATERIALS), h // 2, w // 2)),
    ),
    buckets=((SIZE, SIZE),),
    batch=8,
)
