"""Pictures to look at: a strip of many pairs (a row a pair, a column a method), and a pair at full size. No scores."""

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from pose.draw import draw_pose
from training.cases import Case
from training.methods import FULL, PUSHPULL, SERVED

GREY = 150
LABEL = 16
SHOWN = 16
Array = NDArray[Any]


class Strip:
    """Collects the first pairs."""

    def __init__(self, most: int = SHOWN) -> None:
        self._most = most
        self._rows: list[tuple[str, dict[str, Array]]] = []

    def add(self, case: Case, pictures: dict[str, Array]) -> None:
        """Takes a case and each method's picture, unless there are enough."""
        if len(self._rows) < self._most:
            self._rows.append((case.name, {"source": case.figure.image, **pictures}))

    def write(self, path: Path) -> None:
        """Writes them as one PNG."""
        draw_rows(self._rows, path)


def write_sheet(case: Case, pictures: dict[str, Array], folder: Path) -> Path:
    """A PNG of one pair at full size: source, target, push-pull, full, truth (and as served), named after the case."""
    wanted = {
        "source as uploaded": case.picture,
        "target": draw_pose(case.target),
        PUSHPULL: pictures.get(PUSHPULL),
        FULL[1]: pictures.get(FULL[1]),
        SERVED + FULL[1]: pictures.get(SERVED + FULL[1]),
        "truth": case.truth,
    }
    path = folder / f"{case.name}.png"
    draw_rows([(case.name, {name: picture for name, picture in wanted.items() if picture is not None})], path)
    return path


def draw_rows(rows: list[tuple[str, dict[str, Array]]], path: Path) -> None:
    """Writes rows of a name and (H, W, 3|4) uint8 pictures on grey; the columns are named as in the first row."""
    names = list(rows[0][1])
    height, width = (max(picture.shape[axis] for _, row in rows for picture in row.values()) for axis in (0, 1))
    sheet = Image.new("RGB", (width * len(names), LABEL + height * len(rows)), (GREY,) * 3)
    brush = ImageDraw.Draw(sheet)
    for column, name in enumerate(names):
        brush.text((column * width + 4, 2), name, fill="black")
        for line, (_, row) in enumerate(rows):
            picture = Image.fromarray(np.ascontiguousarray(row[name])).convert("RGBA")
            sheet.paste(picture, (column * width, LABEL + line * height), picture)
    for line, (name, _) in enumerate(rows):
        brush.text((4, LABEL + line * height + 2), name, fill="white", stroke_width=1, stroke_fill="black")
    path.parent.mkdir(parents=True, exist_ok=True)
    sheet.save(path)
