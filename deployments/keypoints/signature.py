"""The pose network's inputs, outputs and sizes."""

from deployments.keypoints.network import JOINTS, KINDS, LOCATOR_CELLS, SIZE, STRIDE, VERDICTS
from deployments.signature import Port, Signature

SIGNATURE = Signature(
    network="pose",
    weights="pose",
    inputs=(Port("rgb", lambda h, w: (3, h, w)),),
    outputs=(
        Port("heat", lambda h, w: (JOINTS, h // STRIDE, w // STRIDE)),
        Port("verdict", lambda h, w: (JOINTS, len(VERDICTS))),
        Port("depth", lambda h, w: (JOINTS,)),
        Port("kind", lambda h, w: (len(KINDS),)),
        Port("centre", lambda h, w: (1, h * LOCATOR_CELLS // SIZE, w * LOCATOR_CELLS // SIZE)),
        Port("extent", lambda h, w: (4, h * LOCATOR_CELLS // SIZE, w * LOCATOR_CELLS // SIZE)),
    ),
    buckets=((SIZE, SIZE),),
    batch=8,
)
