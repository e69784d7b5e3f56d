"""Each network gives what its signature declares, at a size of the smallest kind; and which bucket holds a picture."""

import pytest
import torch

from deployments.signature import Signature
from export.graph import example_inputs
from export.networks import EMBEDDED


@pytest.mark.parametrize("embedded", EMBEDDED, ids=lambda embedded: embedded.signature.network)
def test_a_network_takes_and_gives_what_is_declared(embedded) -> None:
    signature = embedded.signature
    network = embedded.form(embedded.network()).eval()
    with torch.inference_mode():
        answer = network(*example_inputs(signature, (64, 96), batch=2))
    named = answer if isinstance(answer, dict) else {signature.outputs[0].name: answer}
    for port in signature.outputs:
        assert named[port.name].shape == (2, *port.shape(64, 96)), port.name


def test_the_smallest_bucket_that_holds_a_picture() -> None:
    signature = Signature("n", "n", (), (), ((384, 384), (256, 256), (384, 256)), 1)
    assert signature.bucket_for(256, 256) == (256, 256)
    assert signature.bucket_for(257, 100) == (384, 256)
    assert signature.bucket_for(257, 257) == (384, 384)
    assert signature.bucket_for(385, 1) is None
