"""Draws a training's history as a picture: losses on the left, scores on the right. Knows no networks."""

from pathlib import Path

from PIL import Image, ImageDraw

_COLOURS = ("#1b6ca8", "#c0392b", "#27864e", "#8e44ad", "#d68910", "#17a2a2", "#7f8c8d", "#2c3e50", "#b03a78")
_SIZE = (560, 420)
_MARGIN = 46
_TOP = 84  # room for the names


def draw_curve(history: list[dict[str, float]], path: Path) -> None:
    """Writes a PNG of every loss (names with `loss`) and score in 0..1 over the steps."""
    names = [name for name in history[-1] if name not in ("step", "minutes")]
    losses = [name for name in names if "loss" in name]
    scores = [name for name in names if name not in losses]
    image = Image.new("RGB", (2 * _SIZE[0], _SIZE[1]), "white")
    _panel(ImageDraw.Draw(image), 0, history, losses, max(max(e.get(n, 0) for n in losses) for e in history))
    _panel(ImageDraw.Draw(image), _SIZE[0], history, scores, 1.0)
    path.parent.mkdir(parents=True, exist_ok=True)
    image.save(path)


def _panel(draw: ImageDraw.ImageDraw, left: int, history: list[dict[str, float]], names: list[str], top: float) -> None:
    width, height = _SIZE[0] - 2 * _MARGIN, _SIZE[1] - _MARGIN - _TOP
    last = max(history[-1]["step"], 1)
    draw.rectangle((left + _MARGIN, _TOP, left + _MARGIN + width, _TOP + height), outline="#999")
    draw.text((left + 6, _TOP - 6), f"{top:.2g}", fill="#333")
    draw.text((left + _MARGIN + width - 60, _TOP + height + 6), f"{last:.0f} steps", fill="#333")
    for index, name in enumerate(names):
        colour = _COLOURS[index % len(_COLOURS)]
        points = [
            (
                left + _MARGIN + entry["step"] / last * width,
                _TOP + height * (1 - min(max(entry[name] / max(top, 1e-9), 0), 1)),
            )
            for entry in history
            if name in entry
        ]
        if len(points) > 1:
            draw.line(points, fill=colour, width=2)
        draw.text((left + _MARGIN + 8 + (index % 3) * 155, 4 + index // 3 * 12), name, fill=colour)
