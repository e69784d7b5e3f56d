"""What the times of a bench depend on: cores, the CPU's model, and how it multiplies matrices of bfloat16.

Knows the machine it runs on, which is the service's too unless the bench was given the URL of another.
"""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

CPU_INFO = Path("/proc/cpuinfo")
LIMIT = "ONEDNN_MAX_CPU_ISA"
FASTEST_FIRST = {"AMX": {"amx_tile", "amx_bf16"}, "AVX-512 BF16": {"avx512_bf16"}}


@dataclass(frozen=True)
class Machine:
    """`matrices`: the fastest of AMX and AVX-512 BF16 that the CPU has, else "neither"; `limit`: what oneDNN may use of
    it, where the environment says so."""

    cores: int
    model: str
    matrices: str
    limit: str = ""

    def __str__(self) -> str:
        matrices = "neither AMX nor AVX-512 BF16" if self.matrices == "neither" else self.matrices
        limit = f", {LIMIT}={self.limit}" if self.limit else ""
        return f"{self.cores} cores, {self.model}, {matrices}{limit}"


def this_machine() -> Machine:
    """This one; its CPU is "unknown" where there is no /proc/cpuinfo."""
    text = CPU_INFO.read_text() if CPU_INFO.exists() else ""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return described(text, cores, os.environ)


def described(cpu_info: str, cores: int, environment: Mapping[str, str]) -> Machine:
    """From the text of /proc/cpuinfo and the environment."""
    told = dict(reversed([_pair(line) for line in cpu_info.splitlines()]))
    flags = set(told.get("flags", "").split())
    matrices = next((name for name, needed in FASTEST_FIRST.items() if needed <= flags), "neither")
    return Machine(cores, told.get("model name", "unknown CPU"), matrices, environment.get(LIMIT, ""))


def _pair(line: str) -> tuple[str, str]:
    name, _, value = line.partition(":")
    return name.strip(), value.strip()
