"""Every way of torch to say that memory is short, and nothing else."""

import pytest
import torch

from deployments.denoiser.engine.memory import is_out_of_memory, refusing
from pose.errors import Overloaded

SHORT = [
    MemoryError(),
    torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2.00 GiB."),
    RuntimeError("CUDA error: out of memory\nCUDA kernel errors might be reported asynchronously"),
    RuntimeError("CUDA error: CUBLAS_STATUS_ALLOC_FAILED when calling `cublasCreate(handle)`"),
]
OTHERS = [RuntimeError("shapes differ"), ValueError("DefaultCPUAllocator"), KeyError("memory")]


@pytest.mark.parametrize("error", SHORT, ids=repr)
def test_a_lack_of_memory_is_told_as_one_error(error: Exception) -> None:
    assert is_out_of_memory(error)
    with pytest.raises(Overloaded, match=r"not enough memory .*smaller") as caught, refusing(Overloaded):
        raise error
    assert caught.value.__cause__ is error
    assert "\n" not in str(caught.value)


def test_the_machines_own_allocator_is_known_by_what_it_really_raises() -> None:
    with pytest.raises(Overloaded, match="DefaultCPUAllocator"), refusing(Overloaded):
        torch.empty(1 << 50, dtype=torch.uint8)


@pytest.mark.parametrize("error", OTHERS, ids=repr)
def test_other_errors_stay_what_they_are(error: Exception) -> None:
    assert not is_out_of_memory(error)
    with pytest.raises(type(error)) as caught, refusing(Overloaded):
        raise error
    assert caught.value is error
