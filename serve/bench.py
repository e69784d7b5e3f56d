"""Measures a transfer over HTTP, start to finish, with a figure that the service has never seen. Knows no stage."""

import argparse
import io
import statistics
import time
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from serve.client import Client, ServiceError, service, text_field
from serve.settings import ROOT

SIDE = 512


def latency(options: argparse.Namespace) -> None:
    """`contrapposto bench latency`: prints the median, the spread, and the median seconds of each stage."""
    image = options.image or next(iter(sorted((ROOT / "samples").glob("*.png"))), None)
    if image is None:
        raise ServiceError(f"there is no picture in {ROOT / 'samples'}; give one with --image.")
    with service(options.url) as client:
        _run(client, image, options.pose, 10_000)
        runs = [_run(client, image, options.pose, number) for number in range(options.runs)]
    _print(runs)


def fresh_picture(image: Path, number: int) -> bytes:
    """The picture fitted into 512 px as PNG, with a text of its own: the same work, never the same bytes."""
    with Image.open(image) as opened:
        picture = opened.convert("RGBA" if "A" in opened.getbands() else "RGB")
    factor = SIDE / max(picture.size)
    size = round(picture.width * factor), round(picture.height * factor)
    pixels = np.array(picture.resize(size, Image.Resampling.LANCZOS))
    text = PngInfo()
    text.add_text("run", f"{time.time_ns()}-{number}")
    buffer = io.BytesIO()
    Image.fromarray(pixels).save(buffer, "PNG", pnginfo=text)
    return buffer.getvalue()


def _run(client: Client, image: Path, pose: str, number: int) -> tuple[float, dict[str, Any]]:
    data = fresh_picture(image, number)
    began = time.perf_counter()
    answer = client.transfer(data, [text_field("pose", pose)])
    spent = time.perf_counter() - began
    if answer["source"]["cached"]:
        raise ServiceError("the figure was known already; run against a service that has not seen this bench.")
    return spent, answer["seconds"]


def _print(runs: list[tuple[float, dict[str, Any]]]) -> None:
    totals = sorted(spent for spent, _ in runs)
    print(f"{SIDE} px transfer over HTTP, {len(runs)} runs, a new figure each")
    print(f"median {statistics.median(totals):.2f} s, least {totals[0]:.2f} s, most {totals[-1]:.2f} s\n")
    print("| stage | median s |\n|---|---|")
    for stage in runs[0][1]:
        print(f"| {stage} | {statistics.median(seconds.get(stage, 0.0) for _, seconds in runs):.3f} |")
