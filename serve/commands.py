"""What the console commands do: send files to a service, write what comes back. Knows no stage and no network.

Files are written in one rename, so that a failure leaves none behind that is half a picture.
"""

import argparse
import json
import os
from pathlib import Path
from typing import Any

import numpy as np

from pose import library
from pose.draw import draw_pose
from pose.image import Picture, decode, encode
from pose.pose import from_named
from serve.client import Client, Files, ServiceError, file_field, free_port, picture_of, service, started, text_field
from serve.contact import contact_sheet
from serve.settings import ROOT

DEMO_POSES = ("walking", "waving", "hands_on_hips")
STICK = "stick"
PLAIN = ("retarget", "framing", "scale", "seed", "steps", "figure_index")
SUFFIXES = {".png": "png", ".webp": "webp", ".jpg": "jpeg", ".jpeg": "jpeg"}


def pose(options: argparse.Namespace) -> None:
    """`contrapposto pose`."""
    suffix = options.out.suffix.lower()
    if suffix not in SUFFIXES:
        raise ServiceError(f"the output is '{options.out.name}'; give a name that ends in .png, .webp or .jpg.")
    fields = [text_field("format", SUFFIXES[suffix]), *_target_fields(options), *_other_fields(options)]
    with service(options.url) as client:
        answer = client.transfer(options.image, fields)
    write(options.out, picture_of(answer["outputs"][0]))
    report = answer["outputs"][0]["report"] | {"seconds": answer["seconds"], "weights": answer["weights"]}
    if options.report:
        write(options.report, json.dumps(report, indent=2).encode())
    for warning in report["warnings"]:
        print(f"warning: {warning}")
    print(f"{options.out}  ({_seconds(answer)})")


def poses(options: argparse.Namespace) -> None:
    """`contrapposto poses`: needs no service."""
    print("\n".join(library.names()))


def keypoints(options: argparse.Namespace) -> None:
    """`contrapposto keypoints`."""
    with service(options.url) as client:
        answer = client.keypoints(options.image)
    print(json.dumps(answer, indent=2))
    if options.overlay:
        write(options.overlay, encode(overlay(decode(options.image.read_bytes()), answer), "png"))


def sheet(options: argparse.Namespace) -> None:
    """`contrapposto sheet`: a row for each character; the source first, then every pose and reference."""
    if not options.poses and not options.reference:
        raise ServiceError("no pose is asked for; give --poses names, --reference pictures, or both.")
    with service(options.url) as client:
        make_sheet(client, options.images, options.poses, options.reference, options.out)
    print(options.out)


def demo(options: argparse.Namespace) -> int:
    """`contrapposto demo`: a service of its own, the shipped samples through it, pictures and a sheet in a folder."""
    samples = sorted(path for path in (ROOT / "samples").glob("*.png") if STICK not in path.stem)
    sticks = sorted(path for path in (ROOT / "samples").glob("*.png") if STICK in path.stem)
    if not samples or not sticks:
        raise ServiceError(f"there are no sample pictures in {ROOT / 'samples'}; restore the folder.")
    print("starting the service ...", flush=True)
    with started(free_port()) as client:
        spent = make_sheet(client, samples, DEMO_POSES, sticks[:1], options.out / "sheet.png", options.out)
    print(f"\npictures and contact sheet: {options.out.resolve()}\n")
    _print_seconds(spent)
    return 0 if all(spent) else 1


def make_sheet(
    client: Client, images: list[Path], names: Any, references: list[Path], out: Path, folder: Path | None = None
) -> list[dict[str, float]]:
    """Writes the sheet, and each picture into `folder` if given. Returns seconds by stage, a row a request.

    A request that was refused is told, leaves its cell empty, and has an empty row.
    """
    rows, captions, spent = [], [], []
    for image in images:
        row, labels = [decode(image.read_bytes()).rgba], [_label(image, images)]
        for label, fields in _asked(names, references):
            shown, seconds, told = _one(client, image, label, fields, folder)
            row.append(shown)
            labels.append(told)
            spent.append(seconds)
        rows.append(row)
        captions.append(labels)
    write(out, encode(np.asarray(contact_sheet(rows, captions)), "png"))
    return spent


def overlay(picture: Picture, answer: dict[str, Any]) -> np.ndarray:
    """Every figure of a `POST /v1/keypoints` answer drawn over the picture, (H, W, 4) uint8."""
    drawn = picture.rgba.astype(np.float32)
    for figure in answer["figures"]:
        if not figure["points"]:
            continue
        found = from_named(figure["points"], answer["width"], answer["height"])
        sticks = draw_pose(found).astype(np.float32)
        weight = sticks[..., 3:] / 255 * 0.75
        drawn[..., :3] = drawn[..., :3] * (1 - weight) + sticks[..., :3] * weight
        drawn[..., 3:] = np.maximum(drawn[..., 3:], sticks[..., 3:])
    return drawn.astype(np.uint8)


def write(path: Path, data: bytes) -> None:
    """Writes a file whole or not at all, with its folders."""
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(path.name + ".part")
    partial.write_bytes(data)
    os.replace(partial, path)


def _label(image: Path, images: list[Path]) -> str:
    """The file's name, with its folder's where another has the same."""
    alone = [other.stem for other in images].count(image.stem) == 1
    return image.stem if alone else f"{image.parent.name}/{image.stem}"


def _one(client: Client, image: Path, label: str, fields: Files, folder: Path | None) -> tuple[Any, dict, str]:
    try:
        answer = client.transfer(image, fields)
    except ServiceError as error:
        print(f"{image.stem} {label}: {error.message}")
        return None, {}, f"{label}: refused"
    data = picture_of(answer["outputs"][0])
    if folder:
        write(folder / f"{image.stem}-{label}.png", data)
    print(f"{image.stem} {label}: {_seconds(answer)}", flush=True)
    return decode(data).rgba, answer["seconds"], label


def _asked(names: Any, references: list[Path]) -> list[tuple[str, Files]]:
    named: list[tuple[str, Files]] = [(name, [text_field("pose", name)]) for name in names]
    return named + [(path.stem, [file_field("reference", path)]) for path in references]


def _target_fields(options: argparse.Namespace) -> Files:
    if options.pose:
        return [text_field("pose", options.pose)]
    if options.reference:
        return [file_field("reference", options.reference)]
    return [text_field("keypoints", _text(options.keypoints))]


def _other_fields(options: argparse.Namespace) -> Files:
    fields: Files = [text_field(name, str(getattr(options, name))) for name in PLAIN if getattr(options, name)]
    if options.mask:
        fields.append(file_field("mask", options.mask))
    if options.source_keypoints:
        fields.append(text_field("source_keypoints", _text(options.source_keypoints)))
    if Path(options.background).is_file():
        return [*fields, file_field("background_image", Path(options.background))]
    return [*fields, text_field("background", options.background)]


def _text(path: Path) -> str:
    try:
        return path.read_text()
    except (OSError, ValueError) as error:
        raise ServiceError(f"cannot read {path} ({error}); give a JSON file.") from error


def _seconds(answer: dict[str, Any]) -> str:
    return ", ".join(f"{stage} {spent:.2f} s" for stage, spent in answer["seconds"].items())


def _print_seconds(spent: list[dict[str, float]]) -> None:
    """Mean seconds by stage over the requests in which the stage ran."""
    stages = {stage: [row[stage] for row in spent if stage in row] for row in spent for stage in row}
    print("seconds per stage (mean over the requests that ran it)")
    for stage, values in stages.items():
        print(f"  {stage:<12} {sum(values) / len(values):6.2f}   {len(values)} requests")
