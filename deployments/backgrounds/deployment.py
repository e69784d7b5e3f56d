"""The backgrounds replica: thin. Its constructor compiles and warms what it runs."""

import numpy as np
from numpy.typing import NDArray

from deployments.backgrounds.compose import compose
from deployments.backgrounds.exemplar import exemplar_fill
from deployments.backgrounds.plate import fill_plate
from deployments.backgrounds.spec import Background


class Backgrounds:
    """Ready when constructed."""

    def __init__(self) -> None:
        compile_all()

    def compose(
        self,
        rgba: NDArray[np.uint8],
        background: Background,
        picture: NDArray[np.uint8],
        alpha: NDArray[np.uint8],
        origin: tuple[int, int],
        has_alpha: bool = False,
        plate: NDArray[np.uint8] | None = None,
    ) -> NDArray[np.uint8]:
        """See `deployments.backgrounds.compose.compose`."""
        return compose(rgba, background, picture, alpha, origin, has_alpha, plate)

    def plate(
        self, picture: NDArray[np.uint8], alpha: NDArray[np.uint8], origin: tuple[int, int], size: tuple[int, int]
    ) -> NDArray[np.uint8]:
        """The background (H, W, 3) without the figure; see `deployments.backgrounds.plate.fill_plate`."""
        return fill_plate(picture[..., :3], alpha, origin, size)


def compile_all() -> None:
    """Compiles (or loads from the cache on disk) every jitted function; called at install time too."""
    noise = np.random.default_rng(0).integers(0, 255, (64, 64, 3), np.uint8)
    known = np.ones((64, 64), bool)
    known[28:36, 28:36] = False
    exemplar_fill(noise, known, noise)
