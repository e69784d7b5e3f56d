"""What the pipeline makes: parsed characters, outputs and results. Data only; knows neither HTTP nor Ray."""

from dataclasses import dataclass

from pose.figure import Figure, Reading
from pose.pose import Pose
from serve.report import Report
from serve.requests import Target
from serve.stages import Held, Image


@dataclass(frozen=True, eq=False)
class Parsed:
    """A character ready for any pose. `alpha` (H, W): its matte; `figure`: completed; `seconds`: by stage."""

    key: str
    picture: Held[Image]
    has_alpha: bool
    alpha: Held[Image]
    reading: Reading
    figure: Held[Figure]
    seconds: dict[str, float]


def weigh(parsed: Parsed) -> int:
    """Bytes of the arrays that a parsed character keeps alive."""
    figure = parsed.figure.value
    layers = [array for layer in figure.layers for array in (layer.rgba, layer.known, layer.missing)]
    arrays = [parsed.picture.value, parsed.alpha.value, figure.image, figure.parts, figure.materials, *layers]
    return sum(array.nbytes for array in arrays)


@dataclass(frozen=True, eq=False)
class Output:
    """One picture: (H, W, 4) uint8 before encoding, with the pose it shows in its own pixels."""

    target: Target
    rgba: Image
    pose: Pose
    origin: tuple[int, int]
    seed: int
    report: Report


@dataclass(frozen=True, eq=False)
class Result:
    """All outputs of a transfer, in the order asked. `seconds` by stage; `cached`: the figure was known already."""

    parsed: Parsed
    outputs: tuple[Output, ...]
    seconds: dict[str, float]
    cached: bool
