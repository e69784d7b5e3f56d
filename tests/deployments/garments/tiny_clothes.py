"""A tiny random SegFormer as an operator's folder, and a parser that knows the doll by its colours."""

from pathlib import Path
from types import SimpleNamespace

import torch
import transformers
from torch import Tensor, nn

from deployments.checkpoints.pretrained import Pretrained
from deployments.garments.checkpoint import ClothesParser
from tests.deployments.garments import doll

ATR = (
    "Background", "Hat", "Hair", "Sunglasses", "Upper-clothes", "Skirt", "Pants", "Dress", "Belt", "Left-shoe",
    "Right-shoe", "Face", "Left-leg", "Right-leg", "Left-arm", "Right-arm", "Bag", "Scarf",
)  # fmt: skip
WORN = {"torso": "Upper-clothes", "r_arm": "Upper-clothes", "head": "Face", "r_leg": "Pants"}


def numbered(names: tuple[str, ...]) -> dict[int, str]:
    return dict(enumerate(names))


def save_segformer(folder: Path, names: tuple[str, ...] = ATR) -> Path:
    torch.manual_seed(4)
    config = transformers.SegformerConfig(
        depths=[1, 1, 1, 1], hidden_sizes=[8, 8, 16, 16], num_attention_heads=[1, 1, 2, 2], decoder_hidden_size=16,
        id2label=numbered(names), label2id={name: row for row, name in enumerate(names)}, initializer_range=0.5,
    )  # fmt: skip
    transformers.SegformerForSemanticSegmentation(config).save_pretrained(folder)
    transformers.SegformerImageProcessorPil(size={"height": 64, "width": 64}).save_pretrained(folder)
    return folder


class ByColour(nn.Module):
    """The doll's colours are what it wears; all else is background."""

    def __init__(self) -> None:
        super().__init__()
        self.config = SimpleNamespace(id2label=numbered(ATR))

    def forward(self, pixel_values: Tensor) -> SimpleNamespace:
        logits = torch.zeros(len(pixel_values), len(ATR), *pixel_values.shape[2:])
        logits[:, 0] = 6.0
        for part, name in WORN.items():
            colour = torch.tensor(doll.COLOURS[part]).view(1, 3, 1, 1) / 255
            near = (pixel_values - colour).abs().amax(1) < 0.1
            logits[:, ATR.index(name)][near] = 12.0
        return SimpleNamespace(logits=logits)


def parser_by_colour() -> ClothesParser:
    processor = transformers.SegformerImageProcessorPil(do_normalize=False)
    return ClothesParser(Pretrained("ByColour", "0" * 64, ByColour(), processor, torch.device("cpu"), torch.float32))
