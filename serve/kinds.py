"""Which classes each stage takes as which part of a checkpoint, read off the stages themselves. Knows names."""

from collections.abc import Mapping

from deployments.denoiser.checkpoint.pipeline import BASES
from deployments.denoiser.checkpoint.qwen import FAMILY
from deployments.denoiser.checkpoint.schedulers import SCHEDULERS
from deployments.garments.checkpoint import NETWORKS as PARSERS
from deployments.keypoints.checkpoint import DETECTORS, POSES
from deployments.upscaler.checkpoint import NETWORKS as UPSCALERS

_KINDS: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "denoiser": {
        "base": (*BASES, FAMILY),
        "controlnet": ("ControlNetModel",),
        "ip_adapter": ("IPAdapter",),
        "vae": ("AutoencoderKL", "AutoencoderKLQwenImage"),
        "scheduler": (*SCHEDULERS, "FlowMatchEulerDiscreteScheduler"),
    },
    "keypoints": {"base": tuple(POSES), "detector": tuple(DETECTORS)},
    "garments": {"base": tuple(PARSERS)},
    "upscaler": {"base": tuple(UPSCALERS)},
}


def kinds_of(stage: str, role: str) -> tuple[str, ...]:
    """The classes; none where the stage takes no such part."""
    return _KINDS[stage].get(role, ())
