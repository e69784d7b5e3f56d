from pathlib import Path

import torch
from PIL import Image

from training.world.sheet import save, tiled


def test_pictures_are_laid_out_row_by_row(tmp_path: Path) -> None:
    pictures = torch.stack([torch.full((3, 4, 4), value) for value in (0.0, 0.2, 0.4)])
    sheet = tiled(pictures, 2)
    assert sheet.shape == (3, 8, 8)
    assert sheet[0, 0, 4] == pictures[1, 0, 0, 0]
    assert sheet[0, 4, 0] == pictures[2, 0, 0, 0]
    assert sheet[0, 4, 4] == 1.0
    save(sheet, str(tmp_path / "sheet.png"))
    assert Image.open(tmp_path / "sheet.png").getpixel((4, 0)) == (51, 51, 51)
