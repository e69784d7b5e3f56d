"""What a lack of memory looks like, the device's or the machine's, and what it is told as. Knows torch's errors, no
programs.

CUDA has an error of its own; torch's CPU allocator, and the libraries below CUDA, tell it in a RuntimeError's words.
"""

from collections.abc import Iterator
from contextlib import contextmanager

import torch

WORDS = ("DefaultCPUAllocator", "CUDA error: out of memory", "CUBLAS_STATUS_ALLOC_FAILED", "CUDNN_STATUS_ALLOC_FAILED")


def is_out_of_memory(error: BaseException) -> bool:
    """Whether it was raised for want of memory: less of it asked for, or asked again later, it might go well."""
    if isinstance(error, torch.OutOfMemoryError | MemoryError):
        return True
    return isinstance(error, RuntimeError) and any(word in str(error) for word in WORDS)


@contextmanager
def refusing(kind: type[Exception]) -> Iterator[None]:
    """Lack of memory as one error: `engine.slots.OutOfMemory` of a step, `pose.errors.Overloaded` of a request."""
    try:
        yield
    except Exception as error:
        if not is_out_of_memory(error):
            raise
        told = (str(error).strip().splitlines() or [type(error).__name__])[0]
        raise kind(f"not enough memory ({told}); ask for a smaller picture, or again later.") from error
