"""`contrapposto export`: arguments in, progress on standard error, tables on standard output, an exit code back.

Knows how things are told; `artefacts` makes them, `parity` measures them.
"""

import argparse
import json
import re
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Literal

import onnx
import torch

from deployments.backends.engines import architecture, tensorrt_module
from deployments.backends.trial import example_inputs
from deployments.denoiser.checkpoint.ports import CLASSES, LATENT, Kind
from deployments.runtime import WEIGHTS, precision
from deployments.signature import Bucket
from export.artefacts import Card, Exportable, Loaded, Outcome, Plan, count, export, graph_on_disk
from export.components import Component, canvases_of
from export.graph import PRECISIONS
from export.networks import EMBEDDED
from export.operators import operators
from export.parity import session, times
from export.quantize import MODES, Quantizer
from pose.errors import ContrappostoError

BAR = 24


def main(arguments: list[str] | None = None) -> int:
    """The entry point of `python -m export.command`."""
    parser = _parser()
    options = parser.parse_args(arguments)
    _check(parser, options)
    card, without = _card()
    quantizer = Quantizer(options.quantize, options.calibration, options.quantizer) if options.quantize else None
    plan = Plan(options.out, options.precision, options.rebuild, options.weights, card, quantizer)
    try:
        networks = _asked(options)
        outcomes = _export(plan, networks)
        _tell_artefacts(outcomes, without, sum(len(embedded.signature.buckets) for embedded in networks))
        if options.compare:
            _compare(plan, networks, options.json)
    except ContrappostoError as error:
        print(f"contrapposto: {error.message}", file=sys.stderr)
        return 1
    except OSError as error:
        print(f"contrapposto: cannot read or write ({error}); give another --out or --json.", file=sys.stderr)
        return 1
    return 0


def _parser() -> argparse.ArgumentParser:
    names = [embedded.signature.network for embedded in EMBEDDED]
    parser = argparse.ArgumentParser("contrapposto export", description="Networks as ONNX graphs and TensorRT engines.")
    which = parser.add_mutually_exclusive_group(required=True)
    which.add_argument("--all", action="store_true", help=f"every embedded network: {', '.join(names)}")
    which.add_argument("--network", nargs="+", choices=names, default=[])
    which.add_argument("--checkpoint", type=Path, help="an operator's Stable Diffusion folder, or a ControlNet's")
    parser.add_argument("--component", nargs="+", choices=list(CLASSES), help="of the checkpoint: which networks")
    parser.add_argument("--controlnet", type=Path, help="of the checkpoint: the ControlNet's folder, exported too")
    parser.add_argument("--ip-adapter", type=Path, help="of the checkpoint: put into its UNet before it is exported")
    parser.add_argument(
        "--bucket", type=_bucket, nargs="+", help="of the checkpoint: pictures' sizes, such as 512x512, or all"
    )
    parser.add_argument("--out", type=Path, default=Path("out/export"))
    parser.add_argument("--precision", choices=list(PRECISIONS), default="fp32")
    parser.add_argument(
        "--quantize", choices=MODES, help="of the checkpoint: products in INT8 or FP8, by nvidia-modelopt"
    )
    parser.add_argument("--calibration", type=Path, help="what to quantise on: .npz of inputs, by name")
    parser.add_argument(
        "--quantizer", type=Path, default=Path(sys.executable), help="a Python that has nvidia-modelopt"
    )
    parser.add_argument("--rebuild", action="store_true", help="make anew what is there and in order, too")
    parser.add_argument("--weights", type=Path, default=WEIGHTS)
    parser.add_argument("--compare", action="store_true", help="time torch and ONNX Runtime side by side")
    parser.add_argument("--json", type=Path, help="where to write the comparison's numbers too")
    return parser


def _check(parser: argparse.ArgumentParser, options: argparse.Namespace) -> None:
    """What argparse cannot say of options that go together."""
    if options.checkpoint and not (options.bucket and (options.component or options.controlnet)):
        parser.error(
            "--checkpoint needs --bucket, and --component or --controlnet: --component unet --bucket 512x512, say"
        )
    of_checkpoint = (options.component, options.bucket, options.quantize, options.controlnet, options.ip_adapter)
    if not options.checkpoint and any(of_checkpoint):
        parser.error("--component, --controlnet, --ip-adapter, --bucket and --quantize are of a --checkpoint")
    if options.quantize and (not options.calibration or options.precision == "bf16"):
        parser.error("--quantize needs --calibration, and a graph of --precision fp32 or fp16 to start from")


def _bucket(text: str) -> Bucket | Literal["all"]:
    if text == "all":
        return "all"
    found = re.fullmatch(r"(\d{1,5})x(\d{1,5})", text, re.ASCII)
    height, width = (int(side) for side in found.groups()) if found else (0, 0)
    if min(height, width) < LATENT or height % LATENT or width % LATENT:
        raise argparse.ArgumentTypeError(
            f"expected all, or HEIGHTxWIDTH in multiples of {LATENT} such as 768x512, got {text}"
        )
    return height, width


def _asked(options: argparse.Namespace) -> Sequence[Exportable]:
    if options.checkpoint:
        return _components(options)
    return [embedded for embedded in EMBEDDED if options.all or embedded.signature.network in options.network]


def _components(options: argparse.Namespace) -> list[Component]:
    """UNet and ControlNet of a base, or what --component says. Raises WeightsError where a folder is refused."""
    base, adapter = options.checkpoint, options.ip_adapter
    sizes = canvases_of(base) if "all" in options.bucket else tuple(options.bucket)
    rows: dict[Kind, Component] = {
        "unet": Component("unet", base, sizes, adapter=adapter),
        "controlnet": Component("controlnet", options.controlnet or base, sizes, base=base),
    }
    return [rows[kind] for kind in options.component or rows]


def _card() -> tuple[Card | None, str]:
    """The card to build engines for, or why there is none."""
    found, trt = architecture(), tensorrt_module()
    if found is None:
        return None, "for want of a GPU"
    if trt is None:
        return None, "for want of TensorRT (pip install contrapposto[tensorrt])"
    return Card(found, trt), ""


def _export(plan: Plan, networks: Sequence[Exportable]) -> list[Outcome]:
    outcomes: list[Outcome] = []
    total, start = count(plan, networks), time.monotonic()

    def progress(what: str) -> None:
        filled = BAR * len(outcomes) // total
        bar = "#" * filled + "." * (BAR - filled)
        seconds = time.monotonic() - start
        print(f"[{bar}] {len(outcomes)}/{total} {seconds:5.0f} s  {what}", file=sys.stderr, flush=True)

    for outcome in export(plan, networks, progress):
        outcomes.append(outcome)
        progress(f"{outcome.path.name} {'kept' if outcome.made is None else f'made: {outcome.made}'}")
    return outcomes


def _tell_artefacts(outcomes: Sequence[Outcome], without: str, engines: int) -> None:
    for outcome in outcomes:
        manifest = outcome.manifest
        size = manifest.bytes + sum(file.bytes for file in manifest.data)
        print(f"{outcome.path}  {size / 1e6:.1f} MB  parity {manifest.parity:.1e}  {manifest.sha256[:12]}")
    if without:
        print(f"Not run, {without}: building {engines} TensorRT engines and comparing them with torch.")


def _compare(plan: Plan, networks: Sequence[Exportable], destination: Path | None) -> None:
    """One row a graph: batch 1, as most requests come."""
    rows = []
    for embedded in networks:
        loaded, served = Loaded(embedded, *embedded.load(plan.weights)), embedded.served(plan.weights)
        for bucket in embedded.signature.buckets:
            graph = graph_on_disk(plan, loaded, bucket)
            model = onnx.load_model_from_string(graph.model)
            inputs = example_inputs(embedded.signature, bucket, batch=1)
            taken = times(loaded.form, served, session(model, graph.weights), inputs)
            name = f"{embedded.signature.network} {bucket[0]}x{bucket[1]}"
            rows.append({"graph": name, "operators": operators(model), **taken})
            print(f"{name:24}" + "".join(f"  {way} {ms:7.1f} ms" for way, ms in taken.items()), flush=True)
    print(f"{torch.get_num_threads()} threads; served in {precision()}; {plan.kind} graphs")
    if destination is not None:
        destination.write_text(json.dumps(rows, indent=1) + "\n")


if __name__ == "__main__":
    sys.exit(main())
