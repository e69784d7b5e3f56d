"""Measures transfers against the truth on families never trained on: `contrapposto bench quality`.

True joints and parts; the pictures come from the serving stages' own functions. U is where the lock allows a change:
holes and pixels whose texels are not trusted, each with a band of 2% of the figure's height around it, of either the
plain or the completed figure's warp. R is where the plain warp is right: no channel of it, premultiplied, is further
than WRONG from the truth; it overlaps U. Both lie within the union of true and predicted alpha, on mid-grey.
Deterministic.

    python -m training.quality --pairs 96 --out docs/quality.md --strip /tmp/strip.png
"""

import argparse
import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from deployments.deformation.warp import warp_figure
from deployments.denoiser.complete import complete_figure
from deployments.denoiser.lock import band, seeds
from deployments.denoiser.network import DenoiserNetwork, RegressionNetwork
from deployments.denoiser.repair import pushpull_warp, repair_warp
from deployments.denoiser.sample import figure_height, premultiplied
from deployments.keypoints.network import PoseNetwork
from deployments.keypoints.reader import PoseReader
from deployments.runtime import WEIGHTS, load
from pose.errors import WeightsError
from pose.figure import Figure, Warp
from pose.pose import Pose
from training.pairs import characters, true_figure
from training.rereading import joint_error
from training.restoration import WRONG
from training.scores import interval, on_grey, psnr, ssim_map
from training.strip import draw_strip
from training.world.families import HELD_OUT
from training.world.figures import draw
from training.yardsticks import cut_out

SIZE = 320
SEED = 20_000
SHOWN = 16
BY_EYE = "\n## By eye"  # what stands below this heading in docs/quality.md is written by hand and kept
METRICS = ("psnr", "ssim", "psnr_u", "ssim_u", "psnr_r", "psnr_r_beyond_u")
BASELINES = ("warp", "warp + push-pull", "push-pull layers + push-pull")
Array = NDArray[Any]
log = logging.getLogger("training")


@dataclass(frozen=True, eq=False)
class Case:
    """One pair: a parsed figure, a target pose on the output canvas, and the true picture (H, W, 4) uint8 there."""

    figure: Figure
    target: Pose
    truth: Array
    family: str


@dataclass(frozen=True, eq=False)
class Warps:
    """The case's warps: of the figure as parsed, completed by push-pull, completed by the network (None without)."""

    plain: Warp
    pushpull: Warp
    completed: Warp
    figure: Figure


def cases(count: int, size: int = SIZE, seed: int = SEED) -> Iterator[Case]:
    """`count` held-out pairs, a character each, families in turn."""
    for row in range(-(-count // len(HELD_OUT))):
        for place, family in enumerate(HELD_OUT[: count - row * len(HELD_OUT)]):
            generator = torch.Generator().manual_seed(seed + row * len(HELD_OUT) + place)
            drawn = next(characters(draw((family,), 1, 2, size, generator, layers=False)))
            yield Case(true_figure(drawn, 0), drawn.poses[1], drawn.clean[1], family)


def warps_of(case: Case, network: Any) -> Warps:
    """Every warp that the methods need; the same seed for every case."""
    pushpull, completed = complete_figure(case.figure, None, 0), complete_figure(case.figure, network, 0)
    plain, filled, whole = (warp_figure(figure, case.target, "exact") for figure in (case.figure, pushpull, completed))
    return Warps(plain, filled, whole, completed)


def results(case: Case, warps: Warps, network: Any, regression: Any) -> dict[str, Array]:
    """Each method's picture, (H, W, 4) uint8."""
    found = {
        "copy": case.figure.image,
        "rigid cut-out": cut_out(case.figure, case.target),
        "warp": warps.plain.rgba,
        "warp + push-pull": pushpull_warp(warps.plain),
        "push-pull layers + push-pull": pushpull_warp(warps.pushpull),
    }
    if regression is not None:
        found["regression, locked"] = repair_warp(case.figure, warps.pushpull, regression, 1, 0)
    if network is not None:
        for steps in (1, 2, 4):
            found[f"full, {steps} step{'s' * (steps > 1)}"] = repair_warp(
                warps.figure, warps.completed, network, steps, 0
            )
    return found


def regions(case: Case, warps: Warps) -> tuple[Array, Array]:
    """U and R, (H, W) bool each."""
    height = figure_height(case.figure)
    bands = [
        band(seeds(warp.trust, warp.rgba[..., 3] / np.float32(255), warp.hole), height) > 0
        for warp in (warps.plain, warps.completed)
    ]
    error = np.abs(premultiplied(warps.plain.rgba).astype(int) - premultiplied(case.truth)).max(-1)
    return np.asarray(bands[0] | bands[1]), np.asarray(error <= WRONG * 255)


def score(picture: Array, truth: Array, u: Array, r: Array) -> tuple[float, ...]:
    """METRICS of one picture."""
    union = (picture[..., 3] > 0) | (truth[..., 3] > 0)
    a, b = on_grey(picture), on_grey(truth)
    similar = ssim_map(a, b)
    return (
        psnr(a, b, union),
        float(similar[union].mean()),
        psnr(a, b, union & u),
        float(similar[union & u].mean()) if (union & u).any() else float("nan"),
        psnr(a, b, union & r),
        psnr(a, b, union & r & ~u),
    )


@dataclass(frozen=True)
class Measured:
    """scores (pairs, METRICS) of each method; joints (pairs,) error of the re-detected joints on the truth and on each
    method's pictures, % of height, empty without a reader; shown: the first pairs' pictures for the strip."""

    scores: dict[str, Array]
    joints: dict[str, Array]
    shown: list[dict[str, Array]]


def measure(count: int, network: Any, regression: Any, reader: PoseReader | None = None) -> Measured:
    """Every method on `count` pairs."""
    rows: dict[str, list[tuple[float, ...]]] = {}
    joints: dict[str, list[float]] = {}
    shown = []
    for number, case in enumerate(cases(count)):
        warps = warps_of(case, network)
        u, r = regions(case, warps)
        pictures = results(case, warps, network, regression)
        for name, picture in pictures.items():
            rows.setdefault(name, []).append(score(picture, case.truth, u, r))
        if reader is not None:
            for name, picture in {"truth": case.truth, **pictures}.items():
                joints.setdefault(name, []).append(joint_error(reader, picture, case.target, case.truth))
        if number < SHOWN:
            shown.append({"source": case.figure.image, "truth": case.truth, **pictures})
        if number % 10 == 9:
            log.info("%d pairs", number + 1)
    return Measured(_arrays(rows), _arrays(joints), shown)


def table(scores: dict[str, Array]) -> str:
    """The means, as markdown."""
    lines = ["| | PSNR | SSIM | PSNR in U | SSIM in U | PSNR in R | PSNR in R beyond U |", "|---" * 7 + "|"]
    for name, values in scores.items():
        cells = [
            f"{mean:.3f}" if "ssim" in key else f"{mean:.2f}" for key, mean in zip(METRICS, _means(values), strict=True)
        ]
        lines.append(f"| {name} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def differences(scores: dict[str, Array], name: str) -> str:
    """The method's paired differences from the better baseline of each metric, with 95% intervals, as markdown."""
    lines = ["| metric | against | difference | 95% interval |", "|---|---|---|---|"]
    for column, key in enumerate(METRICS):
        best = max(BASELINES, key=lambda baseline: _means(scores[baseline])[column])
        mean, low, high = interval(scores[name][:, column] - scores[best][:, column])
        lines.append(f"| {key} | {best} | {mean:+.3f} | {low:+.3f} to {high:+.3f} |")
    return "\n".join(lines)


def joints_table(joints: dict[str, Array]) -> str:
    """The re-detected joints' errors, and their paired differences from those on the true pictures, as markdown."""
    lines = ["| | error, % of height | more than on the truth | 95% interval |", "|---|---|---|---|"]
    for name, values in joints.items():
        mean, low, high = interval(values - joints["truth"])
        lines.append(f"| {name} | {np.nanmean(values):.2f} | {mean:+.2f} | {low:+.2f} to {high:+.2f} |")
    return "\n".join(lines)


def _arrays(rows: Mapping[str, Sequence[Any]]) -> dict[str, Array]:
    return {name: np.array(values) for name, values in rows.items()}


def _means(values: Array) -> Array:
    return np.asarray(np.nanmean(values, 0))


def _load(name: str, make: Callable[[], torch.nn.Module], directory: Path) -> Any:
    try:
        return load(name, make(), directory)
    except WeightsError as error:
        log.warning("%s", error)
        return None


def report(measured: Measured, count: int, sha256: str) -> str:
    """docs/quality.md."""
    scores = measured.scores
    text = f"# Quality on held-out families\n\n{(__doc__ or '').split(chr(10) + chr(10))[1]}\n\n"
    text += f"{count} pairs, families {', '.join(HELD_OUT)}; weights {sha256[:12]}.\n\n{table(scores)}\n"
    for name in scores:
        if name.startswith(("full", "regression")):
            text += f"\n## {name}, against the better of the baselines\n\n{differences(scores, name)}\n"
    if measured.joints:
        text += f"\n## Joints re-detected (`retarget=none`)\n\n{joints_table(measured.joints)}\n"
    return text


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pairs", type=int, default=96)
    parser.add_argument("--out", type=Path, default=Path("docs/quality.md"))
    parser.add_argument("--strip", type=Path, default=None)
    parser.add_argument("--weights", type=Path, default=WEIGHTS)
    parser.add_argument("--regression", type=Path, default=Path("runs/regression/weights"))
    asked = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    network = _load("denoiser", DenoiserNetwork, asked.weights)
    regression = _load("regression", RegressionNetwork, asked.regression)
    pose = _load("pose", PoseNetwork, asked.weights)
    measured = measure(asked.pairs, network, regression, PoseReader(pose) if pose else None)
    asked.out.parent.mkdir(parents=True, exist_ok=True)
    kept = asked.out.read_text().partition(BY_EYE)[1:] if asked.out.exists() else ()
    asked.out.write_text(report(measured, asked.pairs, network.sha256 if network else "none") + "".join(kept))
    if asked.strip is not None:
        draw_strip(measured.shown, asked.strip)
    log.info("\n%s", asked.out.read_text())


if __name__ == "__main__":
    main()
