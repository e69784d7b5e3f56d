"""What a bench says of the CPU."""

import pytest

from serve.machine import described, this_machine

CPU = "processor : 0\nmodel name : Some CPU\nflags : fpu {}\n\nprocessor : 1\nmodel name : Some CPU\nflags : fpu {}\n"


@pytest.mark.parametrize(
    ("flags", "told"),
    [
        ("avx512_bf16 amx_bf16 amx_tile", "2 cores, Some CPU, AMX"),
        ("avx512f avx512_bf16 amx_tile", "2 cores, Some CPU, AVX-512 BF16"),
        ("avx2", "2 cores, Some CPU, neither AMX nor AVX-512 BF16"),
    ],
)
def test_the_fastest_that_the_cpu_has_is_told(flags, told):
    assert str(described(CPU.format(flags, flags), 2, {})) == told


def test_a_limit_in_the_environment_is_told():
    machine = described("", 4, {"ONEDNN_MAX_CPU_ISA": "AVX512_CORE_BF16"})
    assert str(machine).startswith("4 cores, unknown CPU, neither")
    assert str(machine).endswith("ONEDNN_MAX_CPU_ISA=AVX512_CORE_BF16")


def test_this_machine_has_a_core():
    assert this_machine().cores >= 1
