"""Writes the report of quality as markdown: the bars first, then held-out families, then the trained ones.

Knows scores and names, no pictures. What stands below the heading BY_EYE is written by hand and kept.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from training.bars import bars, best_baseline, mean
from training.methods import FULL, REGRESSION
from training.metrics import METRICS
from training.scores import interval

BY_EYE = "\n## By eye"
Array = NDArray[Any]


@dataclass(frozen=True)
class Measured:
    """families (pairs,); scores (pairs, METRICS) of each method; mattes (pairs,), empty where not measured."""

    families: tuple[str, ...]
    scores: Mapping[str, Array]
    mattes: tuple[float, ...] = ()

    def of(self, family: str) -> "Measured":
        """The pairs of one family."""
        rows = [row for row, name in enumerate(self.families) if name == family]
        scores = {name: values[rows] for name, values in self.scores.items()}
        return Measured((family,) * len(rows), scores, tuple(self.mattes[row] for row in rows if self.mattes))


def report(told: str, held_out: Measured, trained: Measured | None, sha256: str) -> str:
    """docs/quality.md, less what is written by hand. `told`: how it was measured."""
    families = tuple(dict.fromkeys(held_out.families))
    sections = [
        "# Quality on held-out families\n",
        bars(held_out.scores, held_out.families, held_out.mattes),
        told.strip() + "\n",
        f"{len(held_out.families)} pairs; denoiser {sha256[:12]}.{_unmeasured(held_out)}\n",
        f"## All held-out families\n\n{table(held_out)}",
        *(f"### {family}\n\n{table(held_out.of(family))}" for family in families),
        *(f"## {name}, against the better of warp and warp + push-pull\n\n{differences(held_out.scores, name)}"
          for name in held_out.scores if name.startswith(("full", "regression"))),
        mattes_table(held_out) if held_out.mattes else "",
    ]  # fmt: skip
    if trained is not None:
        sections += [f"## Trained families: {', '.join(dict.fromkeys(trained.families))}\n\n{table(trained)}"]
    return "\n".join(section for section in sections if section)


def table(measured: Measured) -> str:
    """The means, a row a method."""
    lines = [f"| | {' | '.join(metric.title for metric in METRICS)} |", "|---" * (len(METRICS) + 1) + "|"]
    for name, values in measured.scores.items():
        cells = [_number(mean(values[:, k]), metric.digits) for k, metric in enumerate(METRICS)]
        lines.append(f"| {name} | {' | '.join(cells)} |")
    return "\n".join(lines) + "\n"


def differences(scores: Mapping[str, Array], name: str) -> str:
    """The method's paired differences from the better baseline of each metric, with 95% intervals."""
    lines = ["| metric | pairs | against | difference | 95% interval |", "|---|---|---|---|---|"]
    for k, metric in enumerate(METRICS):
        best = best_baseline(scores, k)
        found = scores[name][:, k] - scores[best][:, k]
        middle, low, high = (_number(value, metric.digits, "+") for value in interval(found))
        lines.append(f"| {metric.title} | {np.isfinite(found).sum()} | {best} | {middle} | {low} to {high} |")
    return "\n".join(lines) + "\n"


def mattes_table(measured: Measured) -> str:
    """IoU of the serving parser's mattes, by family and over all."""
    lines = [
        "## Mattes\n",
        "The serving parser on the degraded picture over its background, true joints given; after refinement.\n",
        "| family | pictures | mean IoU | median | worst | at least 0.95 |",
        "|---|---|---|---|---|---|",
    ]
    groups = {family: measured.of(family).mattes for family in dict.fromkeys(measured.families)}
    for name, found in {**groups, "all": measured.mattes}.items():
        values = np.array(found)
        share = f"{100 * (values >= 0.95).mean():.0f}%"
        lines.append(
            f"| {name} | {len(values)} | {values.mean():.3f} | {np.median(values):.3f} | {values.min():.3f} | {share} |"
        )
    return "\n".join(lines) + "\n"


def write_report(text: str, path: Path) -> None:
    """Writes the report, keeping what stands by hand at the old one's end."""
    kept = "".join(path.read_text().partition(BY_EYE)[1:]) if path.exists() else ""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text + kept)


def _unmeasured(measured: Measured) -> str:
    missing = [name for name in (REGRESSION, *FULL.values()) if name not in measured.scores]
    return f" Without weights, and so not measured: {', '.join(missing)}." if missing else ""


def _number(value: float, digits: int, sign: str = "") -> str:
    return f"{value:{sign}.{digits}f}" if np.isfinite(value) else "–"
