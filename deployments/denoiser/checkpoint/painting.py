"""What a checkpoint is asked to paint, and what every family of checkpoints offers the engine. Knows no tensors.

A painting is one canvas: the warp where texels are known, and a mask of what is to be invented. Families differ in what
they make of it; what comes back is a picture of the whole canvas, of which only the unknown is used.
"""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from deployments.denoiser.engine.slots import Job, Program

PROMPT = "the same character, full body, consistent outfit, clean background"
NEGATIVE = "deformed, extra limbs, blurry, watermark, text"
MOST_STEPS = 100
LOG = logging.getLogger("contrapposto.denoiser")


@dataclass(frozen=True, eq=False)
class Painting:
    """picture (H, W, 3) uint8: the warp over a plain ground, its holes filled from around. missing (H, W) bool: what
    is to be invented. skeleton (H, W, 3) uint8: the target pose as an OpenPose picture. reference (S, S, 3) uint8: the
    whole source figure over a plain ground, for identity. H and W are multiples of the painter's `multiple`.
    """

    picture: NDArray[np.uint8]
    missing: NDArray[np.bool_]
    skeleton: NDArray[np.uint8]
    reference: NDArray[np.uint8]
    seed: int


@dataclass(frozen=True)
class Sampling:
    """How a checkpoint paints. guidance: classifier-free, 1 for none (and half the rows). control_scale and
    identity_scale weigh ControlNet and IP-Adapter; strength: how much of the noise an inpainted region starts from.
    reuse: relative change of the first block below which a slot reuses its cached deeper features; 0 is never.

    Raises ValueError for a value outside of what is allowed.
    """

    prompt: str = PROMPT
    negative_prompt: str = NEGATIVE
    steps: int = 20
    guidance: float = 5.0
    control_scale: float = 0.8
    identity_scale: float = 0.6
    strength: float = 1.0
    reuse: float = 0.0

    def __post_init__(self) -> None:
        allowed = {
            "steps": (1 <= self.steps <= MOST_STEPS, f"1 to {MOST_STEPS}"),
            "guidance": (0 <= self.guidance <= 50, "0 to 50"),
            "control_scale": (0 <= self.control_scale <= 2, "0 to 2"),
            "identity_scale": (0 <= self.identity_scale <= 2, "0 to 2"),
            "strength": (0 < self.strength <= 1, "more than 0, to 1"),
            "reuse": (0 <= self.reuse < 1, "0 to less than 1"),
        }
        for name, (holds, expected) in allowed.items():  # of nan nothing holds
            if not holds:
                raise ValueError(f"expected {name} of {expected}, got {getattr(self, name)}; set it there.")


class Painter(Program, Protocol):
    """A family's program. Results of its jobs are (H, W, 3) float32 in 0..1: the canvas, painted.

    sha256: of the checkpoint, for reports. side: of the square canvas that the checkpoint was trained on, pixels.
    """

    sha256: str
    side: int
    multiple: int

    @property
    def sampling(self) -> Sampling:
        """What a job has that brings none of its own."""
        ...

    def job(self, painting: Painting, steps: int | None = None, sampling: Sampling | None = None, **more: Any) -> Job:
        """The job of a painting; `steps` None: as sampling says. sampling: for this painting alone; `more`: the job's
        deadline and the like.

        Raises InvalidInput for a canvas whose sides are not multiples of `multiple`.
        """
        ...


def tell_unheard(sampling: Sampling, names: Sequence[str], why: str) -> None:
    """One line in the log where values were set that a painter has no use for: nothing else would tell."""
    changed = [name for name in names if getattr(sampling, name) != getattr(Sampling, name)]
    if changed:
        LOG.warning("sampling's %s was set and changes nothing: %s; leave it out", ", ".join(changed), why)
