"""Colours made of colours: mixed, darkened, lightened. Channels 0..1."""

from training.world.drawing import Colour


def mixed(a: Colour, b: Colour, share: float) -> Colour:
    """From `a` (share 0) to `b` (share 1)."""
    return tuple(float(x + (y - x) * share) for x, y in zip(a, b, strict=True))  # type: ignore[return-value]


def dark(colour: Colour, share: float) -> Colour:
    """The colour at `share` of its brightness."""
    return (share * colour[0], share * colour[1], share * colour[2])


def light(colour: Colour) -> Colour:
    """Half way to white."""
    return mixed(colour, (1.0, 1.0, 1.0), 0.5)
