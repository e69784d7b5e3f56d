"""Of which parts each kind of pipeline is made: a list of libraries' classes by part, and which have to be there.

A pipeline's index names a class for every part, and the library makes an object of whatever it names; so only what is
listed here is opened. Knows names; loads nothing.
"""

from collections.abc import Collection, Mapping

from deployments.checkpoints.files import read_config
from deployments.checkpoints.opening import Opened, open_checkpoint
from pose.errors import WeightsError

INDEX = "model_index.json"
NOT_LOADED = ("safety_checker", "watermarker")  # left out when the pipeline is put together

Parts = Mapping[str, Collection[str]]
_SCHEDULERS = tuple(
    f"diffusers.{name}Scheduler"
    for name in (
        *("DDIM", "DDPM", "DEISMultistep", "DPMSolverMultistep", "DPMSolverSinglestep", "EDMEuler", "EulerDiscrete"),
        *("EulerAncestralDiscrete", "HeunDiscrete", "KDPM2AncestralDiscrete", "KDPM2Discrete", "LCM", "LMSDiscrete"),
        *("PNDM", "TCD", "UniPCMultistep"),
    )
)
_TOKENIZERS = ("transformers.CLIPTokenizer", "transformers.CLIPTokenizerFast")
_VIEWS = tuple(f"transformers.CLIP{name}" for name in ("ImageProcessor", "ImageProcessorFast", "ImageProcessorPil"))
_NEEDED_SD: Parts = {
    "vae": ("diffusers.AutoencoderKL",),
    "text_encoder": ("transformers.CLIPTextModel",),
    "tokenizer": _TOKENIZERS,
    "unet": ("diffusers.UNet2DConditionModel",),
    "scheduler": _SCHEDULERS,
}
_NEEDED_XL: Parts = {
    **_NEEDED_SD,
    "text_encoder_2": ("transformers.CLIPTextModelWithProjection",),
    "tokenizer_2": _TOKENIZERS,
}
_CONTROLLED: Parts = {"controlnet": ("diffusers.ControlNetModel",)}
_NEEDED_QWEN: Parts = {
    "processor": ("transformers.Qwen2VLProcessor", "transformers.Qwen2_5_VLProcessor"),
    "scheduler": ("diffusers.FlowMatchEulerDiscreteScheduler", *_SCHEDULERS),  # another may take its place
    "text_encoder": ("transformers.Qwen2_5_VLForConditionalGeneration",),
    "tokenizer": ("transformers.Qwen2Tokenizer", "transformers.Qwen2TokenizerFast"),
    "transformer": ("diffusers.QwenImageTransformer2DModel",),
    "vae": ("diffusers.AutoencoderKLQwenImage",),
}
NEEDED: Mapping[str, Parts] = {
    "StableDiffusionPipeline": _NEEDED_SD,
    "StableDiffusionInpaintPipeline": _NEEDED_SD,
    "StableDiffusionControlNetInpaintPipeline": {**_NEEDED_SD, **_CONTROLLED},
    "StableDiffusionXLPipeline": _NEEDED_XL,
    "StableDiffusionXLInpaintPipeline": _NEEDED_XL,
    "StableDiffusionXLControlNetInpaintPipeline": {**_NEEDED_XL, **_CONTROLLED},
    "QwenImageEditPlusPipeline": _NEEDED_QWEN,
}
OPTIONAL: Parts = {
    "feature_extractor": (*_VIEWS, "transformers.CLIPFeatureExtractor"),
    "image_encoder": ("transformers.CLIPVisionModelWithProjection",),
}


def open_pipeline(where: str, classes: Collection[str]) -> Opened:
    """See `open_checkpoint`; classes: of NEEDED. Raises WeightsError also where a part is missing or of another class
    than listed."""
    opened = open_checkpoint(where, classes)
    index = read_config(opened.folder / INDEX)
    needed = NEEDED[opened.name]
    present = {
        name: ".".join(map(str, named))
        for name, named in index.items()
        if isinstance(named, list) and name not in NOT_LOADED and named[:1] != [None]
    }
    missing = sorted(set(needed) - set(present))
    if missing:
        raise WeightsError(
            f"{opened.folder / INDEX} names no {', '.join(missing)}, which a {opened.name} needs; fetch the whole "
            "checkpoint again, or give one that has all of its parts."
        )
    for name, kind in present.items():
        _check(f"{opened.folder / INDEX}", name, kind, needed.get(name) or OPTIONAL.get(name, ()))
    return opened


def _check(index: str, name: str, got: str, known: Collection[str]) -> None:
    if got not in known:
        raise WeightsError(
            f"{index} has '{name}' of {got}; expected {', '.join(known) or 'no such part'}; give a checkpoint whose "
            "parts are of the classes that are known."
        )
