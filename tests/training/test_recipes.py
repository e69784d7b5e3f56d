"""Recipes: the order of their commands, and that drawing ends with the training."""

import subprocess
from dataclasses import replace
from importlib import import_module
from pathlib import Path

import pytest

from training import recipes
from training.recipes import RECIPES, Recipe, cook


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """Commands are Python programs here; what they print goes to a file."""
    monkeypatch.setattr(recipes, "POLL_SECONDS", 0.02)
    monkeypatch.setattr(recipes, "_python", lambda command: [recipes.sys.executable, "-c", *command])
    return tmp_path / "told"


def _says(told: Path, word: str) -> tuple[str, ...]:
    return (f"open({str(told)!r}, 'a').write({word + ' '!r})",)


def test_before_beside_and_stages_run_in_order(told: Path, tmp_path: Path) -> None:
    ready = tmp_path / "ready"
    draw = (f"import time; open({str(ready)!r}, 'w').write('x'); time.sleep(60)",)
    stages = (_says(told, "first"), _says(told, "second"))
    cook(Recipe(stages, before=(_says(told, "before"),), beside=draw, ready=ready))
    assert told.read_text().split() == ["before", "first", "second"]


def test_a_failing_stage_ends_the_drawing(told: Path) -> None:
    recipe = Recipe((("raise SystemExit(3)",), _says(told, "never")), beside=("import time; time.sleep(60)",))
    with pytest.raises(subprocess.CalledProcessError):
        cook(recipe)
    assert not told.exists()


def test_a_failing_drawer_is_told(told: Path, tmp_path: Path) -> None:
    recipe = Recipe((_says(told, "never"),), beside=("raise SystemExit(2)",), ready=tmp_path / "never")
    with pytest.raises(subprocess.CalledProcessError):
        cook(recipe)
    cook(replace(recipe, beside=("pass",)))
    assert told.read_text().split() == ["never"]


@pytest.mark.parametrize("name", sorted(RECIPES))
def test_every_command_is_a_module_that_runs(name: str) -> None:
    recipe = RECIPES[name]
    commands = [*recipe.before, *recipe.stages, *([recipe.beside] if recipe.beside else [])]
    assert all(callable(import_module(command[0]).main) for command in commands)
