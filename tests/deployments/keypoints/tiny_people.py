"""Tiny random checkpoints of ViTPose and RT-DETR as an operator's folders: they find people everywhere."""

from pathlib import Path

import torch
import transformers

from deployments.keypoints.vitpose import COCO

CLASSES = {0: "cat", 1: "person"}


def save_vitpose(folder: Path, experts: int = 1, labels: dict[int, str] | None = None) -> Path:
    """A ViTPose whose heat maps peak between 0.3 and 1, mostly."""
    torch.manual_seed(1)
    backbone = transformers.VitPoseBackboneConfig(
        image_size=(64, 48), patch_size=(16, 16), hidden_size=16, num_hidden_layers=2, num_attention_heads=2,
        out_indices=[2], num_experts=experts, part_features=4, initializer_range=0.5,
    )  # fmt: skip
    labels = labels or {row: joint.replace("l_", "L_").replace("r_", "R_").title() for row, joint in enumerate(COCO)}
    config = transformers.VitPoseConfig(
        backbone_config=backbone,
        scale_factor=4,
        id2label=labels,
        label2id={label: row for row, label in labels.items()},
    )
    network = transformers.VitPoseForPoseEstimation(config)
    with torch.no_grad():
        network.head.conv.weight.normal_(0, 0.05)
        network.head.conv.bias.fill_(0.3)
    network.save_pretrained(folder)
    transformers.VitPoseImageProcessorPil(size={"height": 64, "width": 48}).save_pretrained(folder)
    return folder


def save_detector(folder: Path, version: int = 2, labels: dict[int, str] | None = None) -> Path:
    """An RT-DETR that is sure of 20 figures, some of them people."""
    torch.manual_seed(2)
    labels = labels or CLASSES
    name = "RTDetrV2" if version == 2 else "RTDetr"
    config = getattr(transformers, f"{name}Config")(
        backbone_config=transformers.RTDetrResNetConfig(
            embedding_size=8, hidden_sizes=[8, 16, 24, 32], depths=[1, 1, 1, 1], layer_type="basic",
            out_features=["stage2", "stage3", "stage4"],
        ),
        encoder_hidden_dim=16, encoder_in_channels=[16, 24, 32], encoder_ffn_dim=32, encoder_attention_heads=2,
        d_model=16, num_queries=20, decoder_in_channels=[16, 16, 16], decoder_ffn_dim=32, decoder_layers=2,
        decoder_attention_heads=2, num_denoising=0, id2label=labels, label2id={v: k for k, v in labels.items()},
    )  # fmt: skip
    network = getattr(transformers, f"{name}ForObjectDetection")(config)
    with torch.no_grad():
        for labelling, placing in zip(network.model.decoder.class_embed, network.model.decoder.bbox_embed, strict=True):
            labelling.weight[1] = -labelling.weight[0].normal_(0, 1)
            labelling.bias.fill_(2.0)
            placing.layers[-1].weight.normal_(0, 0.5)
    network.save_pretrained(folder)
    transformers.RTDetrImageProcessorPil(size={"height": 64, "width": 64}).save_pretrained(folder)
    return folder
