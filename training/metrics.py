"""Every number that a result gets: METRICS names them, `Scorer` takes them. Knows a case and its regions, no method."""

from dataclasses import dataclass
from typing import Any

from numpy.typing import NDArray

from training.cases import Case
from training.patches import head_patch, likeness, print_patch
from training.regions import Regions
from training.rereading import Judge
from training.scores import iou, on_grey, psnr, ssim_map

NAN = float("nan")
Array = NDArray[Any]


@dataclass(frozen=True)
class Metric:
    """A column. sign: 1 where larger is better, -1 where smaller is."""

    key: str
    title: str
    digits: int
    sign: int = 1


METRICS = (
    Metric("psnr", "PSNR", 2),
    Metric("ssim", "SSIM", 3),
    Metric("psnr_u", "PSNR in U", 2),
    Metric("ssim_u", "SSIM in U", 3),
    Metric("psnr_t", "PSNR in T", 2),
    Metric("psnr_r", "PSNR in R", 2),
    Metric("iou", "mask IoU", 3),
    Metric("pck10", "PCK@0.1", 3),
    Metric("pck20", "PCK@0.2", 3),
    Metric("drift", "bone drift, %", 1, -1),
    Metric("swaps", "swaps, %", 1, -1),
    Metric("print", "print NCC", 3),
    Metric("print_placed", "print NCC in place", 3),
    Metric("head", "head NCC", 3),
)
COLUMN = {metric.key: column for column, metric in enumerate(METRICS)}


class Scorer:
    """Scores any picture of one case; what needs only the truth is worked out once. Without a judge nothing is read."""

    def __init__(self, case: Case, regions: Regions, judge: Judge | None) -> None:
        self._truth, self._regions, self._judge = case.truth, regions, judge
        self._print, self._head = print_patch(case), head_patch(case)

    def __call__(self, picture: Array) -> tuple[float, ...]:
        """METRICS of a picture (H, W, 4) uint8."""
        read = self._judge(picture) if self._judge is not None else None
        read_scores = (read.pck10, read.pck20, read.drift, read.swaps) if read is not None else (NAN,) * 4
        printed = likeness(self._print, picture, self._truth)
        head = likeness(self._head, picture, self._truth)[0]
        return (*self._pixels(picture), iou(picture, self._truth), *read_scores, *printed, head)

    def _pixels(self, picture: Array) -> tuple[float, ...]:
        where, truth = self._regions, self._truth
        everything = where.shown | (picture[..., 3] > 0)
        a, b = on_grey(picture), on_grey(truth)
        similar = ssim_map(a, b)
        return (
            psnr(a, b, everything),
            float(similar[everything].mean()),
            psnr(a, b, where.u),
            float(similar[where.u].mean()) if where.u.any() else NAN,
            psnr(a, b, where.t),
            psnr(a, b, where.r),
        )
