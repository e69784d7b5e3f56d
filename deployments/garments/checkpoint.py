"""Looks at a window with an operator's SegFormer of clothes (Xie et al. 2021), and joins what it sees to our network's.

The parser tells clothes from skin and hair on photographs, but neither prints nor whose clothes they are: figures that
touch are one to it, and of a drawing it may see nothing. So it is believed as far as it sees the bones of the figure
that is asked for; what it sees apart from them, and all that it cannot say, is the embedded network's to tell.
"""

from collections.abc import Callable
from typing import Any

import cv2
import numpy as np
import torch
from numpy.typing import NDArray

from deployments.checkpoints.pretrained import Pretrained, load_pretrained
from deployments.garments.anatomy import Mask, area, capsules
from deployments.garments.bones import territory
from deployments.garments.classes import Classes, read_classes, shared_out
from deployments.garments.crop import Window
from deployments.garments.sight import Sight, look
from pose.figure import Reading

NETWORKS = {"SegformerForSemanticSegmentation": "SegformerImageProcessorPil"}
BLIND, SEEING = 0.5, 0.8  # shares of the bones on what it sees, at which it is not believed and believed in full
LEAST = np.float32(1e-6)


class ClothesParser:
    """`parser.look` stands in for `sight.look`."""

    def __init__(self, network: Pretrained) -> None:
        self.network = network
        self.classes: Classes = read_classes(network.module.config.id2label)

    def look(self, small: NDArray[np.uint8], window: Window, reading: Reading, network: Callable[..., Any]) -> Sight:
        """See `sight.look`; network: the embedded one, which is asked too."""
        own, seen = look(small, window, reading, network), self.see(small)
        figure = 1 - seen[self.classes.background].sum(0)
        bones = territory(window.pose(reading.pose), small.shape[:2]).segments
        return _joined(own, seen, figure, self.classes, belief(figure, capsules(bones, 1, figure.shape)))

    def see(self, rgb: NDArray[np.uint8]) -> NDArray[np.float32]:
        """(C, h, w) probabilities of the network's own classes in a picture (h, w, 3): the library's own."""
        processor = self.network.processor
        inputs = processor(images=rgb, return_tensors="pt", input_data_format="channels_last")
        answer = self.network(pixel_values=inputs["pixel_values"])
        answer.logits = answer.logits.float().cpu()
        (told,) = processor.post_process_semantic_segmentation(answer, [rgb.shape[:2]], return_segmentation_scores=True)
        return np.asarray(torch.softmax(told.segmentation_scores, 0).numpy())


def open_clothes_parser(
    where: str, device: torch.device | None = None, dtype: torch.dtype | None = None
) -> ClothesParser:
    """The parser of a folder or pulled hub id. Raises WeightsError where it is refused."""
    return ClothesParser(load_pretrained(where, NETWORKS, device, dtype))


def belief(figure: NDArray[np.float32], track: Mask) -> NDArray[np.float32]:
    """(h, w) 0..1: how far the parser's word counts. figure (h, w): its probability of any figure; track: the bones.

    Less the fewer of the bones it sees, and none on what it sees in one piece that no bone touches.
    """
    seen = figure > 0.5
    held = area(seen & track) / max(1, area(track))
    count, labels = cv2.connectedComponents(seen.astype(np.uint8), connectivity=8)
    touched = np.bincount(labels[track], minlength=count) > 0
    touched[0] = True
    return (touched[labels] * np.clip((held - BLIND) / (SEEING - BLIND), 0, 1)).astype(np.float32)


def _joined(
    own: Sight, seen: NDArray[np.float32], figure: NDArray[np.float32], classes: Classes, weight: NDArray[np.float32]
) -> Sight:
    """Both opinions as one, each pixel by the parser's weight."""
    parts, materials = np.exp(own.parts), np.exp(own.materials)
    named = shared_out(seen, classes.parts, parts)
    made = shared_out(seen, classes.materials, materials)
    return Sight(
        matte=weight * figure + (1 - weight) * own.matte,
        parts=np.log(np.maximum(weight * named + (1 - weight) * parts, LEAST)),
        materials=np.log(np.maximum(weight * made + (1 - weight) * materials, LEAST)),
    )
