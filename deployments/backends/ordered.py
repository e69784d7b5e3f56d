"""A network's answer as its signature orders it: positional tensors in, a tuple of float32 tensors out.

What is compiled and what is exported is this form, so that no name is looked up inside a graph. Knows tensors only.
"""

from collections.abc import Sequence
from typing import Any

from torch import Tensor, nn

from deployments.signature import Signature


class Ordered(nn.Module):
    """Positional tensors in, the named outputs as a tuple out, all float32."""

    def __init__(self, network: nn.Module, outputs: tuple[str, ...]) -> None:
        super().__init__()
        self.network = network
        self.outputs = outputs

    def forward(self, *inputs: Tensor) -> tuple[Tensor, ...]:
        answer = self.network(*inputs)
        found = [answer[name] for name in self.outputs] if isinstance(answer, dict) else [answer]
        return tuple(tensor.float() for tensor in found)


def ordered(network: nn.Module, signature: Signature) -> Ordered:
    """The network in the signature's order, in evaluation mode."""
    return Ordered(network, tuple(port.name for port in signature.outputs)).eval()


def named(answers: Sequence[Tensor], signature: Signature) -> Any:
    """The inverse: a dict by name, or the tensor itself where the signature has one output."""
    if len(signature.outputs) == 1:
        return answers[0]
    return {port.name: tensor for port, tensor in zip(signature.outputs, answers, strict=True)}
