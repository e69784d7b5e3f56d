"""Stages that run in this process and do next to nothing, and an application over them."""

import asyncio
import io
from dataclasses import dataclass, field, replace
from typing import Any

import httpx
import numpy as np
from fastapi import FastAPI
from PIL import Image

from pose.errors import NoFigure
from pose.figure import PART_INDEX, Figure, Layer, Reading, Warp
from pose.pose import Pose, from_named
from pose.retarget import retarget as retarget_pose
from serve.api import create_api
from serve.figures import FigureStore
from serve.metering import Meter
from serve.pipeline import Pipeline
from serve.settings import Settings, parse_settings
from serve.stages import STAGES, Held

POINTS = {
    "nose": (48.0, 20.0), "neck": (48.0, 32.0),
    "r_shoulder": (38.0, 34.0), "r_elbow": (32.0, 48.0), "r_wrist": (30.0, 60.0),
    "l_shoulder": (58.0, 34.0), "l_elbow": (64.0, 48.0), "l_wrist": (66.0, 60.0),
    "r_hip": (42.0, 62.0), "r_knee": (41.0, 78.0), "r_ankle": (40.0, 94.0),
    "l_hip": (54.0, 62.0), "l_knee": (55.0, 78.0), "l_ankle": (56.0, 94.0),
}  # fmt: skip
WEIGHTS = {"pose": "a" * 64, "parse": "b" * 64, "denoiser": "c" * 64, "upscaler": "d" * 64}


def standing(width: int = 96, height: int = 112) -> Pose:
    """A figure that stands, on a small canvas."""
    return from_named({name: tuple(point) for name, point in POINTS.items()}, width, height)


def png(width: int = 96, height: int = 112, shade: int = 200, mode: str = "RGB") -> bytes:
    """A flat picture's bytes. `shade` 0 reads as a picture without a figure."""
    buffer = io.BytesIO()
    colour = {"L": shade, "RGB": (shade,) * 3, "RGBA": (shade, shade, shade, 255)}[mode]
    Image.new(mode, (width, height), colour).save(buffer, "PNG")
    return buffer.getvalue()


@dataclass
class StandInStages:
    """`serve.stages.Stages`: black pictures hold no figure, all others `standing()`. `calls` tells what was asked."""

    calls: list[str] = field(default_factory=list)
    delay: float = 0.0
    fault: Exception | None = None
    all_ready: bool = True
    reader: str = "network"
    kind: str = "character"

    def hold(self, value):
        return Held(value)

    async def read(self, picture):
        await self._called("read")
        return self._found(picture)

    async def reread(self, picture, box):
        await self._called("reread")
        return self._found(picture)

    def _found(self, picture):
        height, width = picture.value.shape[:2]
        if picture.value[..., :3].max() == 0:
            raise NoFigure("nothing reads as a figure; send one that does.")
        pose = standing(width, height)
        return Held([Reading(pose, self.kind, self.reader, 0.9, (10.0, 10.0, 80.0, 100.0))])

    async def parse(self, picture, reading, mask):
        await self._called("parse")
        height, width = picture.value.shape[:2]
        image = np.full((height, width, 4), 255, np.uint8)
        image[..., :3] = picture.value[..., :3]
        parts = np.full((height, width), PART_INDEX["torso"], np.uint8)
        whole = np.ones((height, width), bool)
        layer = Layer("torso", (0, 0, width, height), image, whole, ~whole)
        return Held(Figure(image, reading.pose, parts, parts, (layer,)))

    async def complete(self, figure, order):
        await self._called("complete")
        return Held(replace(figure.value, completed=True))

    async def warp(self, figure, target, retarget, framing):
        await self._called("warp")
        pose = target if retarget == "none" else retarget_pose(figure.value.pose, target)
        size = (pose.height, pose.width)
        rgba = np.full((*size, 4), 255, np.uint8)
        flat = np.ones(size, np.float32)
        where = np.zeros((*size, 2), np.float32)
        nowhere = np.zeros(size, bool)
        part = np.ones(size, np.uint8)
        return Held(Warp(rgba, where, part, flat, flat, nowhere, nowhere, where, (0, 0), pose))

    async def repair(self, figure, warp, order, told):
        await self._called("repair")
        rgba = warp.value.rgba.copy()
        rgba[0, 0, 0] = order.seed % 256
        return Held(rgba)

    async def plate(self, picture, alpha, origin, size):
        await self._called("plate")
        return Held(np.zeros((*size, 3), np.uint8))

    async def compose(self, rgba, background, picture, alpha, origin, has_alpha, plate=None):
        await self._called(f"compose {background.kind}")
        return Held(rgba.value)

    async def upscale(self, rgba, scale):
        await self._called(f"upscale {scale}")
        factor = scale if isinstance(scale, int) else 4
        return Held(rgba.value.repeat(factor, 0).repeat(factor, 1))

    async def ready(self):
        return dict.fromkeys(STAGES, self.all_ready)

    async def _called(self, name):
        self.calls.append(name)
        await asyncio.sleep(self.delay)
        if self.fault is not None:
            raise self.fault


def make_api(stages: StandInStages | None = None, settings: dict | None = None) -> FastAPI:
    """The application over stand-in stages."""
    chosen: Settings = parse_settings(settings or {})
    meter = Meter()
    store = FigureStore(chosen.ingress.figures, chosen.ingress.figure_seconds, lambda: 0.0)
    return create_api(Pipeline(stages or StandInStages(), store, meter.stage), chosen, WEIGHTS, meter)


@dataclass(frozen=True)
class Caller:
    """Sends requests straight into an application, each in an event loop of its own."""

    app: FastAPI

    def get(self, path: str, **options: Any) -> httpx.Response:
        return asyncio.run(self._send("GET", path, options))

    def post(self, path: str, **options: Any) -> httpx.Response:
        return asyncio.run(self._send("POST", path, options))

    async def _send(self, method: str, path: str, options: dict[str, Any]) -> httpx.Response:
        transport = httpx.ASGITransport(self.app, raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
            return await client.request(method, path, **options)
