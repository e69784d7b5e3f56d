"""Contact sheets: pictures in a labelled grid. Knows pictures and captions only."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

CAPTION, GAP = 26, 10
PAPER, INK, CHECK = (250, 250, 250), (40, 40, 40), (232, 232, 232)


def contact_sheet(
    pictures: Sequence[Sequence[NDArray[np.uint8] | None]], captions: Sequence[Sequence[str]], cell: int = 320
) -> NDArray[np.uint8]:
    """Rows of (H, W, 4) pictures, each fitted into a square of `cell` pixels over a checkerboard, as (h, w, 3).

    A picture that is None leaves its cell empty but for the caption.
    """
    columns = max((len(row) for row in pictures), default=0)
    step = cell + GAP
    sheet = Image.new("RGB", (columns * step + GAP, len(pictures) * (step + CAPTION) + GAP), PAPER)
    draw, font = ImageDraw.Draw(sheet), ImageFont.load_default(14)
    for y, (row, names) in enumerate(zip(pictures, captions, strict=True)):
        for x, (picture, name) in enumerate(zip(row, names, strict=True)):
            left, top = GAP + x * step, GAP + y * (step + CAPTION)
            draw.text((left, top), name[: cell // 8], INK, font=font)
            if picture is not None:
                _place(sheet, picture, left, top + CAPTION, cell)
    return np.asarray(sheet)


def _place(sheet: Image.Image, picture: NDArray[np.uint8], left: int, top: int, cell: int) -> None:
    image = Image.fromarray(picture).convert("RGBA")
    factor = min(cell / image.width, cell / image.height)
    size = max(1, round(image.width * factor)), max(1, round(image.height * factor))
    image = image.resize(size, Image.Resampling.LANCZOS)
    at = left + (cell - size[0]) // 2, top + (cell - size[1]) // 2
    sheet.paste(_checkerboard(size), at)
    sheet.paste(image, at, image)


def _checkerboard(size: tuple[int, int], square: int = 12) -> Image.Image:
    across, down = np.meshgrid(np.arange(size[0]) // square, np.arange(size[1]) // square)
    board = np.where(((across + down) % 2 == 0)[..., None], PAPER, CHECK).astype(np.uint8)
    return Image.fromarray(board)
