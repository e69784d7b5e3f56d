"""Measures transfers over HTTP, start to finish, each with a figure that the service has never seen. Knows no stage.

Times are the client's: sending, queueing, every stage, encoding, and reading the answer as JSON. A stage's seconds are
the service's own and add up calls that ran side by side, so with many poses they exceed the whole.
"""

import argparse
import io
import json
import statistics
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from pose import library
from serve.client import Client, Files, ServiceError, service, text_field
from serve.commands import STICK, write
from serve.machine import this_machine
from serve.settings import ROOT


@dataclass(frozen=True)
class Case:
    """What is asked for: a source of `side` px, `poses` at once, at a scale; `bar`: seconds its median should keep."""

    name: str
    told: str
    side: int
    poses: int
    scale: str
    runs: int
    bar: float


@dataclass(frozen=True)
class Run:
    """Seconds of one request, in all and by stage; `reader`: what read the source's pose."""

    spent: float
    stages: dict[str, float]
    reader: str


CASES = (
    Case("512", "512 px transfer", 512, 1, "1", 5, 1.5),
    Case("1024", "1024 px transfer", 1024, 1, "1", 5, 3.0),
    Case("poses", "20 poses of one 512 px figure", 512, 20, "1", 3, 15.0),
    Case("4k", "512 px transfer to 4K", 512, 1, "4k", 3, 8.0),
)


def latency(options: argparse.Namespace) -> None:
    """`contrapposto bench latency`: prints the machine and, a case at a time, its median, spread and stages' medians.

    One request of each case, with one pose, goes before those that count.
    """
    image, machine = options.image or _sample(), this_machine()
    chosen = [case for case in CASES if not options.only or case.name in options.only]
    measured = {}
    print(machine, flush=True)
    with service(options.url) as client:
        for case in chosen:
            one_run(client, image, case, [options.pose])
            count = options.runs or case.runs
            runs = [one_run(client, image, case, _poses(case, options.pose)) for _ in range(count)]
            measured[case.name] = summary(case, runs)
            print(f"\n{table(measured[case.name])}", flush=True)
    if options.json:
        told = {"machine": asdict(machine), "image": image.name, "cases": measured}
        write(options.json, json.dumps(told, indent=2).encode())


def one_run(client: Client, image: Path, case: Case, poses: list[str]) -> Run:
    """One request. Raises ServiceError where it is refused, or where the service knew the figure."""
    fields: Files = [text_field("pose", pose) for pose in poses]
    data = fresh_picture(image, case.side)
    began = time.perf_counter()
    answer = client.transfer(data, [*fields, text_field("scale", case.scale)])
    spent = time.perf_counter() - began
    if answer["source"]["cached"]:
        raise ServiceError("the figure was known already; run against a service that has not seen this bench.")
    return Run(spent, answer["seconds"], answer["source"]["reader"])


def fresh_picture(image: Path, side: int) -> bytes:
    """The picture fitted into `side` px as PNG, with a text of its own: the same work, never the same bytes."""
    with Image.open(image) as opened:
        picture = opened.convert("RGBA" if "A" in opened.getbands() else "RGB")
    factor = side / max(picture.size)
    size = round(picture.width * factor), round(picture.height * factor)
    pixels = np.array(picture.resize(size, Image.Resampling.LANCZOS))
    text = PngInfo()
    text.add_text("run", str(time.time_ns()))
    buffer = io.BytesIO()
    Image.fromarray(pixels).save(buffer, "PNG", pnginfo=text)
    return buffer.getvalue()


def summary(case: Case, runs: list[Run]) -> dict[str, Any]:
    """The numbers of a case, seconds all of them."""
    totals = [run.spent for run in runs]
    names = {name: None for run in runs for name in run.stages}
    return {
        "what": case.told,
        "bar": case.bar,
        "median": statistics.median(totals),
        "least": min(totals),
        "most": max(totals),
        "runs": totals,
        "stages": {name: statistics.median(run.stages.get(name, 0.0) for run in runs) for name in names},
        "reader": runs[0].reader,
    }


def table(numbers: dict[str, Any]) -> str:
    """The numbers of a case as they are printed."""
    verdict = "kept" if numbers["median"] < numbers["bar"] else "missed"
    lines = [
        f"{numbers['what']}: {len(numbers['runs'])} runs, a new figure each, read by {numbers['reader']}",
        f"median {numbers['median']:.2f} s, least {numbers['least']:.2f} s, most {numbers['most']:.2f} s; "
        f"the bar of {numbers['bar']:g} s is {verdict}",
        "| stage | median s |",
        "|---|---|",
    ]
    return "\n".join([*lines, *(f"| {stage} | {spent:.3f} |" for stage, spent in numbers["stages"].items())])


def _poses(case: Case, pose: str) -> list[str]:
    return [pose] if case.poses == 1 else list(library.names()[: case.poses])


def _sample() -> Path:
    found = sorted(path for path in (ROOT / "samples").glob("*.png") if STICK not in path.stem)
    if not found:
        raise ServiceError(f"there is no picture in {ROOT / 'samples'}; give one with --image.")
    return found[0]
