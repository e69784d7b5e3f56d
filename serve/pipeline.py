"""A transfer's life: which stage is asked for what, in which order, with what at the same time.

Pure orchestration over `Stages`: knows no HTTP, no Ray and no network. A figure is parsed and completed once, however
many poses it is asked for, and kept by its content; so every pose shows the same inventions.
"""

import asyncio
import math
import time
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from dataclasses import replace
from functools import partial
from typing import Any, TypeVar

import numpy as np

from deployments.backgrounds.spec import Background
from deployments.denoiser.spec import Order
from pose import library
from pose.errors import InvalidInput, InvalidKeypoints, NoFigure, NoPose, NotFound
from pose.figure import Reading, Warp
from pose.pose import Pose
from pose.retarget import turn_degrees
from serve.figures import FigureStore
from serve.report import Report, figure_box, make_report
from serve.requests import Source, Target, Transfer
from serve.results import Output, Parsed, Result
from serve.stages import Held, Image, Stages, Told, Value, untold
from serve.stopwatch import Observe, Stopwatch, unobserved

COMPLETION_SEED = 0
PLATES, PLATE_SECONDS, PLATE_BYTES = 4, 60.0, 256 * 2**20
"""Backgrounds without their figures: how many are kept, how long after their last use, and their bytes together."""
Second = TypeVar("Second")


class Pipeline:
    """The service without its transport. One for each process that takes requests.

    `abreast`: how many outputs of one request are under way at a time, so that many poses leave room for others.
    `seconds`: within which a request is to be answered; the denoiser serves first what is due first.
    """

    def __init__(
        self,
        stages: Stages,
        figures: FigureStore[Parsed],
        observe: Observe = unobserved,
        abreast: int = 4,
        seconds: float = math.inf,
    ) -> None:
        self.stages = stages
        self._abreast, self._seconds = abreast, seconds
        self._figures = figures
        self._plates: FigureStore[Held[Image]] = FigureStore(
            PLATES,
            PLATE_SECONDS,
            time.monotonic,
            PLATE_BYTES,
            lambda plate: plate.value.nbytes,
        )
        self._observe = observe

    def watch(self) -> Stopwatch:
        """A stopwatch for one request."""
        return Stopwatch(self._observe, time.monotonic() + self._seconds)

    async def transfer(self, request: Transfer, told: Told = untold) -> Result:
        """The character in every pose asked for. Raises what the stages raise, and NotFound for an unknown figure id.

        The source's figure is parsed while the references are read. `told` hears of the denoiser's steps.
        """
        watch = self.watch()
        known = self._known(request.source)
        asking = _all([self._target_pose(target, watch) for target in request.targets])
        keep = request.background.kind == "keep"
        parsed, asked = await _both(self.parse(request.source, watch, keep), asking)
        slots = asyncio.Semaphore(self._abreast)
        jobs = [
            _in_turn(slots, self._output, request, parsed, target, pose, request.seed + step, watch, told)
            for target, pose in zip(request.targets, asked, strict=True)
            for step in range(request.variations)
        ]
        return Result(parsed, tuple(await _all(jobs)), watch.seconds, known)

    async def parse(self, source: Source | str, watch: Stopwatch, keep: bool = False) -> Parsed:
        """The figure of a source, from the store where it is there. Raises NoFigure, or NotFound for an unknown id.

        keep: its background will be asked for.
        """
        if isinstance(source, str):
            found = self._figures.get(source)
            if found is None:
                raise NotFound(f"no figure '{source[:40]}' is kept here (any more); send its picture again.")
            return found
        return await self._figures.get_or_make(source.key, lambda: self._make(source, watch, keep))

    async def read(self, picture: Image, watch: Stopwatch) -> list[Reading]:
        """The figures in a picture, largest first."""
        return (await watch.time("keypoints", self.stages.read(self.stages.hold(picture)))).value

    async def upscale(self, rgba: Image, scale: int | str, watch: Stopwatch) -> Image:
        """A picture at another scale."""
        return (await watch.time("upscaler", self.stages.upscale(self.stages.hold(rgba), scale))).value

    async def rebackground(self, source: Source | str, background: Background, watch: Stopwatch) -> Image:
        """The character where it stands, before another background."""
        parsed = await self.parse(source, watch)
        figure = parsed.figure.value.image
        composed = self.stages.compose(
            self.stages.hold(figure), background, parsed.picture, parsed.alpha, (0, 0), parsed.has_alpha
        )
        return (await watch.time("backgrounds", composed)).value

    def _known(self, source: Source | str) -> bool:
        return self._figures.get(source if isinstance(source, str) else source.key) is not None

    async def _make(self, source: Source, watch: Stopwatch, keep: bool) -> Parsed:
        """The plate is begun beside the completion, on the source's own canvas, which most poses fit."""
        picture = self.stages.hold(source.picture.rgba if source.picture.has_alpha else source.picture.rgb)
        reading = await self._source_reading(source, picture, watch)
        figure = await watch.time("garments", self.stages.parse(picture, reading, source.mask))
        # In no company, so that a figure's inventions are the same whichever replica made them.
        order = Order(seed=COMPLETION_SEED, within=watch.left, alone=True)
        alpha = self.stages.hold(np.ascontiguousarray(figure.value.image[..., 3]))
        if keep and not source.picture.has_alpha:
            size = alpha.value.shape[0], alpha.value.shape[1]
            _begin(watch.time("backgrounds", self._fill(source.key, picture, alpha, (0, 0), size)))
        complete = await watch.time("denoiser", self.stages.complete(figure, order))
        return Parsed(source.key, picture, source.picture.has_alpha, alpha, reading, complete, dict(watch.seconds))

    async def _source_reading(self, source: Source, picture: Held[Image], watch: Stopwatch) -> Reading:
        try:
            readings = (await watch.time("keypoints", self.stages.read(picture))).value
        except (NoFigure, NoPose):
            readings = []
        if source.keypoints is not None:
            return _with_user_keypoints(source.keypoints, readings)
        if not readings:
            raise NoFigure("no figure was found in the image; send a picture of one whole character, or its keypoints.")
        if source.figure_index >= len(readings):
            raise NoFigure(
                f"figure_index {source.figure_index} was asked for, but {len(readings)} figure(s) were found; "
                f"give 0 to {len(readings) - 1}, 0 being the largest."
            )
        return readings[source.figure_index]

    async def _target_pose(self, target: Target, watch: Stopwatch) -> Pose | None:
        """What a reference or keypoints ask for; None for a library pose, whose view depends on the source."""
        if target.name is not None:
            library.get(target.name, "front")
            return None
        if target.reference is None:
            return target.keypoints
        try:
            readings = await self.read(target.reference.rgba, watch)
        except NoFigure as error:
            raise NoPose(_NO_POSE.format(target.label)) from error
        if not readings:
            raise NoPose(_NO_POSE.format(target.label))
        return readings[0].pose

    async def _output(
        self,
        request: Transfer,
        parsed: Parsed,
        target: Target,
        pose: Pose | None,
        seed: int,
        watch: Stopwatch,
        told: Told,
    ) -> Output:
        figure = parsed.figure.value
        asked = pose if pose is not None else _library_pose(target, figure.pose)
        warp = await watch.time(
            "deformation", self.stages.warp(parsed.figure, asked, request.retarget, request.framing)
        )
        order = Order(request.steps, seed, watch.left, request.deterministic)
        repairing = watch.time("denoiser", self.stages.repair(parsed.figure, warp, order, told))
        repaired, plate = await _both(repairing, self._plate(request.background, parsed, warp.value, watch))
        finished, report = await asyncio.gather(
            self._finish(request, parsed, warp.value, repaired, plate, watch),
            self._report(parsed, asked, warp.value, repaired, watch),
        )
        shown = warp.value.pose.scaled(finished.shape[1] / repaired.value.shape[1])
        return Output(target, finished, shown, warp.value.origin, seed, report)

    async def _plate(self, background: Background, parsed: Parsed, warp: Warp, watch: Stopwatch) -> Held[Image] | None:
        """The source without its figure on the warp's canvas; made once for all poses that have the same canvas."""
        if background.kind != "keep" or parsed.has_alpha:
            return None
        size = warp.hole.shape[0], warp.hole.shape[1]
        filled = self._fill(parsed.key, parsed.picture, parsed.alpha, warp.origin, size)
        return await watch.time("backgrounds", filled)

    async def _fill(
        self, key: str, picture: Held[Image], alpha: Held[Image], origin: tuple[int, int], size: tuple[int, int]
    ) -> Held[Image]:
        x, y = map(int, origin)
        make = partial(self.stages.plate, picture, alpha, (x, y), size)
        return await self._plates.get_or_make(f"{key} {x} {y} {size}", make)

    async def _finish(
        self,
        request: Transfer,
        parsed: Parsed,
        warp: Warp,
        repaired: Held[Image],
        plate: Held[Image] | None,
        watch: Stopwatch,
    ) -> Image:
        composed = await watch.time(
            "backgrounds",
            self.stages.compose(
                repaired, request.background, parsed.picture, parsed.alpha, warp.origin, parsed.has_alpha, plate
            ),
        )
        if request.scale == 1:
            return composed.value
        return (await watch.time("upscaler", self.stages.upscale(composed, request.scale))).value

    async def _report(self, parsed: Parsed, asked: Pose, warp: Warp, repaired: Held[Image], watch: Stopwatch) -> Report:
        """Reads the result as its source was read: what a reader of people found, or a photograph, by all again."""
        if parsed.reading.reader in ("blazepose", "vitpose") or parsed.reading.kind == "photo":
            reading = self.stages.read(repaired)
        else:
            reading = self.stages.reread(repaired, figure_box(warp.pose))
        try:
            readings = (await watch.time("report", reading)).value
        except (NoFigure, NoPose):
            readings = []
        figure = parsed.figure.value
        turn = turn_degrees(figure.pose, asked)
        return await asyncio.to_thread(make_report, figure, asked, warp, repaired.value, readings, turn)


_NO_POSE = "no pose could be read in the reference '{}'; send a picture of one figure, or the pose as keypoints."


def _begin(work: Coroutine[Any, Any, Any]) -> None:
    """Begins what will be asked for later, and then fails there if it does."""
    asyncio.ensure_future(work).add_done_callback(lambda task: task.cancelled() or task.exception())


async def _in_turn(slots: asyncio.Semaphore, work: Callable[..., Awaitable[Value]], *arguments: Any) -> Value:
    async with slots:
        return await work(*arguments)


async def _both(first: Awaitable[Value], second: Awaitable[Second]) -> tuple[Value, Second]:
    """Both results; where one fails the other is cancelled, and the error is raised."""
    one, two = await _all([first, second])
    return one, two


async def _all(jobs: Sequence[Awaitable[Any]]) -> list[Any]:
    """All results; where one fails the others are cancelled, and its error is raised."""
    tasks = [asyncio.ensure_future(job) for job in jobs]
    try:
        return list(await asyncio.gather(*tasks))
    finally:
        for task in tasks:
            task.cancel()


def _library_pose(target: Target, source: Pose) -> Pose:
    if target.name is None:
        raise InvalidInput("a target needs a pose name, a reference or keypoints; give one of them.")
    return library.matching(target.name, source)


def _with_user_keypoints(keypoints: Pose, readings: list[Reading]) -> Reading:
    """The user's joints, with the person mask of the reading nearest to them, if any has one."""
    points = keypoints.points[keypoints.present]
    if not len(points):
        raise InvalidKeypoints("source_keypoints name no joint that is present; give at least the neck and one limb.")
    (left, top), (right, bottom) = points.min(0), points.max(0)
    own = Reading(keypoints, "character", "user", 1.0, (float(left), float(top), float(right), float(bottom)))
    masked = [reading for reading in readings if reading.mask is not None]
    if not masked:
        return own
    centre = points.mean(0)
    nearest = min(masked, key=lambda reading: float(np.linalg.norm(_centre(reading) - centre)))
    return replace(own, mask=nearest.mask, kind=nearest.kind)


def _centre(reading: Reading) -> np.ndarray:
    left, top, right, bottom = reading.box
    return np.array([(left + right) / 2, (top + bottom) / 2])
