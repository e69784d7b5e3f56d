"""The denoiser's inputs, outputs and sizes. Of its outputs serving needs two.

A sample of another size is to be padded at the right and at the bottom up to its bucket, as a Frame pads it.
"""

from deployments.denoiser.network import CHANNELS, CONDITIONS, SOURCE_SIZE
from deployments.signature import Port, Signature
from pose.skeleton import BIPED

JOINTS = len(BIPED.joints)

SIGNATURE = Signature(
    network="denoiser",
    weights="denoiser",
    inputs=(
        Port("maps", lambda h, w: (CHANNELS, h, w)),
        # Below zero is outside the picture, and for a score: absent.
        Port("points", lambda h, w: (JOINTS, 3), low=-40, high=250),
        Port("condition", lambda h, w: (CONDITIONS,)),
        Port("source", lambda h, w: (4, SOURCE_SIZE, SOURCE_SIZE)),
        Port("source_points", lambda h, w: (JOINTS, 3), low=-20, high=SOURCE_SIZE),
    ),
    outputs=(Port("clean", lambda h, w: (4, h, w)), Port("doubt", lambda h, w: (1, h, w))),
    buckets=((256, 256), (384, 256), (384, 384)),
    batch=8,
)
