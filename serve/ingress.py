"""The HTTP deployment: the application of `serve.api` over stages that are Ray Serve deployments.

Results stay in the object store: a stage is given the reference, and this process maps the same memory read-only.
Knows nothing of what the stages do.
"""

import asyncio
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import ray
from fastapi import FastAPI
from ray import serve as ray_serve
from ray.exceptions import RayActorError, RayTaskError
from ray.serve.handle import DeploymentHandle

from deployments.backgrounds.spec import Background
from deployments.denoiser.spec import Order, Progress
from pose.errors import ContrappostoError, Overloaded
from pose.figure import Figure, Reading, Warp
from pose.pose import Pose
from serve.api import create_api
from serve.figures import FigureStore
from serve.metering import Meter
from serve.pipeline import Pipeline
from serve.results import weigh
from serve.settings import parse_settings
from serve.stages import STAGES, Bounds, Held, Image, Told, Value

APPLICATION = "contrapposto"
STATUS_SECONDS = 0.5
TRIES = 3
LOST = "the replicas that worked on this request died one after another; try again, or ask for less at a time."


@ray_serve.ingress()
class Ingress:
    """Builds its application when the replica starts, since neither metrics nor handles can be pickled."""

    def __init__(self, settings: Mapping[str, Any], weights: Mapping[str, str], **handles: DeploymentHandle) -> None:
        self._settings, self._weights = parse_settings(settings), dict(weights)
        self._stages = RayStages(handles)

    def __serve_build_asgi_app__(self) -> FastAPI:
        """Called by Ray Serve once the replica is constructed."""
        keep, limits, meter = self._settings.ingress, self._settings.limits, Meter()
        figures = FigureStore(keep.figures, keep.figure_seconds, time.monotonic, keep.figure_mib * 2**20, weigh)
        pipeline = Pipeline(self._stages, figures, meter.stage, limits.outputs_abreast, limits.seconds)
        return create_api(pipeline, self._settings, self._weights, meter, proxied=True)


@dataclass
class RayStages:
    """`serve.stages.Stages` by deployment handles, one for each stage that the pipeline calls."""

    handles: Mapping[str, DeploymentHandle]
    _asked: float = -1e9
    _ready: Mapping[str, bool] | None = None

    def hold(self, value: Value) -> Held[Value]:
        return Held(value, ray.put(value))

    async def read(self, picture: Held[Image]) -> Held[list[Reading]]:
        return await _call(self.handles["keypoints"].read.remote, picture)

    async def reread(self, picture: Held[Image], box: Bounds) -> Held[list[Reading]]:
        return await _call(self.handles["keypoints"].reread.remote, picture, box)

    async def parse(self, picture: Held[Image], reading: Reading, mask: Image | None) -> Held[Figure]:
        return await _call(self.handles["garments"].parse.remote, picture, reading, mask)

    async def complete(self, figure: Held[Figure], order: Order) -> Held[Figure]:
        return await _call(self.handles["denoiser"].complete.remote, figure, order)

    async def warp(self, figure: Held[Figure], target: Pose, retarget: str, framing: str) -> Held[Warp]:
        return await _call(self.handles["deformation"].warp.remote, figure, target, retarget, framing)

    async def repair(self, figure: Held[Figure], warp: Held[Warp], order: Order, told: Told) -> Held[Image]:
        """Where a replica dies under the call, another goes on from the latest step that was told."""
        remote = self.handles["denoiser"].options(stream=True).repair.remote
        latest, due = _Latest(told), time.monotonic() + order.within
        for _ in range(TRIES):
            left = replace(order, within=max(due - time.monotonic(), 0.0))
            try:
                return await _last(remote, [figure.reference, warp.reference, left, latest.saved], latest)
            except RayActorError:
                continue
        raise Overloaded(LOST)

    async def plate(
        self, picture: Held[Image], alpha: Held[Image], origin: tuple[int, int], size: tuple[int, int]
    ) -> Held[Image]:
        return await _call(self.handles["backgrounds"].plate.remote, picture, alpha, origin, size)

    async def compose(
        self,
        rgba: Held[Image],
        background: Background,
        picture: Held[Image],
        alpha: Held[Image],
        origin: tuple[int, int],
        has_alpha: bool,
        plate: Held[Image] | None = None,
    ) -> Held[Image]:
        compose = self.handles["backgrounds"].compose.remote
        return await _call(compose, rgba, background, picture, alpha, origin, has_alpha, plate)

    async def upscale(self, rgba: Held[Image], scale: int | str) -> Held[Image]:
        return await _call(self.handles["upscaler"].upscale.remote, rgba, scale)

    async def ready(self) -> dict[str, bool]:
        """Constructors load and warm before they return, so a healthy deployment is a warm one."""
        if self._ready is None or time.monotonic() - self._asked > STATUS_SECONDS:
            self._ready, self._asked = await asyncio.to_thread(_deployments_ready), time.monotonic()
        return dict(self._ready)


async def _call(remote: Callable[..., Any], *arguments: Any) -> Held[Any]:
    """Calls a stage. A replica that dies under the call is replaced and the call, being pure, made again."""
    passed = [argument.reference if isinstance(argument, Held) else argument for argument in arguments]
    for _ in range(TRIES):
        try:
            return await _held(remote, passed)
        except RayActorError:
            continue
    raise Overloaded(LOST)


async def _held(remote: Callable[..., Any], passed: list[Any]) -> Held[Any]:
    try:
        reference = await remote(*passed)._to_object_ref()
        return Held(await reference, reference)
    except RayTaskError as error:
        raise _cause(error) from None


@dataclass
class _Latest:
    """Keeps what the latest step saved and passes the progress on."""

    told: Told
    saved: Any = None

    def __call__(self, progress: Progress) -> None:
        self.saved = progress.saved
        self.told(progress)


async def _last(remote: Callable[..., Any], passed: list[Any], told: Told) -> Held[Any]:
    """The last of what a streaming call gives; what comes before it is its progress."""
    response = remote(*passed)
    try:
        async for reference in await response._to_object_ref_gen():
            value = await reference
            if not isinstance(value, Progress):
                return Held(value, reference)
            told(value)
    except RayTaskError as error:
        raise _cause(error) from None
    except asyncio.CancelledError:
        response.cancel()
        raise
    raise RuntimeError("a stage's stream ended without a result.")


def _cause(error: RayTaskError) -> BaseException:
    """Our own error as the stage raised it, not as Ray's subclass that carries a traceback for a message."""
    return error.cause if isinstance(error.cause, ContrappostoError) else error


def _deployments_ready() -> dict[str, bool]:
    found = ray_serve.status().applications.get(APPLICATION)
    deployments = found.deployments if found else {}
    return {name: name in deployments and deployments[name].status == "HEALTHY" for name in STAGES}
