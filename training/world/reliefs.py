"""Reliefs: solids seen from the front as depth, normals and owners per pixel. Numpy, one bounding box a solid.

Knows no looks. Convention: fields are (n, n) over a picture of `size` pixels seen `scale` times as large.
"""

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from training.world.anatomy import Ball, Solid, Tube
from training.world.easel import Field, Points

FAR = np.float32(1e6)


class Relief:
    """z (n, n) pixels, FAR where nothing is; normal (n, n, 3) towards the viewer (z negative); owner (n, n) rows of
    `solids`, -1 where nothing is."""

    def __init__(self, solids: Sequence[Solid], size: int, scale: float) -> None:
        n = round(size * scale)
        self.solids, self.scale = tuple(solids), n / size
        self.z = np.full((n, n), FAR, np.float32)
        self.normal = np.zeros((n, n, 3), np.float32)
        self.owner = np.full((n, n), -1, np.int16)
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
        n = len(self.z)
        at = np.clip((points[:, :2] * self.scale).astype(int), 0, n - 1)
        return np.asarray(self.z[at[:, 1], at[:, 0]] < points[:, 2] - slack)

    def smoothed(self, sigma: float) -> None:
        """Melts the solids into one body: normals and depth are blurred within the mask, the outline rounded."""
        sigma *= self.scale
        mask = self.mask.astype(np.float32)
        full = cv2.GaussianBlur(mask, (0, 0), sigma)
        inside = (full > 0.42) | self.mask
        weight = np.maximum(full, 1e-3)[..., None]
        self.normal = cv2.GaussianBlur(self.normal, (0, 0), sigma) / weight
        self.normal /= np.maximum(np.linalg.norm(self.normal, axis=-1, keepdims=True), 1e-3)
        z = cv2.GaussianBlur(np.where(self.mask, self.z, 0), (0, 0), sigma) / weight[..., 0]
        self.z = np.where(inside, np.where(self.mask, self.z, z), FAR)
        spread = cv2.dilate(self.owner, np.ones((5, 5), np.uint8))
        self.owner = np.where(inside & ~self.mask, np.maximum(spread, 0), self.owner).astype(np.int16)

    def _window(self, low: Points, high: Points) -> tuple[slice, slice, Field, Field] | None:
        n = len(self.z)
        x0, y0 = np.clip(np.floor(low * self.scale - 1).astype(int), 0, n)
        x1, y1 = np.clip(np.ceil(high * self.scale + 1).astype(int), 0, n)
        if x1 <= x0 or y1 <= y0:
            return None
        x = ((np.arange(x0, x1, dtype=np.float32) + 0.5) / self.scale)[None]
        y = ((np.arange(y0, y1, dtype=np.float32) + 0.5) / self.scale)[:, None]
        return slice(y0, y1), slice(x0, x1), x, y

    def _keep(
        self, row: int, window: tuple[slice, slice], z: Field, inside: NDArray[np.bool_], normal: tuple[Field, ...]
    ) -> None:
        nearer = inside & (z < self.z[window])
        self.z[window][nearer] = z[nearer]
        self.owner[window][nearer] = row
        target = self.normal[window]
        for axis in range(3):
            target[..., axis][nearer] = normal[axis][nearer]

    def _tube(self, row: int, tube: Tube) -> None:
        a, b = tube.a.astype(np.float32), tube.b.astype(np.float32)
        r0, r1 = (np.float32(r) for r in tube.radii)
        reach = max(r0, r1) + tube.bulge * r0
        found = self._window(np.minimum(a, b)[:2] - reach, np.maximum(a, b)[:2] + reach)
        if found is None:
            return
        window, (x, y) = found[:2], found[2:]
        way = b - a
        flat = max(float(way[0] ** 2 + way[1] ** 2), 1e-4)
        t = np.clip(((x - a[0]) * way[0] + (y - a[1]) * way[1]) / np.float32(flat), 0, 1)
        r = r0 + (r1 - r0) * t
        if tube.bulge:
            r += np.float32(4 * tube.bulge) * r0 * t * (1 - t)
        dx, dy = x - a[0] - t * way[0], y - a[1] - t * way[1]
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
        rest = m[0, 0] * dx * dx + 2 * m[0, 1] * dx * dy + m[1, 1] * dy * dy - 1
        inner = half * half - m[2, 2] * rest
        dz = (-half - np.sqrt(np.maximum(inner, 0))) / m[2, 2]
        nx, ny, nz = (m[axis, 0] * dx + m[axis, 1] * dy + m[axis, 2] * dz for axis in range(3))
        size = 1 / np.sqrt(nx * nx + ny * ny + nz * nz + 1e-9)
        self._keep(row, window, np.float32(centre[2]) + dz, inner > 0, (nx * size, ny * size, nz * size))
