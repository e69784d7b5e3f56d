"""Tries a way of running a network against another: on which inputs, how far apart they are, how long each takes.

Serving chooses a backend by it, export refuses a graph by it. Knows tensors and signatures; no files, no libraries.
"""

import statistics
from collections.abc import Callable, Sequence
from typing import Any

import torch
from torch import Tensor, nn

from deployments.backends.ordered import ordered
from deployments.backends.padding import cut, grown
from deployments.signature import Bucket, Signature

BOUNDS = {"fp32": 1e-3, "fp16": 2e-2, "bf16": 8e-2}  # the largest relative error that is accepted
REPEATS = 5


def example_inputs(signature: Signature, bucket: Bucket, batch: int, seed: int = 0) -> tuple[Tensor, ...]:
    """Tensors that the signature allows, uniform between each port's low and high."""
    generator = torch.Generator().manual_seed(seed)
    return tuple(
        port.low + (port.high - port.low) * torch.rand((batch, *port.shape(*bucket)), generator=generator)
        for port in signature.inputs
    )


def relative_error(expected: Tensor, got: Tensor) -> float:
    """The largest difference, over the largest magnitude expected; infinite where shapes differ or a value is NaN."""
    if expected.shape != got.shape or not torch.isfinite(got).all():
        return float("inf")
    return float((expected - got).abs().max() / expected.abs().max().clamp_min(1e-12))


def outputs_of(answer: Any, signature: Signature) -> list[Tensor]:
    """A runner's answer, whatever its form, in the signature's order, float32."""
    found = [answer[port.name] for port in signature.outputs] if isinstance(answer, dict) else [answer]
    return [tensor.float() for tensor in found]


def distance(expected: Sequence[Tensor], got: Sequence[Tensor]) -> float:
    """The largest relative error of any output."""
    return max(relative_error(want, have) for want, have in zip(expected, got, strict=True))


def bears_padding(network: nn.Module, signature: Signature, bound: float) -> bool:
    """Whether the network answers for half a bucket as it does when that is padded up to the bucket.

    A network that cannot run at half its size is never padded.
    """
    bucket = min(signature.buckets)
    half = bucket[0] // 2, bucket[1] // 2
    inputs, whole = example_inputs(signature, half, batch=1), ordered(network, signature)
    padded = [grown(tensor, port.shape(*bucket)) for port, tensor in zip(signature.inputs, inputs, strict=True)]
    with torch.inference_mode():
        try:
            expected = whole(*inputs)
        except RuntimeError:
            return False
        answers = whole(*padded)
    got = [cut(tensor, port.shape(*half)) for port, tensor in zip(signature.outputs, answers, strict=True)]
    return distance(expected, got) <= bound


def median_seconds(run: Callable[[], object], clock: Callable[[], float], repeats: int = REPEATS) -> float:
    """Of `repeats` runs, after one that warms."""
    run()
    taken = []
    for _ in range(repeats):
        start = clock()
        run()
        taken.append(clock() - start)
    return statistics.median(taken)
