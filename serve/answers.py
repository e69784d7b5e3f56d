"""From results to what is sent: the transfer object, the image's bytes with its headers, figures and readings.

Knows the HTTP contract's names; computes nothing.
"""

import json
from dataclasses import asdict
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pose.figure import Reading
from pose.image import encode, to_data_url
from pose.pose import Pose
from serve.encoding import encode_output
from serve.report import Report
from serve.requests import Format, Transfer
from serve.results import Output, Parsed, Result

MEDIA = {"png": "image/png", "webp": "image/webp", "jpeg": "image/jpeg"}


def keypoints_json(pose: Pose) -> dict[str, Any]:
    """A pose in the form in which it is accepted back."""
    points = {name: [round(value, 2) for value in triple] for name, triple in pose.points_by_name().items()}
    return {"width": pose.width, "height": pose.height, "points": points}


def reading_json(reading: Reading) -> dict[str, Any]:
    """One figure of `POST /v1/keypoints`."""
    points = {name: [round(value, 3) for value in triple] for name, triple in reading.pose.points_by_name().items()}
    return {
        "skeleton": reading.pose.skeleton.name,
        "kind": reading.kind,
        "reader": reading.reader,
        "score": round(reading.score, 4),
        "box": [round(float(side), 1) for side in reading.box],
        "points": points,
    }


def figure_json(parsed: Parsed, seconds: float) -> dict[str, Any]:
    """The answer of `POST /v1/figures`; also `source` in a transfer object. `seconds`: how long it is kept unused."""
    figure = parsed.figure.value
    mask = to_data_url(encode(figure.image[..., 3], "png"), "png")
    return {
        "id": parsed.key,
        "expires_in": seconds,
        "kind": parsed.reading.kind,
        "reader": parsed.reading.reader,
        "score": round(parsed.reading.score, 4),
        "keypoints": keypoints_json(figure.pose),
        "mask": mask,
        "parts": [layer.part for layer in figure.layers],
        "merged": list(figure.merged),
    }


def report_json(report: Report, seed: int) -> dict[str, Any]:
    """The report, rounded; see `serve.report.Report` for what each number means."""
    rounded = {
        name: round(value, 4) if isinstance(value, float) else list(value) if isinstance(value, tuple) else value
        for name, value in asdict(report).items()
    }
    return rounded | {"seed": seed}


def transfer_json(
    identity: str, request: Transfer, result: Result, files: list[bytes], weights: dict[str, str], keep: float
) -> dict[str, Any]:
    """The transfer object. `files` are the outputs' encoded bytes, in order."""
    outputs = [output_json(output, request.format, data) for output, data in zip(result.outputs, files, strict=True)]
    return {
        "id": identity,
        "status": "succeeded",
        "source": figure_json(result.parsed, keep) | {"cached": result.cached},
        "outputs": outputs,
        "seconds": rounded_seconds(result),
        "weights": weights,
    }


def output_json(output: Output, file_format: Format, data: bytes) -> dict[str, Any]:
    """One picture of a transfer object."""
    return {
        "target": {"kind": output.target.kind, "label": output.target.label},
        "image": to_data_url(data, file_format),
        "width": output.rgba.shape[1],
        "height": output.rgba.shape[0],
        "origin": list(output.origin),
        "keypoints": keypoints_json(output.pose),
        "report": report_json(output.report, output.seed),
    }


def image_headers(result: Result, weights: dict[str, str]) -> dict[str, str]:
    """The headers of an image answer: figure id, report and seconds by stage."""
    output = result.outputs[0]
    report = report_json(output.report, output.seed) | {"weights": {name: sha[:12] for name, sha in weights.items()}}
    return {
        "Contrapposto-Figure": result.parsed.key,
        "Contrapposto-Report": json.dumps(report, ensure_ascii=True),
        "Server-Timing": server_timing(result.seconds),
    }


def server_timing(seconds: dict[str, float]) -> str:
    """Milliseconds by stage, as the `Server-Timing` header has them."""
    return ", ".join(f"{stage};dur={spent * 1000:.1f}" for stage, spent in seconds.items())


def rounded_seconds(result: Result) -> dict[str, float]:
    """Seconds by stage."""
    return {stage: round(spent, 4) for stage, spent in result.seconds.items()}


def encode_all(pictures: list[NDArray[np.uint8]], file_format: Format) -> list[bytes]:
    """Every picture as a file."""
    return [encode_output(picture, file_format) for picture in pictures]
