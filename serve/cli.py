"""The console command `contrapposto`: arguments in, exit codes out (0 done, 1 the service said no, 2 cannot start).

Knows which command needs what; the work is in `serve.commands`, `serve.bench` and `serve.app`.
"""

import argparse
import socket
import subprocess
import sys
from pathlib import Path

from deployments.checkpoints.opening import checkpoints_directory
from pose.errors import ContrappostoError, InvalidInput, WeightsError
from serve import bench, commands
from serve.families import FAMILIES
from serve.hub import open_hub
from serve.pull import find_family, pull
from serve.settings import ROOT, Settings, read_settings
from serve.weights import check_checkpoints, check_weights, weights_directory


def main(arguments: list[str] | None = None) -> int:
    """The entry point."""
    parser = _parser()
    options, rest = parser.parse_known_args(arguments)
    options.rest = rest
    if rest and options.run not in (_trained, _exported):
        parser.error(f"unrecognized arguments: {' '.join(rest)}")
    try:
        return int(options.run(options) or 0)
    except ContrappostoError as error:
        print(f"contrapposto: {error.message}", file=sys.stderr)
        return 1


def _serve(options: argparse.Namespace) -> int:
    """Refuses with exit code 2 before anything heavy is loaded; weights and settings are checked here."""
    try:
        settings = read_settings(options.settings) if options.settings else Settings()
        check_weights(weights_directory())
        check_checkpoints(settings)
        if not settings.blazepose_python.is_file():
            raise WeightsError(f"there is no interpreter at {settings.blazepose_python}; run make install.")
        _check_port(options.host, options.port)
    except ContrappostoError as error:
        print(f"contrapposto: cannot start: {error.message}", file=sys.stderr)
        return 2
    from serve.app import run  # loads Ray and every network's code: only for this command

    try:
        run(settings, options.host, options.port, lambda line: print(line, flush=True))
    except ContrappostoError as error:
        print(f"contrapposto: cannot start: {error.message}", file=sys.stderr)
        return 2
    return 0


def _check_port(host: str, port: int) -> None:
    try:
        with socket.create_server((host, port)):
            return
    except (OSError, OverflowError) as error:
        raise InvalidInput(f"{host}:{port} cannot be listened on ({error}); give another --port or --host.") from error


def _trained(options: argparse.Namespace) -> int:
    """In a process of its own: serving never imports training."""
    return subprocess.run([sys.executable, "-m", options.module, *options.rest], cwd=ROOT, check=False).returncode


def _exported(options: argparse.Namespace) -> int:
    """In a process of its own: serving needs no exporter. Paths are those of whoever asks."""
    return subprocess.run([sys.executable, "-m", "export.command", *options.rest], check=False).returncode


def _pulled(options: argparse.Namespace) -> int:
    if options.family is None:
        print("\n".join(f"{name:18} {told.stage:10} {told.told}. {told.licence}." for name, told in FAMILIES.items()))
        return 0
    family, directory = find_family(options.family), options.to or checkpoints_directory()
    print(f"licence: {family.licence}", file=sys.stderr)
    try:
        settings = pull(family, directory, open_hub(), lambda line: print(line, file=sys.stderr, flush=True))
    except KeyboardInterrupt:
        print("broken off; the same command goes on where it stopped", file=sys.stderr)
        return 130
    print(settings, end="")
    return 0


def _examined(options: argparse.Namespace) -> int:
    from serve import doctor, findings  # load torch and every stage's tables: only for this command

    settings = read_settings(options.settings) if options.settings else Settings()
    rows = doctor.examine(settings, weights_directory())
    print(findings.as_json(rows) if options.json else findings.as_table(rows))
    return 1 if findings.could_start(rows) else 0


def _drawn(options: argparse.Namespace) -> int:
    """A sheet of the characters on which the embedded networks are trained; in a process of its own too."""
    command = [sys.executable, "-m", "training.world.sheet", str(options.sheet.resolve())]
    for name in ("count", "size", "seed"):
        command += [f"--{name}", str(getattr(options, name))]
    if options.families:
        command += ["--families", *options.families]
    return subprocess.run(command, cwd=ROOT, check=False).returncode


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser("contrapposto", description="The same character, in the pose you ask for.")
    command = parser.add_subparsers(required=True, metavar="COMMAND")
    _add_serve(command)
    _add_pose(command)
    _add_looking(command)
    _add_figures(command)
    _add_bench(command)
    _add_checkpoints(command)
    exported = command.add_parser("export", help="networks as ONNX graphs and TensorRT engines", add_help=False)
    exported.set_defaults(run=_exported)
    return parser


def _add_serve(command: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    serve = command.add_parser("serve", help="run the service until SIGTERM or Ctrl-C")
    serve.add_argument("--host", default="127.0.0.1", help="loopback unless told otherwise")
    serve.add_argument("--port", type=int, default=8000)
    serve.add_argument("--settings", type=Path, help="YAML or JSON; see serve/settings.py")
    serve.set_defaults(run=_serve)


def _add_pose(command: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    pose = command.add_parser("pose", help="one character, one pose, one picture")
    pose.add_argument("image", type=Path)
    target = pose.add_mutually_exclusive_group(required=True)
    target.add_argument("--pose", help="a name; contrapposto poses lists them")
    target.add_argument("--reference", type=Path, help="a picture in which a pose can be read")
    target.add_argument("--keypoints", type=Path, help="JSON")
    pose.add_argument("-o", "--out", type=Path, required=True, help=".png, .webp or .jpg")
    pose.add_argument("--mask", type=Path)
    pose.add_argument("--source-keypoints", type=Path)
    pose.add_argument("--background", default="keep", help="keep, transparent, #rrggbb or a picture's path")
    pose.add_argument("--report", type=Path, help="where to write the report (JSON)")
    for name, choices in (("retarget", ("proportions", "none")), ("framing", ("fit", "source"))):
        pose.add_argument(f"--{name}", choices=choices)
    for name in ("scale", "seed", "steps", "figure-index"):
        pose.add_argument(f"--{name}")
    _add_url(pose)
    pose.set_defaults(run=commands.pose)


def _add_looking(command: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    poses = command.add_parser("poses", help="list the library")
    poses.set_defaults(run=commands.poses)
    keypoints = command.add_parser("keypoints", help="the figures in a picture")
    keypoints.add_argument("image", type=Path)
    keypoints.add_argument("--overlay", type=Path, help="where to draw them")
    _add_url(keypoints)
    keypoints.set_defaults(run=commands.keypoints)
    sheet = command.add_parser("sheet", help="characters by poses, on one contact sheet")
    sheet.add_argument("images", type=Path, nargs="+")
    sheet.add_argument("--poses", nargs="*", default=[])
    sheet.add_argument("--reference", type=Path, nargs="*", default=[])
    sheet.add_argument("-o", "--out", type=Path, required=True)
    _add_url(sheet)
    sheet.set_defaults(run=commands.sheet)
    demo = command.add_parser("demo", help="the shipped characters in three poses and a stick figure's")
    demo.add_argument("--out", type=Path, default=Path("out/demo"))
    demo.set_defaults(run=commands.demo)


def _add_figures(command: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    figures = command.add_parser("figures", help="the drawn characters on which the embedded networks are trained")
    figures.add_argument("--sheet", type=Path, required=True, help="where to write the contact sheet (.png)")
    figures.add_argument("--families", nargs="+", help="default: those that are trained on, one a row")
    figures.add_argument("--count", type=int, default=8, help="characters a family")
    figures.add_argument("--size", type=int, default=192, help="pixels a picture")
    figures.add_argument("--seed", type=int, default=0)
    figures.set_defaults(run=_drawn)


def _add_checkpoints(command: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    pull = command.add_parser("pull", help="fetch a known-good set of checkpoints, verified; docs/checkpoints.md")
    pull.add_argument("family", nargs="?", help="without one: list them")
    pull.add_argument("--to", type=Path, help="default: CONTRAPPOSTO_CHECKPOINTS, else ./checkpoints")
    pull.set_defaults(run=_pulled)
    doctor = command.add_parser("doctor", help="what is installed, what works here, what each stage will run")
    doctor.add_argument("--settings", type=Path, help="YAML or JSON; see serve/settings.py")
    doctor.add_argument("--json", action="store_true")
    doctor.set_defaults(run=_examined)


def _add_bench(command: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    kinds = command.add_parser("bench", help="measure").add_subparsers(required=True, metavar="KIND")
    latency = kinds.add_parser("latency", help="transfers over HTTP, each with a figure never seen")
    latency.add_argument("--only", nargs="+", choices=[case.name for case in bench.CASES], help="default: all")
    latency.add_argument("--runs", type=int, help="default: 5 of 512 and 1024, 3 of poses and 4k")
    latency.add_argument("--image", type=Path, help="default: the first of the samples")
    latency.add_argument("--json", type=Path, help="where to write the numbers too")
    latency.add_argument("--pose", default="walking", help="of the cases with one pose")
    _add_url(latency)
    latency.set_defaults(run=bench.latency)
    for name, module, told in (
        ("quality", "training.quality", "against true targets of held-out families"),
        ("keypoints", "training.accuracy", "the pose network on held-out figures and levels of abstraction"),
        ("engine", "loadtests.engine", "the denoiser's step batching against other ways to serve, on this machine"),
    ):
        kind = kinds.add_parser(name, help=f"{told} (arguments go to python -m {module})", add_help=False)
        kind.set_defaults(run=_trained, module=module)


def _add_url(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--url", help="a running service (default: the one on port 8000, else one is started)")


if __name__ == "__main__":
    sys.exit(main())
