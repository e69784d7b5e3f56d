"""Serving's rounding leaves the network that is compared alone."""

import torch

from deployments import runtime
from tests.export.tiny import EMBEDDED, tiny_network
from training import card


def test_what_is_served_is_rounded_and_what_is_compared_is_not(tmp_path, monkeypatch) -> None:
    monkeypatch.setattr(runtime, "precision", lambda: torch.bfloat16)
    card.save("tiny", tiny_network(), {"steps": 1}, tmp_path)
    whole, served = EMBEDDED.load(tmp_path)[1], EMBEDDED.served(tmp_path)
    assert whole.see.weight.dtype == torch.float32
    assert (served.dtype, served.module.see.weight.dtype) == (torch.bfloat16, torch.bfloat16)
