"""A sheet of pictures to look at: a row a pair, a column a method. Knows pictures only."""

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

GREY = 150
LABEL = 16


def draw_strip(rows: list[dict[str, NDArray[Any]]], path: Path) -> None:
    """Writes a PNG of rows of (H, W, 4) uint8 pictures on grey, the columns named as in the first row."""
    names = list(rows[0])
    height, width = (max(picture.shape[axis] for row in rows for picture in row.values()) for axis in (0, 1))
    sheet = Image.new("RGB", (width * len(names), LABEL + height * len(rows)), (GREY,) * 3)
    for column, name in enumerate(names):
        ImageDraw.Draw(sheet).text((column * width + 4, 2), name, fill="black")
        for line, row in enumerate(rows):
            picture = Image.fromarray(np.ascontiguousarray(row[name]))
            sheet.paste(picture, (column * width, LABEL + line * height), picture)
    path.parent.mkdir(parents=True, exist_ok=True)
    sheet.save(path)
