"""Runs a network by torch.compile: one compiled graph a bucket and batch, all made before the first request.

Each is traced by torch.export first, so that the network's own Python (tables built on first use, say) is run once and
not compiled, and no later call can compile anew or fall back to eager. On a GPU graphs are replayed as CUDA graphs
(mode reduce-overhead): NOT RUN ON A GPU so far. Needs a C++ compiler on a CPU. Knows runners and signatures; pads
nothing.
"""

import warnings
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import torch
from torch import Tensor

from deployments.backends.ordered import ordered
from deployments.backends.padding import Run
from deployments.backends.trial import example_inputs
from deployments.runtime import Runner
from deployments.signature import Bucket, Signature
from pose.errors import GraphError


def compiled_runs(
    runner: Runner, signature: Signature, batches: Sequence[int], answers: str = "cpu"
) -> dict[Bucket, Run]:
    """A run a bucket that takes the given batches, warm; answers lie on the device `answers`.

    Raises GraphError where the compiler is missing or the network cannot be one graph.
    """
    return {
        bucket: partial(
            _run, runner, answers, {batch: _compiled(runner, signature, bucket, batch) for batch in batches}
        )
        for bucket in signature.buckets
    }


def _run(runner: Runner, device: str, graphs: dict[int, Callable[..., Any]], inputs: Sequence[Tensor]) -> list[Tensor]:
    with torch.inference_mode(False), torch.no_grad(), runner.arithmetic():
        answers = graphs[len(inputs[0])](*(_laid(tensor, runner.device) for tensor in inputs))
    return [tensor.to(device, copy=True) for tensor in answers]


def _compiled(runner: Runner, signature: Signature, bucket: Bucket, batch: int) -> Callable[..., Any]:
    mode = "reduce-overhead" if runner.device.type == "cuda" else "default"
    inputs = example_inputs(signature, bucket, batch)
    try:
        with warnings.catch_warnings(), torch.inference_mode(False), torch.no_grad(), runner.arithmetic():
            warnings.simplefilter("ignore")  # torch's compiler imports what torch has deprecated
            laid = tuple(_laid(tensor, runner.device) for tensor in inputs)
            program = torch.export.export(ordered(runner.module, signature), laid).module()
            options: dict[str, Any] = {"fullgraph": True, "dynamic": False, "isolate_recompiles": True}
            graph = torch.compile(program, mode=mode, **options)
            graph(*laid)
    except RuntimeError as error:
        told = " ".join(str(error).split())[:200]
        raise GraphError(
            f"torch cannot compile '{signature.network}' at {bucket[0]}x{bucket[1]}, batch {batch} ({told}); "
            "install g++, or set `backend: eager`."
        ) from error
    return graph


def _laid(tensor: Tensor, device: torch.device) -> Tensor:
    """A fresh copy of one layout: a compiled graph is of one layout, and a tensor of inference mode is another kind."""
    layout = torch.channels_last if tensor.dim() == 4 else torch.contiguous_format
    return torch.empty(tensor.shape, dtype=tensor.dtype, device=device, memory_format=layout).copy_(tensor)
