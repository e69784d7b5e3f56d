"""Puts a call of any size into a backend of fixed sizes: pads its tensors, cuts the answers back.

Pictures are padded by zeros at the right and at the bottom up to a bucket, batches up to the next fixed one by
repeating their last row; what is larger than the largest batch is run in parts. Which axes grow with the picture is
read off each port's `shape`. Padding is not free of effect: a network that normalises over the whole picture sees it.
So only networks that were found to answer alike (`trial`) are padded to a bucket; for the others, and for
pictures beyond all buckets, the eager network runs. Knows shapes; no libraries that run graphs.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional as F

from deployments.backends.ordered import named
from deployments.signature import Bucket, Port, Signature

Run = Callable[[Sequence[Tensor]], list[Tensor]]  # in the signature's order, of one bucket's shapes


@dataclass(frozen=True)
class Padded:
    """Runs of one size each as one call of any size.

    runs: by bucket; batches: those that the runs take, ascending (empty: any up to the signature's); other: what runs
    where no bucket fits; to_buckets: whether smaller pictures may be padded, or only a bucket's own size is taken.
    """

    signature: Signature
    runs: Mapping[Bucket, Run]
    other: Callable[..., Any]
    batches: tuple[int, ...] = ()
    to_buckets: bool = True

    def __call__(self, *inputs: Tensor) -> Any:
        """As the network itself; see `ordered.named` for the answer. Raises ValueError for shapes of no size."""
        size = size_of(self.signature, inputs)
        bucket = self.signature.bucket_for(*size) if self.to_buckets else size
        if bucket is None or bucket not in self.runs:
            return self.other(*inputs)
        most = self.batches[-1] if self.batches else self.signature.batch
        parts = zip(*(tensor.split(most) for tensor in inputs), strict=True)
        answers = [self._answer(part, size, bucket) for part in parts]
        return named([torch.cat(tensors) for tensors in zip(*answers, strict=True)], self.signature)

    def _answer(self, inputs: Sequence[Tensor], size: Bucket, bucket: Bucket) -> list[Tensor]:
        rows = len(inputs[0])
        batch = next((batch for batch in self.batches if batch >= rows), rows)
        given = [
            with_rows(grown(tensor, port.shape(*bucket)), batch)
            for port, tensor in zip(self.signature.inputs, inputs, strict=True)
        ]
        answers = self.runs[bucket](given)
        return [
            cut(tensor[:rows], port.shape(*size)) for port, tensor in zip(self.signature.outputs, answers, strict=True)
        ]


def size_of(signature: Signature, inputs: Sequence[Tensor]) -> Bucket:
    """(height, width) of the picture that these tensors (B, ...) show. Raises ValueError where they show none."""
    reference = signature.buckets[0]
    found = [_side(signature.inputs, inputs, axis, reference) for axis in (0, 1)]
    size = found[0], found[1]
    shapes = [tuple(tensor.shape[1:]) for tensor in inputs]
    wanted = [port.shape(*size) for port in signature.inputs]
    if shapes != wanted or len({len(tensor) for tensor in inputs}) != 1:
        raise ValueError(
            f"'{signature.network}' expected tensors of one batch and of {wanted}, got {shapes} of "
            f"batches {[len(tensor) for tensor in inputs]}; give the ports that its signature names."
        )
    return size


def grown(tensor: Tensor, shape: tuple[int, ...]) -> Tensor:
    """(B, ...) -> (B, *shape), zeros behind the end of each axis."""
    ends = [end for have, want in zip(tensor.shape[:0:-1], shape[::-1], strict=True) for end in (0, want - have)]
    return F.pad(tensor, ends) if any(ends) else tensor


def with_rows(tensor: Tensor, batch: int) -> Tensor:
    """The batch filled up by its last row, whose values a network is known to bear."""
    missing = batch - len(tensor)
    return torch.cat([tensor, tensor[-1:].expand(missing, *tensor.shape[1:])]) if missing else tensor


def cut(tensor: Tensor, shape: tuple[int, ...]) -> Tensor:
    """(B, ...) -> (B, *shape): the beginning of each axis."""
    return tensor[(slice(None), *(slice(0, length) for length in shape))]


def _side(ports: Sequence[Port], inputs: Sequence[Tensor], axis: int, reference: Bucket) -> int:
    """Height (axis 0) or width (1), read off the tensor's axis that grows with it the most; the reference's if none."""
    doubled = (2 * reference[0], reference[1]) if axis == 0 else (reference[0], 2 * reference[1])
    steepest, side = 0.0, reference[axis]
    for port, tensor in zip(ports, inputs, strict=True):
        for at, (one, two) in enumerate(zip(port.shape(*reference), port.shape(*doubled), strict=True)):
            slope = (two - one) / reference[axis]
            if slope > steepest:
                steepest, side = slope, round((tensor.shape[at + 1] - one) / slope) + reference[axis]
    return side
