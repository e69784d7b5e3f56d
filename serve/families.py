"""The checkpoints that are known to go together, and where the hub has them: the table behind `contrapposto pull`.

Repositories and file names are as their pages showed them; revisions are looked up when pulling and written down then,
never guessed. None was run at full size here: docs/checkpoints.md. Knows names; fetches nothing.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Source:
    """Files of one hub repository. folders: those whose configs and safetensors are taken, fp16 ones where there are
    any; files: single ones, by their name there, with their name here.
    """

    repository: str
    folders: tuple[str, ...] = ()
    files: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Part:
    """What one key of `checkpoint` names. where: a hub id, also the folder's name; kind: the class that it must be;
    written: files that are ours, by name, as JSON values.
    """

    role: str
    where: str
    kind: str
    sources: tuple[Source, ...]
    written: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Family:
    """A known-good set for one stage. licence: as the pages said; they decide. sampling: settings that it needs."""

    stage: str
    told: str
    licence: str
    parts: tuple[Part, ...]
    sampling: Mapping[str, float] = field(default_factory=dict)


def _whole(role: str, repository: str, kind: str) -> Part:
    """A repository that is one network."""
    return Part(role, repository, kind, (Source(repository, ("",)),))


def _pipeline(repository: str, *components: str) -> Source:
    return Source(repository, components, {"model_index.json": "model_index.json"})


def _adapter(section: str, name: str) -> Part:
    file = f"{section}/{name}.safetensors"
    source = Source("h94/IP-Adapter", ("models/image_encoder",), {file: file})
    return Part("ip_adapter", "h94/IP-Adapter", "IPAdapter", (source,))


_SD = ("feature_extractor", "scheduler", "text_encoder", "tokenizer", "unet", "vae")
_SDXL = ("scheduler", "text_encoder", "text_encoder_2", "tokenizer", "tokenizer_2", "unet", "vae")
_QWEN = ("processor", "scheduler", "text_encoder", "tokenizer", "transformer", "vae")
_SDXL_BESIDE = (
    _whole("controlnet", "xinsir/controlnet-openpose-sdxl-1.0", "ControlNetModel"),
    _adapter("sdxl_models", "ip-adapter-plus_sdxl_vit-h"),
    _whole("vae", "madebyollin/sdxl-vae-fp16-fix", "AutoencoderKL"),
)
# SDXL's own noise schedule, read from its end: distilled steps start at pure noise
_TRAILING = {
    "_class_name": "EulerDiscreteScheduler",
    "beta_end": 0.012,
    "beta_schedule": "scaled_linear",
    "beta_start": 0.00085,
    "num_train_timesteps": 1000,
    "prediction_type": "epsilon",
    "timestep_spacing": "trailing",
}
_LIGHTNING = Part(
    "base",
    "ByteDance/SDXL-Lightning",
    "StableDiffusionXLPipeline",
    (
        Source(
            "stabilityai/stable-diffusion-xl-base-1.0",
            ("text_encoder", "text_encoder_2", "tokenizer", "tokenizer_2", "vae"),
            {"model_index.json": "model_index.json", "unet/config.json": "unet/config.json"},
        ),
        Source(
            "ByteDance/SDXL-Lightning",
            files={"sdxl_lightning_4step_unet.safetensors": "unet/diffusion_pytorch_model.fp16.safetensors"},
        ),
    ),
    {"scheduler/scheduler_config.json": _TRAILING},
)

FAMILIES: Mapping[str, Family] = {
    "sd15": Family(
        "denoiser",
        "Stable Diffusion 1.5 inpainting with OpenPose ControlNet and IP-Adapter Plus; 512 px",
        "CreativeML OpenRAIL-M (base), OpenRAIL (ControlNet), Apache-2.0 (IP-Adapter)",
        (
            Part(
                "base",
                "stable-diffusion-v1-5/stable-diffusion-inpainting",
                "StableDiffusionInpaintPipeline",
                (_pipeline("stable-diffusion-v1-5/stable-diffusion-inpainting", *_SD),),
            ),
            _whole("controlnet", "lllyasviel/control_v11p_sd15_openpose", "ControlNetModel"),
            _adapter("models", "ip-adapter-plus_sd15"),
        ),
    ),
    "sdxl": Family(
        "denoiser",
        "SDXL inpainting with OpenPose ControlNet, IP-Adapter Plus and a VAE that bears fp16; 1024 px",
        "OpenRAIL++ (base), Apache-2.0 (ControlNet, IP-Adapter); of the VAE see its page",
        (
            Part(
                "base",
                "diffusers/stable-diffusion-xl-1.0-inpainting-0.1",
                "StableDiffusionXLInpaintPipeline",
                (_pipeline("diffusers/stable-diffusion-xl-1.0-inpainting-0.1", *_SDXL),),
            ),
            *_SDXL_BESIDE,
        ),
    ),
    "sdxl-lightning": Family(
        "denoiser",
        "SDXL with Lightning's 4-step UNet, the rest as sdxl; 1024 px in 4 steps without guidance",
        "OpenRAIL++ (base, Lightning), Apache-2.0 (ControlNet, IP-Adapter); of the VAE see its page",
        (_LIGHTNING, *_SDXL_BESIDE),
        {"steps": 4, "guidance": 1.0},
    ),
    "qwen-image-edit": Family(
        "denoiser",
        "Qwen-Image-Edit-2509, which takes reference and pose as pictures; 58 GB",
        "Apache-2.0",
        (
            Part(
                "base",
                "Qwen/Qwen-Image-Edit-2509",
                "QwenImageEditPlusPipeline",
                (_pipeline("Qwen/Qwen-Image-Edit-2509", *_QWEN),),
            ),
        ),
        {"steps": 40, "guidance": 4.0},
    ),
    "vitpose": Family(
        "keypoints",
        "ViTPose-B with the RT-DETR v2 detector: people in photographs",
        "Apache-2.0",
        (
            _whole("base", "usyd-community/vitpose-base-simple", "VitPoseForPoseEstimation"),
            _whole("detector", "PekingU/rtdetr_v2_r18vd", "RTDetrV2ForObjectDetection"),
        ),
    ),
    "segformer-clothes": Family(
        "garments",
        "SegFormer-B2 on 18 classes of clothes and limbs",
        "MIT on its page; SegFormer's own licence may bind too, see its page",
        (_whole("base", "mattmdjaga/segformer_b2_clothes", "SegformerForSemanticSegmentation"),),
    ),
    "swin2sr": Family(
        "upscaler",
        "Swin2SR, twice the size",
        "Apache-2.0",
        (_whole("base", "caidas/swin2SR-classical-sr-x2-64", "Swin2SRForImageSuperResolution"),),
    ),
}
