import numpy as np
import pytest

from training.methods import CUT_OUT, FULL, PUSHPULL, WARP
from training.metrics import COLUMN, METRICS
from training.quality_table import Measured, differences, report, table, write_report


@pytest.fixture
def measured():
    scores = {name: np.full((4, len(METRICS)), level) for level, name in enumerate((CUT_OUT, WARP, PUSHPULL, FULL[1]))}
    scores[FULL[1]] = scores[FULL[1]].astype(float)
    scores[FULL[1]][3] += 4
    scores[FULL[1]][:, COLUMN["print"]] = np.nan
    return Measured(("ink", "glass", "ink", "glass"), scores, (0.9, 0.99, 0.8, 0.95))


def test_a_familys_table_holds_its_pairs_only(measured):
    assert f"| {FULL[1]} | 4.00 |" in table(measured)
    assert f"| {FULL[1]} | 3.00 |" in table(measured.of("ink"))
    assert f"| {FULL[1]} | 5.00 |" in table(measured.of("glass"))
    assert "–" in table(measured)


def test_differences_are_paired_with_the_better_baseline(measured):
    text = differences(measured.scores, FULL[1])
    assert f"| PSNR | 4 | {PUSHPULL} | +2.00 | +1.00 to +4.00 |" in text
    assert "| print NCC | 0 |" in text


def test_the_report_begins_with_the_bars_and_ends_with_the_trained_families(measured):
    text = report("Told.", measured, Measured(("crayon",) * 4, measured.scores), "abc")
    places = [text.index(part) for part in ("| bar |", "Told.", "## All", "### ink", "## Mattes", "crayon")]
    assert places == sorted(places)
    assert "| ink | 2 | 0.850 |" in text
    assert "| all | 4 | 0.910 |" in text
    assert "not measured: regression, 1 step, full, 2 steps, full, 4 steps." in text


def test_what_was_seen_by_eye_is_kept(tmp_path):
    path = tmp_path / "quality.md"
    path.write_text("old\n\n## By eye\n\nSoft edges.\n")
    write_report("new\n", path)
    assert path.read_text() == "new\n\n## By eye\n\nSoft edges.\n"
