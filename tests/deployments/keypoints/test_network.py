"""The pose network's shapes, size and repeatability."""

import torch

from deployments.keypoints.network import CELLS, KINDS, LOCATOR_CELLS, SIZE, PoseNetwork


def test_answers_in_the_shapes_it_states() -> None:
    torch.manual_seed(0)
    network = PoseNetwork().eval()
    with torch.inference_mode():
        outputs = network(torch.rand(2, 3, SIZE, SIZE))
    assert {name: tuple(value.shape) for name, value in outputs.items()} == {
        "heat": (2, 23, CELLS, CELLS),
        "verdict": (2, 23, 3),
        "depth": (2, 23),
        "kind": (2, len(KINDS)),
        "centre": (2, 1, LOCATOR_CELLS, LOCATOR_CELLS),
        "extent": (2, 4, LOCATOR_CELLS, LOCATOR_CELLS),
    }
    assert all(value.dtype == torch.float32 for value in outputs.values())


def test_a_picture_reads_the_same_alone_and_in_a_batch() -> None:
    torch.manual_seed(0)
    network = PoseNetwork().eval()
    pictures = torch.rand(3, 3, SIZE, SIZE)
    with torch.inference_mode():
        torch.testing.assert_close(network(pictures)["heat"][1:2], network(pictures[1:2])["heat"], rtol=1e-3, atol=1e-4)


def test_fits_in_ten_megabytes_of_halves() -> None:
    assert sum(value.numel() for value in PoseNetwork().state_dict().values()) * 2 < 10_000_000
