"""The bars that the embedded weights are held to, each with what was measured and whether it is met.

Knows columns of scores, not how they came about. Against other methods the lower end of the paired 95% interval
counts; the better baseline is chosen by its mean over all the held-out pairs.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from training.methods import BASELINES, CUT_OUT, FULL, PUSHPULL, REGRESSION, WARP
from training.metrics import COLUMN, METRICS
from training.scores import interval

DEFAULT = FULL[1]
Scores = Mapping[str, NDArray[Any]]
GAINS = (
    ("PSNR in U, against the better of warp and warp + push-pull", "psnr_u", BASELINES, 2.0),
    ("SSIM in U, against the same", "ssim_u", BASELINES, 0.06),
    ("PSNR in T (where the warp is right), against the same", "psnr_t", BASELINES, -0.3),
    ("PSNR, against the rigid cut-out", "psnr", (CUT_OUT,), 3.0),
)
PRINT, MATTE = 0.90, 0.95


def bars(scores: Scores, families: Sequence[str], mattes: Sequence[float]) -> str:
    """Markdown. scores (pairs, METRICS) of each method, families and mattes (pairs,) of the held-out pairs."""
    judged = [name for name in (*FULL.values(), REGRESSION) if name in scores]
    if not judged:
        return "No weights: nothing is held to the bars.\n"
    rows = [
        *(_gain(title, key, against, asked, scores, judged) for title, key, against, asked in GAINS),
        _above_everywhere(scores, families, judged),
        _level("print NCC, where a print shows in both poses", "print", PRINT, scores, judged),
        _matte(mattes, len(judged)),
    ]
    head = f"| bar | asked | {' | '.join(judged)} | met |\n{'|---' * (len(judged) + 3)}|\n"
    note = f"\nDifferences: mean (lower end of the 95% interval). Met: by {judged[0]}, what serving does by default.\n"
    return head + "\n".join(rows) + "\n" + note


def best_baseline(scores: Scores, column: int, baselines: Sequence[str] = BASELINES) -> str:
    """The baseline with the best mean of a column."""
    sign = METRICS[column].sign
    return max(baselines, key=lambda name: sign * mean(scores[name][:, column]))


def mean(values: NDArray[Any]) -> float:
    """The mean without NaN; NaN where nothing is left."""
    held = values[np.isfinite(values)]
    return float(held.mean()) if len(held) else float("nan")


def _gain(title: str, key: str, against: Sequence[str], asked: float, scores: Scores, judged: Sequence[str]) -> str:
    column, digits = COLUMN[key], METRICS[COLUMN[key]].digits
    best = best_baseline(scores, column, against)
    found = [interval(scores[name][:, column] - scores[best][:, column])[:2] for name in judged]
    cells = [f"{middle:+.{digits}f} ({low:+.{digits}f})" for middle, low in found]
    return _row(title, f"{asked:+g} or more", cells, bool(found[0][1] >= asked))


def _above_everywhere(scores: Scores, families: Sequence[str], judged: Sequence[str]) -> str:
    """SSIM above warp, push-pull and cut-out in every family: the least lead and where it is."""
    column, cells, leads = COLUMN["ssim"], [], []
    for name in judged:
        by_family = {}
        for family in dict.fromkeys(families):
            rows = np.array([each == family for each in families])
            best = max(mean(scores[other][rows, column]) for other in (WARP, PUSHPULL, CUT_OUT))
            by_family[family] = mean(scores[name][rows, column]) - best
        worst = min(by_family, key=lambda family: by_family[family])
        leads.append(by_family[worst])
        cells.append(f"{by_family[worst]:+.3f} ({worst})")
    return _row("SSIM, least lead over all of them in any family", "above 0", cells, leads[0] > 0)


def _level(title: str, key: str, asked: float, scores: Scores, judged: Sequence[str]) -> str:
    values = [scores[name][:, COLUMN[key]] for name in judged]
    cells = [f"{mean(each):.3f} of {np.isfinite(each).sum()}" for each in values]
    return _row(title, f"{asked:.2f} or more", cells, mean(values[0]) >= asked)


def _matte(mattes: Sequence[float], columns: int) -> str:
    found = mean(np.array(mattes, float))
    cells = ["not measured" if np.isnan(found) else f"{found:.3f}", *["" for _ in range(columns - 1)]]
    return _row("matte IoU of the serving parser", f"{MATTE:.2f} or more", cells, found >= MATTE)


def _row(title: str, asked: str, cells: Sequence[str], met: bool) -> str:
    return f"| {title} | {asked} | {' | '.join(cells)} | {'yes' if met else '**no**'} |"
