"""Reliefs: solids seen from the front as depth, normals and owners per pixel. Numpy, one bounding box a solid.

Knows no looks. Convention: fields are (h, w) over a window of the picture, seen `scale` times as large; the window's
upper left corner is at the picture position `low`.
"""

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from training.world.anatomy import Ball, Solid, Tube
from training.world.easel import Field, Picture, Points

FAR = np.float32(1e6)
_AREA = 100_000  # pixels of a relief, above which it is drawn smaller


class Relief:
    """z (h, w) pixels, FAR where nothing is; normal (h, w, 3), z negative towards the viewer; owner (h, w) rows of
    `solids`, -1 where nothing is; window: the rows and columns of the picture that it covers."""

    def __init__(self, solids: Sequence[Solid], size: int, finest: float = 2.0) -> None:
        self.solids, self.size = tuple(solids), size
        bounds = np.array([_bounds(solid) for solid in solids]).reshape(-1, 2, 2)
        low = np.clip(np.floor(bounds[:, 0].min(0, initial=size) / 2) * 2 - 4, 0, size - 8).astype(int)
        high = np.clip(np.ceil(bounds[:, 1].max(0, initial=0) / 2) * 2 + 4, low + 8, size).astype(int)
        self.low = low
        self.window = slice(low[1], high[1]), slice(low[0], high[0])
        wide, tall = high - low
        self.scale = finest if finest == 1 or wide * tall * finest**2 < _AREA else 1.5
        shape = round(tall * self.scale), round(wide * self.scale)
        self.z = np.full(shape, FAR, np.float32)
        self.normal = np.zeros((*shape, 3), np.float32)
        self.owner = np.full(shape, -1, np.int16)
        for row, solid in enumerate(self.solids):
            if isinstance(solid, Ball):
                self._ball(row, solid.centre, solid.axes)
            else:
                self._tube(row, solid)

    @property
    def mask(self) -> NDArray[np.bool_]:
        return self.owner >= 0

    def hides(self, points: Points, slack: float) -> NDArray[np.bool_]:
        """Which of the points (N, 3) lie behind the relief by more than `slack` pixels."""
        at = ((points[:, :2] - self.low) * self.scale).astype(int)
        at = np.clip(at, 0, np.array(self.z.shape[::-1]) - 1)
        return np.asarray(self.z[at[:, 1], at[:, 0]] < points[:, 2] - slack)

    def shrunk(self, field: Picture) -> Picture:
        """A field of the relief (h, w[, channels]) at the picture's resolution."""
        tall, wide = (round(side / self.scale) for side in self.z.shape)
        return np.asarray(cv2.resize(field, (wide, tall), interpolation=cv2.INTER_AREA), np.uint8)

    def painted(self, colours: Field) -> Picture:
        """(h, w, 4) premultiplied, of the colours (N, 3) in 0..255 of the pixels that are there."""
        paint = np.zeros((*self.z.shape, 4), np.uint8)
        paint[self.mask] = np.concatenate((np.clip(colours, 0, 255), np.full((len(colours), 1), 255)), -1)
        return paint

    def on(self, ground: Picture, paint: Picture) -> Picture:
        """The relief's paint (h, w, 4), premultiplied, on a ground."""
        small = self.shrunk(paint).astype(np.float32)
        picture = ground.copy()
        picture[self.window] = np.minimum(ground[self.window] * (1 - small[..., 3:] / 255) + small[..., :3], 255)
        return picture

    def smoothed(self, sigma: float) -> None:
        """Melts the solids into one body: normals and depth are blurred within the mask, the outline rounded."""
        sigma *= self.scale
        mask = self.mask
        spread = cv2.GaussianBlur(mask.astype(np.float32), (0, 0), sigma)
        inside = (spread > 0.42) | mask
        normal = cv2.GaussianBlur(self.normal, (0, 0), sigma)[inside]
        self.normal[inside] = normal / np.maximum(np.linalg.norm(normal, axis=-1, keepdims=True), 1e-3)
        new = inside & ~mask
        z = cv2.GaussianBlur(np.where(mask, self.z, 0), (0, 0), sigma)
        self.z[new] = z[new] / spread[new]
        owners = cv2.dilate(self.owner, np.ones((5, 5), np.uint8))
        self.owner[new] = np.maximum(owners[new], 0)

    def _window(self, low: Points, high: Points) -> tuple[slice, slice, Field, Field] | None:
        limit = np.array(self.z.shape[::-1])
        x0, y0 = np.clip(np.floor((low - self.low) * self.scale - 1).astype(int), 0, limit)
        x1, y1 = np.clip(np.ceil((high - self.low) * self.scale + 1).astype(int), 0, limit)
        if x1 <= x0 or y1 <= y0:
            return None
        x = ((np.arange(x0, x1, dtype=np.float32) + 0.5) / self.scale + self.low[0])[None]
        y = ((np.arange(y0, y1, dtype=np.float32) + 0.5) / self.scale + self.low[1])[:, None]
        return slice(y0, y1), slice(x0, x1), x.astype(np.float32), y.astype(np.float32)

    def _keep(
        self, row: int, window: tuple[slice, slice], z: Field, inside: NDArray[np.bool_], normal: tuple[Field, ...]
    ) -> None:
        nearer = inside & (z < self.z[window])
        np.copyto(self.z[window], z, where=nearer)
        np.copyto(self.owner[window], np.int16(row), where=nearer)
        target = self.normal[window]
        for axis in range(3):
            np.copyto(target[..., axis], normal[axis], where=nearer)

    def _tube(self, row: int, tube: Tube) -> None:
        a, b = tube.a.astype(np.float32), tube.b.astype(np.float32)
        r0, r1 = (np.float32(r) for r in tube.radii)
        found = self._window(*_bounds(tube))
        if found is None:
            return
        window, (x, y) = found[:2], found[2:]
        way = b - a
        flat = np.float32(max(float(way[0] ** 2 + way[1] ** 2), 1e-4))
        t = np.clip((x - a[0]) * (way[0] / flat) + (y - a[1]) * (way[1] / flat), 0, 1)
        r = r0 + (r1 - r0) * t
        if tube.bulge:
            r += np.float32(4 * tube.bulge) * r0 * t * (1 - t)
        dx, dy = (x - a[0]) - t * way[0], (y - a[1]) - t * way[1]
        rise = r * r - dx * dx - dy * dy
        height = np.sqrt(np.maximum(rise, 0))
        self._keep(row, window, a[2] + t * way[2] - height, rise > 0, (dx / r, dy / r, -height / r))
        if way[2] ** 2 > flat:  # the near end shows from the front
            end, radius = (a, r0) if a[2] < b[2] else (b, r1)
            self._ball(row, end.astype(np.float64), np.eye(3) * radius)

    def _ball(self, row: int, centre: Points, axes: Points) -> None:
        reach = np.sqrt((axes[:2] ** 2).sum(1))
        found = self._window(centre[:2] - reach, centre[:2] + reach)
        if found is None:
            return
        window, (x, y) = found[:2], found[2:]
        m = np.linalg.inv(axes @ axes.T + 1e-6 * np.eye(3)).astype(np.float32)
        dx, dy = x - np.float32(centre[0]), y - np.float32(centre[1])
        half = m[0, 2] * dx + m[1, 2] * dy
        inner = half * half - m[2, 2] * (m[0, 0] * dx * dx + (2 * m[0, 1]) * dx * dy + m[1, 1] * dy * dy - 1)
        dz = (-half - np.sqrt(np.maximum(inner, 0))) / m[2, 2]
        nx, ny, nz = (m[axis, 0] * dx + m[axis, 1] * dy + m[axis, 2] * dz for axis in range(3))
        size = 1 / np.sqrt(nx * nx + ny * ny + nz * nz + np.float32(1e-12))
        self._keep(row, window, np.float32(centre[2]) + dz, inner > 0, (nx * size, ny * size, nz * size))


def _bounds(solid: Solid) -> tuple[Points, Points]:
    """The solid's corners on the page."""
    if isinstance(solid, Ball):
        reach = np.sqrt((solid.axes[:2] ** 2).sum(1))
        return solid.centre[:2] - reach, solid.centre[:2] + reach
    thick = max(solid.radii) + solid.bulge * solid.radii[0]
    return np.minimum(solid.a, solid.b)[:2] - thick, np.maximum(solid.a, solid.b)[:2] + thick
