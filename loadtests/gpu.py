"""What a GPU makes of the denoiser and of an SDXL-shaped UNet: `python -m loadtests.gpu --out out/gpu.json`.

Needs torch and numpy, and diffusers for the UNet. Weights are random: a time does not depend on them. Every point is
written as soon as it is measured, and a later run measures only what is missing; a point that fails is kept with its
error. `--device cpu --tiny` runs all of it on small sizes. Knows neither requests nor the engine.
"""

import argparse
import json
import platform
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from statistics import median
from typing import Any

import torch
from torch import Tensor, nn
from torch.utils.flop_counter import FlopCounterMode

from loadtests.gpu_networks import NETWORKS, Case

Results = dict[str, Any]
Call = Callable[[], Any]

EAGER, GRAPH, COMPILED, REDUCED = "eager", "graph", "compile", "reduce-overhead"
MODES = (EAGER, GRAPH, COMPILED, REDUCED)
COMPILED_BATCHES = (1, 4, 16)
WARM_UP, REPEATS = 3, 10


def main(arguments: list[str] | None = None) -> None:
    """The command."""
    options = _parser().parse_args(arguments)
    device = torch.device(options.device)
    results: Results = json.loads(options.out.read_text()) if options.out.exists() else {}
    results.setdefault("machine", _machine(device))
    if "ceilings" not in results:
        results["ceilings"] = ceilings(device, options.tiny)
        _write(options.out, results)
    points = results.setdefault("points", {})
    with torch.inference_mode():
        for case in NETWORKS:
            if case.name in options.networks:
                _measure_case(case, device, options, points, lambda: _write(options.out, results))
    told = markdown(results)
    options.out.with_suffix(".md").write_text(f"{told}\n")
    print(f"\n{told}")


def ceilings(device: torch.device, tiny: bool) -> dict[str, float]:
    """The card's own: bf16 matrix product in TFLOP/s, and copy in GB/s, reading and writing both counted."""
    side, size = (256, 2**20) if tiny else (8192, 2**30)
    left, right = (torch.randn(side, side, device=device).bfloat16() for _ in range(2))
    source = torch.ones(size, dtype=torch.uint8, device=device)
    target = torch.empty_like(source)
    return {
        "matmul_tflops": 2 * side**3 / seconds(lambda: left @ right, device) / 1e12,
        "copy_gb_s": 2 * size / seconds(lambda: target.copy_(source), device) / 1e9,
    }


def seconds(call: Call, device: torch.device, repeats: int = REPEATS) -> float:
    """The median of `repeats` calls, after WARM_UP that do not count."""
    for _ in range(WARM_UP):
        call()
    if device.type != "cuda":
        return median(_by_clock(call) for _ in range(repeats))
    events = [(torch.cuda.Event(enable_timing=True), torch.cuda.Event(enable_timing=True)) for _ in range(repeats)]
    torch.cuda.synchronize()
    for start, end in events:
        start.record()
        call()
        end.record()
    torch.cuda.synchronize()
    return median(start.elapsed_time(end) for start, end in events) / 1e3


def in_mode(mode: str, network: nn.Module, inputs: tuple[Tensor, ...], device: torch.device) -> Call:
    """A call of the network on these inputs, as a mode runs it."""
    if mode == EAGER:
        return lambda: network(*inputs)
    if mode == GRAPH:
        return captured(network, inputs, device)
    torch._dynamo.reset()
    compiled = torch.compile(network, mode=None if mode == COMPILED else mode, dynamic=False)
    return lambda: compiled(*inputs)


def captured(network: nn.Module, inputs: tuple[Tensor, ...], device: torch.device) -> Call:
    """The network's kernels as one CUDA graph; on a CPU, which has none, the trace that would be captured.

    It is traced first, for a tensor made of Python numbers in a forward pass cannot be copied during a capture.
    """
    from torch.fx.experimental.proxy_tensor import make_fx

    traced = make_fx(lambda *values: network(*values))(*inputs)
    if device.type != "cuda":
        return lambda: traced(*inputs)
    stream = torch.cuda.Stream()
    stream.wait_stream(torch.cuda.current_stream())
    with torch.cuda.stream(stream):
        for _ in range(WARM_UP):
            traced(*inputs)
    torch.cuda.current_stream().wait_stream(stream)
    graph = torch.cuda.CUDAGraph()
    with torch.cuda.graph(graph):
        kept = traced(*inputs)

    def replay() -> Any:
        graph.replay()
        return kept

    return replay


def markdown(results: Mapping[str, Any]) -> str:
    """The results as tables: a row a size and mode, a column a batch."""
    tops = results["ceilings"]
    lines = [
        f"{results['machine']}. Ceilings: {tops['matmul_tflops']:.1f} TFLOP/s in bf16 products, "
        f"{tops['copy_gb_s']:.0f} GB/s in copies."
    ]
    for name in dict.fromkeys(point["network"] for point in results["points"].values()):
        rows = [point for point in results["points"].values() if point["network"] == name]
        lines += ["", *_table(name, rows, tops)]
    return "\n".join(lines)


def _measure_case(
    case: Case, device: torch.device, options: argparse.Namespace, points: Results, write: Callable[[], None]
) -> None:
    """Every point of a network that is not there yet."""
    left = [point for point in _points(case, options) if _key(case, *point) not in points]
    if not left:
        return
    try:
        network = case.make(options.tiny, device)
    except ImportError as error:
        print(f"{case.name}: left out, {error}", flush=True)
        return
    flops: dict[tuple[int, int], int] = {}
    for size, batch, mode in left:
        point = {"network": case.name, "size": size, "batch": batch, "mode": mode}
        try:
            inputs = case.inputs(size, batch, options.tiny, device)
            if (size, batch) not in flops:
                flops[size, batch] = _flops(network, inputs)
            spent = seconds(in_mode(mode, network, inputs, device), device, options.repeats)
            moved = _bytes(network, inputs)
            points[_key(case, size, batch, mode)] = {
                **point,
                "seconds": spent,
                "flops": flops[size, batch],
                "bytes": moved,
            }
            told = f"{spent * 1e3:.2f} ms"
        except Exception as error:  # out of memory, a capture that is refused: said, and the next is measured
            told = f"{type(error).__name__}: {str(error).strip().splitlines()[0] if str(error).strip() else ''}"
            points[_key(case, size, batch, mode)] = {**point, "error": told}
        print(f"{case.name} {size} px, batch {batch}, {mode}: {told}", flush=True)
        write()
        if device.type == "cuda":
            torch.cuda.empty_cache()


def _points(case: Case, options: argparse.Namespace) -> Iterator[tuple[int, int, str]]:
    """Quick modes before those that compile, which have fewer batches."""
    for mode in (mode for mode in MODES if mode in options.modes):
        for size in case.tiny_sizes if options.tiny else case.sizes:
            for batch in case.tiny_batches if options.tiny else case.batches:
                if mode in (EAGER, GRAPH) or batch in COMPILED_BATCHES:
                    yield size, batch, mode


def _key(case: Case, size: int, batch: int, mode: str) -> str:
    return f"{case.name}/{size}/{batch}/{mode}"


def _flops(network: nn.Module, inputs: tuple[Tensor, ...]) -> int:
    with FlopCounterMode(display=False) as counter:
        network(*inputs)
    return counter.get_total_flops()


def _bytes(network: nn.Module, inputs: tuple[Tensor, ...]) -> int:
    """What must move at the least: all weights once, and the inputs."""
    return sum(tensor.numel() * tensor.element_size() for tensor in [*network.parameters(), *inputs])


def _table(name: str, rows: list[dict[str, Any]], tops: Mapping[str, float]) -> list[str]:
    batches = sorted({row["batch"] for row in rows})
    lines = [
        f"{name}: ms a step (pictures a second against batch 1; share of the product ceiling; of the copy ceiling)",
        "",
        f"| px | mode | {' | '.join(f'batch {batch}' for batch in batches)} |",
        f"|---|---|{'---|' * len(batches)}",
    ]
    for size, mode in dict.fromkeys((row["size"], row["mode"]) for row in rows):
        found = {row["batch"]: row for row in rows if (row["size"], row["mode"]) == (size, mode)}
        cells = [_cell(found.get(batch), found.get(1), tops) for batch in batches]
        lines.append(f"| {size} | {mode} | {' | '.join(cells)} |")
    return lines


def _cell(point: Mapping[str, Any] | None, single: Mapping[str, Any] | None, tops: Mapping[str, float]) -> str:
    if point is None:
        return ""
    if "error" in point:
        return point["error"].split(":")[0]
    spent = point["seconds"]
    gain = f"{point['batch'] * single['seconds'] / spent:.2f}x; " if single and "seconds" in single else ""
    products, copies = (
        point["flops"] / spent / 1e12 / tops["matmul_tflops"],
        point["bytes"] / spent / 1e9 / tops["copy_gb_s"],
    )
    return f"{spent * 1e3:.2f} ({gain}{products:.0%}; {copies:.0%})"


def _machine(device: torch.device) -> str:
    name = torch.cuda.get_device_name(device) if device.type == "cuda" else f"{platform.machine()} CPU"
    return f"{name}, torch {torch.__version__}"


def _by_clock(call: Call) -> float:
    start = time.perf_counter()
    call()
    return time.perf_counter() - start


def _write(out: Path, results: Results) -> None:
    """Whole or not at all, for a run may be cut off at any time."""
    out.parent.mkdir(parents=True, exist_ok=True)
    draft = out.with_suffix(".part")
    draft.write_text(json.dumps(results, indent=1))
    draft.replace(out)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser("python -m loadtests.gpu", description=(__doc__ or "").splitlines()[0])
    names = [case.name for case in NETWORKS]
    parser.add_argument("--out", type=Path, default=Path("out/gpu.json"), help="JSON; what it holds is not repeated")
    parser.add_argument("--device", default="cuda")
    parser.add_argument("--tiny", action="store_true", help="small networks and sizes, to try the script itself")
    parser.add_argument("--networks", nargs="+", choices=names, default=names)
    parser.add_argument("--modes", nargs="+", choices=MODES, default=MODES)
    parser.add_argument("--repeats", type=int, default=REPEATS)
    return parser


if __name__ == "__main__":
    main()
