"""Measures transfers against the truth on families never trained on: `contrapposto bench quality`.

True joints and parts unless a row says "as served"; the pictures come from the serving stages' own functions, on mid-
grey. U: holes, seams and texels that are not trusted, with a band of 2% of the figure's height around them, of either
the plain or the completed figure's warp. T: the rest of the figure, where the warp is trusted. R: where the plain warp
is right, no channel further than WRONG from the truth; it overlaps U. PCK, bone drift and swaps: joints re-detected by
the pose network in the result, on the true figure's box; the row "truth" is what it reads in the true picture. Print
and head NCC: rectified patches, at the best shift within 2% of the figure's height; only where the print shows in both
poses. "Texels truly placed": the source's own texels at their true places wherever both pictures show them, push-pull
elsewhere: a bound on what better geometry would gain, and no method. "As served": from the degraded picture with
estimated joints and matte (without BlazePose), against the same undegraded truth. Deterministic.

    python -m training.quality --pairs 96 --out docs/quality.md --strip /tmp/strip.png --sheet /tmp/sheets
"""

import argparse
import logging
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import torch
from numpy.typing import NDArray

from deployments.denoiser.network import DenoiserNetwork, RegressionNetwork
from deployments.garments.network import ParseNetwork
from deployments.keypoints.network import PoseNetwork
from deployments.keypoints.reader import PoseReader
from deployments.runtime import WEIGHTS, load
from pose.errors import WeightsError
from training.cases import SIZE, Case, cases
from training.mattes import matte_iou
from training.methods import Networks, results, served, warps_of
from training.metrics import Scorer
from training.quality_table import Measured, report, write_report
from training.regions import regions
from training.rereading import Judge
from training.strip import Strip, write_sheet
from training.world.families import FAMILIES, HELD_OUT, TRAINED

TRUTH = "truth"
Array = NDArray[Any]
Look = Callable[[Case, dict[str, Array]], object]
log = logging.getLogger("training")


def measure(
    families: Sequence[str],
    count: int,
    networks: Networks,
    as_served: bool = False,
    looks: Sequence[Look] = (),
    size: int = SIZE,
) -> Measured:
    """Every method on `count` pairs of the families; each of `looks` is shown each case with its pictures."""
    rows: dict[str, list[tuple[float, ...]]] = {}
    mattes, named = [], []
    start = time.monotonic()
    for number, case in enumerate(cases(families, count, size), 1):
        pictures, scored = judged(case, networks, as_served)
        for name, scores in scored.items():
            rows.setdefault(name, []).append(scores)
        named.append(case.family)
        mattes += [matte_iou(case, networks.parse)] if networks.parse is not None else []
        for look in looks:
            look(case, pictures)
        if number % 8 == 0 or number == count:
            log.info("%d of %d pairs, %.1f s each", number, count, (time.monotonic() - start) / number)
    return Measured(tuple(named), {name: np.array(values) for name, values in rows.items()}, tuple(mattes))


def judged(case: Case, networks: Networks, as_served: bool) -> tuple[dict[str, Array], dict[str, tuple[float, ...]]]:
    """Each method's picture of a case, and its METRICS; the truth is the first of both."""
    warps = warps_of(case.figure, case, networks.restore)
    pictures = {TRUTH: case.truth, **results(case, warps, networks)}
    if as_served:
        pictures |= served(case, networks)
    judge = Judge(networks.reader, case) if networks.reader is not None else None
    scorer = Scorer(case, regions(case, warps), judge)
    return pictures, {name: scorer(picture) for name, picture in pictures.items()}


def load_networks(weights: Path, regression: Path) -> Networks:
    """What there are weights for; a warning names what is missing."""
    pose = _load("pose", PoseNetwork, weights)
    return Networks(
        denoiser=_load("denoiser", DenoiserNetwork, weights),
        regression=_load("regression", RegressionNetwork, regression),
        parse=_load("parse", ParseNetwork, weights),
        reader=PoseReader(pose) if pose is not None else None,
    )


def _load(name: str, make: Callable[[], torch.nn.Module], directory: Path) -> Any:
    try:
        return load(name, make(), directory)
    except WeightsError as error:
        log.warning("%s", error)
        return None


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pairs", type=int, default=96, help="held-out pairs")
    parser.add_argument("--families", nargs="+", default=HELD_OUT, choices=FAMILIES, help="which (default: held out)")
    parser.add_argument("--trained", type=int, default=0, help="pairs of trained families, told after the others")
    parser.add_argument("--served", action="store_true", help="also from estimated joints and mattes")
    parser.add_argument("--size", type=int, default=SIZE, help="canvas, pixels")
    parser.add_argument("--out", type=Path, default=Path("docs/quality.md"))
    parser.add_argument("--strip", type=Path, help="a PNG of the first pairs by every method")
    parser.add_argument("--sheet", type=Path, help="a folder for each pair's full-size PNG")
    parser.add_argument("--weights", type=Path, default=WEIGHTS)
    parser.add_argument("--regression", type=Path, default=Path("runs/regression/weights"))
    return parser.parse_args()


def main() -> None:
    asked = _options()
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    torch.set_num_threads(1)
    cv2.setNumThreads(1)
    networks = load_networks(asked.weights, asked.regression)
    strip = Strip()
    looks: list[Look] = [strip.add] if asked.strip else []
    if asked.sheet:
        looks.append(lambda case, pictures: write_sheet(case, pictures, asked.sheet))
    held_out = measure(asked.families, asked.pairs, networks, asked.served, looks, asked.size)
    trained = measure(TRAINED, asked.trained, networks, asked.served, (), asked.size) if asked.trained else None
    told = (__doc__ or "").split("\n\n")[1]
    write_report(report(told, held_out, trained, networks.denoiser.sha256 if networks.denoiser else "none"), asked.out)
    if asked.strip:
        strip.write(asked.strip)
    log.info("\n%s", asked.out.read_text())


if __name__ == "__main__":
    main()
