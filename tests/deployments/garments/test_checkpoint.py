"""An operator's SegFormer: the library's own numbers, what the parse makes of them, and what is refused."""

from pathlib import Path

import numpy as np
import pytest
import torch
import transformers
from torch import Tensor

from deployments import runtime
from deployments.backends.spec import Runtime
from deployments.checkpoints.opening import Checkpoint
from deployments.garments.checkpoint import belief, open_clothes_parser
from deployments.garments.crop import window_of
from deployments.garments.deployment import Garments
from deployments.garments.network import ParseNetwork
from deployments.garments.parse import parse_figure
from deployments.garments.sight import look
from pose.errors import ArtefactError, WeightsError
from pose.figure import MATERIAL_INDEX, MATERIALS, PART_INDEX, PARTS
from tests.deployments.garments import doll
from tests.deployments.garments.tiny_clothes import ATR, parser_by_colour, save_segformer
from training import card

CPU = torch.device("cpu")


def undecided(rgb: Tensor, maps: Tensor) -> dict[str, Tensor]:
    """A parse network that knows nothing but that the torso's cloth bears a print."""
    size = rgb.shape[-1]
    materials = torch.zeros(1, len(MATERIALS), size // 2, size // 2)
    materials[:, MATERIAL_INDEX["print"]] = 2.0
    return {
        "matte": torch.full((1, 1, size, size), -4.0),
        "parts": torch.zeros(1, len(PARTS), size // 2, size // 2),
        "materials": materials,
    }


def test_what_it_sees_is_the_librarys_own(tmp_path: Path) -> None:
    folder, rgb = save_segformer(tmp_path), doll.coloured(doll.busy())
    network = transformers.SegformerForSemanticSegmentation.from_pretrained(folder).eval()
    processor = transformers.SegformerImageProcessorPil.from_pretrained(folder)
    with torch.no_grad():
        answer = network(**processor(rgb, return_tensors="pt"))
    (told,) = processor.post_process_semantic_segmentation(answer, [doll.SIZE], return_segmentation_scores=True)
    seen = open_clothes_parser(str(folder), CPU, torch.float32).see(rgb)
    assert np.abs(seen - torch.softmax(told.segmentation_scores, 0).numpy()).max() < 1e-4
    assert (seen.argmax(0) == told.segmentation.numpy()).mean() > 0.999
    assert len(np.unique(seen.argmax(0))) > 1


def test_the_parser_brings_matte_parts_and_materials_where_the_network_knows_none() -> None:
    picture = doll.coloured(doll.busy())
    figure = parse_figure(picture, doll.reading(), network=undecided, looking=parser_by_colour().look)
    truth = doll.parts()
    assert doll.overlap(figure.image[..., 3] > 127, doll.silhouette()) > 0.99
    for part in ("torso", "head", "r_arm", "l_arm", "r_leg", "l_leg"):  # without it: 0.79 to 0.99
        assert doll.overlap(figure.parts == PART_INDEX[part], truth == PART_INDEX[part]) > 0.95, part
    core = (truth == figure.parts) & (truth > 0)
    assert (figure.materials[core & (truth == PART_INDEX["head"])] == MATERIAL_INDEX["skin"]).mean() > 0.9
    assert (figure.materials[core & (truth == PART_INDEX["torso"])] == MATERIAL_INDEX["print"]).mean() > 0.9


def test_a_figure_that_the_parser_does_not_see_is_the_networks_to_tell() -> None:
    picture, reading = doll.outlined(), doll.reading()
    window = window_of(reading, doll.SIZE)
    small = window.take(picture)
    own, both = look(small, window, reading, undecided), parser_by_colour().look(small, window, reading, undecided)
    assert np.abs(own.matte - both.matte).max() < 1e-6
    assert np.abs(own.parts - both.parts).max() < 1e-4
    assert np.abs(own.materials - both.materials).max() < 1e-4


def test_another_figure_beside_is_not_the_parsers_to_claim() -> None:
    figure, track = np.zeros((40, 60), np.float32), np.zeros((40, 60), bool)
    figure[5:35, 5:20] = figure[5:35, 40:55] = 1
    track[8:32, 12] = True
    weight = belief(figure, track)
    assert weight[:, :30].min() == 1
    assert weight[10, 45] == 0
    track[8:32, 30] = True
    assert 0 <= belief(figure, track)[10, 10] < 0.1


def test_the_stage_asks_both_and_names_both_hashes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    torch.manual_seed(0)
    card.save("parse", ParseNetwork(), {}, tmp_path)
    monkeypatch.setattr(runtime.load, "__defaults__", (tmp_path,))
    asked = Checkpoint(base=str(save_segformer(tmp_path / "clothes")))
    stage = Garments(asked, Runtime("eager", device="cpu", precision="fp32"))
    assert stage._clothes is not None
    assert stage._clothes.network.dtype == torch.float32
    with pytest.raises(ArtefactError, match="garments stage with a checkpoint, got onnxruntime"):
        Garments(asked, Runtime("onnxruntime"))
    mask = (doll.silhouette() * 255).astype("uint8")
    figure = stage.parse(doll.coloured(), doll.reading(), mask)
    assert doll.overlap(figure.image[..., 3] > 127, doll.silhouette()) > 0.95
    assert set(stage.weights()) == {"parse", "SegformerForSemanticSegmentation"}


@pytest.mark.parametrize(
    ("names", "told"),
    [
        ((*ATR, "Left-wing"), "not known here: Left-wing; give"),
        (("LABEL_0", "LABEL_1"), "LABEL_0, LABEL_1; give"),
        (ATR[1:], "no background"),
    ],
)
def test_classes_that_are_not_known_are_refused_by_name(tmp_path: Path, names: tuple[str, ...], told: str) -> None:
    with pytest.raises(WeightsError, match=told):
        open_clothes_parser(str(save_segformer(tmp_path, names)), CPU, torch.float32)


def test_pickled_weights_and_other_networks_are_refused(tmp_path: Path) -> None:
    folder = save_segformer(tmp_path / "clothes")
    (folder / "model.safetensors").unlink()
    torch.save({}, folder / "pytorch_model.bin")
    with pytest.raises(WeightsError, match="safetensors"):
        open_clothes_parser(str(folder), CPU, torch.float32)
    config = transformers.ViTConfig(hidden_size=8, num_hidden_layers=1, num_attention_heads=1, intermediate_size=8)
    transformers.ViTForImageClassification(config).save_pretrained(tmp_path / "other")
    with pytest.raises(WeightsError, match=r"ViTForImageClassification.*SegformerForSemanticSegmentation"):
        open_clothes_parser(str(tmp_path / "other"), CPU, torch.float32)
