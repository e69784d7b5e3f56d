"""Graphite: strokes in a few layers that darken one another, laid on paper with a tooth. Knows no figures."""

from dataclasses import dataclass

import cv2
import numpy as np

from training.world.easel import SCALE, Ink, Picture, Points, Rng, clouds, fixed, outline, resampled, shaky

_STRENGTHS = np.array((0.22, 0.4, 0.62, 0.9), np.float32)


@dataclass(frozen=True)
class Lead:
    """What draws: width of a stroke and tremor in pixels, layer of strength, strokes a line, its ink."""

    width: float
    tremor: float
    layer: int
    strokes: int
    ink: Ink
    broken: bool = False
    dotted: bool = False


class Graphite:
    """Layers (4, n, n) of strokes; where they overlap, they darken."""

    def __init__(self, size: int) -> None:
        self.size = size
        self.layers = [np.zeros((size * SCALE, size * SCALE), np.uint8) for _ in _STRENGTHS]

    def stroke(self, points: Points, lead: Lead, rng: Rng) -> None:
        """One stroke, tapering at its ends, of a strength near the lead's."""
        layer = self.layers[int(np.clip(lead.layer + rng.integers(-1, 2), 0, len(self.layers) - 1))]
        line = shaky(points, lead.tremor, rng)
        if lead.dotted:
            for at in fixed(resampled(line, max(2.4 * lead.width, 2.0))):
                cv2.circle(layer, at.tolist(), round(lead.width * 14), 255, -1, cv2.LINE_AA, 4)
            return
        if lead.width < 0.9 or len(line) < 4:
            grey = 255 * min(max(SCALE * lead.width, 0.4), 1.0)
            cv2.polylines(layer, [fixed(line)], False, grey, max(round(SCALE * lead.width), 1), cv2.LINE_AA, 4)
            return
        t = np.linspace(0, 1, len(line))
        press = (
            0.35 + 0.65 * np.sin(np.pi * np.clip(t * 0.9 + 0.08, 0, 1)) ** 0.7 + 0.2 * np.sin(9 * t + rng.uniform(0, 6))
        )
        cv2.fillPoly(layer, [fixed(outline(line, lead.width * np.maximum(press, 0.15)))], 255, cv2.LINE_AA, 4)

    def line(self, points: Points, lead: Lead, rng: Rng) -> None:
        """A line as somebody searches for it: one or more strokes beside one another, overshooting."""
        for _ in range(lead.strokes):
            over = rng.normal(0.02, 0.03, 2)
            a, b = points[0] - over[0] * (points[1] - points[0]), points[-1] - over[1] * (points[-2] - points[-1])
            shift = rng.normal(0, 1.2 * lead.tremor + 0.2, 2) if lead.strokes > 1 else 0.0
            self.stroke(np.concatenate((a[None], points[1:-1], b[None])) + shift, lead, rng)

    def over(self, ground: Picture, lead: Lead, rng: Rng) -> Picture:
        """The drawing on its paper, whose tooth breaks the strokes."""
        clear = np.ones((self.size, self.size), np.float32)
        for layer, strength in zip(self.layers, _STRENGTHS, strict=True):
            if layer.any():
                small = cv2.resize(layer, (self.size, self.size), interpolation=cv2.INTER_AREA)
                clear *= 1 - (strength / np.float32(255)) * small
        cover = 1 - clear
        if lead.broken or rng.random() < 0.15:
            smudge = rng.uniform(0.1, 0.4)
            cover += smudge * cv2.GaussianBlur(cover, (0, 0), rng.uniform(2, 7) * self.size / 256)
        tooth = np.float32(rng.uniform(0.25, 0.6) if lead.broken else rng.uniform(0.0, 0.25))
        grain = clouds(rng, self.size, self.size // 2)
        left, top, wide, high = cv2.boundingRect((cover > 0.004).astype(np.uint8))
        window = slice(top, top + high), slice(left, left + wide)
        share = np.clip(cover[window] * np.clip(1 - tooth + tooth * grain[window], 0.1, 1.15), 0, 1)[..., None]
        picture = ground.copy()
        picture[window] = ground[window] * (1 - share) + np.array(lead.ink, np.float32) * share
        return picture
