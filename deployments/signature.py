"""What a network takes and gives, declared once: names, shapes and the sizes at which it is exported.

Serving and export both read it. Knows names and numbers; neither torch, nor ONNX, nor what the numbers mean.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

Bucket = tuple[int, int]  # height, width of the picture in pixels


@dataclass(frozen=True)
class Port:
    """One float32 tensor. `shape(height, width)` is its shape in a bucket, without the batch that stands before it.

    Values lie in low..high; graphs are compared on such values.
    """

    name: str
    shape: Callable[[int, int], tuple[int, ...]]
    low: float = 0.0
    high: float = 1.0


@dataclass(frozen=True)
class Signature:
    """A network as it is exported: `weights` names its file, `batch` is the largest that an engine is built for."""

    network: str
    weights: str
    inputs: tuple[Port, ...]
    outputs: tuple[Port, ...]
    buckets: tuple[Bucket, ...]
    batch: int

    def bucket_for(self, height: int, width: int) -> Bucket | None:
        """The smallest bucket that holds a picture, up to which it is to be padded; None where none does."""
        return smallest(self.buckets, height, width)


def smallest(buckets: Iterable[Bucket], height: int, width: int) -> Bucket | None:
    """The smallest bucket that holds a picture; None where none does."""
    fitting = [bucket for bucket in buckets if bucket[0] >= height and bucket[1] >= width]
    return min(fitting, key=lambda bucket: bucket[0] * bucket[1], default=None)
