"""What changes the hash of a graph's code, and that serving's rounding leaves the network that is compared alone."""

from dataclasses import replace

import pytest
import torch

from deployments import runtime
from tests.export.tiny import EMBEDDED, SIGNATURE, tiny_network
from training import card

PICTURE, SHIFT = SIGNATURE.inputs


@pytest.mark.parametrize(
    "inputs",
    [
        (replace(PICTURE, name="image"), SHIFT),
        (replace(PICTURE, shape=lambda h, w: (3, h, w + 1)), SHIFT),
        (PICTURE, replace(SHIFT, low=-2)),
        (SHIFT, PICTURE),
    ],
    ids=["name", "shape", "bounds", "order"],
)
def test_the_same_sources_with_another_port_have_another_hash(inputs) -> None:
    other = replace(EMBEDDED, signature=replace(SIGNATURE, inputs=inputs))
    assert other.code_sha256() != EMBEDDED.code_sha256()


def test_a_renamed_output_has_another_hash_and_the_same_signature_the_same() -> None:
    first, mean = SIGNATURE.outputs
    renamed = replace(SIGNATURE, outputs=(first, replace(mean, name="average")))
    assert replace(EMBEDDED, signature=renamed).code_sha256() != EMBEDDED.code_sha256()
    assert replace(EMBEDDED, signature=replace(SIGNATURE)).code_sha256() == EMBEDDED.code_sha256()


def test_what_is_served_is_rounded_and_what_is_compared_is_not(tmp_path, monkeypatch) -> None:
    monkeypatch.setattr(runtime, "precision", lambda: torch.bfloat16)
    card.save("tiny", tiny_network(), {"steps": 1}, tmp_path)
    whole, served = EMBEDDED.load(tmp_path)[1], EMBEDDED.served(tmp_path)
    assert whole.see.weight.dtype == torch.float32
    assert (served.dtype, served.module.see.weight.dtype) == (torch.bfloat16, torch.bfloat16)
